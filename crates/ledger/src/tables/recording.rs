//! How exchanges are written: a row once, or twice when it takes its time, and the sums in step with the rows. Come
//! here for anything that changes an exchange; nothing else may, or the sums would lie.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use foldhash::quality::RandomState;
use nexdesk_protocol::talk::Basis;
use rusqlite::{CachedStatement, Connection, Statement, ToSql};

use super::exchanges::{self, Attempts};
use super::parties::Numbers;
use super::rollups::{self, Changes, Sums, quarter};
use super::run;
use crate::{ExchangeId, ExchangeRow, Ledger, Outcome};

const INSERT: &str = "INSERT INTO exchanges (id, started_at, parties, stream, status, outcome, code, input, cached, output,
        reasoning, units, tokens_reported, cost_nano, cost_reported, first_token_ms, took_ms, attempts, message, job)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const COLUMNS: usize = 20;
/// Rows in one statement where there are so many: SQLite finds its place in the table and each index once for all.
pub(crate) const MANY: usize = 32;

static INSERT_ONE: LazyLock<String> = LazyLock::new(|| format!("{INSERT} ON CONFLICT (id) DO NOTHING"));
static INSERT_MANY: LazyLock<String> = LazyLock::new(|| {
    let (_, row) = INSERT.rsplit_once("VALUES").unwrap_or_default();
    format!("{INSERT}{}", format!(",{row}").repeat(MANY - 1))
});

/// Only of a row that has not ended: of one that has, the sums would have to change with it.
const END: &str =
    "UPDATE exchanges SET parties = ?3, stream = ?4, status = ?5, outcome = ?6, code = ?7, input = ?8,
        cached = ?9, output = ?10, reasoning = ?11, units = ?12, tokens_reported = ?13, cost_nano = ?14,
        cost_reported = ?15, first_token_ms = ?16, took_ms = ?17, attempts = ?18, message = ?19, job = ?20
    WHERE id = ?1 AND +started_at = ?2 AND outcome = 'running'";

/// Rows known to be running. More than can be at once: those whose end was given up under a full disk stay.
const RUNNING: usize = 65_536;

impl Ledger {
    /// Records an exchange: once when it starts, once when it ends. If it ends within a fifth of a second, only the end
    /// is written. A row that is shared with others is not copied.
    pub fn tell_exchange(&self, row: impl Into<Arc<ExchangeRow>>) {
        self.tell_row(row.into());
    }

    /// Records the end of an exchange, which `end` writes into its row. Costs no copy while its beginning waits.
    pub fn tell_exchange_ended(&self, row: &mut Arc<ExchangeRow>, end: impl FnOnce(&mut ExchangeRow)) {
        self.tell_row_end(row, end);
    }
}

/// What the writer remembers between rows, so that SQLite is asked little. All of it may be forgotten at any time.
#[derive(Default)]
pub(crate) struct Recorder {
    numbers: Numbers,
    running: HashSet<ExchangeId, RandomState>,
    changes: Changes,
}

/// The statements of one batch.
pub(crate) struct Statements<'connection> {
    insert: CachedStatement<'connection>,
    insert_many: CachedStatement<'connection>,
    end: CachedStatement<'connection>,
}

impl<'connection> Statements<'connection> {
    pub(crate) fn of(connection: &'connection Connection) -> rusqlite::Result<Self> {
        Ok(Statements {
            insert: connection.prepare_cached(&INSERT_ONE)?,
            insert_many: connection.prepare_cached(&INSERT_MANY)?,
            end: connection.prepare_cached(END)?,
        })
    }
}

impl Recorder {
    /// Writes `MANY` rows at once, or none: then each is to be written by itself, which tells what is the matter.
    pub(crate) fn record_many<'a>(
        &mut self,
        connection: &Connection,
        statements: &mut Statements<'_>,
        rows: impl Iterator<Item = &'a Arc<ExchangeRow>> + Clone,
    ) -> rusqlite::Result<bool> {
        if rows.clone().any(|row| self.running.contains(&row.id)) {
            return Ok(false);
        }
        let mut numbers = [0; MANY];
        statements.insert_many.clear_bindings();
        for (place, (row, number)) in rows.clone().zip(&mut numbers).enumerate() {
            *number = self.numbers.of(connection, row)?;
            bind(&mut statements.insert_many, place * COLUMNS, *number, row)?;
        }
        statements.insert_many.raw_execute()?;
        for (row, number) in rows.zip(numbers) {
            self.written(number, row);
        }
        Ok(true)
    }

    /// Writes a row. It needs no savepoint: the one statement that changes anything is whole by itself.
    pub(crate) fn record(
        &mut self,
        connection: &Connection,
        statements: &mut Statements<'_>,
        row: &Arc<ExchangeRow>,
    ) -> rusqlite::Result<()> {
        let parties = self.numbers.of(connection, row)?;
        let known = self.running.contains(&row.id);
        let written = (known && execute(&mut statements.end, parties, row)? > 0)
            || execute(&mut statements.insert, parties, row)? > 0;
        match written {
            true => self.written(parties, row),
            false => self.again(connection, statements, parties, row)?,
        }
        Ok(())
    }

    /// A row stands there that did not, or has ended that had not.
    fn written(&mut self, parties: i64, row: &ExchangeRow) {
        if row.outcome != Outcome::Running {
            self.running.remove(&row.id);
            self.count(row.started_at, parties).add(&Sums::of(row));
            return;
        }
        if self.running.len() >= RUNNING {
            self.running.clear();
        }
        self.running.insert(row.id.clone());
    }

    /// A row that is there and not known to be running: what it added to the sums is taken back before it is replaced.
    fn again(
        &mut self,
        connection: &Connection,
        statements: &mut Statements<'_>,
        parties: i64,
        row: &ExchangeRow,
    ) -> rusqlite::Result<()> {
        let before = exchanges::by_id(connection, &row.id)?;
        run(connection, "SAVEPOINT again", [])?;
        let replaced = run(connection, "DELETE FROM exchanges WHERE id = ?1", [&row.id])
            .and_then(|_| execute(&mut statements.insert, parties, row));
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

fn execute(statement: &mut Statement<'_>, parties: i64, row: &ExchangeRow) -> rusqlite::Result<usize> {
    statement.clear_bindings();
    bind(statement, 0, parties, row)?;
    statement.raw_execute()
}

/// Binds the parameters behind some others, where all were null: half of a row usually is.
fn bind(
    statement: &mut Statement<'_>,
    behind: usize,
    parties: i64,
    row: &ExchangeRow,
) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(behind + 1, &row.id)?;
    statement.raw_bind_parameter(behind + 2, row.started_at)?;
    statement.raw_bind_parameter(behind + 3, parties)?;
    statement.raw_bind_parameter(behind + 4, row.stream)?;
    given(statement, behind + 5, row.status.as_ref())?;
    statement.raw_bind_parameter(behind + 6, row.outcome)?;
    given(statement, behind + 7, row.code.as_ref())?;
    given(statement, behind + 8, row.input.as_ref())?;
    given(statement, behind + 9, row.cached.as_ref())?;
    given(statement, behind + 10, row.output.as_ref())?;
    given(statement, behind + 11, row.reasoning.as_ref())?;
    given(statement, behind + 12, row.units.as_ref())?;
    statement.raw_bind_parameter(behind + 13, row.tokens_basis == Basis::Reported)?;
    given(statement, behind + 14, row.cost_nano.as_ref())?;
    statement.raw_bind_parameter(behind + 15, row.cost_basis == Basis::Reported)?;
    given(statement, behind + 16, row.first_token_ms.as_ref())?;
    given(statement, behind + 17, row.took_ms.as_ref())?;
    statement.raw_bind_parameter(behind + 18, Attempts::stored(row)?)?;
    given(statement, behind + 19, row.message.as_ref())?;
    given(statement, behind + 20, row.job.as_ref())
}

fn given(statement: &mut Statement<'_>, place: usize, value: Option<&impl ToSql>) -> rusqlite::Result<()> {
    value.map_or(Ok(()), |value| statement.raw_bind_parameter(place, value))
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
