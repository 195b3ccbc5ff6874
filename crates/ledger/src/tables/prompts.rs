//! The library: prompts to insert, and assistants to begin a conversation with.

use rusqlite::{Row, params};
use serde_json::Value;

use super::{Columns, all, run, touched};
use crate::{Ledger, LedgerError};

/// A prompt or an assistant.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `prompt` or `assistant`.
    pub kind: String,
    /// What it says.
    pub text: String,
    /// What a conversation with it is set to.
    pub settings: Option<Value>,
    /// When it was made.
    pub created_at: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<PromptRow> {
    let mut columns = Columns::of(row);
    Ok(PromptRow {
        id: columns.take()?,
        name: columns.take()?,
        kind: columns.take()?,
        text: columns.take()?,
        settings: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// All of them, oldest first.
    pub fn prompts(&self) -> Result<Vec<PromptRow>, LedgerError> {
        const SELECT: &str =
            "SELECT id, name, kind, text, settings, created_at FROM prompts ORDER BY created_at, id";
        self.read(|c| Ok(all(c, SELECT, [], read)?))
    }

    /// Adds one or changes the one with this id, which keeps its place.
    pub async fn put_prompt(&self, row: PromptRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO prompts (id, name, kind, text, settings, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, text = excluded.text,
                    settings = excluded.settings",
                params![row.id, row.name, row.kind, row.text, row.settings, row.created_at],
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets one.
    pub async fn remove_prompt(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(run(c, "DELETE FROM prompts WHERE id = ?1", [&id])?))
            .await
    }
}
