//! From what a gateway says to a kind of trouble.

use http::StatusCode;
use serde_json::Value;

use super::Kind;

/// About money, in the languages gateways speak. They outrank a bare 401 or 403: exhausted keys answer so at new-api.
const MONEY: [&str; 8] = [
    "quota", "balance", "credit", "billing", "arrear", "余额", "额度", "欠费",
];
/// About the length of the conversation.
const LENGTH: [&str; 5] = [
    "context length",
    "maximum context",
    "context window",
    "prompt is too long",
    "上下文长度",
];
/// About an address that leads nowhere, as OpenAI, new-api, FastAPI and Go's router say it.
const NO_SUCH_URL: [&str; 5] = [
    "invalid url",
    "unknown request url",
    "unrecognized request url",
    "page not found",
    "no route",
];

/// The kind of an error that says something.
pub(super) fn kind(status: StatusCode, said: &Value) -> Kind {
    if reasons(said).any(|reason| reason == "API_KEY_INVALID") {
        return Kind::KeyRefused; // Gemini calls it a 400 INVALID_ARGUMENT
    }
    let words = ["code", "type", "status"].map(|name| field(said, name).unwrap_or_default().to_lowercase());
    if let Some(kind) = words.iter().find_map(|word| by_word(word, status)) {
        return kind;
    }
    by_message(status, &sentence(said).unwrap_or_default().to_lowercase())
        .unwrap_or_else(|| by_status(status))
}

/// The kind of an error whose body is no JSON: empty, a line of text, or a proxy's own page.
pub(super) fn wordless(status: StatusCode, body: &[u8]) -> Kind {
    match status.as_u16() {
        404 | 405 if looks_like_html(body) => Kind::NotAnApi,
        404 => Kind::NotServed,
        _ if looks_like_html(body) && status.is_success() => Kind::NotAnApi,
        // A page under an error is a proxy's: the status still says which kind of trouble it is.
        _ => by_status(status),
    }
}

/// An HTML page where an API was expected: a single-page console answers 200 with one for every path.
pub(crate) fn looks_like_html(body: &[u8]) -> bool {
    let start = body
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(byte));
    let head = &body[start.unwrap_or(body.len())..];
    let head = &head[..head.len().min(14)];
    head.to_ascii_lowercase().starts_with(b"<!doctype html")
        || head.to_ascii_lowercase().starts_with(b"<html")
}

/// The words gateways put into `code`, `type` and Google's `status`, lower-cased. `api_error` and its like come last
/// in meaning: Anthropic's family says them of what has no better word.
fn by_word(word: &str, status: StatusCode) -> Option<Kind> {
    Some(match word {
        "invalid_api_key"
        | "invalidapikey"
        | "authentication_error"
        | "authenticationerror"
        | "unauthenticated" => Kind::KeyRefused,
        "insufficient_quota"
        | "insufficient_user_quota"
        | "pre_consume_token_quota_failed"
        | "quota_exceeded"
        | "insufficient_funds"
        | "insufficient_balance"
        | "billing_error"
        | "arrearage"
        | "accountoverdueerror" => Kind::QuotaExhausted,
        "rate_limit_exceeded" | "rate_limit_error" | "resource_exhausted" => Kind::RateLimited,
        "permission_error" | "permission_denied" | "access_denied" => Kind::Forbidden,
        "model_not_found" | "deploymentnotfound" | "model_price_error" => Kind::ModelNotFound,
        "not_found_error" | "not_found" if status != StatusCode::NOT_FOUND => Kind::ModelNotFound,
        "api_not_implemented" => Kind::NotServed,
        "context_length_exceeded" | "string_above_max_length" => Kind::ContextTooLong,
        "content_policy_violation"
        | "content_filter"
        | "moderation_blocked"
        | "sensitive_words_detected"
        | "prompt_blocked"
        | "data_inspection_failed"
        | "datainspectionfailed" => Kind::ContentRefused,
        "invalid_request" | "read_request_body_failed" | "request_too_large" => Kind::BadRequest,
        "do_request_failed" | "count_token_failed" => Kind::GatewayFailed,
        "overloaded_error" | "server_error" | "api_error" | "timeout_error" | "unavailable"
        | "deadline_exceeded" | "internal" => Kind::GatewayFailed,
        _ if word.starts_with("violation_fee") => Kind::ContentRefused,
        _ if word.starts_with("bad_response") => Kind::GatewayFailed,
        _ if word.starts_with("throttling") || word.starts_with("ratelimitexceeded") => Kind::RateLimited,
        _ => return None,
    })
}

fn by_message(status: StatusCode, message: &str) -> Option<Kind> {
    let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
    match status.as_u16() {
        401..=403 | 429 if speaks_of(&MONEY) => Some(Kind::QuotaExhausted),
        400 | 413 | 422 | 500 if speaks_of(&LENGTH) => Some(Kind::ContextTooLong),
        404 if speaks_of(&NO_SUCH_URL) || message == "not found" => Some(Kind::NotServed),
        _ => None,
    }
}

fn by_status(status: StatusCode) -> Kind {
    match status.as_u16() {
        401 => Kind::KeyRefused,
        402 => Kind::QuotaExhausted,
        403 => Kind::Forbidden,
        404 | 410 => Kind::ModelNotFound,
        405 | 501 => Kind::NotServed,
        408 | 409 => Kind::GatewayFailed,
        429 => Kind::RateLimited,
        400..=499 => Kind::BadRequest,
        _ => Kind::GatewayFailed,
    }
}

/// A status that stands as a number in the body, as a number or as its text.
pub(super) fn number(said: &Value) -> Option<u16> {
    let named = ["code", "status"].into_iter();
    named
        .filter_map(|name| field(said, name))
        .find_map(|text| text.parse().ok())
}

/// `error` may be an object, a string, or missing with the fields at the top; all of it may stand in an array.
fn field(said: &Value, name: &str) -> Option<String> {
    let said = said.get(0).unwrap_or(said);
    let value = said
        .get("error")
        .and_then(|error| error.get(name))
        .or_else(|| said.get(name))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn reasons(said: &Value) -> impl Iterator<Item = &str> {
    let details = said
        .get(0)
        .unwrap_or(said)
        .pointer("/error/details")
        .and_then(Value::as_array);
    let details = details.into_iter().flatten();
    details.filter_map(|detail| detail.get("reason")?.as_str())
}

/// What the gateway says happened, in its own words.
pub(super) fn sentence(said: &Value) -> Option<String> {
    let said = said.get(0).unwrap_or(said);
    let direct = match said.get("error").unwrap_or(said) {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    direct
        .or_else(|| field(said, "message"))
        .or_else(|| field(said, "detail"))
        .or_else(|| listed(said))
        .filter(|text| !text.trim().is_empty())
}

/// `detail: [{loc, msg}]`, as pydantic says it: Mistral, vLLM and everything built on FastAPI.
fn listed(said: &Value) -> Option<String> {
    let first = said.get("detail")?.get(0)?;
    let place: Vec<&str> = first
        .get("loc")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    Some(format!("{}: {}", place.join("."), first.get("msg")?.as_str()?))
}

/// Our own words where the gateway has none.
pub(super) fn plain(status: StatusCode, kind: Kind) -> String {
    match kind {
        Kind::NotAnApi => "The address answers with a web page, not with an API.".into(),
        Kind::NotServed => format!("The gateway does not have this endpoint ({status})."),
        _ => format!("The gateway answered {status} without saying why."),
    }
}
