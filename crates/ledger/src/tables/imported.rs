//! Conversations from elsewhere: each stored whole or not at all, and never twice.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use serde_json::Value;

use super::{all, conversations, folders, messages, pictures, run};
use crate::search::index;
use crate::{ConversationRow, Ledger, LedgerError, MessageRow};

/// A conversation as another program had it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The program's word.
    pub source: String,
    /// Its id there.
    pub foreign_id: String,
    /// As it will stand here. Its folder is found by `folder_name`.
    pub conversation: ConversationRow,
    /// The name of the folder it goes into, which is made if need be.
    pub folder_name: Option<String>,
    /// Parents before their children.
    pub messages: Vec<MessageRow>,
    /// Their pictures.
    pub pictures: Vec<PictureRow>,
    /// Messages with the ids of their attachments, which are stored already.
    pub attachments: Vec<(String, Vec<String>)>,
}

/// A picture of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureRow {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub message: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Ledger {
    /// Stores a conversation from elsewhere in one transaction. False, and nothing stored, if it is here already.
    pub async fn import(&self, arrival: Arrival) -> Result<bool, LedgerError> {
        self.ask(move |c| Ok(take_in(c, arrival)?)).await
    }

    /// The ids, in a program, of what was imported from it. Of our own exports, also what never left.
    pub fn imported_from(&self, source: &str) -> Result<HashSet<String>, LedgerError> {
        let sql = "SELECT foreign_id FROM imported WHERE source = ?1
            UNION SELECT id FROM conversations WHERE ?1 = 'nexdesk'";
        let ids = self.read(|c| Ok(all(c, sql, [source], |row| row.get(0))?))?;
        Ok(ids.into_iter().collect())
    }
}

fn take_in(connection: &Connection, arrival: Arrival) -> rusqlite::Result<bool> {
    let Arrival {
        source,
        foreign_id,
        mut conversation,
        folder_name,
        messages,
        pictures,
        attachments,
    } = arrival;
    let known = "SELECT 1 FROM imported WHERE source = ?1 AND foreign_id = ?2
        UNION ALL SELECT 1 FROM conversations WHERE ?1 = 'nexdesk' AND id = ?2";
    if connection.prepare_cached(known)?.exists([&source, &foreign_id])? {
        return Ok(false);
    }
    if let Some(name) = folder_name {
        conversation.folder = Some(folders::named(connection, &name)?);
    }
    conversations::put(connection, &conversation)?;
    let note = "INSERT INTO imported (source, foreign_id, conversation) VALUES (?1, ?2, ?3)";
    run(connection, note, params![source, foreign_id, conversation.id])?;
    messages
        .iter()
        .try_for_each(|row| messages::put(connection, row))?;
    pictures
        .iter()
        .try_for_each(|row| pictures::put(connection, row))?;
    for (message, ids) in attachments {
        let sql = "UPDATE messages SET attachments = ?2 WHERE id = ?1";
        run(connection, sql, params![message, Value::from(ids)])?;
        index::assets(connection, &message)?;
    }
    Ok(true)
}
