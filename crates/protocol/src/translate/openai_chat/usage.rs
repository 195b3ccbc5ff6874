//! `usage` → tokens.

use crate::decimal::scaled;
use crate::talk::{Basis, Usage};
use crate::wire::openai::chat;

const NANO: i64 = 1_000_000_000;

/// Reads the counts of a chat answer. DeepSeek names its cached tokens differently.
#[must_use]
pub fn usage(wire: &chat::Usage) -> Usage {
    let details = wire.prompt_tokens_details.as_ref();
    Usage {
        input: wire.prompt_tokens,
        cached: details
            .and_then(|d| d.cached_tokens)
            .or(wire.prompt_cache_hit_tokens),
        output: wire.completion_tokens,
        reasoning: wire
            .completion_tokens_details
            .as_ref()
            .and_then(|d| d.reasoning_tokens),
        basis: Basis::Reported,
        cost_nano: wire
            .cost
            .as_ref()
            .and_then(|cost| scaled(&cost.to_string(), NANO)),
        ..Usage::default()
    }
}
