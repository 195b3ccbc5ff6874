//! The life of one server: started, ready, ended, started again a bounded number of times. Everything a caller may see
//! of it is in one [`Seen`], which changes whole.

use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::service::Peer;
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::notes::Notes;
use crate::server::origin;
use crate::transport::{Live, open};
use crate::veil::Veil;
use crate::{Server, Transport, Trouble};

/// A server that has run this long is not in a row of failures any more.
const STEADY: Duration = Duration::from_secs(60);
/// How long a server may take to tell its tools again.
const RELIST: Duration = Duration::from_secs(10);

/// How long we wait, and how often we try again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the start to the list of tools. `npx` downloads the first time.
    pub start: Duration,
    /// For the answer to one call.
    pub call: Duration,
    /// Before the first restart; doubled before each further one.
    pub pause: Duration,
    /// How often a server that had been ready is started again.
    pub restarts: u32,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            start: Duration::from_secs(30),
            call: Duration::from_secs(120),
            pause: Duration::from_millis(500),
            restarts: 5,
        }
    }
}

/// Where a server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody asked for it.
    Off,
    /// It is being started, for the first time or again.
    Starting,
    /// Its tools can be called.
    Ready,
    /// It is not running, and will not by itself.
    Failed(Trouble),
}

/// One tool of a server, in the server's own words.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Unique within its server.
    pub name: String,
    /// What it does; written by a stranger.
    pub description: String,
    /// A JSON schema of its arguments, as it came.
    pub input_schema: Value,
    /// The server says that it changes nothing. Nobody checked.
    pub read_only: bool,
}

impl Tool {
    /// A description goes to models and stays in lists, so a key a server writes into it is struck out.
    pub(crate) fn told(tool: rmcp::model::Tool, veil: &Veil) -> Tool {
        let hints = tool.annotations.unwrap_or_default();
        let title = tool.title.or(hints.title);
        let description: String = tool.description.map(Into::into).or(title).unwrap_or_default();
        Tool {
            name: tool.name.into_owned(),
            description: veil.on(&description),
            input_schema: Value::Object(tool.input_schema.as_ref().clone()),
            read_only: hints.read_only_hint.unwrap_or(false),
        }
    }
}

/// What a caller sees of a server at one moment.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) state: State,
    pub(crate) tools: Arc<[Tool]>,
    /// There while it is ready.
    pub(crate) line: Option<Line>,
}

/// A connection that can be asked.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) peer: Peer<RoleClient>,
    pub(crate) notes: Arc<Notes>,
}

impl Seen {
    pub(crate) fn new(state: State) -> Seen {
        Seen {
            state,
            tools: Arc::new([]),
            line: None,
        }
    }
}

/// Keeps one server running until it is told to stop.
pub(crate) struct Keeper {
    pub(crate) server: Server,
    pub(crate) patience: Patience,
    pub(crate) veil: Veil,
    pub(crate) seen: watch::Sender<Seen>,
    pub(crate) changes: broadcast::Sender<String>,
    pub(crate) stop: CancellationToken,
}

impl Keeper {
    pub(crate) async fn run(self) {
        let mut restarts = 0;
        let mut last: Option<Trouble> = None;
        loop {
            let opened = tokio::select! {
                () = self.stop.cancelled() => break, // what was half open is killed by being dropped
                opened = open(&self.server, &self.veil, self.patience.start) => opened,
            };
            match opened {
                Ok(live) => {
                    let since = Instant::now();
                    let Some(trouble) = self.attend(live).await else {
                        break;
                    };
                    if since.elapsed() > STEADY {
                        restarts = 0;
                    }
                    last = Some(trouble);
                }
                // What never worked will not work in a second either.
                Err(trouble) if last.is_none() || restarts == self.patience.restarts => {
                    return self.show(Seen::new(State::Failed(trouble)));
                }
                Err(trouble) => last = Some(trouble),
            }
            if let (Some(trouble), true) = (&last, restarts == self.patience.restarts) {
                return self.show(Seen::new(State::Failed(self.gave_up(restarts, trouble))));
            }
            self.show(Seen::new(State::Starting));
            let pause = self.patience.pause * 2_u32.saturating_pow(restarts);
            if timeout(pause, self.stop.cancelled()).await.is_ok() {
                break;
            }
            restarts += 1;
        }
        self.show(Seen::new(State::Off));
    }

    /// Lets a ready server be called until it is told to stop, or ends, which gives the reason.
    async fn attend(&self, live: Live) -> Option<Trouble> {
        let Live {
            service,
            mut child,
            notes,
            tools,
        } = live;
        let line = Line {
            peer: service.peer().clone(),
            notes: notes.clone(),
        };
        let (goodbye, changed) = (service.cancellation_token(), service.service().changed.clone());
        self.show(Seen {
            state: State::Ready,
            tools: tools.into(),
            line: Some(line.clone()),
        });
        let mut over = std::pin::pin!(service.waiting());
        loop {
            let ended = async {
                match &mut child {
                    Some(child) => child.ended().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => {
                    goodbye.cancel();
                    let _ = timeout(Duration::from_secs(1), &mut over).await;
                    if let Some(child) = child.take() {
                        child.close().await;
                    }
                    return None;
                }
                () = changed.notified() => self.list_again(&line).await,
                _ = &mut over => break,
                // Its last answer may still be in the pipe.
                () = ended => {
                    let _ = timeout(Duration::from_millis(200), &mut over).await;
                    break;
                }
            }
        }
        if let Some(child) = &mut child {
            child.bury().await;
        }
        tracing::info!(server = %self.server.name, "{} ended by itself", self.server.name);
        Some(notes.lost(&self.server.name))
    }

    async fn list_again(&self, line: &Line) {
        let listed = tokio::select! {
            () = self.stop.cancelled() => return,
            listed = timeout(RELIST, line.peer.list_all_tools()) => listed,
        };
        // A server that cannot list them now has said that they changed; the old list is the best there is.
        if let Ok(Ok(tools)) = listed {
            let tools = tools
                .into_iter()
                .map(|tool| Tool::told(tool, &self.veil))
                .collect();
            self.show(Seen {
                state: State::Ready,
                tools,
                line: Some(line.clone()),
            });
        }
    }

    fn gave_up(&self, restarts: u32, last: &Trouble) -> Trouble {
        let server = self.server.name.clone();
        match &self.server.transport {
            Transport::Stdio { .. } if !matches!(last, Trouble::TooMuch { .. }) => {
                let said = last.detail().unwrap_or_default().to_owned();
                Trouble::KeptEnding {
                    server,
                    times: restarts + 1,
                    said,
                }
            }
            Transport::Stdio { .. } => last.clone(),
            Transport::Http { url, .. } => {
                let why = "the connection was closed again and again".to_owned();
                Trouble::Unreachable {
                    server,
                    address: origin(url),
                    why,
                }
            }
        }
    }

    fn show(&self, seen: Seen) {
        self.seen.send_replace(seen);
        // Nobody has to listen.
        let _ = self.changes.send(self.server.id.clone());
    }
}
