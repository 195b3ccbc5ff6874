//! Every request from either door, with the attempts it took.

use nexdesk_protocol::talk::Basis;
use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Columns, all, first, run};
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// How an exchange ended.
    pub enum Outcome {
        /// It has not ended.
        Running = "running",
        /// The caller got its answer.
        Ok = "ok",
        /// It failed.
        Failed = "failed",
        /// The caller left.
        Cancelled = "cancelled",
        /// The program ended first.
        Interrupted = "interrupted",
    }
}

/// A request and what became of it. Names stand beside ids, because the record outlives what it names.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeRow {
    /// Its id.
    pub id: String,
    /// When it came.
    pub started_at: i64,
    /// The local token it came with; none from the window.
    pub caller_id: Option<String>,
    /// The caller's name at that time.
    pub caller: String,
    /// The door it came through.
    pub door: String,
    /// The endpoint asked.
    pub endpoint: String,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// The model asked for.
    pub model_asked: String,
    /// The model that answered.
    pub model_answered: Option<String>,
    /// The name of the gateway that answered.
    pub gateway: Option<String>,
    /// Its id.
    pub gateway_id: Option<String>,
    /// The name of the key it was asked with.
    pub key: Option<String>,
    /// Its id.
    pub key_id: Option<String>,
    /// The HTTP status the caller got.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// The code of what went wrong.
    pub code: Option<String>,
    /// Input tokens, cached ones included.
    pub input: Option<u64>,
    /// Input tokens read from a cache.
    pub cached: Option<u64>,
    /// Output tokens, reasoning included.
    pub output: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// Where the token counts come from.
    pub tokens_basis: Basis,
    /// The cost in nano-dollars; none when no price is known.
    pub cost_nano: Option<i64>,
    /// Where the cost comes from.
    pub cost_basis: Basis,
    /// The price it was calculated with.
    pub price: Option<Value>,
    /// Milliseconds to the first token.
    pub first_token_ms: Option<u64>,
    /// Milliseconds to the end.
    pub took_ms: Option<u64>,
    /// The message it answered, for chats in the window.
    pub message: Option<String>,
    /// What was tried, in order.
    pub attempts: Vec<AttemptRow>,
}

/// One try at one gateway with one key.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// The gateway's name.
    pub gateway: String,
    /// The key's name.
    pub key: Option<String>,
    /// The HTTP status it gave.
    pub status: Option<u16>,
    /// The code of what went wrong.
    pub code: Option<String>,
    /// Milliseconds it took.
    pub took_ms: u64,
}

const SELECT: &str = "SELECT id, started_at, caller_id, caller, door, endpoint, stream, model_asked, model_answered,
    gateway, gateway_id, key_name, key_id, status, outcome, code, input, cached, output, reasoning, tokens_basis,
    cost_nano, cost_basis, price, first_token_ms, took_ms, message FROM exchanges";

fn basis_word(basis: Basis) -> &'static str {
    match basis {
        Basis::Reported => "reported",
        Basis::Estimated => "estimated",
    }
}

/// Anything but the gateway's own word is an estimate.
fn basis(word: &str) -> Basis {
    if word == basis_word(Basis::Reported) {
        Basis::Reported
    } else {
        Basis::Estimated
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ExchangeRow> {
    let mut columns = Columns::of(row);
    Ok(ExchangeRow {
        id: columns.take()?,
        started_at: columns.take()?,
        caller_id: columns.take()?,
        caller: columns.take()?,
        door: columns.take()?,
        endpoint: columns.take()?,
        stream: columns.take()?,
        model_asked: columns.take()?,
        model_answered: columns.take()?,
        gateway: columns.take()?,
        gateway_id: columns.take()?,
        key: columns.take()?,
        key_id: columns.take()?,
        status: columns.take()?,
        outcome: columns.take()?,
        code: columns.take()?,
        input: columns.take()?,
        cached: columns.take()?,
        output: columns.take()?,
        reasoning: columns.take()?,
        tokens_basis: basis(&columns.take::<String>()?),
        cost_nano: columns.take()?,
        cost_basis: basis(&columns.take::<String>()?),
        price: columns.take()?,
        first_token_ms: columns.take()?,
        took_ms: columns.take()?,
        message: columns.take()?,
        attempts: Vec::new(),
    })
}

fn read_attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRow> {
    let mut columns = Columns::of(row);
    Ok(AttemptRow {
        gateway: columns.take()?,
        key: columns.take()?,
        status: columns.take()?,
        code: columns.take()?,
        took_ms: columns.take()?,
    })
}

impl Ledger {
    /// Records an exchange: once when it starts, once when it ends.
    pub fn tell_exchange(&self, row: ExchangeRow) {
        self.tell(move |c| put(c, &row));
    }

    /// One exchange with its attempts.
    pub fn exchange(&self, id: &str) -> Result<Option<ExchangeRow>, LedgerError> {
        self.read(|c| {
            let mut found = first(c, &format!("{SELECT} WHERE id = ?1"), [id], read)?;
            with_attempts(c, found.as_mut_slice())?;
            Ok(found)
        })
    }

    /// A page of exchanges, newest first, with the cursor of the next page if there is one.
    pub fn exchanges(
        &self,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<ExchangeRow>, Option<String>), LedgerError> {
        let (started_at, id) = match before {
            Some(cursor) => decode(cursor).ok_or(LedgerError::NotFound)?,
            // After every id, as every id begins with a hexadecimal digit.
            None => (i64::MAX, "~"),
        };
        self.read(|c| {
            // One row more than asked for tells whether there is a next page.
            let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut rows = all(c, &page_sql(), params![started_at, id, wanted], read)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            with_attempts(c, &mut rows)?;
            let next = rows
                .last()
                .filter(|_| more)
                .map(|row| format!("{}.{}", row.started_at, row.id));
            Ok((rows, next))
        })
    }

    /// How many exchanges are on record.
    pub fn exchange_count(&self) -> Result<u64, LedgerError> {
        self.read(|c| {
            Ok(c.prepare_cached("SELECT count(*) FROM exchanges")?
                .query_row([], |row| row.get(0))?)
        })
    }
}

fn page_sql() -> String {
    format!("{SELECT} WHERE (started_at, id) < (?1, ?2) ORDER BY started_at DESC, id DESC LIMIT ?3")
}

fn decode(cursor: &str) -> Option<(i64, &str)> {
    let (started_at, id) = cursor.split_once('.')?;
    Some((started_at.parse().ok()?, id))
}

fn with_attempts(connection: &Connection, rows: &mut [ExchangeRow]) -> rusqlite::Result<()> {
    let sql = "SELECT gateway, key_name, status, code, took_ms FROM exchange_attempts WHERE exchange = ?1 ORDER BY position";
    for row in rows {
        row.attempts = all(connection, sql, [&row.id], read_attempt)?;
    }
    Ok(())
}

/// What a previous life left running will never end by itself.
pub(crate) fn interrupt_running(connection: &Connection) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE exchanges SET outcome = 'interrupted' WHERE outcome = 'running'",
        [],
    )
    .map(drop)
}

/// An upsert, not REPLACE: at the end of an exchange only what changed is written, and its place in the indexes stays.
const PUT: &str = "INSERT INTO exchanges (id, started_at, caller_id, caller, door, endpoint, stream, model_asked,
        model_answered, gateway, gateway_id, key_name, key_id, status, outcome, code, input, cached, output, reasoning,
        tokens_basis, cost_nano, cost_basis, price, first_token_ms, took_ms, message)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24, ?25, ?26, ?27)
    ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, caller_id = excluded.caller_id,
        caller = excluded.caller, door = excluded.door, endpoint = excluded.endpoint, stream = excluded.stream,
        model_asked = excluded.model_asked, model_answered = excluded.model_answered, gateway = excluded.gateway,
        gateway_id = excluded.gateway_id, key_name = excluded.key_name, key_id = excluded.key_id, status = excluded.status,
        outcome = excluded.outcome, code = excluded.code, input = excluded.input, cached = excluded.cached,
        output = excluded.output, reasoning = excluded.reasoning, tokens_basis = excluded.tokens_basis,
        cost_nano = excluded.cost_nano, cost_basis = excluded.cost_basis, price = excluded.price,
        first_token_ms = excluded.first_token_ms, took_ms = excluded.took_ms, message = excluded.message";

fn put(connection: &Connection, row: &ExchangeRow) -> rusqlite::Result<()> {
    run(
        connection,
        PUT,
        params![
            row.id,
            row.started_at,
            row.caller_id,
            row.caller,
            row.door,
            row.endpoint,
            row.stream,
            row.model_asked,
            row.model_answered,
            row.gateway,
            row.gateway_id,
            row.key,
            row.key_id,
            row.status,
            row.outcome,
            row.code,
            row.input,
            row.cached,
            row.output,
            row.reasoning,
            basis_word(row.tokens_basis),
            row.cost_nano,
            basis_word(row.cost_basis),
            row.price,
            row.first_token_ms,
            row.took_ms,
            row.message,
        ],
    )?;
    put_attempts(connection, row)
}

fn put_attempts(connection: &Connection, row: &ExchangeRow) -> rusqlite::Result<()> {
    run(
        connection,
        "DELETE FROM exchange_attempts WHERE exchange = ?1",
        [&row.id],
    )?;
    let sql = "INSERT INTO exchange_attempts (exchange, position, gateway, key_name, status, code, took_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for (attempt, position) in row.attempts.iter().zip(0i64..) {
        let AttemptRow {
            gateway,
            key,
            status,
            code,
            took_ms,
        } = attempt;
        run(
            connection,
            sql,
            params![row.id, position, gateway, key, status, code, took_ms],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_out_of_a_million_rows_is_found_through_the_index() {
        let ledger = Ledger::in_memory().unwrap();
        let plan = ledger
            .read(|c| {
                let sql = format!("EXPLAIN QUERY PLAN {}", page_sql());
                Ok(all(c, &sql, params![i64::MAX, "~", 100], |row| {
                    row.get::<_, String>(3)
                })?)
            })
            .unwrap();

        assert_eq!(plan.len(), 1, "one step, so no sorting: {plan:?}");
        assert!(
            plan[0].starts_with("SEARCH exchanges USING INDEX exchanges_by_time"),
            "{plan:?}"
        );
    }
}
