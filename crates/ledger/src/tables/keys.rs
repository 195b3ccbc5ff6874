//! The keys of each gateway, without their secrets: the vault holds those under the id of the row.

use rusqlite::{Row, params};

use super::{Columns, all, first, run};
use crate::queue::Used;
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// Whether a key can be used.
    pub enum KeyState {
        /// Never tried.
        Unchecked = "unchecked",
        /// It worked when last used.
        Healthy = "healthy",
        /// The gateway asked for a pause.
        Resting = "resting",
        /// The gateway does not accept it.
        Refused = "refused",
        /// Its credit is used up.
        Exhausted = "exhausted",
    }
}

/// A key, as much of it as people may see.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRow {
    /// Its id, also its name in the vault.
    pub id: String,
    /// The gateway it opens.
    pub gateway: String,
    /// What the person calls it.
    pub name: String,
    /// Its last four characters.
    pub last_four: String,
    /// Whether it can be used.
    pub state: KeyState,
    /// Until when it rests.
    pub rests_until: Option<i64>,
    /// When it was added.
    pub created_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// Its share of the gateway's requests, beside the other keys' shares.
    pub weight: u32,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Whether an answer is read to its end for the exact bill when its caller has hung up.
    pub reads_on: bool,
}

const SELECT: &str =
    "SELECT id, gateway, name, last_four, state, rests_until, created_at, last_used_at, weight, enabled, reads_on
    FROM keys";

fn read(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    let mut columns = Columns::of(row);
    Ok(KeyRow {
        id: columns.take()?,
        gateway: columns.take()?,
        name: columns.take()?,
        last_four: columns.take()?,
        state: columns.take()?,
        rests_until: columns.take()?,
        created_at: columns.take()?,
        last_used_at: columns.take()?,
        weight: columns.take()?,
        enabled: columns.take()?,
        reads_on: columns.take()?,
    })
}

impl Ledger {
    /// The keys of one gateway, or of all, oldest first.
    pub fn keys(&self, gateway: Option<&str>) -> Result<Vec<KeyRow>, LedgerError> {
        self.read(|c| match gateway {
            Some(id) => Ok(all(
                c,
                &format!("{SELECT} WHERE gateway = ?1 ORDER BY created_at, id"),
                [id],
                read,
            )?),
            None => Ok(all(c, &format!("{SELECT} ORDER BY created_at, id"), [], read)?),
        })
    }

    /// One key.
    pub fn key(&self, id: &str) -> Result<Option<KeyRow>, LedgerError> {
        self.read(|c| Ok(first(c, &format!("{SELECT} WHERE id = ?1"), [id], read)?))
    }

    /// Adds a key or changes the one with this id.
    pub async fn put_key(&self, row: KeyRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO keys (id, gateway, name, last_four, state, rests_until, created_at, last_used_at, weight,
                    enabled, reads_on)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET gateway = excluded.gateway, name = excluded.name,
                    last_four = excluded.last_four, state = excluded.state, rests_until = excluded.rests_until,
                    created_at = excluded.created_at, last_used_at = excluded.last_used_at,
                    weight = excluded.weight, enabled = excluded.enabled,
                    reads_on = excluded.reads_on",
                params![
                    row.id,
                    row.gateway,
                    row.name,
                    row.last_four,
                    row.state,
                    row.rests_until,
                    row.created_at,
                    row.last_used_at,
                    row.weight,
                    row.enabled,
                    row.reads_on,
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Removes a key. Its secret is the vault's to remove.
    pub async fn remove_key(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| Ok(run(c, "DELETE FROM keys WHERE id = ?1", [id]).map(drop)?))
            .await
    }

    /// Notes how a key fared.
    pub fn tell_key_state(&self, id: &str, state: KeyState, rests_until: Option<i64>) {
        let id = id.to_owned();
        self.tell(move |c| {
            run(
                c,
                "UPDATE keys SET state = ?2, rests_until = ?3 WHERE id = ?1",
                params![id, state, rests_until],
            )
            .map(drop)
        });
    }

    /// Notes that a key was used.
    pub fn tell_key_used(&self, id: &str, at: i64) {
        self.tell_used(Used::Key, id, at);
    }
}
