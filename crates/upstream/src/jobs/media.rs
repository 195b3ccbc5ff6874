//! A picture that a caller sends along: as a link, as a `data:` URI, as bare base64, or as an uploaded file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

/// A picture (or a clip) that goes with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// Somewhere on the web.
    Link(String),
    /// Here, as base64 without a prefix.
    Inline {
        /// What it is.
        mime: String,
        /// The bytes.
        base64: String,
    },
    /// At the gateway, under the id it gave.
    File(String),
}

impl Media {
    /// Reads any of the ways a JSON body may hold one.
    pub(super) fn read(said: &Value) -> Option<Self> {
        match said {
            Value::String(text) => Self::text(text),
            Value::Object(fields) => {
                if let Some(id) = fields.get("file_id").and_then(Value::as_str) {
                    return Some(Self::File(id.to_owned()));
                }
                let url = ["image_url", "url", "image"]
                    .into_iter()
                    .find_map(|name| fields.get(name));
                Self::read(url?)
            }
            _ => None,
        }
    }

    /// Reads a link, a `data:` URI or bare base64.
    pub(super) fn text(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some((head, base64)) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
            let mime = head.split(';').next().unwrap_or_default();
            return Some(Self::Inline {
                mime: if mime.is_empty() { "image/png" } else { mime }.to_owned(),
                base64: base64.to_owned(),
            });
        }
        if text.contains("://") {
            return Some(Self::Link(text.to_owned()));
        }
        Some(Self::Inline {
            mime: mime_of_base64(text).to_owned(),
            base64: text.to_owned(),
        })
    }

    /// An uploaded file.
    pub(super) fn upload(mime: Option<String>, bytes: &Bytes) -> Self {
        let base64 = STANDARD.encode(bytes);
        // Many clients upload everything as octets; gateways refuse those as pictures.
        let mime = mime.filter(|mime| mime.contains('/') && mime != "application/octet-stream");
        Self::Inline {
            mime: mime.unwrap_or_else(|| mime_of_base64(&base64).to_owned()),
            base64,
        }
    }

    /// A link or a `data:` URI, which most families take in one field.
    pub(super) fn uri(&self) -> String {
        match self {
            Self::Link(link) => link.clone(),
            Self::Inline { mime, base64 } => format!("data:{mime};base64,{base64}"),
            Self::File(id) => id.clone(),
        }
    }

    /// A link or bare base64: Kling takes no prefix.
    pub(super) fn bare(&self) -> String {
        match self {
            Self::Inline { base64, .. } => base64.clone(),
            other => other.uri(),
        }
    }

    /// Vertex's media object.
    pub(super) fn vertex(&self) -> Value {
        match self {
            Self::Inline { mime, base64 } => json!({"bytesBase64Encoded": base64, "mimeType": mime}),
            other => json!({"uri": other.uri(), "mimeType": "image/png"}),
        }
    }
}

/// By the first bytes, which base64 keeps apart well enough.
fn mime_of_base64(base64: &str) -> &'static str {
    match () {
        () if base64.starts_with("/9j/") => "image/jpeg",
        () if base64.starts_with("UklGR") => "image/webp",
        () if base64.starts_with("R0lGOD") => "image/gif",
        () => "image/png",
    }
}

/// What bytes are, by how they begin; the gateways' own word is often missing or wrong.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        _ => return None,
    })
}
