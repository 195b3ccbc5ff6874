//! Why a call failed, in one vocabulary for every gateway (`reference/gateways.md` §6), and who may be asked next.
//!
//! Gateways disagree about everything: an empty balance is 402, 403, 429 or 401; a missing model is 404 or 503. So
//! the class is read from `code`, then `type`, then Google's `status`, then the status, then words in the message.

mod read;
mod retry;

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::limits;
pub(crate) use read::looks_like_html;
pub use retry::Retry;

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
    /// Whether it is certain that no byte of the request reached the gateway. Only then may the creation of a job that
    /// is billed be tried again.
    pub unsent: bool,
}

/// The kinds of trouble somebody acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong: no other key will like it better.
    BadRequest,
    /// The conversation is longer than the model can read.
    ContextTooLong,
    /// The gateway will not talk about this. Asking with every key in turn gets accounts closed.
    ContentRefused,
    /// The key is wrong, expired or disabled.
    KeyRefused,
    /// The key is good, but not for this model, or not from this address.
    Forbidden,
    /// Nothing left to spend.
    QuotaExhausted,
    /// Too many requests; later is fine.
    RateLimited,
    /// This model is not offered to this key.
    ModelNotFound,
    /// The gateway does not have this endpoint.
    NotServed,
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
            Self::ContextTooLong => "context_length_exceeded",
            Self::ContentRefused => "content_policy_violation",
            Self::KeyRefused => "key_refused",
            Self::Forbidden => "access_denied",
            Self::QuotaExhausted => "quota_exhausted",
            Self::RateLimited => "rate_limited",
            Self::ModelNotFound => "model_not_found",
            Self::NotServed => "not_served",
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
        !matches!(
            self,
            Self::BadRequest | Self::ContextTooLong | Self::ContentRefused
        )
    }

    /// The status a caller sees when there is no answer of the gateway's own to pass on.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::ContextTooLong | Self::ContentRefused => 400,
            Self::KeyRefused => 401,
            Self::QuotaExhausted => 402,
            Self::Forbidden => 403,
            Self::ModelNotFound => 404,
            Self::RateLimited => 429,
            Self::NotServed => 501,
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
            unsent: false,
        }
    }

    /// Whether a body is a web page, where an API was expected.
    #[must_use]
    pub fn is_page(body: &[u8]) -> bool {
        looks_like_html(body)
    }

    /// Reads an error answer.
    #[must_use]
    pub fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::told(status, headers, body, None)
    }

    /// Reads an error answer at `now`, Unix milliseconds: gateways that name a point in time and send no `Date` are
    /// only understood so.
    #[must_use]
    pub fn read_at(status: StatusCode, headers: &HeaderMap, body: &[u8], now: i64) -> Self {
        Self::told(status, headers, body, Some(now))
    }

    fn told(status: StatusCode, headers: &HeaderMap, body: &[u8], now: Option<i64>) -> Self {
        let said: Option<Value> = serde_json::from_slice(body).ok();
        let said = said.as_ref();
        let kind = said.map_or_else(|| read::wordless(status, body), |said| read::kind(status, said));
        Self {
            kind,
            status: Some(status.as_u16()),
            message: said
                .and_then(read::sentence)
                .unwrap_or_else(|| read::plain(status, kind)),
            retry_after: limits::retry_after(headers, said, now, kind == Kind::RateLimited),
            unsent: false,
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
        let number = read::number(said);
        let status = number
            .and_then(|number| StatusCode::from_u16(number).ok())
            .filter(|status| !status.is_success())
            .unwrap_or(StatusCode::BAD_GATEWAY);
        let kind = read::kind(status, said);
        Self {
            retry_after: limits::retry_after(&HeaderMap::new(), Some(said), None, kind == Kind::RateLimited),
            ..Self::new(
                kind,
                read::sentence(said).unwrap_or_else(|| read::plain(status, kind)),
            )
        }
    }
}

#[cfg(test)]
mod tests;
