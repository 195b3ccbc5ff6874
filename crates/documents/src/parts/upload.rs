//! Media too large for a message: Nexconn imports them from a public address into a `qfile` that messages refer to.
//! This describes the requests; whoever has a network makes them.

use serde_json::{Value, json};

use super::takes::takes;
use crate::Kind;

/// The requests that bring a file to a gateway. Paths are below the gateway's base URL, which ends in `/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The model the file is for; the gateway wants it named.
    pub model: String,
    /// How long it is kept, in seconds.
    pub expires_in: u64,
    /// The most bytes it may have.
    pub most: u64,
}

/// How the import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// Ask again in one or two seconds, later in ten.
    Waiting,
    /// Messages may refer to it.
    Ready,
    /// It will never be.
    Failed,
}

impl Upload {
    /// Where it is made with `POST`, and below whose answer's `id` it is asked for with `GET` and removed with `DELETE`.
    pub const PATH: &'static str = "files";

    /// The body of the order. The address must be one that anybody can fetch: this is an import, not an upload.
    #[must_use]
    pub fn order(&self, address: &str) -> Value {
        json!({ "model": self.model, "source_url": address, "expires_in": self.expires_in })
    }

    /// Reads the answer to the order, or to asking for it.
    #[must_use]
    pub fn state(answer: &Value) -> Import {
        match answer["status"]
            .as_str()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "ready" => Import::Ready,
            "failed" | "expired" => Import::Failed,
            // Between these the gateway has words of its own that nobody has written down.
            _ => Import::Waiting,
        }
    }

    /// The part of a message that refers to a file that is ready.
    #[must_use]
    pub fn part(file_id: &str, mime: &str) -> Value {
        json!({ "type": "file", "file": { "file_id": file_id, "format": mime } })
    }
}

/// Whether a file of this size must be imported before it can be part of a message, and how.
#[must_use]
pub fn needs_upload(provider: &str, model: &str, kind: Kind, size: u64) -> Option<Upload> {
    let row = takes(provider);
    let rule = row.upload.as_ref()?;
    let media = matches!(kind, Kind::Picture | Kind::Audio | Kind::Video);
    (media && size > row.inline_limit && size <= rule.most && rule.is_for(model)).then(|| Upload {
        model: model.to_owned(),
        expires_in: rule.expires_in,
        most: rule.most,
    })
}
