//! Noting the words of what an older version stored, in small steps behind everything else.

use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::index::{Age, note, note_title};
use crate::tables::messages;
use crate::{Ledger, LedgerError};

/// Rows of a step: a few milliseconds of the writer's time.
const STEP: usize = 100;
/// Told writes that wait while the machine has something better to do.
const BUSY: usize = 256;

impl Ledger {
    /// Notes the words of what an older version stored, newest first. Blocks until all are noted, so not on a thread
    /// that answers anybody; does nothing where nothing is left. `going_on` is asked between steps.
    pub fn note_old_words(&self, going_on: impl Fn() -> bool) -> Result<(), LedgerError> {
        for kind in ["titles", "messages"] {
            while going_on() {
                if self.is_busy(BUSY) {
                    thread::park_timeout(Duration::from_millis(50));
                    continue;
                }
                let more = self.with_writer(|connection| {
                    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                    let more = step_of(&step, kind)?;
                    step.commit()?;
                    Ok(more)
                })?;
                if !more {
                    break;
                }
                // Parks rather than sleeps: nobody unparks this thread, and the writer gets the connection meanwhile.
                thread::park_timeout(Duration::from_millis(5));
            }
        }
        Ok(())
    }
}

fn step_of(connection: &Connection, kind: &str) -> rusqlite::Result<bool> {
    let upto = "SELECT upto FROM search_backlog WHERE kind = ?1";
    let upto: Option<String> = connection
        .prepare_cached(upto)?
        .query_row([kind], |row| row.get(0))
        .optional()?;
    let Some(upto) = upto else { return Ok(false) };
    let first = match kind {
        "titles" => titles(connection, &upto)?,
        _ => some_messages(connection, &upto)?,
    };
    match &first {
        Some(first) => connection
            .prepare_cached("UPDATE search_backlog SET upto = ?2 WHERE kind = ?1")?
            .execute(params![kind, first])?,
        None => connection
            .prepare_cached("DELETE FROM search_backlog WHERE kind = ?1")?
            .execute([kind])?,
    };
    Ok(first.is_some())
}

fn titles(connection: &Connection, upto: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT id, title, created_at FROM conversations WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let rows: Vec<(String, String, i64)> = connection
        .prepare_cached(sql)?
        .query_map(params![upto, STEP], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (id, title, at) in &rows {
        note_title(connection, id, title, *at, Age::Old)?;
    }
    Ok(rows.last().map(|(id, ..)| id.clone()))
}

fn some_messages(connection: &Connection, upto: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT id FROM messages WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let ids: Vec<String> = connection
        .prepare_cached(sql)?
        .query_map(params![upto, STEP], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in &ids {
        // What has been stored since is noted already, and what is being written will be.
        let known = "SELECT 1 FROM search_rows WHERE message = ?1";
        let known = connection.prepare_cached(known)?.exists([id])?;
        let row = messages::one(connection, id)?.filter(|row| row.state != crate::MessageState::Streaming);
        if let Some(row) = row.filter(|_| !known) {
            note(connection, &row, Age::Old)?;
        }
    }
    Ok(ids.last().cloned())
}
