//! How much a gateway still allows and when it allows more, from every form they say it in (`reference/gateways.md`
//! §5.5): headers of five families, HTTP dates, durations, Unix times, and two kinds of error bodies.
//!
//! Points in time are measured against the gateway's own `Date` where it sends one: the clock of this computer may be
//! wrong, and then a rest of a minute would become an hour.

mod moments;
mod retry_after;

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, HeaderName};

use moments::reset;
pub(crate) use retry_after::retry_after;

/// What an answer says of the limits it stands under. Missing is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of requests: a minute's at most gateways, a day's at Groq.
    pub requests: Limit,
    /// Of tokens, a minute's.
    pub tokens: Limit,
}

/// One limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// How many there are.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: Option<u64>,
    /// How long until there are more.
    pub reset: Option<Duration>,
}

impl Limits {
    /// Reads the headers of an answer. `now` is Unix milliseconds, for gateways that send no `Date`.
    #[must_use]
    pub fn read(headers: &HeaderMap, now: i64) -> Self {
        // Most answers say nothing of limits, and this is asked of every one.
        let tells = |name: &HeaderName| {
            name.as_str().starts_with("x-ratelimit-") || name.as_str().starts_with("anthropic-ratelimit-")
        };
        if !headers.keys().any(tells) {
            return Self::default();
        }
        let now = date(headers).unwrap_or(now);
        let of = |name: &str| Limit {
            limit: number(headers, &format!("x-ratelimit-limit{name}")),
            remaining: number(headers, &format!("x-ratelimit-remaining{name}")),
            reset: said(headers, &format!("x-ratelimit-reset{name}")).and_then(|text| reset(text, now)),
        };
        let anthropic = |kind: &str| Limit {
            limit: number(headers, &format!("anthropic-ratelimit-{kind}-limit")),
            remaining: number(headers, &format!("anthropic-ratelimit-{kind}-remaining")),
            reset: said(headers, &format!("anthropic-ratelimit-{kind}-reset"))
                .and_then(|text| reset(text, now)),
        };
        Self {
            requests: tightest([of("-requests"), of(""), anthropic("requests")]),
            tokens: tightest([
                of("-tokens"),
                anthropic("tokens"),
                anthropic("input-tokens"),
                anthropic("output-tokens"),
            ]),
        }
    }

    /// How long to leave a key alone although its answer was a good one: something ran out with it.
    #[must_use]
    pub fn rest(&self) -> Option<Duration> {
        let spent = [self.requests, self.tokens].into_iter();
        let spent = spent.filter(|limit| limit.remaining == Some(0));
        spent.filter_map(|limit| limit.reset).max()
    }

    /// When a refusal without a Retry-After may be asked again. Groq counts requests by the day and tokens by the
    /// minute: if neither says that it ran out, the sooner one is meant.
    fn reset(&self) -> Option<Duration> {
        let resets = [self.requests.reset, self.tokens.reset].into_iter().flatten();
        self.rest().or_else(|| resets.min())
    }
}

/// Of limits on the same thing the one that bites first.
fn tightest<const N: usize>(limits: [Limit; N]) -> Limit {
    let told = limits.into_iter().filter(|limit| *limit != Limit::default());
    told.min_by_key(|limit| limit.remaining.unwrap_or(u64::MAX))
        .unwrap_or_default()
}

fn said<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(name)?
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let number: f64 = said(headers, name)?.parse().ok()?;
    // Some count below zero once the limit is passed.
    Some(number.max(0.0) as u64)
}

/// What the gateway's own clock says.
fn date(headers: &HeaderMap) -> Option<i64> {
    moments::date(said(headers, DATE.as_str())?)
}

#[cfg(test)]
mod tests;
