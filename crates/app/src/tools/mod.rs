//! Servers that bring tools: added, changed, started when a conversation wants them, ended with the app.
//!
//! The loop in which a model calls them stands in `chat/tools.rs`.

mod kept;
mod shown;

use nexdesk_ledger::{McpServerRow, new_id};
use nexdesk_mcp::{State, Transport, read_json};
use nexdesk_vault::VaultError;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;

pub use shown::{
    McpOffer, McpSecret, McpServer, McpState, McpTool, McpTransport, SaveMcpServer, ToolPermission,
};

use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};
use kept::{Kept, Values, offered};
use shown::KnownTool;

impl App {
    /// Every server, with its tools where it is running.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_mcp_servers(&self) -> Result<Vec<McpServer>, Problem> {
        let rows = self.ledger().mcp_servers()?;
        rows.into_iter().map(|row| self.shown_server(row)).collect()
    }

    /// Adds a server or changes one, and starts it, so that its tools can be looked at. Values go into the vault
    /// first: a row never names what is nowhere.
    ///
    /// # Errors
    /// When it has no name, the name is taken, or there is nowhere to keep its secrets.
    pub async fn save_mcp_server(&self, ask: SaveMcpServer) -> Result<McpServer, Problem> {
        let name = ask.name.trim().to_owned();
        let old = match &ask.id {
            Some(id) => Some(self.server_row(id)?),
            None => None,
        };
        self.free_server_name(&name, ask.id.as_deref())?;
        let known = old.as_ref().map(kept).transpose()?;
        let (new, values) = Kept::of(ask.transport, ask.secrets, known.as_ref());
        let changed = known.as_ref() != Some(&new);
        let row = McpServerRow {
            id: ask.id.unwrap_or_else(new_id),
            name,
            transport: serde_json::to_value(&new).unwrap_or_default(),
            enabled: ask.enabled,
            created_at: old
                .as_ref()
                .map_or_else(|| self.clock().unix_ms(), |row| row.created_at),
        };
        let gone = known.map(|known| known.names()).unwrap_or_default();
        let gone = gone
            .into_iter()
            .filter(|name| !new.names().contains(name))
            .collect();
        self.put_away(&row.id, values, gone).await?;
        self.ledger().put_mcp_server(row.clone()).await?;
        if old.is_some() && changed {
            // Leave that was given to one program is not given to another, which has other tools too.
            self.ledger().tell_known_tools(&row.id, Value::Array(Vec::new()));
            self.ledger().forget_tool_permissions(&row.id).await?;
        }
        self.start_mcp_server(&row).await?;
        self.emit(AppEvent::ServersChanged);
        self.shown_server(row)
    }

    /// Stops a server and forgets it with its secrets.
    ///
    /// # Errors
    /// When it is gone already, or the vault will not let go of its secrets.
    pub async fn delete_mcp_server(&self, id: &str) -> Result<(), Problem> {
        let row = self.server_row(id)?;
        self.stop_mcp_server(id).await;
        let names = kept(&row).map(|kept| kept.names()).unwrap_or_default();
        self.put_away(id, Values::new(), names).await?;
        self.ledger().remove_mcp_server(id).await?;
        self.emit(AppEvent::ServersChanged);
        Ok(())
    }

    /// Starts a server once more.
    ///
    /// # Errors
    /// When it is gone or switched off, or the vault does not show its secrets.
    pub async fn restart_mcp_server(&self, id: &str) -> Result<(), Problem> {
        let row = self.server_row(id)?;
        if !row.enabled {
            let said = format!("{} is switched off.", row.name);
            return Err(Problem::new(ProblemCode::InvalidInput, said));
        }
        self.start_mcp_server(&row).await
    }

    /// The servers in another app's JSON.
    ///
    /// # Errors
    /// When there are none in it.
    pub fn read_mcp_json(&self, text: &str) -> Result<Vec<McpOffer>, Problem> {
        let reading =
            read_json(text).map_err(|why| Problem::told(ProblemCode::InvalidInput, why.to_string()))?;
        if let (true, Some(skipped)) = (reading.servers.is_empty(), reading.skipped.first()) {
            let said = format!("{} cannot be used. {}", skipped.name, skipped.why);
            return Err(Problem::told(ProblemCode::InvalidInput, said));
        }
        let names = self.server_names()?;
        let offer = |found: nexdesk_mcp::Imported| McpOffer {
            note: found.note,
            ..bare(&names, found.name, &found.transport)
        };
        Ok(reading.servers.into_iter().map(offer).collect())
    }

    /// Servers that search the web once their key is given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn mcp_catalogue(&self) -> Result<Vec<McpOffer>, Problem> {
        let names = self.server_names()?;
        let offer = |found: nexdesk_mcp::Offer| McpOffer {
            note: Some(found.about),
            console: Some(found.key_page),
            ..bare(&names, found.name, &found.transport)
        };
        Ok(nexdesk_mcp::catalogue().into_iter().map(offer).collect())
    }

    /// Says whether a tool may be called.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn set_tool_permission(
        &self,
        server: &str,
        tool: &str,
        permission: ToolPermission,
    ) -> Result<(), Problem> {
        let ledger = self.ledger();
        ledger
            .set_tool_permission(server, tool, permission.into())
            .await?;
        self.emit(AppEvent::ServersChanged);
        Ok(())
    }

    /// Gets those of these servers ready that may be started, and gives back their ids. One that failed is tried once
    /// more, but nobody waits for it.
    pub(crate) async fn ready_mcp_servers(&self, ids: &[String]) -> Vec<String> {
        let rows = self.ledger().mcp_servers().unwrap_or_default();
        let wanted = rows
            .into_iter()
            .filter(|row| row.enabled && ids.contains(&row.id));
        let (mut ready, mut awaited) = (Vec::new(), Vec::new());
        for row in wanted {
            let state = self.0.tools.state(&row.id);
            if matches!(state, State::Off | State::Failed(_)) && self.start_mcp_server(&row).await.is_err() {
                continue;
            }
            if !matches!(state, State::Failed(_)) {
                awaited.push(row.id.clone());
            }
            ready.push(row.id);
        }
        futures::future::join_all(awaited.iter().map(|id| self.0.tools.settled(id))).await;
        ready
    }

    /// Tells the window whenever a server changes, until the app ends.
    pub(crate) async fn follow_mcp_servers(self) {
        let mut changes = self.0.tools.changes();
        loop {
            let change = tokio::select! {
                () = self.0.engine.ending().cancelled() => return,
                change = changes.recv() => change,
            };
            match change {
                Ok(server) => self.note_tools(&server),
                Err(RecvError::Lagged(_)) => {
                    let rows = self.ledger().mcp_servers().unwrap_or_default();
                    rows.iter().for_each(|row| self.note_tools(&row.id));
                }
                Err(RecvError::Closed) => return,
            }
            self.emit(AppEvent::ServersChanged);
        }
    }

    /// So that its tools can be looked at, and their permissions given, while it is off.
    fn note_tools(&self, server: &str) {
        if self.0.tools.state(server) == State::Ready {
            let tools = self.running_tools(server);
            let noted = serde_json::to_value(tools).unwrap_or_default();
            self.ledger().tell_known_tools(server, noted);
        }
    }

    fn running_tools(&self, server: &str) -> Vec<KnownTool> {
        self.0.tools.tools(server).iter().map(KnownTool::from).collect()
    }

    async fn start_mcp_server(&self, row: &McpServerRow) -> Result<(), Problem> {
        if !row.enabled {
            self.stop_mcp_server(&row.id).await;
            return Ok(());
        }
        let kept = kept(row)?;
        let (id, names) = (row.id.clone(), kept.names());
        let values = self.with_vault(move |vault| {
            let reveal = |name: String| match vault.reveal(&vault_name(&id, &name)) {
                Ok(value) => Some(Ok((name, value))),
                Err(VaultError::NotFound) => None,
                Err(error) => Some(Err(error)),
            };
            names
                .into_iter()
                .filter_map(reveal)
                .collect::<Result<Values, _>>()
        });
        let server = kept.server(&row.id, &row.name, &values.await?);
        // Servers live on the engine's runtime, whoever asks.
        let _on_the_engine = self.0.engine.handle().enter();
        self.0.tools.start(server);
        Ok(())
    }

    async fn stop_mcp_server(&self, id: &str) {
        let (app, id) = (self.clone(), id.to_owned());
        self.0
            .engine
            .run(async move { app.0.tools.stop(&id).await })
            .await;
    }

    async fn put_away(&self, id: &str, values: Values, gone: Vec<String>) -> Result<(), Problem> {
        let id = id.to_owned();
        self.with_vault(move |vault| {
            for (name, value) in &values {
                vault.put(&vault_name(&id, name), value)?;
            }
            for name in gone {
                match vault.remove(&vault_name(&id, &name)) {
                    Ok(()) | Err(VaultError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
        .await
    }

    fn shown_server(&self, row: McpServerRow) -> Result<McpServer, Problem> {
        let permissions = self.ledger().tool_permissions(&row.id)?;
        let (state, problem) = McpState::of(self.0.tools.state(&row.id));
        let tools: Vec<KnownTool> = match state {
            McpState::Ready => self.running_tools(&row.id),
            McpState::Off | McpState::Starting | McpState::Failed => {
                serde_json::from_value(self.ledger().known_tools(&row.id)?).unwrap_or_default()
            }
        };
        Ok(McpServer {
            transport: kept(&row)?.shown(),
            id: row.id,
            name: row.name,
            enabled: row.enabled,
            state,
            problem,
            tools: tools
                .into_iter()
                .map(|tool| McpTool::shown(tool, &permissions))
                .collect(),
        })
    }

    fn server_row(&self, id: &str) -> Result<McpServerRow, Problem> {
        self.ledger()
            .mcp_server(id)?
            .ok_or_else(|| Problem::not_found("such server"))
    }

    fn server_names(&self) -> Result<Vec<String>, Problem> {
        let rows = self.ledger().mcp_servers()?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    fn free_server_name(&self, name: &str, own: Option<&str>) -> Result<(), Problem> {
        if name.is_empty() {
            return Err(Problem::new(ProblemCode::InvalidInput, "A server needs a name."));
        }
        let others = self.ledger().mcp_servers()?;
        let mut others = others.into_iter().filter(|row| Some(row.id.as_str()) != own);
        if others.any(|row| row.name.eq_ignore_ascii_case(name)) {
            let said = format!("There already is a server named “{name}”.");
            return Err(Problem::new(ProblemCode::NameTaken, said));
        }
        Ok(())
    }
}

/// An offer with nothing said about it.
fn bare(names: &[String], name: String, transport: &Transport) -> McpOffer {
    let (transport, secrets) = offered(transport);
    McpOffer {
        already: taken(names, &name),
        name,
        transport,
        secrets,
        note: None,
        console: None,
    }
}

fn taken(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn vault_name(server: &str, name: &str) -> String {
    format!("mcp-{server}-{name}")
}

fn kept(row: &McpServerRow) -> Result<Kept, Problem> {
    serde_json::from_value(row.transport.clone()).map_err(|_| {
        let said = format!(
            "How {} is reached was written by another version of Nexdesk.",
            row.name
        );
        Problem::new(ProblemCode::StorageFailed, said)
    })
}
