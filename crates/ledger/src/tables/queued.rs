//! Messages that wait for the answer under way, in the order they were written.

use rusqlite::{Row, params};
use serde_json::Value;

use super::{Columns, all, asking, run};
use crate::{Ledger, LedgerError};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedRow {
    /// Its id.
    pub id: String,
    /// Its conversation.
    pub conversation: String,
    /// What it says.
    pub text: String,
    /// Ids of its attachments, in order.
    pub attachments: Vec<String>,
    /// Who shall be asked.
    pub model: String,
    /// When it was written.
    pub created_at: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<QueuedRow> {
    let mut columns = Columns::of(row);
    Ok(QueuedRow {
        id: columns.take()?,
        conversation: columns.take()?,
        text: columns.take()?,
        attachments: asking::ids(columns.take()?),
        model: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// What waits in a conversation, first first.
    pub fn queued(&self, conversation: &str) -> Result<Vec<QueuedRow>, LedgerError> {
        const SELECT: &str = "SELECT id, conversation, text, attachments, model, created_at FROM queued
            WHERE conversation = ?1 ORDER BY created_at, id";
        self.read(|c| Ok(all(c, SELECT, [conversation], read)?))
    }

    /// Lets a message wait. What was a draft is one no longer.
    pub async fn add_queued(&self, row: QueuedRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO queued (id, conversation, text, attachments, model, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    row.id,
                    row.conversation,
                    row.text,
                    Value::from(row.attachments),
                    row.model,
                    row.created_at
                ],
            )?;
            run(
                c,
                "DELETE FROM drafts WHERE conversation = ?1",
                [&row.conversation],
            )?;
            Ok(())
        })
        .await
    }

    /// Takes a message out of the queue, if it still waits.
    pub async fn remove_queued(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            run(c, "DELETE FROM queued WHERE id = ?1", [&id])?;
            Ok(())
        })
        .await
    }
}
