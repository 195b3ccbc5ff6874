//! Amounts and counts as the window shows them. Every one says whether it was reported or estimated.

use nexdesk_ledger::ExchangeRow;
use nexdesk_protocol::talk;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The gateway said so.
    Reported,
    /// We worked it out.
    #[default]
    Estimated,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Nano-dollars; `None` when no price is known, which is not zero.
    pub nano: Option<i64>,
    /// Where it comes from.
    pub basis: Basis,
}

/// Tokens. Missing is `None`, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenCounts {
    /// All that went in, `cached` included.
    pub input: Option<u64>,
    /// Read from a prompt cache.
    pub cached: Option<u64>,
    /// All that came out, `reasoning` included.
    pub output: Option<u64>,
    /// Spent on thinking.
    pub reasoning: Option<u64>,
    /// Where the counts come from.
    pub basis: Basis,
}

impl From<&ExchangeRow> for TokenCounts {
    fn from(row: &ExchangeRow) -> Self {
        Self {
            input: row.input,
            cached: row.cached,
            output: row.output,
            reasoning: row.reasoning,
            basis: row.tokens_basis.into(),
        }
    }
}

impl From<&ExchangeRow> for Cost {
    fn from(row: &ExchangeRow) -> Self {
        Self {
            nano: row.cost_nano,
            basis: row.cost_basis.into(),
        }
    }
}

impl From<talk::Basis> for Basis {
    fn from(basis: talk::Basis) -> Self {
        match basis {
            talk::Basis::Reported => Self::Reported,
            talk::Basis::Estimated => Self::Estimated,
        }
    }
}
