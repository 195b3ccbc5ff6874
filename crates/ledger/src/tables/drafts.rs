//! What was typed and not sent yet.

use rusqlite::params;

use super::{first, run};
use crate::{Ledger, LedgerError};

impl Ledger {
    /// The draft of a conversation, or of the one that does not exist yet.
    pub fn draft(&self, conversation: Option<&str>) -> Result<Option<String>, LedgerError> {
        let id = conversation.unwrap_or_default();
        self.read(|c| {
            Ok(first(
                c,
                "SELECT text FROM drafts WHERE conversation = ?1",
                [id],
                |row| row.get(0),
            )?)
        })
    }

    /// Notes a draft; an empty one is forgotten.
    pub fn tell_draft(&self, conversation: Option<&str>, text: String, at: i64) {
        let id = conversation.unwrap_or_default().to_owned();
        self.tell(move |c| {
            if text.is_empty() {
                return run(c, "DELETE FROM drafts WHERE conversation = ?1", [&id]).map(drop);
            }
            let sql = "REPLACE INTO drafts (conversation, text, updated_at) VALUES (?1, ?2, ?3)";
            run(c, sql, params![id, text, at]).map(drop)
        });
    }
}
