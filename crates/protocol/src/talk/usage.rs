//! Tokens, in disjoint and named parts. Missing is not zero.

use serde::{Deserialize, Serialize};

/// Where a figure comes from. Every figure shown says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The gateway said so.
    Reported,
    /// We worked it out.
    #[default]
    Estimated,
}

/// The tokens of one exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All that went in, cached ones included.
    pub input: Option<u64>,
    /// The part of `input` read from a prompt cache.
    pub cached: Option<u64>,
    /// All that came out, reasoning included.
    pub output: Option<u64>,
    /// The part of `output` spent on thinking.
    pub reasoning: Option<u64>,
    /// Whether the gateway said so.
    pub basis: Basis,
    /// What the gateway says the exchange cost, in nano-dollars.
    pub cost_nano: Option<i64>,
}
