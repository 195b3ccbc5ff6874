//! Why a call failed, in one vocabulary for every gateway (`reference/gateways.md` §6), and who may be asked next.
//!
//! Gateways disagree about everything: an empty balance is 402, 403, 429 or 401; a missing model is 404 or 503. So
//! the class is read from `code`, then `type`, then Google's `status`, then the status, then words in the message.

mod kind;
mod read;
mod retry;

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::limits;
pub use kind::Kind;
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
