//! Tokens, in named parts, and the other things an exchange is billed by. Missing is not zero.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a figure comes from. Every figure shown says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The gateway said so.
    Reported,
    /// We worked it out.
    #[default]
    Estimated,
}

/// The tokens of one exchange, and what else it may be billed by.
///
/// The tokens in `cached`, `cache_write`, `audio_in` and `image_in` are parts of `input`, those in `reasoning`,
/// `audio_out` and `image_out` parts of `output`. Dialects that count them apart are added up when they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All that went in, cached ones included.
    pub input: Option<u64>,
    /// The part of `input` read from a prompt cache.
    pub cached: Option<u64>,
    /// All that came out, reasoning included.
    pub output: Option<u64>,
    /// The part of `output` spent on thinking.
    pub reasoning: Option<u64>,
    /// The part of `input` written to a prompt cache.
    #[serde(default)]
    pub cache_write: Option<u64>,
    /// The part of `input` that was sound.
    #[serde(default)]
    pub audio_in: Option<u64>,
    /// The part of `output` that was sound.
    #[serde(default)]
    pub audio_out: Option<u64>,
    /// The part of `input` that was pictures.
    #[serde(default)]
    pub image_in: Option<u64>,
    /// The part of `output` that was pictures.
    #[serde(default)]
    pub image_out: Option<u64>,
    /// Pictures made.
    #[serde(default)]
    pub images: Option<u64>,
    /// Characters read aloud.
    #[serde(default)]
    pub characters: Option<u64>,
    /// How long the sound or the clip is.
    #[serde(default)]
    pub milliseconds: Option<u64>,
    /// Calls, where each has a price of its own.
    #[serde(default)]
    pub requests: Option<u64>,
    /// Whether the gateway said so.
    pub basis: Basis,
    /// What the gateway says the exchange cost, in nano-dollars.
    pub cost_nano: Option<i64>,
}

impl Usage {
    /// Whether nothing was counted but the call itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let bare = Self {
            requests: None,
            basis: Basis::default(),
            ..*self
        };
        bare == Self::default()
    }

    /// The counts that have no column of their own in the ledger, by name; `None` when there are none.
    /// That an exchange is one request goes without saying.
    #[must_use]
    pub fn units(&self) -> Option<Value> {
        let counts = [
            ("cache_write", self.cache_write),
            ("audio_in", self.audio_in),
            ("audio_out", self.audio_out),
            ("image_in", self.image_in),
            ("image_out", self.image_out),
            ("images", self.images),
            ("characters", self.characters),
            ("milliseconds", self.milliseconds),
            ("requests", self.requests.filter(|calls| *calls != 1)),
        ];
        let counted: Map<String, Value> = counts
            .into_iter()
            .filter_map(|(name, count)| count.map(|count| (name.to_owned(), count.into())))
            .collect();
        (!counted.is_empty()).then_some(Value::Object(counted))
    }
}
