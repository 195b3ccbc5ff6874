//! How much a gateway still allows and when it allows more, from every form they say it in (`reference/gateways.md`
//! §5.5): headers of five families, HTTP dates, durations, Unix times, and two kinds of error bodies.
//!
//! Points in time are measured against the gateway's own `Date` where it sends one: the clock of this computer may be
//! wrong, and then a rest of a minute would become an hour.

use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

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
        if !headers.keys().any(|name| name.as_str().contains("ratelimit")) {
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

/// When the gateway says to come back: `retry-after-ms`, `Retry-After`, what a body says, a limit's reset; the first
/// of these that is there.
pub(crate) fn retry_after(
    headers: &HeaderMap,
    body: Option<&Value>,
    now: Option<i64>,
    is_limited: bool,
) -> Option<Duration> {
    let now = date(headers).or(now);
    let millis = said(headers, "retry-after-ms").and_then(|text| text.parse().ok());
    let inner = body.map(headers_inside).unwrap_or_default();
    // Many gateways send their limits with every answer: when they reset says nothing of when a 502 is over.
    let limits = |headers: &HeaderMap| {
        let limits = Limits::read(headers, now.unwrap_or_default());
        if is_limited { limits.reset() } else { limits.rest() }
    };
    millis
        .and_then(|millis: f64| seconds(millis / 1000.0))
        .or_else(|| wait(said(headers, RETRY_AFTER.as_str())?, now))
        .or_else(|| wait(said(&inner, RETRY_AFTER.as_str())?, now))
        .or_else(|| body.and_then(retry_info))
        // Without any clock a point in time says nothing, and a wait of fifty years is worse than the usual one.
        .or_else(|| limits(headers).filter(is_sane))
        .or_else(|| limits(&inner).filter(is_sane))
}

/// A limit that resets in more than a week is a misread one.
fn is_sane(reset: &Duration) -> bool {
    *reset <= Duration::from_secs(7 * 24 * 60 * 60)
}

/// `Retry-After`: seconds, or an HTTP date.
fn wait(text: &str, now: Option<i64>) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return seconds(number);
    }
    let at = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    until(unix_ms(at), now?)
}

/// One reset, in whichever form: letters make a duration, a `T` a date, size tells Unix milliseconds from seconds.
fn reset(text: &str, now: i64) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            _ if number > 1e12 => until(number as i64, now),
            _ if number > 1e9 => until((number * 1000.0) as i64, now),
            _ => seconds(number),
        };
    }
    if text.contains('T') {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        return until(unix_ms(at), now);
    }
    duration(text)
}

/// `6m0s`, `17ms`, `2m59.56s`, `1d2h`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        total += number
            * match rest[..unit].trim() {
                "d" => 86_400.0,
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    (!text.trim().is_empty()).then(|| seconds(total)).flatten()
}

/// OpenRouter repeats the headers of whoever refused inside the error: `error.metadata.headers`.
fn headers_inside(body: &Value) -> HeaderMap {
    let inner = first(body)
        .pointer("/error/metadata/headers")
        .and_then(Value::as_object);
    let pairs = inner.into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((
            HeaderName::try_from(name.to_ascii_lowercase()).ok()?,
            HeaderValue::try_from(text).ok()?,
        ))
    });
    pairs.collect()
}

/// Gemini's `error.details[].retryDelay`, as `"12s"`.
fn retry_info(body: &Value) -> Option<Duration> {
    let details = first(body).pointer("/error/details")?.as_array()?;
    let delays = details.iter().filter_map(|detail| detail.get("retryDelay"));
    delays.filter_map(Value::as_str).find_map(duration)
}

/// Gemini wraps an error in an array where a stream was asked for without `alt=sse`.
fn first(body: &Value) -> &Value {
    body.get(0).unwrap_or(body)
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

fn date(headers: &HeaderMap) -> Option<i64> {
    let at = OffsetDateTime::parse(said(headers, DATE.as_str())?, &Rfc2822).ok()?;
    Some(unix_ms(at))
}

fn unix_ms(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// What lies in the past means now.
fn until(at: i64, now: i64) -> Option<Duration> {
    u64::try_from(at.saturating_sub(now).max(0))
        .ok()
        .map(Duration::from_millis)
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.max(0.0)).ok()
}

#[cfg(test)]
mod tests;
