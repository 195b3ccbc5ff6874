//! What was typed and attached, and not sent yet.

use rusqlite::params;
use serde_json::Value;

use super::{asking, first, run};
use crate::{Ledger, LedgerError};

/// What stands in the composer of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftRow {
    /// What was typed.
    pub text: String,
    /// Ids of what was attached, in order.
    pub attachments: Vec<String>,
}

impl Ledger {
    /// The draft of a conversation, or of the one that does not exist yet.
    pub fn draft(&self, conversation: Option<&str>) -> Result<Option<DraftRow>, LedgerError> {
        let id = conversation.unwrap_or_default();
        self.read(|c| {
            Ok(first(
                c,
                "SELECT text, attachments FROM drafts WHERE conversation = ?1",
                [id],
                |row| {
                    Ok(DraftRow {
                        text: row.get(0)?,
                        attachments: asking::ids(row.get(1)?),
                    })
                },
            )?)
        })
    }

    /// Notes a draft; an empty one is forgotten, unless settings wait in its place.
    pub fn tell_draft(&self, conversation: Option<&str>, text: String, attachments: Vec<String>, at: i64) {
        let id = conversation.unwrap_or_default().to_owned();
        let attachments = Value::from(attachments);
        self.tell(move |c| {
            let sql =
                "INSERT INTO drafts (conversation, text, attachments, updated_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (conversation) DO UPDATE SET text = excluded.text,
                    attachments = excluded.attachments, updated_at = excluded.updated_at";
            run(c, sql, params![id, text, attachments, at])?;
            let empty = "DELETE FROM drafts
                WHERE conversation = ?1 AND text = '' AND attachments = '[]' AND settings IS NULL";
            run(c, empty, [&id]).map(drop)
        });
    }
}
