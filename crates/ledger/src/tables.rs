//! One file per table: its row and every read and write of it.

pub(crate) mod asking;
pub(crate) mod attachments;
pub(crate) mod bodies;
pub(crate) mod branches;
pub(crate) mod compactions;
pub(crate) mod compat;
pub(crate) mod conversations;
pub(crate) mod drafts;
pub(crate) mod exchanges;
pub(crate) mod folders;
pub(crate) mod gateways;
pub(crate) mod imported;
pub(crate) mod interruptions;
pub(crate) mod jobs;
pub(crate) mod journal;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod objects;
pub(crate) mod parties;
pub(crate) mod pictures;
pub(crate) mod prompts;
pub(crate) mod queued;
pub(crate) mod recording;
pub(crate) mod rollups;
pub(crate) mod routes;
pub(crate) mod tokens;
pub(crate) mod tools;
pub(crate) mod totals;

use rusqlite::types::{FromSql, FromSqlError};
use rusqlite::{Connection, Params, Row};
use smol_str::SmolStr;

use crate::LedgerError;

/// The columns of a row, taken in the order the statement names them.
struct Columns<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> Columns<'row, 'statement> {
    fn of(row: &'row Row<'statement>) -> Self {
        Columns { row, next: 0 }
    }

    fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let column = self.next;
        self.next += 1;
        self.row.get(column)
    }

    /// A text that is kept to be shared.
    fn text(&mut self) -> rusqlite::Result<SmolStr> {
        self.maybe()?.ok_or(FromSqlError::InvalidType.into())
    }

    fn maybe(&mut self) -> rusqlite::Result<Option<SmolStr>> {
        let column = self.next;
        self.next += 1;
        let text = self.row.get_ref(column)?.as_str_or_null()?;
        Ok(text.map(SmolStr::new))
    }
}

/// Every row a statement gives.
fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// The first row a statement gives, if any.
fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    connection
        .prepare_cached(sql)?
        .query_map(params, read)?
        .next()
        .transpose()
}

/// Runs a statement that gives no rows; returns how many it changed.
fn run(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(params)
}

/// A change that was to touch a row and touched none.
fn touched(rows: usize) -> Result<(), LedgerError> {
    match rows {
        0 => Err(LedgerError::NotFound),
        _ => Ok(()),
    }
}
