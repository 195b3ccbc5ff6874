//! What a caller is told when its token may not. The status decides what tools do next: they ask again after a 429 and
//! after its `retry-after`, which is right for a rate and would be a hot loop for anything else; they show a 403 and a
//! 402 to their person and stop (two of them only after a handful of tries, which cost nothing here).

use std::time::Duration;

use nexdesk_pricing::Money;
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::Refusal;

use crate::budget::{Over, Period};
use crate::calendar::Calendar;
use crate::rate::{Counted, TooFast};
use crate::token::{Closed, Token};

pub(crate) fn closed(token: &Token, why: Closed) -> Refusal {
    let name = &token.name;
    match why {
        Closed::Revoked => Refusal::new(
            401,
            "invalid_api_key",
            format!(
                "The local token of {name} was revoked. Give the tool a new one: Keys in Nexdesk, or `nexd tokens add`."
            ),
        ),
        Closed::Expired => Refusal::new(
            401,
            "invalid_api_key",
            format!("The local token of {name} has expired. `nexd tokens set` gives it more time."),
        ),
        Closed::Paused => Refusal::new(
            403,
            "token_paused",
            format!(
                "The local token of {name} is paused. Let it go on under Keys in Nexdesk, or with `nexd tokens resume`."
            ),
        ),
    }
}

pub(crate) fn endpoint(token: &Token, asked: Interface) -> Refusal {
    let said = format!(
        "The local token of {} may use {}, and not {}.",
        token.name,
        token.limits.endpoints.join(", "),
        asked.word()
    );
    Refusal::new(403, "endpoint_not_allowed", said)
}

pub(crate) fn model(token: &Token, asked: &str) -> Refusal {
    let other = if asked.is_empty() {
        "this request names no model".to_owned()
    } else {
        format!("not “{asked}”")
    };
    let said = format!(
        "The local token of {} may ask {}, and {other}.",
        token.name,
        token.limits.models.join(", ")
    );
    Refusal::new(403, "model_not_allowed", said)
}

pub(crate) fn too_many(token: &Token, limit: usize) -> Refusal {
    let said = format!(
        "The local token of {} already has {limit} requests under way. Wait for one to end.",
        token.name
    );
    Refusal {
        retry_after: Some(1),
        ..Refusal::new(429, "rate_limit_exceeded", said)
    }
}

pub(crate) fn too_fast(token: &Token, why: TooFast) -> Refusal {
    let name = &token.name;
    match why {
        TooFast::Wait(counted, wait) => {
            let limit = match counted {
                Counted::Requests => token.limits.rpm.map(|limit| format!("{limit} requests")),
                Counted::Tokens => token.limits.tpm.map(|limit| format!("{limit} tokens")),
            };
            let seconds = whole_seconds(wait);
            let said = format!(
                "The local token of {name} may have {} a minute. There is room again in {seconds} s.",
                limit.unwrap_or_default()
            );
            Refusal {
                retry_after: Some(seconds),
                ..Refusal::new(429, "rate_limit_exceeded", said)
            }
        }
        TooFast::Never => Refusal::new(
            400,
            "request_too_large",
            format!(
                "This request alone is more than the {} tokens a minute that the local token of {name} may have.",
                token.limits.tpm.unwrap_or_default()
            ),
        ),
    }
}

/// Rounded up: who comes back a moment early is refused again.
fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1_000))
        .unwrap_or(u64::MAX)
        .max(1)
}

pub(crate) fn unpriced(token: &Token, model: &str) -> Refusal {
    let asked = if model.is_empty() {
        "a request without a model".to_owned()
    } else {
        format!("“{model}”")
    };
    let said = format!(
        "The local token of {} has a budget, and nobody knows what {asked} costs. Give it a price, or let the token \
         ask models without one: `nexd tokens set \"{}\" --unpriced allow`.",
        token.name, token.name
    );
    Refusal::new(403, "price_unknown", said)
}

pub(crate) fn over(token: &Token, over: &Over) -> Refusal {
    let standing = &over.standing;
    let which = match standing.period {
        Period::Day => "for today",
        Period::Month => "for this month",
        Period::Total => "in all",
    };
    let mut said = format!(
        "The local token of {} may spend {} {which}: {} are spent",
        token.name,
        dollars(standing.limit),
        dollars(standing.settled)
    );
    if standing.reserved > Money::ZERO {
        said += &format!(
            " and {} set aside for what is under way",
            dollars(standing.reserved)
        );
    }
    said += &format!(
        ", and this request may cost {}. Less output (max_tokens), or a stream, needs less.",
        dollars(over.wanted)
    );
    if let Some(until) = standing.until {
        let calendar = Calendar::of(token.limits.zone.as_deref());
        said += &format!(" The budget begins anew at {}.", calendar.spelled(until));
    }
    Refusal::new(402, "budget_exhausted", said)
}

/// Exact, and no more digits than it takes: `$5`, `$0.0041`.
fn dollars(Money(nano): Money) -> String {
    let (whole, rest) = (nano / 1_000_000_000, nano % 1_000_000_000);
    let text = format!("${whole}.{:09}", rest.abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Money, dollars};

    #[test]
    fn an_amount_is_exact_and_short() {
        let said = [5_000_000_000, 4_100_000, 0, 1, 12_340_000_000].map(|nano| dollars(Money(nano)));
        assert_eq!(said, ["$5", "$0.0041", "$0", "$0.000000001", "$12.34"]);
    }
}
