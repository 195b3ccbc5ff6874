//! Captured bodies: what a request and its answer said, compressed. They are the first to go when room is short.
//!
//! Compressed on the writer's thread, before its transaction begins: on the relay's, a megabyte would hold up every
//! stream for ten milliseconds. As gzip, because the workspace builds it already and any tool opens it.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rusqlite::{Connection, OptionalExtension, params};

use super::{all, first, run};
use crate::words::words;
use crate::{ExchangeId, Ledger, LedgerError};

words! {
    /// Which way a body went.
    pub enum Side {
        /// To the gateway.
        Request = "request",
        /// To the caller.
        Response = "response",
    }
}

/// A captured body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyRow {
    /// The exchange.
    pub exchange: String,
    /// Which way it went.
    pub side: Side,
    /// When it was captured.
    pub at: i64,
    /// The headers it came with that say something and give nothing away, a line each.
    pub head: String,
    /// How many bytes passed.
    pub size: u64,
    /// Whether fewer were captured.
    pub truncated: bool,
    /// What was captured, as it passed.
    pub bytes: Vec<u8>,
}

/// A body on its way into the database.
pub(crate) struct Packed {
    row: BodyRow,
    weight: usize,
    packed: bool,
}

impl Packed {
    /// What it holds in memory until it is written.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// Compresses it, if that has not been done.
    pub(crate) fn pack(&mut self) -> io::Result<()> {
        if !self.packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&self.row.bytes)?;
            self.row.bytes = encoder.finish()?;
            self.packed = true;
        }
        Ok(())
    }

    pub(crate) fn put(&self, connection: &Connection) -> rusqlite::Result<()> {
        let row = &self.row;
        run(
            connection,
            "REPLACE INTO bodies (exchange, side, at, encoding, size, stored, truncated, bytes, head)
             VALUES (?1, ?2, ?3, 'gzip', ?4, length(?6), ?5, ?6, ?7)",
            params![
                ExchangeId::from(row.exchange.as_str()),
                row.side,
                row.at,
                row.size,
                row.truncated,
                row.bytes,
                row.head,
            ],
        )
        .map(drop)
    }
}

impl Ledger {
    /// Records a captured body; one of the same exchange and side before it is replaced.
    pub fn tell_body(&self, row: BodyRow) {
        let weight = row.bytes.len();
        self.tell_packed(Packed {
            row,
            weight,
            packed: false,
        });
    }

    /// A captured body, as it passed.
    pub fn body(&self, exchange: &str, side: Side) -> Result<Option<BodyRow>, LedgerError> {
        let sql = "SELECT at, size, truncated, bytes, head FROM bodies WHERE exchange = ?1 AND side = ?2";
        let found = self.read(|c| {
            Ok(first(c, sql, params![ExchangeId::from(exchange), side], |row| {
                Ok(BodyRow {
                    exchange: exchange.to_owned(),
                    side,
                    at: row.get(0)?,
                    size: row.get(1)?,
                    truncated: row.get(2)?,
                    bytes: row.get(3)?,
                    head: row.get(4)?,
                })
            })?)
        })?;
        found
            .map(|mut found| {
                let mut bytes = Vec::new();
                GzDecoder::new(found.bytes.as_slice()).read_to_end(&mut bytes)?;
                found.bytes = bytes;
                Ok(found)
            })
            .transpose()
    }

    /// How many bodies there are, and how many bytes they take.
    pub fn bodies_total(&self) -> Result<(u64, u64), LedgerError> {
        self.read(|c| Ok(total(c)?))
    }
}

pub(crate) fn total(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    connection
        .prepare_cached("SELECT count(*), coalesce(sum(stored), 0) FROM bodies")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Drops the oldest bodies until so many bytes are free, or so many bodies gone; returns how many and how much.
pub(crate) fn shed_oldest(
    connection: &Connection,
    bytes: u64,
    most: usize,
) -> rusqlite::Result<(usize, u64)> {
    let sql = "SELECT seq, stored FROM bodies ORDER BY at, stored, seq LIMIT ?1";
    let oldest: Vec<(i64, u64)> = all(connection, sql, [most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (mut shed, mut freed) = (0, 0);
    for (seq, stored) in oldest {
        if freed >= bytes {
            break;
        }
        run(connection, "DELETE FROM bodies WHERE seq = ?1", [seq])?;
        shed += 1;
        freed += stored;
    }
    Ok((shed, freed))
}

/// Drops bodies captured before a moment; returns how many.
pub(crate) fn age_out(connection: &Connection, before: i64, most: usize) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM bodies WHERE seq IN (SELECT seq FROM bodies WHERE at < ?1 ORDER BY at LIMIT ?2)";
    run(connection, sql, params![before, most])
}

/// Whether there is any body at all.
pub(crate) fn any(connection: &Connection) -> rusqlite::Result<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM bodies LIMIT 1")?
        .query_row([], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}
