//! Every request from either door, with the attempts it took. How it is written stands in `recording`.

use std::sync::Arc;

use nexdesk_protocol::talk::Basis;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, Value as Stored, ValueRef};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smol_str::SmolStr;

use super::{Columns, all, first};
use crate::words::words;
use crate::{ExchangeId, Ledger, LedgerError};

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

/// A request and what became of it. Names stand beside ids, because the record outlives what it names;
/// they are shared, so that a copy of a row costs little.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeRow {
    /// Its id.
    pub id: ExchangeId,
    /// When it came.
    pub started_at: i64,
    /// The local token it came with; none from the window.
    pub caller_id: Option<SmolStr>,
    /// The caller's name at that time.
    pub caller: SmolStr,
    /// The door it came through.
    pub door: SmolStr,
    /// The endpoint asked.
    pub endpoint: SmolStr,
    /// What kind of endpoint that is: `chat`, `images`, …
    pub interface: SmolStr,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// The model asked for.
    pub model_asked: SmolStr,
    /// The model that answered.
    pub model_answered: Option<SmolStr>,
    /// The name of the gateway that answered.
    pub gateway: Option<SmolStr>,
    /// Its id.
    pub gateway_id: Option<SmolStr>,
    /// The name of the key it was asked with.
    pub key: Option<SmolStr>,
    /// Its id.
    pub key_id: Option<SmolStr>,
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
    /// What else it is billed by, by name: `Usage::units`. None when there is nothing else.
    pub units: Option<Value>,
    /// Where the token counts come from.
    pub tokens_basis: Basis,
    /// The cost in nano-dollars; none when no price is known.
    pub cost_nano: Option<i64>,
    /// Where the cost comes from.
    pub cost_basis: Basis,
    /// The price it was calculated with, as JSON. Shared, because a price belongs to a model and not to a request.
    pub price: Option<Arc<str>>,
    /// Milliseconds to the first token.
    pub first_token_ms: Option<u64>,
    /// Milliseconds to the end.
    pub took_ms: Option<u64>,
    /// The message it answered, for chats in the window.
    pub message: Option<String>,
    /// The job it began or asked about.
    pub job: Option<String>,
    /// What was tried, in order.
    pub attempts: Vec<AttemptRow>,
}

/// One try at one gateway with one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// The gateway's name.
    pub gateway: SmolStr,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SmolStr>,
    /// The HTTP status it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Milliseconds it took.
    pub took_ms: u64,
}

/// The column `attempts`. Most rows have one try that succeeded, and of that only its time is not in the row already.
pub(super) enum Attempts {
    None,
    Only(i64),
    Each(Vec<AttemptRow>),
}

impl Attempts {
    /// What is stored for a row.
    pub(super) fn stored(row: &ExchangeRow) -> rusqlite::Result<Stored> {
        match row.attempts.as_slice() {
            [] => Ok(Stored::Null),
            [only]
                if only.code.is_none()
                    && row.gateway.as_ref() == Some(&only.gateway)
                    && only.key == row.key
                    && only.status == row.status =>
            {
                let took_ms = i64::try_from(only.took_ms);
                Ok(took_ms.map_or(Stored::Integer(i64::MAX), Stored::Integer))
            }
            each => serde_json::to_string(each)
                .map(Stored::Text)
                .map_err(|cause| rusqlite::Error::ToSqlConversionFailure(cause.into())),
        }
    }

    fn of(self, row: &ExchangeRow) -> Vec<AttemptRow> {
        match self {
            Attempts::None => Vec::new(),
            Attempts::Only(took_ms) => vec![AttemptRow {
                gateway: row.gateway.clone().unwrap_or_default(),
                key: row.key.clone(),
                status: row.status,
                code: None,
                took_ms: took_ms.unsigned_abs(),
            }],
            Attempts::Each(each) => each,
        }
    }
}

impl FromSql for Attempts {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Attempts> {
        match value {
            ValueRef::Null => Ok(Attempts::None),
            ValueRef::Integer(took_ms) => Ok(Attempts::Only(took_ms)),
            json => serde_json::from_str(json.as_str()?)
                .map(Attempts::Each)
                .map_err(|cause| FromSqlError::Other(cause.into())),
        }
    }
}

/// What a row is read from. CROSS JOIN, because the exchanges must lead: they are what is searched.
const COLUMNS: &str = "e.id, e.started_at, p.caller_id, p.caller, p.door, p.endpoint, p.interface, e.stream, p.model_asked,
    p.model_answered, p.gateway, p.gateway_id, p.key_name, p.key_id, e.status, e.outcome, e.code, e.input, e.cached, e.output,
    e.reasoning, e.units, e.tokens_reported, e.cost_nano, e.cost_reported, p.price, e.first_token_ms, e.took_ms, e.message,
    e.job, e.attempts, e.parties, e.seq FROM exchanges e CROSS JOIN parties p ON p.id = e.parties";

fn basis(reported: bool) -> Basis {
    match reported {
        true => Basis::Reported,
        false => Basis::Estimated,
    }
}

/// A row, with the numbers of its parties and of itself.
pub(super) struct Numbered {
    pub(super) row: ExchangeRow,
    pub(super) parties: i64,
    seq: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Numbered> {
    let mut columns = Columns::of(row);
    let mut row = ExchangeRow {
        id: columns.take()?,
        started_at: columns.take()?,
        caller_id: columns.maybe()?,
        caller: columns.text()?,
        door: columns.text()?,
        endpoint: columns.text()?,
        interface: columns.text()?,
        stream: columns.take()?,
        model_asked: columns.text()?,
        model_answered: columns.maybe()?,
        gateway: columns.maybe()?,
        gateway_id: columns.maybe()?,
        key: columns.maybe()?,
        key_id: columns.maybe()?,
        status: columns.take()?,
        outcome: columns.take()?,
        code: columns.take()?,
        input: columns.take()?,
        cached: columns.take()?,
        output: columns.take()?,
        reasoning: columns.take()?,
        units: columns.take()?,
        tokens_basis: basis(columns.take()?),
        cost_nano: columns.take()?,
        cost_basis: basis(columns.take()?),
        price: columns.take()?,
        first_token_ms: columns.take()?,
        took_ms: columns.take()?,
        message: columns.take()?,
        job: columns.take()?,
        attempts: Vec::new(),
    };
    row.attempts = columns.take::<Attempts>()?.of(&row);
    Ok(Numbered {
        row,
        parties: columns.take()?,
        seq: columns.take()?,
    })
}

impl Ledger {
    /// One exchange with its attempts.
    pub fn exchange(&self, id: &str) -> Result<Option<ExchangeRow>, LedgerError> {
        let id = ExchangeId::from(id);
        self.read(|c| Ok(by_id(c, &id)?.map(|found| found.row)))
    }

    /// The exchanges that made an answer, oldest first.
    pub fn exchanges_of(&self, message: &str) -> Result<Vec<ExchangeRow>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} WHERE e.message = ?1 ORDER BY e.started_at, e.seq");
        self.read(|c| {
            let found = all(c, &sql, [message], read)?;
            Ok(found.into_iter().map(|found| found.row).collect())
        })
    }

    /// The exchanges that made the answers of a conversation, each once, oldest first.
    pub fn exchanges_of_conversation(&self, conversation: &str) -> Result<Vec<ExchangeRow>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} WHERE e.message IN (SELECT id FROM messages WHERE conversation = ?1)
             ORDER BY e.started_at, e.seq"
        );
        self.read(|c| {
            let found = all(c, &sql, [conversation], read)?;
            Ok(found.into_iter().map(|found| found.row).collect())
        })
    }

    /// A page of exchanges, newest first, with the cursor of the next page if there is one.
    pub fn exchanges(
        &self,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<ExchangeRow>, Option<String>), LedgerError> {
        let (started_at, seq) = match before {
            Some(cursor) => decode(cursor).ok_or(LedgerError::NotFound)?,
            None => (i64::MAX, i64::MAX),
        };
        self.read(|c| {
            // One row more than asked for tells whether there is a next page.
            let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut found = all(c, &page_sql(), params![started_at, seq, wanted], read)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found
                .last()
                .filter(|_| more)
                .map(|last| format!("{}.{}", last.row.started_at, last.seq));
            Ok((found.into_iter().map(|found| found.row).collect(), next))
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
    format!(
        "SELECT {COLUMNS} WHERE (e.started_at, e.seq) < (?1, ?2) ORDER BY e.started_at DESC, e.seq DESC LIMIT ?3"
    )
}

fn decode(cursor: &str) -> Option<(i64, i64)> {
    let (started_at, seq) = cursor.split_once('.')?;
    Some((started_at.parse().ok()?, seq.parse().ok()?))
}

pub(super) fn by_id(connection: &Connection, id: &ExchangeId) -> rusqlite::Result<Option<Numbered>> {
    first(
        connection,
        &format!("SELECT {COLUMNS} WHERE e.id = ?1"),
        [id],
        read,
    )
}

/// What has ended of what started from one moment to before another, with the numbers of its parties.
pub(super) fn ended_between(
    connection: &Connection,
    from: i64,
    to: i64,
) -> rusqlite::Result<Vec<(i64, ExchangeRow)>> {
    let sql =
        format!("SELECT {COLUMNS} WHERE e.started_at >= ?1 AND e.started_at < ?2 AND e.outcome <> 'running'");
    let found = all(connection, &sql, [from, to], read)?;
    Ok(found
        .into_iter()
        .map(|found| (found.parties, found.row))
        .collect())
}

/// What has not ended, with the numbers of its parties.
pub(super) fn running(connection: &Connection) -> rusqlite::Result<Vec<Numbered>> {
    let sql = format!("SELECT {COLUMNS} WHERE e.outcome = 'running'");
    all(connection, &sql, [], read)
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
                Ok(all(c, &sql, params![i64::MAX, i64::MAX, 100], |row| {
                    row.get::<_, String>(3)
                })?)
            })
            .unwrap();

        assert_eq!(plan.len(), 2, "one step a table, so no sorting: {plan:?}");
        assert!(
            plan[0].starts_with("SEARCH e USING INDEX exchanges_by_time"),
            "{plan:?}"
        );
        assert!(
            plan[1].starts_with("SEARCH p USING INTEGER PRIMARY KEY"),
            "{plan:?}"
        );
    }
}
