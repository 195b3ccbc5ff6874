//! An answer as OpenAI's Responses: the whole object, and the events that lead up to it.

use serde_json::{Value, json};

use crate::chat::wire::{Event, Script, pieces};
use crate::chat::{Spoken, Usage};
use crate::refusal;

/// How many pieces of the text come through before a stream breaks.
const PIECES_BEFORE_THE_BREAK: usize = 6;

/// What the object repeats of the request.
pub(crate) struct Head<'a> {
    pub(crate) id: String,
    pub(crate) created: u64,
    pub(crate) asked: &'a Value,
}

/// The whole object.
pub(crate) fn whole(head: &Head, spoken: &Spoken, usage: Option<Usage>) -> Value {
    let incomplete = match spoken.finish {
        "length" => Some("max_output_tokens"),
        "content_filter" => Some("content_filter"),
        _ => None,
    };
    let status = if incomplete.is_some() {
        "incomplete"
    } else {
        "completed"
    };
    let usage = usage.map(|usage| {
        json!({"input_tokens": usage.prompt, "input_tokens_details": {"cached_tokens": usage.cached},
            "output_tokens": usage.completion, "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.prompt + usage.completion})
    });
    json!({"id": head.id, "object": "response", "created_at": head.created, "status": status,
        "model": head.asked["model"], "output": output(&head.id, spoken), "error": null,
        "incomplete_details": incomplete.map(|reason| json!({"reason": reason})),
        "instructions": head.asked["instructions"], "metadata": head.asked.get("metadata").unwrap_or(&json!({})),
        "parallel_tool_calls": true, "temperature": 1.0, "top_p": 1.0, "tool_choice": "auto",
        "tools": head.asked.get("tools").unwrap_or(&json!([])), "store": head.asked["store"] != false,
        "previous_response_id": head.asked["previous_response_id"], "usage": usage})
}

/// The same before anything was done about it.
pub(crate) fn queued(whole: &Value) -> Value {
    unfinished(whole, "queued")
}

/// The same while it is being made.
pub(crate) fn unfinished(whole: &Value, status: &str) -> Value {
    let mut early = whole.clone();
    early["status"] = json!(status);
    early["output"] = json!([]);
    early["usage"] = Value::Null;
    early["incomplete_details"] = Value::Null;
    early
}

fn output(id: &str, spoken: &Spoken) -> Vec<Value> {
    let mut items = Vec::new();
    if !spoken.reasoning.is_empty() {
        items.push(json!({"id": format!("rs_{id}"), "type": "reasoning",
            "summary": [{"type": "summary_text", "text": spoken.reasoning}]}));
    }
    if !spoken.content.is_empty() || spoken.calls.is_empty() {
        items.push(
            json!({"id": format!("msg_{id}"), "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": spoken.content, "annotations": []}]}),
        );
    }
    items.extend(spoken.calls.iter().map(|call| {
        json!({"id": format!("fc_{}", call.id), "type": "function_call", "status": "completed", "call_id": call.id,
            "name": call.name, "arguments": call.arguments})
    }));
    items
}

/// The events, each with its name and number.
pub(crate) fn script(whole: &Value, spoken: &Spoken) -> Script {
    let mut events = Numbered::default();
    let early = unfinished(whole, "in_progress");
    events.add("response.created", json!({"response": early}));
    events.add("response.in_progress", json!({"response": early}));
    let mut before_the_break = 0;
    for (index, item) in whole["output"].as_array().into_iter().flatten().enumerate() {
        let first = events.item(index, item, spoken);
        if item["type"] == "message" {
            before_the_break = first + PIECES_BEFORE_THE_BREAK;
        }
    }
    let end = match whole["status"].as_str() {
        Some("incomplete") => "response.incomplete",
        _ => "response.completed",
    };
    let at = events.0.len();
    events.add(end, json!({"response": whole}));
    let end = events.0.split_off(at);
    let error = refusal::inside_a_200();
    Script {
        deltas: events.0,
        before_the_break,
        end,
        done: None,
        trouble: Event::named(
            "error",
            &json!({"type": "error", "code": error["error"]["code"], "message": error["error"]["message"],
                "param": null, "sequence_number": at}),
        ),
        trouble_body: error,
    }
}

#[derive(Default)]
struct Numbered(Vec<Event>);

impl Numbered {
    fn add(&mut self, name: &'static str, mut data: Value) {
        data["type"] = json!(name);
        data["sequence_number"] = json!(self.0.len());
        self.0.push(Event::named(name, &data));
    }

    /// The events of one item; returns where its deltas begin.
    fn item(&mut self, index: usize, item: &Value, spoken: &Spoken) -> usize {
        let id = &item["id"];
        let mut begun = item.clone();
        for part in ["content", "summary"] {
            if !begun[part].is_null() {
                begun[part] = json!([]);
            }
        }
        if item["type"] == "function_call" {
            begun["arguments"] = json!("");
        }
        self.add(
            "response.output_item.added",
            json!({"output_index": index, "item": begun}),
        );
        let at = |more: Value| {
            let mut data = json!({"item_id": id, "output_index": index});
            for (name, value) in more.as_object().into_iter().flatten() {
                data[name] = value.clone();
            }
            data
        };
        let first = match item["type"].as_str() {
            Some("reasoning") => {
                let part =
                    |text: &str| json!({"summary_index": 0, "part": {"type": "summary_text", "text": text}});
                self.add("response.reasoning_summary_part.added", at(part("")));
                let first = self.0.len();
                for piece in pieces(&spoken.reasoning) {
                    let delta = json!({"summary_index": 0, "delta": piece});
                    self.add("response.reasoning_summary_text.delta", at(delta));
                }
                let text = json!({"summary_index": 0, "text": spoken.reasoning});
                self.add("response.reasoning_summary_text.done", at(text));
                self.add(
                    "response.reasoning_summary_part.done",
                    at(part(&spoken.reasoning)),
                );
                first
            }
            Some("function_call") => self.call(item, &at),
            _ => self.text(spoken, &at),
        };
        self.add(
            "response.output_item.done",
            json!({"output_index": index, "item": item}),
        );
        first
    }

    fn text(&mut self, spoken: &Spoken, at: &impl Fn(Value) -> Value) -> usize {
        let part = |text: &str| json!({"content_index": 0, "part": {"type": "output_text", "text": text, "annotations": []}});
        self.add("response.content_part.added", at(part("")));
        let first = self.0.len();
        for piece in pieces(&spoken.content) {
            let delta = json!({"content_index": 0, "delta": piece, "logprobs": []});
            self.add("response.output_text.delta", at(delta));
        }
        let text = json!({"content_index": 0, "text": spoken.content, "logprobs": []});
        self.add("response.output_text.done", at(text));
        self.add("response.content_part.done", at(part(&spoken.content)));
        first
    }

    fn call(&mut self, item: &Value, at: &impl Fn(Value) -> Value) -> usize {
        let first = self.0.len();
        let arguments = item["arguments"].as_str().unwrap_or_default();
        for piece in pieces(arguments) {
            self.add(
                "response.function_call_arguments.delta",
                at(json!({"delta": piece})),
            );
        }
        let done = json!({"name": item["name"], "arguments": arguments});
        self.add("response.function_call_arguments.done", at(done));
        first
    }
}
