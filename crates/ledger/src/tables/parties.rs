//! Who asked whom for what: the same few sets return in every exchange, so each is written once and known by a number.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use foldhash::quality::RandomState;
use rusqlite::Connection;

use super::{Columns, first, run};
use crate::ExchangeRow;

/// Sets kept at hand. A flood of invented model names must not become memory.
const KEPT: usize = 1024;

/// The parties to an exchange, as they were named at the time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parties {
    /// The local token; none from the window.
    pub caller_id: Option<String>,
    /// The caller's name.
    pub caller: String,
    /// The door.
    pub door: String,
    /// The endpoint.
    pub endpoint: String,
    /// The kind of endpoint.
    pub interface: String,
    /// The model asked for.
    pub model_asked: String,
    /// The model that answered.
    pub model_answered: Option<String>,
    /// The gateway's name.
    pub gateway: Option<String>,
    /// The gateway.
    pub gateway_id: Option<String>,
    /// The key's name.
    pub key: Option<String>,
    /// The key.
    pub key_id: Option<String>,
}

/// The number of a set of parties, without asking SQLite where it was asked before.
#[derive(Default)]
pub(crate) struct Numbers {
    known: HashMap<u64, Vec<(Arc<ExchangeRow>, i64)>, RandomState>,
    kept: usize,
    hashes: RandomState,
}

impl Numbers {
    /// The number of a row's parties, which are written down if they are new.
    pub(crate) fn of(&mut self, connection: &Connection, row: &Arc<ExchangeRow>) -> rusqlite::Result<i64> {
        let hash = self.hash(row);
        let known = self
            .known
            .get(&hash)
            .and_then(|rows| rows.iter().find(|(known, _)| same(known, row)));
        if let Some((_, number)) = known {
            return Ok(*number);
        }
        let number = match find(connection, row)? {
            Some(number) => number,
            None => add(connection, row)?,
        };
        if self.kept >= KEPT {
            self.forget();
        }
        self.kept += 1;
        self.known.entry(hash).or_default().push((row.clone(), number));
        Ok(number)
    }

    /// Of what differs most often; `same` decides.
    fn hash(&self, row: &ExchangeRow) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        row.key_id.hash(&mut hasher);
        row.caller_id.hash(&mut hasher);
        row.model_asked.hash(&mut hasher);
        row.model_answered.is_some().hash(&mut hasher);
        hasher.finish()
    }

    /// After a batch was undone, what it had written down is not there.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
        self.kept = 0;
    }
}

fn same(one: &ExchangeRow, other: &ExchangeRow) -> bool {
    one.caller_id == other.caller_id
        && one.caller == other.caller
        && one.door == other.door
        && one.endpoint == other.endpoint
        && one.interface == other.interface
        && one.model_asked == other.model_asked
        && one.model_answered == other.model_answered
        && one.gateway == other.gateway
        && one.gateway_id == other.gateway_id
        && one.key == other.key
        && one.key_id == other.key_id
        && one.price == other.price
}

/// In the order of the parameters of both statements below.
fn columns(row: &ExchangeRow) -> [Option<&str>; 12] {
    [
        row.caller_id.as_deref(),
        Some(&row.caller),
        Some(&row.door),
        Some(&row.endpoint),
        Some(&row.interface),
        Some(&row.model_asked),
        row.model_answered.as_deref(),
        row.gateway.as_deref(),
        row.gateway_id.as_deref(),
        row.key.as_deref(),
        row.key_id.as_deref(),
        row.price.as_deref(),
    ]
}

fn find(connection: &Connection, row: &ExchangeRow) -> rusqlite::Result<Option<i64>> {
    first(
        connection,
        "SELECT id FROM parties WHERE model_asked = ?6 AND caller_id IS ?1 AND key_id IS ?11 AND caller = ?2 AND door = ?3
            AND endpoint = ?4 AND interface = ?5 AND model_answered IS ?7 AND gateway IS ?8 AND gateway_id IS ?9
            AND key_name IS ?10 AND price IS ?12",
        columns(row),
        |row| row.get(0),
    )
}

fn add(connection: &Connection, row: &ExchangeRow) -> rusqlite::Result<i64> {
    run(
        connection,
        "INSERT INTO parties (caller_id, caller, door, endpoint, interface, model_asked, model_answered, gateway,
            gateway_id, key_name, key_id, price) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        columns(row),
    )?;
    Ok(connection.last_insert_rowid())
}

/// The parties behind a number.
pub(super) fn numbered(connection: &Connection, number: i64) -> rusqlite::Result<Option<Parties>> {
    first(
        connection,
        "SELECT caller_id, caller, door, endpoint, interface, model_asked, model_answered, gateway, gateway_id, key_name,
            key_id FROM parties WHERE id = ?1",
        [number],
        |row| {
            let mut columns = Columns::of(row);
            Ok(Parties {
                caller_id: columns.take()?,
                caller: columns.take()?,
                door: columns.take()?,
                endpoint: columns.take()?,
                interface: columns.take()?,
                model_asked: columns.take()?,
                model_answered: columns.take()?,
                gateway: columns.take()?,
                gateway_id: columns.take()?,
                key: columns.take()?,
                key_id: columns.take()?,
            })
        },
    )
}
