//! What a local token may do: models, rates, budgets, an end. They are columns of its row.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::tables::{Columns, run};
use crate::words::words;

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

pub(super) fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<TokenLimits> {
    Ok(TokenLimits {
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
    })
}

/// A list that cannot be read must not become an empty one, which allows everything.
fn list(stored: Value) -> rusqlite::Result<Vec<String>> {
    serde_json::from_value(stored).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(super) fn write(connection: &Connection, id: &str, limits: &TokenLimits) -> rusqlite::Result<usize> {
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
