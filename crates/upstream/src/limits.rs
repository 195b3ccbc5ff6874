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
mod tests {
    use super::*;

    /// 21 October 2025, 07:28:00 UTC.
    const NOW: i64 = 1_761_031_680_000;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn ms(millis: u64) -> Option<Duration> {
        Some(Duration::from_millis(millis))
    }

    #[test]
    fn a_reset_is_understood_in_every_form_gateways_write_it() {
        let forms = [
            ("1s", ms(1000)),
            ("6m0s", ms(360_000)),
            ("17ms", ms(17)),
            ("2m59.56s", ms(179_560)),
            ("1d2h", ms(93_600_000)),
            ("500us", Some(Duration::from_micros(500))),
            ("1761031690", ms(10_000)),
            ("1761031680500", ms(500)),
            ("1761031600", ms(0)),
            ("12", ms(12_000)),
            ("0.5", ms(500)),
            ("2025-10-21T07:28:30Z", ms(30_000)),
            ("2025-10-21T09:29:00+02:00", ms(60_000)),
            ("soon", None),
            ("5 parsecs", None),
            ("", None),
        ];
        for (text, expected) in forms {
            assert_eq!(reset(text, NOW), expected, "{text:?}");
        }
    }

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let forms = [
            ("2", ms(2000)),
            ("0.25", ms(250)),
            ("-1", ms(0)),
            ("Tue, 21 Oct 2025 07:28:20 GMT", ms(20_000)),
            ("Tue, 21 Oct 2025 07:27:00 GMT", ms(0)),
            ("later", None),
        ];
        for (text, expected) in forms {
            assert_eq!(wait(text, Some(NOW)), expected, "{text:?}");
        }
    }

    #[test]
    fn the_gateways_own_clock_counts_where_it_tells_its_time() {
        let told = headers(&[
            ("date", "Tue, 21 Oct 2025 05:00:00 GMT"),
            ("retry-after", "Tue, 21 Oct 2025 05:00:07 GMT"),
        ]);
        assert_eq!(retry_after(&told, None, Some(NOW), true), ms(7000));
        assert_eq!(retry_after(&told, None, None, true), ms(7000));
    }

    #[test]
    fn the_most_exact_word_wins() {
        let all = [
            ("retry-after-ms", "150"),
            ("retry-after", "2"),
            ("x-ratelimit-reset", "1761031690"),
        ];
        for (from, expected) in [(0, ms(150)), (1, ms(2000)), (2, ms(10_000)), (3, None)] {
            assert_eq!(
                retry_after(&headers(&all[from..]), None, Some(NOW), true),
                expected,
                "{:?}",
                &all[from..]
            );
        }
    }

    #[test]
    fn each_gateways_limits_are_read() {
        let openai = headers(&[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-limit-tokens", "150000"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ]);
        let read = Limits::read(&openai, NOW);
        assert_eq!(
            (read.requests.limit, read.requests.remaining, read.tokens.limit),
            (Some(60), Some(59), Some(150_000))
        );
        assert_eq!(
            read.rest(),
            ms(360_000),
            "the tokens ran out, the requests did not"
        );

        let seed = headers(&[
            ("x-ratelimit-limit", "100"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1761031700"),
        ]);
        assert_eq!(Limits::read(&seed, NOW).rest(), ms(20_000));

        let anthropic = headers(&[
            ("anthropic-ratelimit-requests-remaining", "10"),
            ("anthropic-ratelimit-tokens-remaining", "9000"),
            ("anthropic-ratelimit-output-tokens-limit", "8000"),
            ("anthropic-ratelimit-output-tokens-remaining", "0"),
            ("anthropic-ratelimit-output-tokens-reset", "2025-10-21T07:28:15Z"),
        ]);
        let read = Limits::read(&anthropic, NOW);
        assert_eq!((read.tokens.limit, read.rest()), (Some(8000), ms(15_000)));

        assert_eq!(Limits::read(&HeaderMap::new(), NOW), Limits::default());
        assert_eq!(Limits::default().rest(), None, "new-api says nothing at all");
    }

    #[test]
    fn groqs_limit_of_a_day_does_not_stand_in_for_the_one_of_a_minute() {
        let told = [
            ("x-ratelimit-remaining-requests", "14000"),
            ("x-ratelimit-reset-requests", "2m59.56s"),
            ("x-ratelimit-reset-tokens", "7.66s"),
        ];
        assert_eq!(retry_after(&headers(&told), None, Some(NOW), true), ms(7660));
        let spent = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "2m59.56s"),
            ("x-ratelimit-reset-tokens", "7.66s"),
        ];
        assert_eq!(retry_after(&headers(&spent), None, Some(NOW), true), ms(179_560));
    }

    #[test]
    fn two_gateways_say_it_in_the_body() {
        let openrouter = serde_json::json!({ "error": { "code": 429, "metadata": { "headers": {
            "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1761031740000",
        } } } });
        assert_eq!(
            retry_after(&HeaderMap::new(), Some(&openrouter), Some(NOW), true),
            ms(60_000)
        );
        let gemini = serde_json::json!({ "error": { "code": 429, "details": [
            { "@type": "type.googleapis.com/google.rpc.QuotaFailure" },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12s" },
        ] } });
        assert_eq!(retry_after(&HeaderMap::new(), Some(&gemini), None, true), ms(12_000));
        let listed = serde_json::json!([gemini]);
        assert_eq!(retry_after(&HeaderMap::new(), Some(&listed), None, true), ms(12_000));
    }

    #[test]
    fn a_point_in_time_without_any_clock_says_nothing() {
        let told = headers(&[("x-ratelimit-reset", "1761031690")]);
        assert_eq!(retry_after(&told, None, None, true), None);
        let told = headers(&[("x-ratelimit-reset-requests", "20s")]);
        assert_eq!(
            retry_after(&told, None, None, true),
            ms(20_000),
            "a duration needs none"
        );
    }

    #[test]
    fn a_limit_that_has_room_says_nothing_of_when_a_broken_gateway_is_well_again() {
        let roomy = headers(&[("x-ratelimit-remaining-requests", "59"), ("x-ratelimit-reset-requests", "33s")]);
        assert_eq!(retry_after(&roomy, None, Some(NOW), false), None);
        assert_eq!(retry_after(&roomy, None, Some(NOW), true), ms(33_000));
        let spent = headers(&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "33s")]);
        assert_eq!(retry_after(&spent, None, Some(NOW), false), ms(33_000));
    }
}
