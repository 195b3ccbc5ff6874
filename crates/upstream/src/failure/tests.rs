//! Every cell of the table of `reference/gateways.md` §6: what it is taken for, and who is asked next.

mod words;

use http::{HeaderMap, StatusCode};

use super::{Failure, Kind, Retry};

fn read(status: u16, body: &str) -> Failure {
    let status = StatusCode::from_u16(status).expect("a status");
    Failure::read(status, &HeaderMap::new(), body.as_bytes())
}

/// How often the same key, whether another key, whether another gateway.
const fn again(same_key: u8, other_key: bool, other_gateway: bool) -> Retry {
    Retry {
        same_key,
        other_key,
        other_gateway,
    }
}
const STOP: Retry = again(0, false, false);
const ELSEWHERE: Retry = again(0, true, true);
const OTHER_GATEWAY: Retry = again(0, false, true);

#[track_caller]
fn holds(cells: &[(u16, &str, Kind, Retry)]) {
    for (status, body, kind, retry) in cells {
        let failure = read(*status, body);
        assert_eq!(
            (failure.kind, failure.retry()),
            (*kind, *retry),
            "{status} {body}"
        );
    }
}

#[test]
fn a_mistake_of_the_caller_stops_everything() {
    holds(&[
        (
            400,
            r#"{"error":{"type":"invalid_request_error","message":"bad parameter","code":null}}"#,
            Kind::BadRequest,
            STOP,
        ),
        // new-api's own validation.
        (
            500,
            r#"{"error":{"type":"new_api_error","code":"invalid_request"}}"#,
            Kind::BadRequest,
            STOP,
        ),
        (400, r#"{"error":"just a string"}"#, Kind::BadRequest, STOP),
        (
            400,
            r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"no"}}"#,
            Kind::BadRequest,
            STOP,
        ),
        (
            413,
            r#"{"error":{"code":"read_request_body_failed"}}"#,
            Kind::BadRequest,
            STOP,
        ),
        (413, "", Kind::BadRequest, STOP),
        (415, "", Kind::BadRequest, STOP),
        (
            422,
            r#"{"detail":[{"loc":["body","n"],"msg":"no","type":"t"}]}"#,
            Kind::BadRequest,
            STOP,
        ),
    ]);
}

#[test]
fn a_conversation_that_is_too_long_is_too_long_for_every_key() {
    holds(&[
        (
            400,
            r#"{"error":{"code":"context_length_exceeded","message":"shorten"}}"#,
            Kind::ContextTooLong,
            STOP,
        ),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens"}}"#,
            Kind::ContextTooLong,
            STOP,
        ),
        (
            400,
            r#"{"error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens"}}"#,
            Kind::ContextTooLong,
            STOP,
        ),
    ]);
}

#[test]
fn words_that_are_refused_are_never_tried_on_another_key() {
    for code in [
        "content_policy_violation",
        "content_filter",
        "moderation_blocked",
        "prompt_blocked",
        "violation_fee.charged",
        "data_inspection_failed",
    ] {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
        holds(&[(400, &body, Kind::ContentRefused, STOP)]);
    }
    // new-api says it with a 500, which would be asked again by its status.
    holds(&[(
        500,
        r#"{"error":{"code":"sensitive_words_detected"}}"#,
        Kind::ContentRefused,
        STOP,
    )]);
}

#[test]
fn a_refused_key_gives_way_to_another() {
    holds(&[
        (
            401,
            r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            Kind::KeyRefused,
            ELSEWHERE,
        ),
        (
            401,
            r#"{"error":{"message":"invalid token","type":"new_api_error","code":""}}"#,
            Kind::KeyRefused,
            ELSEWHERE,
        ),
        (401, "", Kind::KeyRefused, ELSEWHERE),
        (
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"x"}}"#,
            Kind::KeyRefused,
            ELSEWHERE,
        ),
        (
            400,
            r#"[{"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            Kind::KeyRefused,
            ELSEWHERE,
        ),
    ]);
}

#[test]
fn an_empty_balance_is_one_kind_however_it_is_said() {
    for (status, body) in [
        (
            402,
            r#"{"error":{"message":"Insufficient quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
        ),
        // AI Nexus: a number for a code.
        (
            402,
            r#"{"error":{"message":"Insufficient balance","type":"insufficient_funds","code":402}}"#,
        ),
        (402, ""),
        (
            403,
            r#"{"error":{"code":"insufficient_user_quota","message":"用户额度不足"}}"#,
        ),
        (403, r#"{"error":{"code":"pre_consume_token_quota_failed"}}"#),
        // Qiniu's Veo.
        (403, r#"{"error":{"code":"quota_exceeded"}}"#),
        // SiliconFlow.
        (
            403,
            r#"{"code":30001,"message":"Sorry, your account balance is insufficient"}"#,
        ),
        // OpenAI.
        (
            429,
            r#"{"error":{"code":"insufficient_quota","type":"insufficient_quota"}}"#,
        ),
        // new-api, for an exhausted key.
        (
            401,
            r#"{"error":{"code":"","type":"new_api_error","message":"该令牌额度已用尽"}}"#,
        ),
        // DashScope.
        (400, r#"{"code":"Arrearage","message":"Access denied"}"#),
    ] {
        holds(&[(status, body, Kind::QuotaExhausted, ELSEWHERE)]);
    }
}

#[test]
fn what_a_key_may_not_do_is_not_held_against_the_key() {
    holds(&[
        (
            403,
            r#"{"error":{"type":"new_api_error","message":"This token has no access to model x"}}"#,
            Kind::Forbidden,
            ELSEWHERE,
        ),
        (
            403,
            r#"{"error":{"code":"access_denied"}}"#,
            Kind::Forbidden,
            ELSEWHERE,
        ),
        (
            403,
            r#"{"error":{"code":403,"status":"PERMISSION_DENIED"}}"#,
            Kind::Forbidden,
            ELSEWHERE,
        ),
        (403, "<html>blocked</html>", Kind::Forbidden, ELSEWHERE),
    ]);
}

#[test]
fn a_missing_model_a_missing_endpoint_and_a_wrong_address_are_told_apart() {
    holds(&[
        (
            404,
            r#"{"error":{"code":"model_not_found","message":"no"}}"#,
            Kind::ModelNotFound,
            OTHER_GATEWAY,
        ),
        (
            404,
            r#"{"error":{"type":"not_found_error","message":"model: claude-x"}}"#,
            Kind::ModelNotFound,
            OTHER_GATEWAY,
        ),
        (
            503,
            r#"{"error":{"code":"model_not_found","message":"no available channel"}}"#,
            Kind::ModelNotFound,
            again(1, true, true),
        ),
        (
            400,
            r#"{"error":{"code":"model_price_error"}}"#,
            Kind::ModelNotFound,
            OTHER_GATEWAY,
        ),
        (
            404,
            r#"{"error":{"type":"invalid_request_error","message":"Invalid URL (POST /v1/rerank)"}}"#,
            Kind::NotServed,
            OTHER_GATEWAY,
        ),
        (404, r#"{"detail":"Not Found"}"#, Kind::NotServed, OTHER_GATEWAY),
        (404, "404 page not found", Kind::NotServed, OTHER_GATEWAY),
        (404, "<!DOCTYPE html><html>", Kind::NotAnApi, OTHER_GATEWAY),
        (
            501,
            r#"{"error":{"code":"api_not_implemented"}}"#,
            Kind::NotServed,
            OTHER_GATEWAY,
        ),
        (501, "", Kind::NotServed, OTHER_GATEWAY),
    ]);
}

#[test]
fn too_many_requests_are_one_kind_with_a_body_or_without() {
    for body in [
        r#"{"error":{"message":"Rate limit reached for default","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#,
        r#"{"error":{"type":"new_api_error","code":""}}"#,
        "",
        // Gemini speaks of quota and means a limit of a minute.
        r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota"}}"#,
        r#"{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded"}"#,
    ] {
        holds(&[(429, body, Kind::RateLimited, ELSEWHERE)]);
    }
}

#[test]
fn a_gateway_in_trouble_is_asked_again_after_a_while() {
    let (twice, patiently) = (again(2, true, true), again(4, true, true));
    holds(&[
        (
            500,
            r#"{"error":{"type":"api_error","message":"server error"}}"#,
            Kind::GatewayFailed,
            twice,
        ),
        (
            500,
            r#"{"error":{"type":"new_api_error","code":"do_request_failed"}}"#,
            Kind::GatewayFailed,
            twice,
        ),
        (
            500,
            r#"{"error":{"code":"bad_response_status_code"}}"#,
            Kind::GatewayFailed,
            twice,
        ),
        (
            500,
            r#"{"error":{"code":"count_token_failed"}}"#,
            Kind::GatewayFailed,
            twice,
        ),
        (500, "<html>bad gateway</html>", Kind::GatewayFailed, twice),
        (408, "", Kind::GatewayFailed, patiently),
        (409, "", Kind::GatewayFailed, patiently),
        (502, "", Kind::GatewayFailed, patiently),
        (504, "", Kind::GatewayFailed, patiently),
        (
            503,
            r#"{"error":{"type":"overloaded"}}"#,
            Kind::GatewayFailed,
            patiently,
        ),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error"}}"#,
            Kind::GatewayFailed,
            patiently,
        ),
    ]);
    assert_eq!(
        Failure::new(Kind::Unreachable, "nobody").retry(),
        again(4, false, true)
    );
}
