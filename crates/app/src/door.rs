//! The relay's door as its person has set it: opened at the start, opened anew when the settings change, and what the
//! strip says about it.

use std::sync::PoisonError;
use std::time::Duration;

use nexdesk_relay::{Access, ListenError, Listening};

use crate::App;
use crate::problem::{Problem, ProblemCode};
use crate::status::{RelayState, RelayStatus};

/// What an answer under way may still take when the door moves. No answer we know of streams for longer.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The door, and what it was to be.
#[derive(Default)]
pub(crate) struct Door {
    pub(crate) open: Option<Listening>,
    wanted: Option<(u16, Access)>,
    trouble: Option<String>,
}

impl App {
    pub(crate) fn open_door(&self, port: u16, access: Access) {
        let app = self.clone();
        self.0
            .engine
            .block_on(async move { app.let_in(port, access).await });
    }

    /// Closes the door and opens it elsewhere, or for others. What streams comes to its end.
    pub(crate) async fn move_door(&self, port: u16, access: Access) {
        let is_same = self
            .door()
            .wanted
            .as_ref()
            .is_none_or(|wanted| *wanted == (port, access.clone()));
        if is_same {
            return;
        }
        let app = self.clone();
        self.0
            .engine
            .run(async move {
                let before = app.door().open.take();
                if let Some(before) = &before {
                    before.shut().await;
                }
                app.let_in(port, access).await;
                if let Some(before) = before {
                    app.0.engine.spawn(before.stop(PATIENCE));
                }
            })
            .await;
    }

    async fn let_in(&self, port: u16, access: Access) {
        let listening = self.0.relay.listen(port, access.clone()).await;
        let mut door = self.door();
        door.wanted = Some((port, access));
        match listening {
            Ok(listening) => {
                (door.open, door.trouble) = (Some(listening), None);
                self.0.notices.lower("relay");
            }
            Err(error) => {
                door.trouble = Some(error.to_string());
                self.0.notices.raise("relay", no_door(&error));
            }
        }
    }

    pub(crate) fn door(&self) -> std::sync::MutexGuard<'_, Door> {
        self.0.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn relay_status(&self) -> RelayStatus {
        let door = self.door();
        let Some(open) = &door.open else {
            return RelayStatus {
                state: RelayState::Stopped,
                url: None,
                lan: false,
                lan_url: None,
                socket: None,
                note: door.trouble.clone(),
            };
        };
        let lan = door.wanted.as_ref().is_some_and(|(_, access)| access.lan);
        let moved = open.moved_from().map(|wanted| {
            let now = open.port();
            format!("Port {wanted} was taken by another program, so the relay is on {now} for now.")
        });
        let state = if moved.is_some() {
            RelayState::Moved
        } else {
            RelayState::Running
        };
        let lan_url = open.lan_url();
        let open_to_all = lan.then(|| said_of_lan(lan_url.as_deref()));
        let socket_trouble = open.socket_trouble().map(str::to_owned);
        let notes: Vec<String> = [moved, open_to_all, socket_trouble]
            .into_iter()
            .flatten()
            .collect();
        RelayStatus {
            state,
            url: Some(open.url()),
            lan,
            lan_url,
            socket: open.socket().map(|path| path.display().to_string()),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        }
    }
}

fn said_of_lan(url: Option<&str>) -> String {
    let at = url.map(|url| format!(" at {url}")).unwrap_or_default();
    format!(
        "Other computers on this network can reach the relay{at}, with a token, and what they send is not encrypted."
    )
}

fn no_door(error: &ListenError) -> Problem {
    let code = match error {
        ListenError::Port { .. } => ProblemCode::PortInUse,
        ListenError::Access(_) => ProblemCode::InvalidInput,
    };
    Problem::new(code, error.to_string())
}
