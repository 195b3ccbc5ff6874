//! How exchanges are written: a row once, or twice when it outlives a batch, and the sums in step with the rows. Come
//! here for anything that changes an exchange; nothing else may, or the sums would lie.

use std::collections::HashSet;
use std::sync::Arc;

use nexdesk_protocol::talk::Basis;
use rusqlite::{CachedStatement, Connection, params};

use super::exchanges::{self, Attempts};
use super::parties::Numbers;
use super::rollups::{self, Changes, Sums, quarter};
use super::run;
use crate::id::Id;
use crate::{ExchangeRow, Ledger, Outcome};

const INSERT: &str = "INSERT INTO exchanges (id, started_at, parties, stream, status, outcome, code, input, cached, output,
        reasoning, units, tokens_reported, cost_nano, cost_reported, first_token_ms, took_ms, attempts, message, job)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
    ON CONFLICT (id) DO NOTHING";

/// Only of a row that has not ended: of one that has, the sums would have to change with it.
const END: &str =
    "UPDATE exchanges SET parties = ?3, stream = ?4, status = ?5, outcome = ?6, code = ?7, input = ?8,
        cached = ?9, output = ?10, reasoning = ?11, units = ?12, tokens_reported = ?13, cost_nano = ?14,
        cost_reported = ?15, first_token_ms = ?16, took_ms = ?17, attempts = ?18, message = ?19, job = ?20
    WHERE id = ?1 AND +started_at = ?2 AND outcome = 'running'";

/// Rows known to be running. More than can be at once: those whose end was given up under a full disk stay.
const RUNNING: usize = 65_536;

impl Ledger {
    /// Records an exchange: once when it starts, once when it ends. If it ends before its start was written, only the
    /// end is. A row that is shared with others is not copied.
    pub fn tell_exchange(&self, row: impl Into<Arc<ExchangeRow>>) {
        self.tell_row(row.into());
    }
}

/// What the writer remembers between rows, so that SQLite is asked little. All of it may be forgotten at any time.
#[derive(Default)]
pub(crate) struct Recorder {
    numbers: Numbers,
    running: HashSet<Id>,
    changes: Changes,
}

/// The statements of one batch.
pub(crate) struct Statements<'connection> {
    insert: CachedStatement<'connection>,
    end: CachedStatement<'connection>,
}

impl<'connection> Statements<'connection> {
    pub(crate) fn of(connection: &'connection Connection) -> rusqlite::Result<Self> {
        Ok(Statements {
            insert: connection.prepare_cached(INSERT)?,
            end: connection.prepare_cached(END)?,
        })
    }
}

impl Recorder {
    /// Writes a row. It needs no savepoint: the one statement that changes anything is whole by itself.
    pub(crate) fn record(
        &mut self,
        connection: &Connection,
        statements: &mut Statements<'_>,
        id: &Id,
        row: &Arc<ExchangeRow>,
    ) -> rusqlite::Result<()> {
        let parties = self.numbers.of(connection, row)?;
        let ended = row.outcome != Outcome::Running;
        let known = self.running.contains(id);
        let written = (known && execute(&mut statements.end, id, parties, row)? > 0)
            || execute(&mut statements.insert, id, parties, row)? > 0;
        if !written {
            return self.again(connection, statements, id, parties, row);
        }
        if ended {
            self.running.remove(id);
            self.count(row.started_at, parties).add(&Sums::of(row));
        } else {
            if self.running.len() >= RUNNING {
                self.running.clear();
            }
            self.running.insert(id.clone());
        }
        Ok(())
    }

    /// A row that is there and not known to be running: what it added to the sums is taken back before it is replaced.
    fn again(
        &mut self,
        connection: &Connection,
        statements: &mut Statements<'_>,
        id: &Id,
        parties: i64,
        row: &ExchangeRow,
    ) -> rusqlite::Result<()> {
        let before = exchanges::by_id(connection, id)?;
        run(connection, "SAVEPOINT again", [])?;
        let replaced = run(connection, "DELETE FROM exchanges WHERE id = ?1", [id])
            .and_then(|_| execute(&mut statements.insert, id, parties, row));
        if let Err(cause) = replaced {
            // SQLite has undone the whole transaction by itself after some failures, a full disk among them.
            if !connection.is_autocommit() {
                run(connection, "ROLLBACK TO again", [])?;
                run(connection, "RELEASE again", [])?;
            }
            return Err(cause);
        }
        run(connection, "RELEASE again", [])?;
        if let Some(before) = before.filter(|before| before.row.outcome != Outcome::Running) {
            let sums = Sums::of(&before.row);
            self.count(before.row.started_at, before.parties).subtract(&sums);
        }
        if row.outcome != Outcome::Running {
            self.count(row.started_at, parties).add(&Sums::of(row));
        }
        Ok(())
    }

    fn count(&mut self, started_at: i64, parties: i64) -> &mut Sums {
        self.changes.entry((quarter(started_at), parties)).or_default()
    }

    /// Brings the sums in step, last in the transaction: once for each quarter and parties of the batch.
    pub(crate) fn settle(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        rollups::change(connection, &mut self.changes)
    }

    /// After a batch was undone nothing of it is true.
    pub(crate) fn forget(&mut self) {
        self.numbers.forget();
        self.changes.clear();
    }
}

fn execute(
    statement: &mut CachedStatement<'_>,
    id: &Id,
    parties: i64,
    row: &ExchangeRow,
) -> rusqlite::Result<usize> {
    statement.execute(params![
        id,
        row.started_at,
        parties,
        row.stream,
        row.status,
        row.outcome,
        row.code,
        row.input,
        row.cached,
        row.output,
        row.reasoning,
        row.units,
        row.tokens_basis == Basis::Reported,
        row.cost_nano,
        row.cost_basis == Basis::Reported,
        row.first_token_ms,
        row.took_ms,
        Attempts::stored(row)?,
        row.message,
        row.job,
    ])
}

/// What a previous life left running will never end by itself. From here on it counts.
pub(crate) fn interrupt_running(connection: &Connection) -> rusqlite::Result<()> {
    let mut recorder = Recorder::default();
    for mut left in exchanges::running(connection)? {
        left.row.outcome = Outcome::Interrupted;
        let sums = Sums::of(&left.row);
        recorder.count(left.row.started_at, left.parties).add(&sums);
    }
    let sql = "UPDATE exchanges SET outcome = 'interrupted' WHERE outcome = 'running'";
    run(connection, sql, [])?;
    recorder.settle(connection)
}
