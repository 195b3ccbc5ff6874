//! Who made what: the gateway that keeps a file, a video, a stored response or a batch, since nobody else knows of it.

use rusqlite::{Row, params};

use super::{Columns, all, first, run};
use crate::{Ledger, LedgerError};

/// Something that a gateway keeps for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRow {
    /// The gateway's own name for it.
    pub id: String,
    /// The gateway that made it.
    pub gateway: String,
    /// The key it was made with: other keys may belong to other accounts.
    pub key: Option<String>,
    /// What it is: a file, a video, …
    pub kind: String,
    /// When it was made.
    pub created_at: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ObjectRow> {
    let mut columns = Columns::of(row);
    Ok(ObjectRow {
        id: columns.take()?,
        gateway: columns.take()?,
        key: columns.take()?,
        kind: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// Who made this.
    pub fn object(&self, id: &str) -> Result<Option<ObjectRow>, LedgerError> {
        const SELECT: &str = "SELECT id, gateway, key_id, kind, created_at FROM objects WHERE id = ?1";
        self.read(|c| Ok(first(c, SELECT, [id], read)?))
    }

    /// The gateways that keep something of this kind.
    pub fn makers_of(&self, kind: &str) -> Result<Vec<String>, LedgerError> {
        const SELECT: &str = "SELECT DISTINCT gateway FROM objects WHERE kind = ?1 ORDER BY gateway";
        self.read(|c| Ok(all(c, SELECT, [kind], |row| row.get(0))?))
    }

    /// Notes who made something.
    pub fn tell_object(&self, row: ObjectRow) {
        self.tell(move |c| {
            run(
                c,
                // The gateway may be gone by the time this is written.
                "REPLACE INTO objects (id, gateway, key_id, kind, created_at)
                 SELECT ?1, id, ?3, ?4, ?5 FROM gateways WHERE id = ?2",
                params![row.id, row.gateway, row.key, row.kind, row.created_at],
            )
            .map(drop)
        });
    }

    /// Forgets what was made before `at`: gateways delete it too.
    pub fn tell_objects_forgotten(&self, at: i64) {
        self.tell(move |c| run(c, "DELETE FROM objects WHERE created_at < ?1", [at]).map(drop));
    }
}
