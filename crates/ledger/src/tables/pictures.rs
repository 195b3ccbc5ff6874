//! Pictures that belong to messages.

use rusqlite::{Connection, params};

use super::imported::PictureRow;
use super::{all, first, run};
use crate::search::index;
use crate::{Ledger, LedgerError, new_id};

impl Ledger {
    /// Stores a picture of a message.
    pub async fn add_picture(
        &self,
        id: &str,
        message: &str,
        mime: &str,
        bytes: Vec<u8>,
    ) -> Result<(), LedgerError> {
        let row = PictureRow {
            id: id.to_owned(),
            message: message.to_owned(),
            mime: mime.to_owned(),
            bytes,
        };
        self.ask(move |c| Ok(put(c, &row)?)).await
    }

    /// A picture's media type and bytes.
    pub fn picture(&self, id: &str) -> Result<Option<(String, Vec<u8>)>, LedgerError> {
        let sql = "SELECT mime, bytes FROM pictures WHERE id = ?1";
        self.read(|c| Ok(first(c, sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?))
    }

    /// The pictures of a conversation as (message, picture), in the order of the messages and, within one, as added.
    pub fn pictures_of(&self, conversation: &str) -> Result<Vec<(String, String)>, LedgerError> {
        let sql = "SELECT m.id, p.id FROM messages m JOIN pictures p ON p.message = m.id
            WHERE m.conversation = ?1 AND m.deleted_at IS NULL ORDER BY m.created_at, m.id, p.rowid";
        self.read(|c| Ok(all(c, sql, [conversation], |row| Ok((row.get(0)?, row.get(1)?)))?))
    }
}

pub(super) fn put(connection: &Connection, row: &PictureRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO pictures (id, message, mime, bytes) VALUES (?1, ?2, ?3, ?4)";
    run(connection, sql, params![row.id, row.message, row.mime, row.bytes])?;
    index::assets(connection, &row.message)
}

/// Gives a message what another one shows.
pub(super) fn copy(connection: &Connection, from: &str, to: &str) -> rusqlite::Result<()> {
    let ids = "SELECT id FROM pictures WHERE message = ?1 ORDER BY rowid";
    let ids: Vec<String> = all(connection, ids, [from], |row| row.get(0))?;
    let copy = "INSERT INTO pictures (id, message, mime, bytes) SELECT ?2, ?3, mime, bytes FROM pictures WHERE id = ?1";
    for id in &ids {
        run(connection, copy, params![id, new_id(), to])?;
    }
    index::assets(connection, to)
}
