//! Summaries that stand for the beginning of a conversation that grew too long. The original is kept.

use rusqlite::{Row, params};

use super::{Columns, all, run};
use crate::{Ledger, LedgerError};

/// A summary of everything up to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactionRow {
    /// The last message it stands for.
    pub through: String,
    /// Its conversation.
    pub conversation: String,
    /// What it says.
    pub text: String,
    /// What it costs a model to read.
    pub tokens: u64,
    /// When it was made.
    pub created_at: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CompactionRow> {
    let mut columns = Columns::of(row);
    Ok(CompactionRow {
        through: columns.take()?,
        conversation: columns.take()?,
        text: columns.take()?,
        tokens: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// The summaries of a conversation, on all branches.
    pub fn compactions(&self, conversation: &str) -> Result<Vec<CompactionRow>, LedgerError> {
        const SELECT: &str = "SELECT through, conversation, text, tokens, created_at FROM compactions
            WHERE conversation = ?1 ORDER BY created_at, through";
        self.read(|c| Ok(all(c, SELECT, [conversation], read)?))
    }

    /// Keeps a summary.
    pub async fn put_compaction(&self, row: CompactionRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "REPLACE INTO compactions (through, conversation, text, tokens, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    row.through,
                    row.conversation,
                    row.text,
                    row.tokens,
                    row.created_at
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets a summary, so that the original is sent again.
    pub async fn remove_compaction(&self, through: &str) -> Result<(), LedgerError> {
        let through = through.to_owned();
        self.ask(move |c| {
            run(c, "DELETE FROM compactions WHERE through = ?1", [&through])?;
            Ok(())
        })
        .await
    }
}
