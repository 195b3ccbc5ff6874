//! Which answers the last life of the program left unfinished, until the person has seen them.

use rusqlite::Connection;

use super::{all, run};
use crate::{Ledger, LedgerError};

impl Ledger {
    /// The answers that broke off because the program ended, newest first; deleted conversations are left out.
    pub fn interruptions(&self) -> Result<Vec<String>, LedgerError> {
        const SELECT: &str = "SELECT i.message FROM interruptions i JOIN messages m ON m.id = i.message
            JOIN conversations c ON c.id = m.conversation
            WHERE c.deleted_at IS NULL AND m.state = 'interrupted' ORDER BY m.created_at DESC, m.id DESC";
        self.read(|c| Ok(all(c, SELECT, [], |row| row.get(0))?))
    }

    /// The person has seen them.
    pub async fn forget_interruptions(&self) -> Result<(), LedgerError> {
        self.ask(|c| {
            run(c, "DELETE FROM interruptions", [])?;
            Ok(())
        })
        .await
    }
}

/// Notes what is streaming as a life begins: nobody is left to write on it.
pub(super) fn note(connection: &Connection) -> rusqlite::Result<()> {
    run(connection, "DELETE FROM interruptions", [])?;
    let sql = "INSERT INTO interruptions (message) SELECT id FROM messages WHERE state = 'streaming'";
    run(connection, sql, []).map(drop)
}
