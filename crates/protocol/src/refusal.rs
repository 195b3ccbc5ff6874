//! How the relay says no: an error as the caller's dialect words it, as a body and inside a stream.

use serde::Serialize;

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What programs branch on, in the vocabulary of OpenAI's `error.code` where it has a word for it.
    pub code: &'static str,
    /// What happened and what to do, for a person. Never a secret, never a body.
    pub message: String,
    /// Seconds after which asking again makes sense.
    pub retry_after: Option<u64>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Said<'a>,
}

#[derive(Serialize)]
struct Said<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'a str>,
    code: &'a str,
}

impl Refusal {
    /// A refusal without a time to come back.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// OpenAI's body: `{"error":{"message","type","param","code"}}`.
    #[must_use]
    pub fn openai_body(&self) -> String {
        let said = Said {
            message: &self.message,
            r#type: self.openai_type(),
            param: None,
            code: self.code,
        };
        // Strings and nulls cannot fail to serialise; an empty object would still be JSON.
        serde_json::to_string(&Envelope { error: said }).unwrap_or_else(|_| "{}".into())
    }

    /// The same, as the event that ends a chat stream. SDKs raise it; a clean end they would take for success.
    #[must_use]
    pub fn openai_event(&self) -> String {
        format!("data: {}\n\n", self.openai_body())
    }

    fn openai_type(&self) -> &'static str {
        match self.status {
            401 => "authentication_error",
            402 => "insufficient_quota",
            403 => "permission_error",
            404 => "not_found_error",
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "api_error",
        }
    }
}
