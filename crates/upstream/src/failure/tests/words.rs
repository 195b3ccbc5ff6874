//! Errors inside a 200, jobs that may have been created, and what is kept of a gateway's own words.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::super::{Failure, Kind};
use super::{ELSEWHERE, OTHER_GATEWAY, STOP, read};

#[test]
fn an_error_inside_a_200_is_what_its_own_number_says() {
    for (body, kind) in [
        (
            r#"{"error":{"message":"slow down","code":429}}"#,
            Kind::RateLimited,
        ),
        (
            r#"{"error":{"message":"Insufficient quota"}}"#,
            Kind::GatewayFailed,
        ),
        (
            r#"{"error":{"message":"x","code":"insufficient_quota"}}"#,
            Kind::QuotaExhausted,
        ),
        (
            r#"{"success":false,"message":"no such user"}"#,
            Kind::GatewayFailed,
        ),
        (
            r#"{"type":"error","error":{"type":"overloaded_error"}}"#,
            Kind::GatewayFailed,
        ),
        (r#"{"code":200,"error":{"message":"odd"}}"#, Kind::GatewayFailed),
    ] {
        let said = serde_json::from_str(body).expect("JSON");
        assert_eq!(Failure::read_inside(&said).kind, kind, "{body}");
    }
}

#[test]
fn a_job_that_may_have_been_created_is_never_created_again() {
    for status in [500, 502, 503, 504, 408] {
        assert_eq!(read(status, "").retry_job(), STOP, "{status}");
    }
    for kind in [Kind::Stalled, Kind::Interrupted, Kind::Unreachable] {
        assert_eq!(Failure::new(kind, "gone").retry_job(), STOP, "{kind:?}");
    }
    for (status, expected) in [
        (401, ELSEWHERE),
        (402, ELSEWHERE),
        (429, ELSEWHERE),
        (501, OTHER_GATEWAY),
    ] {
        assert_eq!(
            read(status, "").retry_job(),
            expected,
            "{status}: it was turned away"
        );
    }
    let unsent = Failure {
        unsent: true,
        ..Failure::new(Kind::Unreachable, "refused")
    };
    assert_eq!(
        unsent.retry_job(),
        OTHER_GATEWAY,
        "no byte of it has left this computer"
    );
}

#[test]
fn the_gateways_own_sentence_is_kept() {
    for (body, sentence) in [
        (r#"{"error":"just a string"}"#, "just a string"),
        (r#"{"error":{"message":"m"}}"#, "m"),
        (r#"[{"error":{"message":"in an array"}}]"#, "in an array"),
        (
            r#"{"detail":[{"loc":["body","n"],"msg":"Extra inputs are not permitted"}]}"#,
            "body.n: Extra inputs are not permitted",
        ),
    ] {
        assert_eq!(read(400, body).message, sentence);
    }
    assert!(read(400, "").message.contains("400"));
}

#[test]
fn the_gateways_own_time_to_come_back_is_kept() {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
    let failure = Failure::read(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
    assert_eq!(failure.retry_after, Some(Duration::from_secs(2)));
    let at = HeaderMap::from_iter([(
        RETRY_AFTER,
        HeaderValue::from_static("Thu, 01 Jan 1970 00:01:00 GMT"),
    )]);
    let failure = Failure::read_at(StatusCode::TOO_MANY_REQUESTS, &at, b"", 20_000);
    assert_eq!(failure.retry_after, Some(Duration::from_secs(40)));
}
