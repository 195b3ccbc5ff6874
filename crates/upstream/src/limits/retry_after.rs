//! When a gateway that refused says to come back, in its headers or inside its error.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::moments::{duration, seconds, wait};
use super::{Limits, date, said};

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
