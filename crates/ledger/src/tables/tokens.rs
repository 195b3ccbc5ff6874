//! The local tokens tools call the relay with, and what each may do. Only their hashes are kept.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Columns, all, run, touched};
use crate::queue::Used;
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// What becomes of a request whose price nobody knows, where a budget is set.
    #[derive(Default)]
    pub enum Unpriced {
        /// It is refused: a budget cannot hold what it cannot count.
        #[default]
        Refuse = "refuse",
        /// It passes uncounted.
        Allow = "allow",
    }
}

words! {
    /// Whether what a caller asks and gets is kept.
    #[derive(Default)]
    pub enum Capture {
        /// It is not.
        #[default]
        Off = "off",
        /// Where it went wrong.
        Errors = "errors",
        /// All of it.
        All = "all",
    }
}

/// A local token.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// The tool it was made for.
    pub name: String,
    /// The SHA-256 of the token, 32 bytes.
    pub hash: Vec<u8>,
    /// Its last four characters.
    pub last_four: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// When it was paused, while it is.
    pub paused_at: Option<i64>,
    /// What it may do.
    pub limits: TokenLimits,
}

/// What a token may do. Nothing set is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenLimits {
    /// Patterns of models it may ask, with `*` for any characters; empty for all.
    pub models: Vec<String>,
    /// The words of the interfaces it may use; empty for all.
    pub endpoints: Vec<String>,
    /// Requests in any sixty seconds.
    pub rpm: Option<u32>,
    /// Tokens in any sixty seconds.
    pub tpm: Option<u32>,
    /// Requests under way at once.
    pub concurrency: Option<u32>,
    /// Nano-dollars a calendar day.
    pub day_nano: Option<i64>,
    /// Nano-dollars a calendar month.
    pub month_nano: Option<i64>,
    /// Nano-dollars in its life.
    pub total_nano: Option<i64>,
    /// The time zone whose calendar the budgets follow; none for the computer's.
    pub zone: Option<String>,
    /// What becomes of models without a price.
    pub unpriced: Unpriced,
    /// The moment from which it is refused.
    pub expires_at: Option<i64>,
    /// Whether what it asks and gets is kept.
    pub capture: Capture,
}

impl TokenLimits {
    /// Whether it has a budget of any kind.
    #[must_use]
    pub fn has_budget(&self) -> bool {
        self.day_nano.is_some() || self.month_nano.is_some() || self.total_nano.is_some()
    }
}

/// What a caller spent within a quarter of an hour: short enough to add up to the days of any time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The token's id.
    pub caller: String,
    /// When the quarter began.
    pub at: i64,
    /// Nano-dollars.
    pub nano: i64,
}

const SELECT: &str = "SELECT id, name, hash, last_four, created_at, last_used_at, revoked_at, paused_at, models,
    endpoints, rpm, tpm, concurrency, day_nano, month_nano, total_nano, zone, unpriced, expires_at, capture FROM tokens";

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    let mut columns = Columns::of(row);
    Ok(TokenRow {
        id: columns.take()?,
        name: columns.take()?,
        hash: columns.take()?,
        last_four: columns.take()?,
        created_at: columns.take()?,
        last_used_at: columns.take()?,
        revoked_at: columns.take()?,
        paused_at: columns.take()?,
        limits: TokenLimits {
            models: list(columns.take()?)?,
            endpoints: list(columns.take()?)?,
            rpm: columns.take()?,
            tpm: columns.take()?,
            concurrency: columns.take()?,
            day_nano: columns.take()?,
            month_nano: columns.take()?,
            total_nano: columns.take()?,
            zone: columns.take()?,
            unpriced: columns.take()?,
            expires_at: columns.take()?,
            capture: columns.take()?,
        },
    })
}

/// A list that cannot be read must not become an empty one, which allows everything.
fn list(stored: Value) -> rusqlite::Result<Vec<String>> {
    serde_json::from_value(stored).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

impl Ledger {
    /// The tokens that are not revoked, oldest first.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let sql = format!("{SELECT} WHERE revoked_at IS NULL ORDER BY created_at, id");
        self.read(|c| Ok(all(c, &sql, [], read)?))
    }

    /// Every token there ever was, revoked ones included, oldest first.
    pub fn tokens_ever(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let sql = format!("{SELECT} ORDER BY created_at, id");
        self.read(|c| Ok(all(c, &sql, [], read)?))
    }

    /// Adds a token.
    pub async fn add_token(&self, row: TokenRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO tokens (id, name, hash, last_four, created_at, last_used_at, revoked_at, paused_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    row.id,
                    row.name,
                    row.hash,
                    row.last_four,
                    row.created_at,
                    row.last_used_at,
                    row.revoked_at,
                    row.paused_at,
                ],
            )?;
            Ok(limit(c, &row.id, &row.limits).map(drop)?)
        })
        .await
    }

    /// Says anew what a live token may do.
    pub async fn limit_token(&self, id: &str, limits: TokenLimits) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(limit(c, &id, &limits)?)).await
    }

    /// Pauses a live token from a moment on, or lets it go on.
    pub async fn pause_token(&self, id: &str, paused_at: Option<i64>) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql = "UPDATE tokens SET paused_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
            touched(run(c, sql, params![id, paused_at])?)
        })
        .await
    }

    /// Revokes a token. The row stays, so that what it asked for keeps its name.
    pub async fn revoke_token(&self, id: &str, at: i64) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql = "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
            touched(run(c, sql, params![id, at])?)
        })
        .await
    }

    /// Notes that a token was used.
    pub fn tell_token_used(&self, id: &str, at: i64) {
        self.tell_used(Used::Token, id, at);
    }
}

fn limit(connection: &Connection, id: &str, limits: &TokenLimits) -> rusqlite::Result<usize> {
    run(
        connection,
        "UPDATE tokens SET models = ?2, endpoints = ?3, rpm = ?4, tpm = ?5, concurrency = ?6, day_nano = ?7,
            month_nano = ?8, total_nano = ?9, zone = ?10, unpriced = ?11, expires_at = ?12, capture = ?13
            WHERE id = ?1 AND revoked_at IS NULL",
        params![
            id,
            Value::from(limits.models.clone()),
            Value::from(limits.endpoints.clone()),
            limits.rpm,
            limits.tpm,
            limits.concurrency,
            limits.day_nano,
            limits.month_nano,
            limits.total_nano,
            limits.zone,
            limits.unpriced,
            limits.expires_at,
            limits.capture,
        ],
    )
}
