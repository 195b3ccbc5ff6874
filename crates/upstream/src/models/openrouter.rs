//! OpenRouter's prices: dollars as strings, a token or a call each.

use nexdesk_pricing::{Price, Source};
use nexdesk_protocol::decimal::scaled;
use nexdesk_protocol::wire::openai::models::Model;

use super::ModelKind;

/// Nano-dollars a million tokens, from dollars a token.
const MILLION_TOKENS: i64 = 1_000_000_000_000_000;
const DOLLAR: i64 = 1_000_000_000;

/// A model that chooses among others has the price -1, which is none.
pub(super) fn price(model: &Model, kind: ModelKind) -> Option<Price> {
    let pricing = model.extra.get("pricing")?;
    let amount =
        |name: &str, unit: i64| scaled(pricing.get(name)?.as_str()?, unit).filter(|amount| *amount >= 0);
    let told = |name: &str, unit: i64| amount(name, unit).filter(|amount| *amount > 0);
    Some(Price {
        cached: amount("input_cache_read", MILLION_TOKENS),
        cache_write: told("input_cache_write", MILLION_TOKENS),
        audio_in: told("audio", MILLION_TOKENS),
        audio_out: told("audio_output", MILLION_TOKENS),
        image_in: told("image_token", MILLION_TOKENS),
        image_out: told("image_output", MILLION_TOKENS),
        // For a model that talks it is what a picture costs that goes in, and nobody counts those.
        picture: told("image", DOLLAR).filter(|_| kind == ModelKind::Image),
        request: told("request", DOLLAR),
        ..Price::tokens(
            amount("prompt", MILLION_TOKENS)?,
            amount("completion", MILLION_TOKENS)?,
            Source::Gateway,
        )
    })
}
