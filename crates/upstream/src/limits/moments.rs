//! Waits in every form gateways write one: seconds, durations with letters, HTTP dates, Unix times. Points in time become
//! waits by the clock the caller gives.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// An HTTP date, in Unix milliseconds.
pub(super) fn date(text: &str) -> Option<i64> {
    Some(unix_ms(OffsetDateTime::parse(text, &Rfc2822).ok()?))
}

/// `Retry-After`: seconds, or an HTTP date.
pub(super) fn wait(text: &str, now: Option<i64>) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return seconds(number);
    }
    until(date(text)?, now?)
}

/// One reset, in whichever form: letters make a duration, a `T` a date, size tells Unix milliseconds from seconds.
pub(super) fn reset(text: &str, now: i64) -> Option<Duration> {
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
pub(super) fn duration(text: &str) -> Option<Duration> {
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

fn unix_ms(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// What lies in the past means now.
fn until(at: i64, now: i64) -> Option<Duration> {
    u64::try_from(at.saturating_sub(now).max(0))
        .ok()
        .map(Duration::from_millis)
}

pub(super) fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.max(0.0)).ok()
}
