//! The parts of a chat request the sandbox heeds; everything else is ignored, as gateways do.

use serde_json::{Value, json};

use super::{prose, tools};
use crate::call::{Call, required};
use crate::refusal;
use crate::reply::Reply;
use crate::tokens;

/// Tokens each message costs for its role and its borders.
const PER_MESSAGE: u64 = 3;

/// A chat request, understood.
pub(crate) struct Ask {
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) limit: Option<u64>,
    pub(crate) stops: Vec<String>,
    /// Whether reasoning was left on.
    pub(crate) thinks: bool,
    /// The text of the last user message.
    pub(crate) question: String,
    /// All text of the conversation, in order: what is counted and cached.
    pub(crate) prompt: String,
    pub(crate) messages: Vec<Value>,
    pub(crate) tools: Vec<Value>,
    pub(crate) tool_choice: Value,
    response_format: Value,
}

impl Ask {
    pub(crate) fn read(call: &Call) -> Result<Ask, Reply> {
        Ask::of(&call.json()?)
    }

    /// The other dialects are put into this one's words first.
    pub(crate) fn of(body: &Value) -> Result<Ask, Reply> {
        let model = required(body, "model")?.to_owned();
        let messages = match body["messages"].as_array() {
            Some(messages) if !messages.is_empty() => messages.clone(),
            _ => {
                return Err(refusal::invalid(
                    "'messages' must be a list with at least one message",
                    Some("messages"),
                ));
            }
        };
        if body["n"].as_u64().is_some_and(|n| n != 1) {
            return Err(refusal::invalid(
                "The sandbox gives one answer at a time: 'n' must be 1",
                Some("n"),
            ));
        }
        let question = messages
            .iter()
            .rev()
            .find(|message| message["role"] == "user")
            .map(text_of)
            .unwrap_or_default();
        let prompt = messages.iter().map(text_of).collect::<Vec<_>>().join("\n");
        Ok(Ask {
            model,
            stream: body["stream"] == true,
            include_usage: body["stream_options"]["include_usage"] == true,
            limit: body["max_completion_tokens"]
                .as_u64()
                .or(body["max_tokens"].as_u64()),
            stops: strings(&body["stop"]),
            thinks: body["reasoning_effort"] != "none"
                && body["enable_thinking"] != false
                && body["thinking"]["type"] != "disabled",
            question,
            prompt,
            messages,
            tools: body["tools"].as_array().cloned().unwrap_or_default(),
            tool_choice: body["tool_choice"].clone(),
            response_format: body["response_format"].clone(),
        })
    }

    /// The whole prompt: its text, the borders of its messages, and the tools it describes.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        let tools: u64 = self
            .tools
            .iter()
            .map(|tool| tokens::count(&tool.to_string()))
            .sum();
        tokens::count(&self.prompt) + PER_MESSAGE * self.messages.len() as u64 + tools
    }

    /// The answer in words, or in JSON where that was asked for.
    pub(crate) fn answer(&self) -> String {
        match self.response_format["type"].as_str() {
            Some("json_object") => {
                json!({"question": self.question, "answer": "The sandbox is offline and cannot know.",
                       "words": tokens::words(&self.question).len()})
                .to_string()
            }
            Some("json_schema") => tools::example(
                &self.response_format["json_schema"]["schema"],
                "answer",
                &self.question,
            )
            .to_string(),
            _ => self
                .rest_of_last()
                .unwrap_or_else(|| prose::answer_to(&self.question)),
        }
    }

    /// A client that asks for the rest of a broken answer gets the rest, as from a model that does as it is told.
    fn rest_of_last(&self) -> Option<String> {
        let asks_for_rest = self.question.to_lowercase().contains("continue exactly where");
        let [.., asked, broken, _] = self.messages.as_slice() else {
            return None;
        };
        let is_turn = asked["role"] == "user" && broken["role"] == "assistant";
        let whole = prose::answer_to(&text_of(asked));
        let rest = whole
            .strip_prefix(&text_of(broken))
            .filter(|_| asks_for_rest && is_turn)?;
        Some(rest.to_owned())
    }
}

/// The text of a message, whether its content is a string or parts.
pub(crate) fn text_of(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

/// A string or a list of strings.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}
