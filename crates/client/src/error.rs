//! What can go wrong with a call.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// A call without a usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The other side said no.
    #[error("{message}")]
    Refused {
        /// The HTTP status; 200 where the error came inside a stream.
        status: u16,
        /// `error.code`, else `error.type`.
        code: Option<String>,
        /// `error.message`.
        message: String,
        /// What the other side calls this exchange.
        request_id: Option<String>,
    },
    /// Nobody answered.
    #[error("Nobody answers: {0}.")]
    Unreachable(String),
    /// The answer broke off.
    #[error("The answer broke off before its end.")]
    Interrupted,
    /// The answer is not in the shape it should be.
    #[error("The answer is not what this API should send.")]
    NotUnderstood,
}

impl ClientError {
    pub(crate) fn refused(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = said.get("error").unwrap_or(&said);
        let text = |name: &str| {
            error
                .get(name)
                .and_then(Value::as_str)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        let message = text("message").or_else(|| error.as_str().map(str::to_owned));
        Self::Refused {
            status: status.as_u16(),
            code: text("code").or_else(|| text("type")),
            message: message.unwrap_or_else(|| format!("The answer was {status}, without a reason.")),
            request_id: request_id(headers),
        }
    }
}

/// The relay's name for the exchange, under which its row stands in the ledger.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers
        .get("x-nexdesk-request-id")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}
