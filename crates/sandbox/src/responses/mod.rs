//! `/v1/responses`: the same answers as in chat, as items and typed events, and kept for those who come back for them.

mod kept;
mod said;

use serde_json::{Map, Value, json};

pub(crate) use kept::{Kept, cancel, delete, input_items, retrieve};

use crate::call::{Call, required};
use crate::chat::request::Ask;
use crate::chat::{self, Answer};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// `POST /v1/responses`, and Nexconn's bypass to it.
pub(crate) async fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    required(&body, "model")?;
    let input = items(&body["input"]);
    if input.is_empty() {
        return Err(refusal::invalid(
            "Missing required parameter: 'input'",
            Some("input"),
        ));
    }
    let ask = Ask::of(&as_chat(&body, &input))?;
    let Answer { spoken, usage, fault } = chat::answer(gateway, call, &ask).await?;
    let head = said::Head {
        id: gateway.fresh_id(&format!("resp_{:024}", 0)),
        created: clock::unix_now(),
        asked: &body,
    };
    let whole = said::whole(&head, &spoken, usage);
    let background = body["background"] == true;
    if body["store"] != false || background {
        gateway.kept.put(&whole, input, background);
    }
    if background && !ask.stream {
        return Ok(Reply::ok(&said::queued(&whole)));
    }
    Ok(chat::send(
        gateway,
        &ask,
        fault,
        whole.clone(),
        &refusal::inside_a_200(),
        || said::script(&whole, &spoken),
    ))
}

/// The input as items, each with an id to be found by.
fn items(input: &Value) -> Vec<Value> {
    let list = match input {
        Value::String(text) if !text.is_empty() => {
            vec![json!({"role": "user", "content": [{"type": "input_text", "text": text}]})]
        }
        Value::Array(items) => items.clone(),
        _ => Vec::new(),
    };
    let numbered = list.into_iter().enumerate().map(|(nth, mut item)| {
        if item["id"].is_null() {
            item["id"] = json!(format!("msg_in_{nth:08}"));
        }
        if item["type"].is_null() {
            item["type"] = json!("message");
        }
        item
    });
    numbered.collect()
}

/// The request in chat's words.
fn as_chat(body: &Value, input: &[Value]) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    if let Some(instructions) = body["instructions"].as_str() {
        messages.push(json!({"role": "system", "content": instructions}));
    }
    messages.extend(input.iter().filter_map(message));
    let tools: Vec<Value> = body["tools"].as_array().into_iter().flatten().map(tool).collect();
    let mut chat = Map::new();
    for (name, value) in [
        ("model", body["model"].clone()),
        ("messages", messages.into()),
        ("stream", body["stream"].clone()),
        ("max_tokens", body["max_output_tokens"].clone()),
        ("tools", tools.into()),
        ("tool_choice", choice(&body["tool_choice"])),
        ("reasoning_effort", body["reasoning"]["effort"].clone()),
    ] {
        chat.insert(name.into(), value);
    }
    chat.into()
}

fn message(item: &Value) -> Option<Value> {
    match item["type"].as_str() {
        Some("function_call") => Some(
            json!({"role": "assistant", "content": null, "tool_calls": [{"id": item["call_id"],
            "type": "function", "function": {"name": item["name"], "arguments": item["arguments"]}}]}),
        ),
        Some("function_call_output") => {
            Some(json!({"role": "tool", "tool_call_id": item["call_id"], "content": item["output"]}))
        }
        Some("message") => Some(json!({"role": item["role"], "content": item["content"]})),
        _ => None,
    }
}

/// Function tools are flat here.
fn tool(tool: &Value) -> Value {
    json!({"type": "function", "function": {"name": tool["name"], "parameters": tool["parameters"]}})
}

fn choice(choice: &Value) -> Value {
    match choice["name"].as_str() {
        Some(name) => json!({"type": "function", "function": {"name": name}}),
        None => choice.clone(),
    }
}
