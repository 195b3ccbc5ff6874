//! Pictures that belong to messages.

use rusqlite::params;

use super::{all, first, run};
use crate::{Ledger, LedgerError};

impl Ledger {
    /// Stores a picture of a message.
    pub async fn add_picture(
        &self,
        id: &str,
        message: &str,
        mime: &str,
        bytes: Vec<u8>,
    ) -> Result<(), LedgerError> {
        let (id, message, mime) = (id.to_owned(), message.to_owned(), mime.to_owned());
        self.ask(move |c| {
            let sql = "INSERT INTO pictures (id, message, mime, bytes) VALUES (?1, ?2, ?3, ?4)";
            Ok(run(c, sql, params![id, message, mime, bytes]).map(drop)?)
        })
        .await
    }

    /// A picture's media type and bytes.
    pub fn picture(&self, id: &str) -> Result<Option<(String, Vec<u8>)>, LedgerError> {
        let sql = "SELECT mime, bytes FROM pictures WHERE id = ?1";
        self.read(|c| Ok(first(c, sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?))
    }

    /// The pictures of a conversation as (message, picture), in the order of the messages and, within one, as added.
    pub fn pictures_of(&self, conversation: &str) -> Result<Vec<(String, String)>, LedgerError> {
        let sql = "SELECT m.id, p.id FROM messages m JOIN pictures p ON p.message = m.id
            WHERE m.conversation = ?1 ORDER BY m.created_at, m.id, p.rowid";
        self.read(|c| Ok(all(c, sql, [conversation], |row| Ok((row.get(0)?, row.get(1)?)))?))
    }
}
