//! What each gateway takes, from the one table `takes.json`, with where each fact comes from.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::models::{bare, fits};

/// What one gateway takes in the content of a message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takes {
    /// The provider's id, as in the providers' table.
    pub provider: String,
    /// Pictures: inside the message, and by their address.
    pub pictures: Means,
    /// Formats of `input_audio`.
    pub audio: Vec<String>,
    /// Films as `video_url`.
    pub video: Means,
    /// Media types that go as `file` with `file_data`.
    pub files: Vec<String>,
    /// Whether anything goes by its address as `file_url`.
    pub file_url: bool,
    /// More bytes than this do not go inside a message.
    pub inline_limit: u64,
    /// Where large media go first.
    pub upload: Option<UploadRule>,
    /// Where each of these facts is written down.
    #[expect(
        dead_code,
        reason = "for those who read the table; a test asks that it is there"
    )]
    pub(crate) source: Vec<String>,
}

/// How a gateway takes pictures or films.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// As a data URL.
    pub data: bool,
    /// As an address on the web.
    pub address: bool,
}

/// When and how media are registered with a gateway before a message refers to them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadRule {
    /// Only for these models.
    pub models: Vec<String>,
    /// More bytes than this are refused.
    pub most: u64,
    /// How long the gateway keeps it, in seconds.
    pub expires_in: u64,
}

impl UploadRule {
    pub(crate) fn is_for(&self, model: &str) -> bool {
        let model = bare(model);
        self.models.iter().any(|pattern| fits(pattern, &model))
    }
}

#[expect(clippy::expect_used, reason = "a test reads the file that is compiled in")]
pub(crate) static ROWS: LazyLock<Vec<Takes>> =
    LazyLock::new(|| serde_json::from_str(include_str!("takes.json")).expect("takes.json is readable"));

/// The row of a provider; the one of any OpenAI-compatible gateway for those that have none.
#[must_use]
pub fn takes(provider: &str) -> &'static Takes {
    let of = |id: &str| ROWS.iter().find(|row| row.provider == id);
    of(provider)
        .or_else(|| of("openai-compatible"))
        .unwrap_or(&ROWS[0])
}
