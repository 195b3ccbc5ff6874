//! Who may come in by the door, as a person has set it: programs on this computer, unless they say otherwise.

use std::path::PathBuf;
use std::time::Duration;

/// How the HTTP door is opened. By default it is as closed as it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether other computers may come in. They still need a token each time.
    pub lan: bool,
    /// A Unix socket beside the port, for tools that can use one. Only its own user can.
    pub socket: Option<PathBuf>,
    /// Names the relay is called by beside its own: of a tunnel, say.
    pub hosts: Vec<String>,
    /// Web pages that may use it, each as a browser names it.
    pub origins: Vec<String>,
    /// A caller that does not finish its headers in this time holds a socket for nothing.
    pub head_time: Duration,
    /// A caller that stops in the middle of its body holds more than a socket.
    pub body_silence: Duration,
    /// Sockets at once. Who comes then waits for one to be free.
    pub connections: usize,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            lan: false,
            socket: None,
            hosts: Vec::new(),
            origins: Vec::new(),
            head_time: Duration::from_secs(30),
            body_silence: Duration::from_secs(60),
            connections: 2048,
        }
    }
}

/// What was typed is not what it was to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAccess {
    /// It is no origin.
    #[error(
        "“{0}” is not how a browser names a page. It looks like https://example.com, without a path; `*` is not taken."
    )]
    Origin(String),
    /// It is no name.
    #[error("“{0}” is no name of a computer. It looks like relay.example.com, or relay.example.com:8443.")]
    Host(String),
}

impl Access {
    /// The same, checked, with names as they are compared.
    ///
    /// # Errors
    /// When one cannot be understood: a rule that never holds, or always, would be worse than none.
    pub fn checked(mut self) -> Result<Self, NoAccess> {
        for origin in &mut self.origins {
            *origin = read_origin(origin).ok_or_else(|| NoAccess::Origin(origin.clone()))?;
        }
        for host in &mut self.hosts {
            *host = read_host(host).ok_or_else(|| NoAccess::Host(host.clone()))?;
        }
        Ok(self)
    }
}

/// `app://obsidian.md` and `chrome-extension://…` are origins too; `null` is everybody's.
fn read_origin(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('/').to_ascii_lowercase();
    let (scheme, host) = typed.split_once("://")?;
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (is_scheme && is_name(host)).then_some(typed)
}

fn read_host(typed: &str) -> Option<String> {
    let typed = typed.trim().to_ascii_lowercase();
    is_name(&typed).then_some(typed)
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:[]".contains(&byte))
}
