//! The servers that bring tools, without their secrets, and what each tool may do.

use rusqlite::{Row, params};
use serde_json::Value;

use super::{Columns, all, first, run, touched};
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// Whether a tool may be called.
    pub enum ToolPermission {
        /// The person is asked each time.
        Ask = "ask",
        /// Without asking.
        Always = "always",
        /// Not at all.
        Never = "never",
    }
}

/// A server that brings tools.
#[derive(Clone, Debug, PartialEq)]
pub struct McpServerRow {
    /// Its id.
    pub id: String,
    /// As its person calls it; unique.
    pub name: String,
    /// How it is reached, with the names of its secrets in place of their values.
    pub transport: Value,
    /// Whether it may be started.
    pub enabled: bool,
    /// When it was added.
    pub created_at: i64,
}

const SELECT: &str = "SELECT id, name, transport, enabled, created_at FROM mcp_servers";

fn read(row: &Row<'_>) -> rusqlite::Result<McpServerRow> {
    let mut columns = Columns::of(row);
    Ok(McpServerRow {
        id: columns.take()?,
        name: columns.take()?,
        transport: columns.take()?,
        enabled: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// Every server, in the order in which they were added.
    pub fn mcp_servers(&self) -> Result<Vec<McpServerRow>, LedgerError> {
        let sql = format!("{SELECT} ORDER BY position, id");
        self.read(|c| Ok(all(c, &sql, [], read)?))
    }

    /// One server.
    pub fn mcp_server(&self, id: &str) -> Result<Option<McpServerRow>, LedgerError> {
        let sql = format!("{SELECT} WHERE id = ?1");
        self.read(|c| Ok(first(c, &sql, [id], read)?))
    }

    /// Adds a server behind all others, or changes the one with this id where it stands.
    pub async fn put_mcp_server(&self, row: McpServerRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            let sql = "INSERT INTO mcp_servers (id, position, name, transport, enabled, created_at)
                VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM mcp_servers), ?2, ?3, ?4, ?5)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, transport = excluded.transport,
                    enabled = excluded.enabled";
            let values = params![row.id, row.name, row.transport, row.enabled, row.created_at];
            Ok(run(c, sql, values).map(drop)?)
        })
        .await
    }

    /// Removes a server, and what its tools may do.
    pub async fn remove_mcp_server(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(run(c, "DELETE FROM mcp_servers WHERE id = ?1", [id])?))
            .await
    }

    /// The tools of a server as it told them when it last ran, in the words of who noted them.
    pub fn known_tools(&self, server: &str) -> Result<Value, LedgerError> {
        let sql = "SELECT tools FROM mcp_servers WHERE id = ?1";
        let known = self.read(|c| Ok(first(c, sql, [server], |row| row.get(0))?))?;
        Ok(known.unwrap_or_default())
    }

    /// Notes the tools of a server.
    pub fn tell_known_tools(&self, server: &str, tools: Value) {
        let server = server.to_owned();
        self.tell(move |c| {
            let sql = "UPDATE mcp_servers SET tools = ?2 WHERE id = ?1 AND tools <> ?2";
            run(c, sql, params![server, tools]).map(drop)
        });
    }

    /// What the tools of a server may do, as far as somebody said; the others ask.
    pub fn tool_permissions(&self, server: &str) -> Result<Vec<(String, ToolPermission)>, LedgerError> {
        let sql = "SELECT tool, permission FROM tool_permissions WHERE server = ?1 ORDER BY tool";
        self.read(|c| Ok(all(c, sql, [server], |row| Ok((row.get(0)?, row.get(1)?)))?))
    }

    /// Says what a tool may do.
    pub async fn set_tool_permission(
        &self,
        server: &str,
        tool: &str,
        permission: ToolPermission,
    ) -> Result<(), LedgerError> {
        let (server, tool) = (server.to_owned(), tool.to_owned());
        self.ask(move |c| {
            let sql = "REPLACE INTO tool_permissions (server, tool, permission)
                SELECT id, ?2, ?3 FROM mcp_servers WHERE id = ?1";
            touched(run(c, sql, params![server, tool, permission])?)
        })
        .await
    }

    /// Forgets what the tools of a server may do: they ask again.
    pub async fn forget_tool_permissions(&self, server: &str) -> Result<(), LedgerError> {
        let server = server.to_owned();
        self.ask(move |c| Ok(run(c, "DELETE FROM tool_permissions WHERE server = ?1", [server]).map(drop)?))
            .await
    }
}
