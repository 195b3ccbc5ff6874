//! Folders that conversations can be filed in.

use rusqlite::{Connection, OptionalExtension, params};

use super::{all, run, touched};
use crate::{Ledger, LedgerError, new_id};

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands among the others.
    pub position: i64,
}

impl Ledger {
    /// The folders, in their order.
    pub fn folders(&self) -> Result<Vec<FolderRow>, LedgerError> {
        let sql = "SELECT id, name, position FROM folders ORDER BY position, name, id";
        self.read(|c| {
            Ok(all(c, sql, [], |row| {
                Ok(FolderRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    position: row.get(2)?,
                })
            })?)
        })
    }

    /// Adds a folder or changes the one with this id.
    pub async fn put_folder(&self, row: FolderRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            let sql = "INSERT INTO folders (id, name, position) VALUES (?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position";
            Ok(run(c, sql, params![row.id, row.name, row.position]).map(drop)?)
        })
        .await
    }

    /// Removes a folder. What is in it stays, outside of any folder.
    pub async fn delete_folder(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(run(c, "DELETE FROM folders WHERE id = ?1", [id])?))
            .await
    }
}

/// The folder of a name, made behind the others if there is none.
pub(super) fn named(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    let known = "SELECT id FROM folders WHERE name = ?1 COLLATE NOCASE ORDER BY position LIMIT 1";
    let known = connection
        .prepare_cached(known)?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = new_id();
    let sql =
        "INSERT INTO folders (id, name, position) SELECT ?1, ?2, coalesce(max(position), 0) + 1 FROM folders";
    run(connection, sql, params![id, name])?;
    Ok(id)
}
