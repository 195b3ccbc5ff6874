//! The Usage panel: every exchange from both doors, newest first, and what today came to.

use nexdesk_ledger::{ExchangeRow, Outcome as LedgerOutcome};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::figures::{Basis, Cost, TokenCounts};
use crate::problem::{Problem, ProblemCode, code_of};
use crate::{App, time};

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not yet.
    Running,
    /// Well.
    Ok,
    /// Without an answer.
    Failed,
    /// The caller left.
    Cancelled,
    /// In the middle of the answer.
    Interrupted,
}

/// One try at one gateway with one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Who was asked.
    pub gateway: String,
    /// With which key.
    pub key: Option<String>,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// Why it failed.
    pub code: Option<ProblemCode>,
    /// How long it took until the answer began or failed.
    pub took_ms: u64,
}

/// One request and its answer, as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// Also in the answer's `x-nexdesk-request-id` header.
    pub id: String,
    /// Unix milliseconds.
    pub started_at: i64,
    /// `window`, or the local token's name.
    pub caller: String,
    /// `window` or `http`.
    pub door: String,
    /// What was asked for.
    pub endpoint: String,
    /// Whether events were asked for.
    pub stream: bool,
    /// As the caller named it.
    pub model_asked: String,
    /// As the gateway named it.
    pub model_answered: Option<String>,
    /// Who answered, or was asked last.
    pub gateway: Option<String>,
    /// With which key.
    pub key: Option<String>,
    /// What the caller saw.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, if not well.
    pub code: Option<ProblemCode>,
    /// What went in and out.
    pub tokens: TokenCounts,
    /// What it cost.
    pub cost: Cost,
    /// Until the first thing a person would see.
    pub first_token_ms: Option<u64>,
    /// Until the end.
    pub took_ms: Option<u64>,
    /// Every try, in order.
    pub attempts: Vec<Attempt>,
}

/// A page of exchanges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExchangePage {
    /// Newest first.
    pub rows: Vec<Exchange>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// What today came to, since local midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Today {
    /// Exchanges begun.
    pub requests: u64,
    /// Of these, without a good end.
    pub failed: u64,
    /// Of those whose price is known.
    pub cost: Cost,
    /// Exchanges whose price is not known.
    pub unpriced: u64,
}

impl App {
    /// A page of exchanges, newest first, beginning behind `before`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_exchanges(&self, before: Option<&str>, limit: u32) -> Result<ExchangePage, Problem> {
        let (rows, next) = self.ledger().exchanges(before, limit.clamp(1, 500) as usize)?;
        let total = self.ledger().exchange_count()?;
        Ok(ExchangePage {
            rows: rows.iter().map(Exchange::from).collect(),
            next,
            total,
        })
    }

    /// What today came to, and how many different tools asked.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn today(&self) -> Result<(Today, u64), Problem> {
        let totals = self
            .ledger()
            .totals_since(time::local_midnight(self.clock().unix_ms()))?;
        let basis = if totals.estimated > 0 {
            Basis::Estimated
        } else {
            Basis::Reported
        };
        let cost = Cost {
            nano: Some(totals.cost_nano),
            basis,
        };
        let today = Today {
            requests: totals.requests,
            failed: totals.failed,
            cost,
            unpriced: totals.unpriced,
        };
        Ok((today, totals.callers))
    }
}

impl From<&ExchangeRow> for Exchange {
    fn from(row: &ExchangeRow) -> Self {
        let shown = |name: Option<&str>| name.map(str::to_owned);
        let attempts = row.attempts.iter().map(|attempt| Attempt {
            gateway: attempt.gateway.to_string(),
            key: shown(attempt.key.as_deref()),
            status: attempt.status,
            code: attempt.code.as_deref().and_then(code_of),
            took_ms: attempt.took_ms,
        });
        Self {
            attempts: attempts.collect(),
            tokens: row.into(),
            cost: row.into(),
            outcome: match row.outcome {
                LedgerOutcome::Running => Outcome::Running,
                LedgerOutcome::Ok => Outcome::Ok,
                LedgerOutcome::Failed => Outcome::Failed,
                LedgerOutcome::Cancelled => Outcome::Cancelled,
                LedgerOutcome::Interrupted => Outcome::Interrupted,
            },
            code: row.code.as_deref().and_then(code_of),
            id: row.id.to_string(),
            started_at: row.started_at,
            caller: row.caller.to_string(),
            door: row.door.to_string(),
            endpoint: row.endpoint.to_string(),
            stream: row.stream,
            model_asked: row.model_asked.to_string(),
            model_answered: shown(row.model_answered.as_deref()),
            gateway: shown(row.gateway.as_deref()),
            key: shown(row.key.as_deref()),
            status: row.status,
            first_token_ms: row.first_token_ms,
            took_ms: row.took_ms,
        }
    }
}
