//! The servers a person uses, and the one place through which they are started, stopped, looked at and called.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ErrorData};
use rmcp::service::{Peer, ServiceError};
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::connection::{Keeper, Seen};
use crate::functions::{Function, functions};
use crate::outcome::Outcome;
use crate::veil::Veil;
use crate::{Patience, Server, State, Tool, Trouble};

/// How long the keeper of a connection that broke off may need to notice.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// The servers that were started. Dropping it ends them all.
pub struct Tools {
    patience: Patience,
    connections: Mutex<HashMap<String, Connection>>,
    changes: broadcast::Sender<String>,
    tasks: TaskTracker,
}

struct Connection {
    name: String,
    seen: watch::Receiver<Seen>,
    keeper: JoinHandle<()>,
    /// Ends the keeper when the connection is forgotten.
    stop: DropGuard,
}

impl Tools {
    /// Nothing is started yet.
    pub fn new(patience: Patience) -> Tools {
        let changes = broadcast::channel(64).0;
        Tools {
            patience,
            connections: Mutex::default(),
            changes,
            tasks: TaskTracker::new(),
        }
    }

    /// Starts a server in the background, in place of the one that had its id. Must be called within a tokio runtime.
    pub fn start(&self, server: Server) {
        let stop = CancellationToken::new();
        let veil = Veil::over(&server.transport);
        let (sender, seen) = watch::channel(Seen::new(State::Starting));
        let (id, name) = (server.id.clone(), server.name.clone());
        let former = self.connections().remove(&id);
        let keeper = Keeper {
            server,
            patience: self.patience,
            veil,
            seen: sender,
            changes: self.changes.clone(),
            stop: stop.clone(),
        };
        let keeper = self.tasks.spawn(async move {
            // Two of one kind might fight over a file or a port.
            if let Some(former) = former {
                former.end().await;
            }
            keeper.run().await;
        });
        let connection = Connection {
            name,
            seen,
            keeper,
            stop: stop.drop_guard(),
        };
        self.connections().insert(id.clone(), connection);
        let _ = self.changes.send(id);
    }

    /// Stops a server and everything it has started.
    pub async fn stop(&self, id: &str) {
        let connection = self.connections().remove(id);
        if let Some(connection) = connection {
            connection.end().await;
            let _ = self.changes.send(id.to_owned());
        }
    }

    /// Stops all of them, at once.
    pub async fn stop_all(&self) {
        self.connections().clear();
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    /// Where a server stands now.
    pub fn state(&self, id: &str) -> State {
        let connections = self.connections();
        connections
            .get(id)
            .map_or(State::Off, |connection| connection.seen.borrow().state.clone())
    }

    /// Where a server stands once it is not starting any more.
    pub async fn settled(&self, id: &str) -> State {
        match self.watched(id) {
            Some((_, mut seen)) => settled(&mut seen).await.state,
            None => State::Off,
        }
    }

    /// The tools of a server; none while it is not ready.
    pub fn tools(&self, id: &str) -> Arc<[Tool]> {
        let connections = self.connections();
        connections.get(id).map_or_else(
            || Arc::new([]) as Arc<[Tool]>,
            |it| it.seen.borrow().tools.clone(),
        )
    }

    /// The tools of these servers as functions for a model, under names that lead back here.
    pub fn functions(&self, ids: &[String]) -> Vec<Function> {
        let connections = self.connections();
        let ready: Vec<(&str, &str, Arc<[Tool]>)> = ids
            .iter()
            .filter_map(|id| {
                let connection = connections.get(id)?;
                let tools = connection.seen.borrow().tools.clone();
                Some((id.as_str(), connection.name.as_str(), tools))
            })
            .collect();
        let servers: Vec<(&str, &str, &[Tool])> = ready
            .iter()
            .map(|(id, name, tools)| (*id, *name, tools.as_ref()))
            .collect();
        functions(&servers)
    }

    /// The id of each server whose state or tools have changed. A receiver that lags behind looks at all of them.
    pub fn changes(&self) -> broadcast::Receiver<String> {
        self.changes.subscribe()
    }

    /// Calls a tool. A server that is still starting is waited for. A tool that fails is an [`Outcome`] too, for the
    /// model to read; a [`Trouble`] is for the person.
    pub async fn call(
        &self,
        id: &str,
        tool: &str,
        arguments: Value,
        cancel: &CancellationToken,
    ) -> Result<Outcome, Trouble> {
        let (server, mut watched) = self.watched(id).ok_or(Trouble::Off)?;
        let seen = tokio::select! {
            () = cancel.cancelled() => return Err(Trouble::Cancelled),
            seen = settled(&mut watched) => seen,
        };
        let line = match (seen.state, seen.line) {
            (State::Failed(trouble), _) => return Err(trouble),
            (State::Ready, Some(line)) => line,
            _ => return Err(Trouble::Off),
        };
        let begun = Instant::now();
        let asking = timeout(self.patience.call, ask(&line.peer, tool, arguments));
        // Whichever way the question is dropped, the server is told that nobody waits any more.
        let answered = tokio::select! {
            () = cancel.cancelled() => return Err(Trouble::Cancelled),
            answered = asking => answered,
        };
        let (took, veil) = (begun.elapsed(), &line.notes.veil);
        match answered {
            Ok(Ok(response)) => Ok(Outcome::of(response, veil, took)),
            Ok(Err(ServiceError::McpError(error))) => Ok(Outcome::refused(&explain(&error), veil, took)),
            Ok(Err(error)) => {
                tracing::debug!(%server, "a call was lost");
                if line.peer.is_transport_closed() {
                    // Until the keeper has read the last words.
                    let _ = timeout(LAST_WORDS, watched.changed()).await;
                    return Err(line.notes.lost(&server));
                }
                // The outer error only names types of the library.
                let why = match error {
                    ServiceError::TransportSend(error) => error.error.to_string(),
                    error => error.to_string(),
                };
                let said = veil.on(&why);
                Err(Trouble::Lost { server, said })
            }
            Err(_) => {
                let seconds = self.patience.call.as_secs();
                Err(Trouble::TimedOut {
                    server,
                    tool: tool.to_owned(),
                    seconds,
                })
            }
        }
    }

    fn watched(&self, id: &str) -> Option<(String, watch::Receiver<Seen>)> {
        let connections = self.connections();
        let connection = connections.get(id)?;
        Some((connection.name.clone(), connection.seen.clone()))
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<String, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    async fn end(self) {
        drop(self.stop);
        // A keeper that panicked has dropped its child, which is all that is asked for here.
        let _ = self.keeper.await;
    }
}

/// Waits until a server is not starting any more.
async fn settled(seen: &mut watch::Receiver<Seen>) -> Seen {
    match seen.wait_for(|seen| seen.state != State::Starting).await {
        Ok(seen) => seen.clone(),
        Err(_) => Seen::new(State::Off),
    }
}

async fn ask(
    peer: &Peer<RoleClient>,
    tool: &str,
    arguments: Value,
) -> Result<CallToolResponse, ServiceError> {
    let question = CallToolRequestParams::new(tool.to_owned());
    let question = match arguments {
        Value::Object(arguments) => question.with_arguments(arguments),
        Value::Null => question,
        _ => {
            let error = ErrorData::invalid_params("The arguments must be a JSON object.", None);
            return Err(ServiceError::McpError(error));
        }
    };
    peer.call_tool_once(question).await
}

/// What a server says about a call it did not take: a model can mend its arguments.
fn explain(error: &ErrorData) -> String {
    match &error.data {
        Some(data) => format!("{} ({data})", error.message),
        None => error.message.to_string(),
    }
}
