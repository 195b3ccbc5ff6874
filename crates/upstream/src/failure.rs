//! Why a call failed, in one vocabulary for every gateway (`reference/gateways.md` §6).
//!
//! Gateways disagree about everything: an empty balance is 402, 403, 429 or 401; a missing model is 404 or 503. So
//! the class is read from `code`, then `type`, then the status, then words in the message, in that order.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of trouble it is.
    pub kind: Kind,
    /// The gateway's status, where it gave one.
    pub status: Option<u16>,
    /// What happened: the gateway's own sentence where it has one.
    pub message: String,
    /// When the gateway says to come back.
    pub retry_after: Option<Duration>,
}

/// The kinds of trouble somebody acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong: no other key will like it better.
    BadRequest,
    /// The key is wrong, expired or disabled.
    KeyRefused,
    /// Nothing left to spend.
    QuotaExhausted,
    /// Too many requests; later is fine.
    RateLimited,
    /// This model is not offered to this key.
    ModelNotFound,
    /// The gateway is broken or overloaded.
    GatewayFailed,
    /// Nobody answers there.
    Unreachable,
    /// Something answers, but it is no API.
    NotAnApi,
    /// The answer broke off.
    Interrupted,
    /// Nothing came for too long.
    Stalled,
    /// There is no key, or it is gone from the vault.
    NoKey,
    /// The key is there, but its place is locked or gone.
    VaultLocked,
}

impl Kind {
    /// The word that programs, the ledger and the window branch on.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "invalid_input",
            Self::KeyRefused => "key_refused",
            Self::QuotaExhausted => "quota_exhausted",
            Self::RateLimited => "rate_limited",
            Self::ModelNotFound => "model_not_found",
            Self::GatewayFailed => "gateway_failed",
            Self::Unreachable => "gateway_unreachable",
            Self::NotAnApi => "not_an_api",
            Self::Interrupted => "stream_interrupted",
            Self::Stalled => "stalled",
            Self::NoKey => "no_key",
            Self::VaultLocked => "vault_locked",
        }
    }

    /// Whether another key or another gateway might answer. The caller's own mistakes fail everywhere.
    #[must_use]
    pub fn another_may_answer(self) -> bool {
        !matches!(self, Self::BadRequest)
    }

    /// The status a caller sees when there is no answer of the gateway's own to pass on.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::KeyRefused => 401,
            Self::QuotaExhausted => 402,
            Self::ModelNotFound => 404,
            Self::RateLimited => 429,
            Self::GatewayFailed | Self::Unreachable | Self::NotAnApi | Self::Interrupted => 502,
            Self::NoKey | Self::VaultLocked => 503,
            Self::Stalled => 504,
        }
    }
}

impl Failure {
    /// A failure without an answer from the gateway.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            message: message.into(),
            retry_after: None,
        }
    }

    /// Reads an error answer.
    #[must_use]
    pub fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let said: Option<Value> = serde_json::from_slice(body).ok();
        let kind = match &said {
            Some(value) => classify(status, value),
            // A proxy's own page: the status still says which kind of trouble it is.
            None if looks_like_html(body) && status.is_success() => Kind::NotAnApi,
            None => by_status(status),
        };
        let message = said
            .as_ref()
            .and_then(sentence)
            .unwrap_or_else(|| plain(status, kind));
        Self {
            kind,
            status: Some(status.as_u16()),
            message,
            retry_after: retry_after(headers),
        }
    }

    /// A body under a 200 that is no answer: a web page, or JSON that broke off.
    #[must_use]
    pub fn no_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        if looks_like_html(body) {
            return Self {
                status: None,
                ..Self::read(status, headers, body)
            };
        }
        Self::new(
            Kind::GatewayFailed,
            "The gateway's answer is not the JSON it should be.",
        )
    }

    /// Reads an error that came as an event inside a stream, or as a body under a 200.
    #[must_use]
    pub fn read_inside(said: &Value) -> Self {
        let number = field(said, "code")
            .or_else(|| field(said, "status"))
            .and_then(|code| code.parse::<u16>().ok());
        let status = number
            .and_then(|n| StatusCode::from_u16(n).ok())
            .unwrap_or(StatusCode::BAD_GATEWAY);
        let kind = classify(status, said);
        let message = sentence(said).unwrap_or_else(|| plain(status, kind));
        Self {
            kind,
            status: None,
            message,
            retry_after: None,
        }
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

fn classify(status: StatusCode, said: &Value) -> Kind {
    let words = ["code", "type"].map(|name| field(said, name).unwrap_or_default().to_lowercase());
    if let Some(kind) = words.iter().find_map(|word| by_word(word)) {
        return kind;
    }
    let message = sentence(said).unwrap_or_default().to_lowercase();
    // Exhausted keys answer 401 or 403 at new-api hosts: words about money outrank those two.
    let about_money = ["quota", "balance", "余额", "额度"]
        .iter()
        .any(|word| message.contains(word));
    if about_money && matches!(status.as_u16(), 401 | 402 | 403 | 429) {
        return Kind::QuotaExhausted;
    }
    by_status(status)
}

fn by_word(word: &str) -> Option<Kind> {
    Some(match word {
        "invalid_api_key" | "authentication_error" => Kind::KeyRefused,
        "insufficient_quota"
        | "insufficient_user_quota"
        | "pre_consume_token_quota_failed"
        | "quota_exceeded"
        | "insufficient_funds"
        | "billing_error" => Kind::QuotaExhausted,
        "rate_limit_exceeded" | "rate_limit_error" => Kind::RateLimited,
        "model_not_found" => Kind::ModelNotFound,
        "context_length_exceeded"
        | "content_policy_violation"
        | "content_filter"
        | "moderation_blocked"
        | "sensitive_words_detected"
        | "prompt_blocked"
        | "invalid_request" => Kind::BadRequest,
        "overloaded_error" | "server_error" | "api_error" => Kind::GatewayFailed,
        _ => return None,
    })
}

fn by_status(status: StatusCode) -> Kind {
    match status.as_u16() {
        401 => Kind::KeyRefused,
        402 => Kind::QuotaExhausted,
        // A key that may not use this model or this address: another key may.
        403 => Kind::KeyRefused,
        404 => Kind::ModelNotFound,
        408 | 409 => Kind::GatewayFailed,
        429 => Kind::RateLimited,
        400..=499 => Kind::BadRequest,
        _ => Kind::GatewayFailed,
    }
}

/// `error` may be an object, a string, or missing with the fields at the top.
fn field(said: &Value, name: &str) -> Option<String> {
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

fn sentence(said: &Value) -> Option<String> {
    let direct = match said.get("error").unwrap_or(said) {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    direct
        .or_else(|| field(said, "message"))
        .or_else(|| field(said, "detail"))
        .filter(|text| !text.trim().is_empty())
}

fn plain(status: StatusCode, kind: Kind) -> String {
    match kind {
        Kind::NotAnApi => "The address answers with a web page, not with an API.".into(),
        _ => format!("The gateway answered {status} without saying why."),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if let Some(millis) = text("retry-after-ms").and_then(|value| value.trim().parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    text(RETRY_AFTER.as_str())?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &str) -> Kind {
        Failure::read(
            StatusCode::from_u16(status).expect("a status"),
            &HeaderMap::new(),
            body.as_bytes(),
        )
        .kind
    }

    #[test]
    fn an_empty_balance_is_one_kind_however_it_is_said() {
        assert_eq!(
            kind(
                402,
                r#"{"error":{"message":"Insufficient quota","type":"insufficient_quota","code":"insufficient_quota"}}"#
            ),
            Kind::QuotaExhausted
        );
        assert_eq!(
            kind(
                403,
                r#"{"error":{"code":"insufficient_user_quota","message":"用户额度不足"}}"#
            ),
            Kind::QuotaExhausted
        );
        assert_eq!(
            kind(429, r#"{"error":{"code":"insufficient_quota"}}"#),
            Kind::QuotaExhausted,
            "OpenAI uses 429"
        );
        assert_eq!(
            kind(
                401,
                r#"{"error":{"code":"","type":"new_api_error","message":"该令牌额度已用尽"}}"#
            ),
            Kind::QuotaExhausted
        );
    }

    #[test]
    fn a_missing_model_is_one_kind_whatever_the_status() {
        assert_eq!(
            kind(404, r#"{"error":{"code":"model_not_found","message":"no"}}"#),
            Kind::ModelNotFound
        );
        assert_eq!(
            kind(
                503,
                r#"{"error":{"code":"model_not_found","message":"no available channel"}}"#
            ),
            Kind::ModelNotFound
        );
    }

    #[test]
    fn errors_without_a_body_or_with_an_odd_one_are_still_told_apart() {
        assert_eq!(kind(429, ""), Kind::RateLimited);
        assert_eq!(kind(500, "<html>bad gateway</html>"), Kind::GatewayFailed);
        assert_eq!(kind(200, "<!DOCTYPE html><html>"), Kind::NotAnApi);
        assert_eq!(kind(400, r#"{"error":"just a string"}"#), Kind::BadRequest);
        let odd = Failure::read(
            StatusCode::BAD_REQUEST,
            &HeaderMap::new(),
            br#"{"error":"just a string"}"#,
        );
        assert_eq!(odd.message, "just a string");
    }

    #[test]
    fn the_gateways_own_time_to_come_back_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, http::HeaderValue::from_static("2"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(2)));
        headers.insert("retry-after-ms", http::HeaderValue::from_static("150"));
        assert_eq!(
            retry_after(&headers),
            Some(Duration::from_millis(150)),
            "the finer one wins"
        );
    }
}
