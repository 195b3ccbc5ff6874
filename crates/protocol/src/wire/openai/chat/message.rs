//! One message of a chat, with its tool calls and pictures: the same in a request, an answer and a chunk.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::wire::null_is_none;

/// One message, in a request or in an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `developer`, `system`, `user`, `assistant` or `tool`.
    #[serde(default, deserialize_with = "null_is_none")]
    pub role: String,
    /// Text, parts, or nothing when there are only tool calls.
    #[serde(default)]
    pub content: Option<Content>,
    /// What the model thought before it spoke (DeepSeek, Qwen, Kimi, GLM and the gateways that carry them).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// The calls the model wants made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// Pictures, where a gateway puts them beside an empty `content` (Nexconn-AI).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<Image>>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The two forms of `content`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Text, pictures, audio, files.
    Parts(Vec<Value>),
}

/// A call the model wants made; in a stream, a fragment of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Fragments are joined by it. Some gateways leave it out when there is one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Comes once, in the first fragment; some gateways repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `function`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Name and arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCall>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The inner half of a tool call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// Comes once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// JSON as a string; valid only when whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
}

/// A picture beside the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Where it is.
    pub image_url: ImageUrl,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The address of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageUrl {
    /// A `data:` URL in every answer seen so far.
    pub url: String,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
