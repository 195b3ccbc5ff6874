//! The forms in which gateways say how much is left, one by one.

use http::{HeaderName, HeaderValue};

use super::moments::wait;
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
    assert_eq!(
        retry_after(&HeaderMap::new(), Some(&gemini), None, true),
        ms(12_000)
    );
    let listed = serde_json::json!([gemini]);
    assert_eq!(
        retry_after(&HeaderMap::new(), Some(&listed), None, true),
        ms(12_000)
    );
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
    let roomy = headers(&[
        ("x-ratelimit-remaining-requests", "59"),
        ("x-ratelimit-reset-requests", "33s"),
    ]);
    assert_eq!(retry_after(&roomy, None, Some(NOW), false), None);
    assert_eq!(retry_after(&roomy, None, Some(NOW), true), ms(33_000));
    let spent = headers(&[
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "33s"),
    ]);
    assert_eq!(retry_after(&spent, None, Some(NOW), false), ms(33_000));
}
