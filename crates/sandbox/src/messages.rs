//! `/v1/messages` and its `count_tokens`: Anthropic's dialect, here and behind Nexconn's bypass.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::{Call, required};
use crate::chat::request::Ask;
use crate::chat::wire::{Event, Script, pieces};
use crate::chat::{self, Answer, Spoken, Usage};
use crate::refusal;
use crate::reply::Reply;
use crate::server::Gateway;

/// How many pieces of the text come through before a stream breaks.
const PIECES_BEFORE_THE_BREAK: usize = 6;

/// Anthropic's error body.
pub(crate) fn error(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_sandbox"})
}

fn overloaded() -> Value {
    let inside = refusal::inside_a_200();
    error(
        "overloaded_error",
        inside["error"]["message"].as_str().unwrap_or_default(),
    )
}

/// `POST /v1/messages`.
pub(crate) async fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    if body["max_tokens"].as_u64().is_none() {
        let said = error("invalid_request_error", "max_tokens: Field required");
        return Err(Reply::json(StatusCode::BAD_REQUEST, &said));
    }
    let ask = Ask::of(&as_chat(&body)?)?;
    let Answer { spoken, usage, fault } = chat::answer(gateway, call, &ask).await?;
    let whole = whole(gateway.fresh_id("msg_sandbox_"), &ask.model, &spoken, usage);
    Ok(chat::send(
        gateway,
        &ask,
        fault,
        whole.clone(),
        &overloaded(),
        || script(&whole, &spoken),
    ))
}

/// `POST /v1/messages/count_tokens`.
pub(crate) fn count(call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let ask = Ask::of(&as_chat(&body)?)?;
    Ok(Reply::ok(&json!({"input_tokens": ask.prompt_tokens()})))
}

/// The request in chat's words.
fn as_chat(body: &Value) -> Result<Value, Reply> {
    required(body, "model")?;
    let mut messages = Vec::new();
    if !body["system"].is_null() {
        messages.push(json!({"role": "system", "content": body["system"]}));
    }
    messages.extend(body["messages"].as_array().into_iter().flatten().map(message));
    let tools = body["tools"].as_array().into_iter().flatten();
    let tools: Vec<Value> = tools
        .map(|tool| json!({"type": "function", "function": {"name": tool["name"], "parameters": tool["input_schema"]}}))
        .collect();
    let choice = match body["tool_choice"]["type"].as_str() {
        Some("tool") => json!({"function": {"name": body["tool_choice"]["name"]}}),
        Some("none") => json!("none"),
        _ => Value::Null,
    };
    Ok(
        json!({"model": body["model"], "messages": messages, "stream": body["stream"],
        "max_tokens": body["max_tokens"], "stop": body["stop_sequences"], "tools": tools, "tool_choice": choice,
        "thinking": {"type": if body["thinking"]["type"] == "enabled" { "enabled" } else { "disabled" }}}),
    )
}

/// A message with a tool's result is one of the tool.
fn message(message: &Value) -> Value {
    let parts = message["content"].as_array();
    let result = parts.and_then(|parts| parts.iter().find(|part| part["type"] == "tool_result"));
    match result {
        Some(result) => json!({"role": "tool", "content": result["content"]}),
        None => message.clone(),
    }
}

fn whole(id: String, model: &str, spoken: &Spoken, usage: Option<Usage>) -> Value {
    let mut content = Vec::new();
    if !spoken.reasoning.is_empty() {
        content.push(json!({"type": "thinking", "thinking": spoken.reasoning, "signature": "c2FuZGJveA=="}));
    }
    if !spoken.content.is_empty() || spoken.calls.is_empty() {
        content.push(json!({"type": "text", "text": spoken.content}));
    }
    content.extend(spoken.calls.iter().map(|call| {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
    }));
    let reason = match spoken.finish {
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        _ => "end_turn",
    };
    let mut body = json!({"id": id, "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": reason, "stop_sequence": null});
    if let Some(usage) = usage {
        // Unlike OpenAI's, these input tokens are without the cached ones.
        body["usage"] = json!({"input_tokens": usage.prompt - usage.cached, "output_tokens": usage.completion,
            "cache_read_input_tokens": usage.cached, "cache_creation_input_tokens": 0});
    }
    body
}

fn script(whole: &Value, spoken: &Spoken) -> Script {
    let mut events = Vec::new();
    let add = |events: &mut Vec<Event>, name: &'static str, mut data: Value| {
        data["type"] = json!(name);
        events.push(Event::named(name, &data));
    };
    let mut begun = whole.clone();
    begun["content"] = json!([]);
    begun["stop_reason"] = Value::Null;
    if !begun["usage"].is_null() {
        begun["usage"]["output_tokens"] = json!(1);
    }
    add(&mut events, "message_start", json!({"message": begun}));
    add(&mut events, "ping", json!({}));
    let mut before_the_break = 0;
    for (index, block) in whole["content"].as_array().into_iter().flatten().enumerate() {
        let (empty, deltas) = pieces_of(block, spoken);
        add(
            &mut events,
            "content_block_start",
            json!({"index": index, "content_block": empty}),
        );
        if block["type"] == "text" {
            before_the_break = events.len() + PIECES_BEFORE_THE_BREAK;
        }
        for delta in deltas {
            add(
                &mut events,
                "content_block_delta",
                json!({"index": index, "delta": delta}),
            );
        }
        add(&mut events, "content_block_stop", json!({"index": index}));
    }
    let mut end = Vec::new();
    let reason = json!({"stop_reason": whole["stop_reason"], "stop_sequence": null});
    let mut last = json!({"delta": reason});
    if !whole["usage"].is_null() {
        last["usage"] = json!({"output_tokens": whole["usage"]["output_tokens"]});
    }
    add(&mut end, "message_delta", last);
    add(&mut end, "message_stop", json!({}));
    let trouble_body = overloaded();
    Script {
        deltas: events,
        before_the_break,
        end,
        done: None,
        trouble: Event::named("error", &trouble_body),
        trouble_body,
    }
}

/// A block as it begins, and what is added to it.
fn pieces_of(block: &Value, spoken: &Spoken) -> (Value, Vec<Value>) {
    match block["type"].as_str() {
        Some("thinking") => {
            let text = pieces(&spoken.reasoning).into_iter();
            let mut deltas: Vec<Value> = text
                .map(|piece| json!({"type": "thinking_delta", "thinking": piece}))
                .collect();
            deltas.push(json!({"type": "signature_delta", "signature": block["signature"]}));
            (
                json!({"type": "thinking", "thinking": "", "signature": ""}),
                deltas,
            )
        }
        Some("tool_use") => {
            let input = block["input"].to_string();
            let texts = std::iter::once("").chain(pieces(&input));
            let deltas = texts.map(|piece| json!({"type": "input_json_delta", "partial_json": piece}));
            let deltas = deltas.collect();
            (
                json!({"type": "tool_use", "id": block["id"], "name": block["name"], "input": {}}),
                deltas,
            )
        }
        _ => {
            let deltas = pieces(&spoken.content).into_iter();
            let deltas = deltas
                .map(|piece| json!({"type": "text_delta", "text": piece}))
                .collect();
            (json!({"type": "text", "text": ""}), deltas)
        }
    }
}
