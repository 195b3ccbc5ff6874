//! The few fields read when bytes pass through untouched. Nothing here is ever written back.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::null_is_none;
use super::openai::chat::Usage;

/// What the relay must know of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The model, as the caller wrote it.
    pub model: String,
    /// Where the JSON string of the model stands in the body, quotes included: an alias is spliced there.
    pub model_at: Range<usize>,
    /// Whether events were asked for.
    pub stream: bool,
    /// How many bytes of `messages` there are to estimate from, split by script.
    pub prompt: ScriptBytes,
}

/// Bytes of text, told apart because a token is about four Latin letters but only one or two Chinese characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptBytes {
    /// One byte a letter.
    pub ascii: u64,
    /// Two to four bytes a letter.
    pub wide: u64,
}

impl ScriptBytes {
    /// Counts `text`.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let ascii = text.iter().filter(|byte| byte.is_ascii()).count() as u64;
        Self {
            ascii,
            wide: text.len() as u64 - ascii,
        }
    }

    /// Adds what came later.
    pub fn add(&mut self, other: Self) {
        self.ascii += other.ascii;
        self.wide += other.wide;
    }

    /// The seeds' rule of thumb: four English characters a token, one and a half Chinese ones (three bytes each).
    #[must_use]
    pub fn tokens(self) -> u64 {
        self.ascii.div_ceil(4) + (self.wide * 2).div_ceil(9)
    }
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    model: &'a RawValue,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(borrow, default)]
    messages: Option<&'a RawValue>,
}

/// Reads a chat request.
///
/// # Errors
/// When it is not JSON or has no `model`; the error says where.
pub fn request(body: &[u8]) -> Result<Asked, serde_json::Error> {
    let fields: Fields<'_> = serde_json::from_slice(body)?;
    let raw = fields.model.get();
    let model: String = serde_json::from_str(raw)?;
    let from = raw.as_ptr() as usize - body.as_ptr() as usize;
    let prompt = fields
        .messages
        .map(|raw| ScriptBytes::of(raw.get().as_bytes()))
        .unwrap_or_default();
    Ok(Asked {
        model,
        model_at: from..from + raw.len(),
        stream: fields.stream.unwrap_or(false),
        prompt,
    })
}

/// What the meter must know of one event of a chat stream, or of a whole answer.
#[derive(Debug, Default, Deserialize)]
pub struct Answered<'a> {
    /// The model that answered.
    #[serde(borrow, default)]
    pub model: Option<Cow<'a, str>>,
    /// What was said.
    #[serde(borrow, default, deserialize_with = "null_is_none")]
    pub choices: Vec<Said<'a>>,
    /// Tokens, where reported.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// An error inside a 200, unread.
    #[serde(borrow, default)]
    pub error: Option<&'a RawValue>,
}

/// One choice.
#[derive(Debug, Deserialize)]
pub struct Said<'a> {
    /// In a stream.
    #[serde(borrow, default)]
    pub delta: Option<Piece<'a>>,
    /// In a whole answer.
    #[serde(borrow, default)]
    pub message: Option<Piece<'a>>,
    /// Set in the last chunk. Empty in all others at some gateways, which is no reason.
    #[serde(borrow, default, deserialize_with = "reason")]
    pub finish_reason: Option<Cow<'a, str>>,
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cow<'de, str>>, D::Error> {
    let word: Option<Cow<'de, str>> = Option::deserialize(deserializer)?;
    Ok(word.filter(|word| !word.is_empty()))
}

/// Content as raw JSON: counted, never unescaped.
#[derive(Debug, Deserialize)]
pub struct Piece<'a> {
    /// Text.
    #[serde(borrow, default)]
    pub content: Option<&'a RawValue>,
    /// Thinking.
    #[serde(borrow, default)]
    pub reasoning_content: Option<&'a RawValue>,
    /// Thinking, as OpenRouter, Groq and Ollama call it.
    #[serde(borrow, default)]
    pub reasoning: Option<&'a RawValue>,
    /// Calls.
    #[serde(borrow, default)]
    pub tool_calls: Option<&'a RawValue>,
    /// Pictures beside the text.
    #[serde(default)]
    pub images: Option<IgnoredAny>,
}

impl Piece<'_> {
    /// Text to estimate tokens from.
    #[must_use]
    pub fn written(&self) -> ScriptBytes {
        let mut sum = ScriptBytes::default();
        for raw in [
            self.content,
            self.reasoning_content,
            self.reasoning,
            self.tool_calls,
        ]
        .into_iter()
        .flatten()
        {
            let text = raw.get();
            if text != "null" && text != "\"\"" {
                sum.add(ScriptBytes::of(text.trim_matches('"').as_bytes()));
            }
        }
        sum
    }

    /// Whether a person would see anything of it. The first delta of a stream often carries only the role.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.images.is_some() || self.written() != ScriptBytes::default()
    }
}

/// Reads one event, or a whole answer.
///
/// # Errors
/// When it is not a JSON object.
pub fn answer(data: &[u8]) -> Result<Answered<'_>, serde_json::Error> {
    serde_json::from_slice(data)
}
