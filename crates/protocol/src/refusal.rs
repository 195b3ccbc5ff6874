//! How the relay says no: an error as the caller's dialect words it, as a body and inside a stream.

use serde_json::json;

use crate::Interface;

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

/// Whose words an error is said in. A client reads no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `{"error":{"message","type","param","code"}}`.
    #[default]
    OpenAi,
    /// `{"type":"error","error":{"type","message"}}`.
    Anthropic,
    /// `{"error":{"code","message","status"}}`.
    Gemini,
}

impl Dialect {
    /// The dialect an interface is spoken in.
    #[must_use]
    pub const fn of(interface: Interface) -> Self {
        if matches!(interface, Interface::Messages) {
            Self::Anthropic
        } else if matches!(interface, Interface::Generate) {
            Self::Gemini
        } else {
            Self::OpenAi
        }
    }
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

    /// The body of an answer.
    #[must_use]
    pub fn body(&self, dialect: Dialect) -> String {
        let message = &self.message;
        let said = match dialect {
            Dialect::OpenAi => {
                json!({ "error": { "message": message, "type": self.openai_type(), "param": null, "code": self.code } })
            }
            Dialect::Anthropic => {
                json!({ "type": "error", "error": { "type": self.anthropic_type(), "message": message } })
            }
            Dialect::Gemini => {
                json!({ "error": { "code": self.status, "message": message, "status": self.gemini_status() } })
            }
        };
        said.to_string()
    }

    /// The event that ends a stream of this kind. SDKs raise it; a clean end they would take for success.
    #[must_use]
    pub fn event(&self, interface: Interface) -> String {
        // Codex understands no other event than this one, and its code decides whether it asks again.
        if interface == Interface::Responses {
            let error = json!({ "code": self.responses_code(), "message": self.message });
            let response = json!({ "object": "response", "status": "failed", "error": error, "output": [] });
            let event = json!({ "type": "response.failed", "response": response });
            return format!("event: response.failed\ndata: {event}\n\n");
        }
        let dialect = Dialect::of(interface);
        let name = if dialect == Dialect::Anthropic {
            "event: error\n"
        } else {
            ""
        };
        format!("{name}data: {}\n\n", self.body(dialect))
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

    fn anthropic_type(&self) -> &'static str {
        match self.status {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            400..=499 => "invalid_request_error",
            _ => "api_error",
        }
    }

    fn gemini_status(&self) -> &'static str {
        match self.status {
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            402 | 429 => "RESOURCE_EXHAUSTED",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            400..=499 => "INVALID_ARGUMENT",
            _ => "INTERNAL",
        }
    }

    fn responses_code(&self) -> &'static str {
        match self.code {
            "rate_limited" | "rate_limit_exceeded" => "rate_limit_exceeded",
            "quota_exhausted" | "insufficient_quota" => "insufficient_quota",
            "budget_exhausted" | "invalid_input" | "content_policy_violation" => "invalid_prompt",
            "context_length_exceeded" => "context_length_exceeded",
            _ => "server_error",
        }
    }
}
