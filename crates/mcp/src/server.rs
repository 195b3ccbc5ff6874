//! A server as it is given to us: who it is, how it is reached, and what it is still missing.
//!
//! A value nobody has given yet stands as `${input:NAME}`, wherever it belongs: in the environment, a header, an
//! argument or the address. VS Code writes it so, and no shell does.

use std::fmt;

use nexdesk_vault::Secret;
use url::Url;

const OPENING: &str = "${input:";

/// One MCP server.
#[derive(Clone, Debug)]
pub struct Server {
    /// By which it is started, stopped and called; never shown.
    pub id: String,
    /// What people call it; sentences begin with it.
    pub name: String,
    /// How it is reached.
    pub transport: Transport,
}

/// How a server is reached. Its `Debug` shows nothing that may be a secret.
#[derive(Clone)]
pub enum Transport {
    /// A program of this computer, spoken to through its standard input and output.
    Stdio {
        /// The program, by name or path.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// What it finds in its environment, besides what every program needs.
        env: Vec<(String, Secret)>,
    },
    /// An address that speaks streamable HTTP.
    Http {
        /// The address, often ending in `/mcp`.
        url: String,
        /// What goes along with every request; a bearer token is an `Authorization` header.
        headers: Vec<(String, Secret)>,
    },
}

impl Transport {
    /// The names of the values nobody has given yet, in the order in which they appear.
    pub fn missing(&self) -> Vec<String> {
        let mut names = Vec::new();
        for text in self.texts() {
            for name in inputs(text) {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    /// Puts a value in every place that waits for it under this name.
    pub fn fill(&mut self, name: &str, value: &Secret) {
        let place = input(name);
        let fill = |text: &str| text.replace(&place, value.expose());
        match self {
            Transport::Stdio { command, args, env } => {
                *command = fill(command);
                args.iter_mut().for_each(|arg| *arg = fill(arg));
                fill_pairs(env, &place, value);
            }
            Transport::Http { url, headers } => {
                *url = fill(url);
                fill_pairs(headers, &place, value);
            }
        }
    }

    fn texts(&self) -> Vec<&str> {
        let (plain, pairs): (Vec<&str>, _) = match self {
            Transport::Stdio { command, args, env } => (
                std::iter::once(command).chain(args).map(String::as_str).collect(),
                env,
            ),
            Transport::Http { url, headers } => (vec![url], headers),
        };
        let secret = pairs.iter().map(|(_, value)| value.expose());
        plain.into_iter().chain(secret).collect()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Arguments carry keys too: `--api-key …`.
            Transport::Stdio { command, args, env } => f
                .debug_struct("Stdio")
                .field("command", command)
                .field("args", &args.len())
                .field("env", &names(env))
                .finish(),
            Transport::Http { url, headers } => f
                .debug_struct("Http")
                .field("url", &origin(url))
                .field("headers", &names(headers))
                .finish(),
        }
    }
}

/// Where a value called `name` has to be put.
pub(crate) fn input(name: &str) -> String {
    format!("{OPENING}{name}}}")
}

/// What of an address may be shown: some services take the key in the path or behind the question mark.
pub(crate) fn origin(url: &str) -> String {
    let Ok(url) = Url::parse(url) else {
        return "an address that cannot be read".to_owned();
    };
    url.origin().ascii_serialization()
}

fn inputs(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split(OPENING).skip(1);
    behind.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn fill_pairs(pairs: &mut [(String, Secret)], place: &str, value: &Secret) {
    for (_, text) in pairs.iter_mut().filter(|(_, text)| text.expose().contains(place)) {
        *text = Secret::new(text.expose().replace(place, value.expose()));
    }
}

fn names(pairs: &[(String, Secret)]) -> Vec<&str> {
    pairs.iter().map(|(name, _)| name.as_str()).collect()
}
