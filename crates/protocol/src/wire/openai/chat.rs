//! `POST /v1/chat/completions`: the request, the whole answer and the chunks of a stream.

mod message;
mod usage;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::wire::null_is_none;
pub use message::{Content, FunctionCall, Image, ImageUrl, Message, ToolCall};
pub use usage::{CompletionDetails, PromptDetails, Usage};

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// Case sensitive; as `GET /v1/models` lists it.
    pub model: String,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Asks for events rather than one body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// What the stream should carry besides text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// `stream_options`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// Asks for a last chunk with `usage` and no choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_usage: Option<bool>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A whole answer, or one chunk of a stream: the two differ only in `message` and `delta`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The gateway's name for this answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `chat.completion` or `chat.completion.chunk`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// The model that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Empty in Azure's first chunk and in everybody's usage chunk: never index it blindly.
    #[serde(default, deserialize_with = "null_is_none")]
    pub choices: Vec<Choice>,
    /// Tokens, where reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// An error inside a 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One of `choices`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// From 0.
    #[serde(default, deserialize_with = "null_is_none")]
    pub index: usize,
    /// The whole message, when not streamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What came since the last chunk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Message>,
    /// Null until the last chunk.
    #[serde(default)]
    pub finish_reason: Option<String>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
