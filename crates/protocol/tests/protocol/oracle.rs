//! The slow reader that the fast one must agree with: eventsource-stream for the lines, `serde_json::Value` for the rest.

use eventsource_stream::Eventsource;
use futures::{FutureExt, StreamExt, stream};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Seen;
use nexdesk_protocol::wire::peek::ScriptBytes;
use serde_json::Value;

/// The data of every event, as the library reads them.
pub(crate) fn events(text: &str) -> Vec<String> {
    let whole = format!(":\n{text}\n\n");
    let parsed = stream::iter([Ok::<_, std::convert::Infallible>(whole)]).eventsource();
    let events = parsed.map(|event| event.unwrap().data).collect::<Vec<_>>();
    events.now_or_never().unwrap()
}

/// What the slow reader knows.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) seen: Seen,
    pub(crate) written: ScriptBytes,
    pub(crate) model: Option<String>,
    pub(crate) usage: Option<Value>,
}

fn texts(value: &Value, sum: &mut ScriptBytes) {
    match value {
        Value::String(text) => sum.add(ScriptBytes::of(text.as_bytes())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, sum)),
        Value::Object(members) => members.values().for_each(|member| texts(member, sum)),
        _ => {}
    }
}

fn something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Known {
    pub(crate) fn of(interface: Interface, data: &str) -> Self {
        let mut known = Self::default();
        if data.trim() == "[DONE]" {
            known.seen.is_event = true;
            // A chat's last word; the other dialects have events for it.
            known.seen.finishes = !matches!(
                interface,
                Interface::Responses | Interface::Messages | Interface::Generate
            );
            return known;
        }
        let Ok(value) = serde_json::from_str::<Value>(data) else {
            return known;
        };
        known.seen.is_event = true;
        let mut error = value["error"].clone();
        known.usage = Some(value["usage"].clone()).filter(|usage| !usage.is_null());
        known.model = value["model"].as_str().map(str::to_owned);
        match interface {
            Interface::Chat => known.chat(&value),
            Interface::Responses => known.responses(&value, &mut error),
            Interface::Messages => known.messages(&value),
            Interface::Generate => known.generate(&value),
            _ => unreachable!("no oracle for {interface:?}"),
        }
        known.seen.is_error = something(&error);
        known.seen.finishes &= !known.seen.is_error;
        known.model = known.model.filter(|model| !model.is_empty());
        known
    }

    fn text(&mut self, value: &Value) {
        self.seen.says |= something(value);
        texts(value, &mut self.written);
    }

    fn chat(&mut self, value: &Value) {
        for choice in value["choices"].as_array().into_iter().flatten() {
            let delta = &choice["delta"];
            self.text(&delta["content"]);
            let thought = if delta["reasoning_content"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
            {
                &delta["reasoning_content"]
            } else {
                &delta["reasoning"]
            };
            self.text(thought);
            self.seen.says |= something(&delta["tool_calls"]) || something(&delta["images"]);
            for call in delta["tool_calls"].as_array().into_iter().flatten() {
                texts(&call["function"], &mut self.written);
            }
            self.seen.finishes |= something(&choice["finish_reason"]);
        }
        let hollow = value["choices"].as_array().is_some_and(Vec::is_empty);
        self.seen.is_only_usage = hollow && self.usage.is_some();
    }

    fn responses(&mut self, value: &Value, error: &mut Value) {
        let response = &value["response"];
        match word(&value["type"]) {
            "response.created" => self.model = response["model"].as_str().map(str::to_owned),
            kind @ ("response.completed" | "response.incomplete" | "response.failed") => {
                self.seen.finishes = kind != "response.failed";
                self.model = response["model"].as_str().map(str::to_owned);
                self.usage = Some(response["usage"].clone()).filter(|usage| !usage.is_null());
                if something(&response["error"]) {
                    *error = response["error"].clone();
                } else if kind == "response.failed" {
                    *error = value.clone();
                }
            }
            "error" => *error = value.clone(),
            kind if kind.ends_with(".delta") => self.text(&value["delta"]),
            _ => {}
        }
    }

    fn messages(&mut self, value: &Value) {
        match word(&value["type"]) {
            "message_start" => {
                self.model = value["message"]["model"].as_str().map(str::to_owned);
                self.usage = Some(value["message"]["usage"].clone()).filter(|usage| !usage.is_null());
            }
            "content_block_start" => match word(&value["content_block"]["type"]) {
                "text" => self.text(&value["content_block"]["text"]),
                _ => self.seen.says = true,
            },
            "content_block_delta" => {
                for name in ["text", "thinking", "partial_json"] {
                    self.text(&value["delta"][name]);
                }
            }
            "message_delta" => self.seen.finishes = something(&value["delta"]["stop_reason"]),
            "message_stop" => self.seen.finishes = true,
            _ => {}
        }
    }

    fn generate(&mut self, value: &Value) {
        self.model = value["modelVersion"].as_str().map(str::to_owned);
        self.usage = Some(value["usageMetadata"].clone()).filter(|usage| !usage.is_null());
        for candidate in value["candidates"].as_array().into_iter().flatten() {
            for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
                self.text(&part["text"]);
                self.text(&part["functionCall"]);
            }
            self.seen.finishes |= something(&candidate["finishReason"]);
        }
        self.seen.finishes |= something(&value["promptFeedback"]["blockReason"]);
    }
}
