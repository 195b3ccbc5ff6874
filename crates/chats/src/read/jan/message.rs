//! One line of Jan's `messages.jsonl`.

use serde_json::Value;

use crate::chat::{Role, Said, ToolCall};
use crate::files::remote;
use crate::json::{Look, millis};
use crate::read::thoughts;

pub(super) fn said(message: &Value) -> Option<Said> {
    let metadata = message.at("metadata");
    let mut said = Said {
        role: match message.text("role")? {
            "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        },
        created_at: millis(message.at("created_at")),
        ..Said::default()
    };
    if said.role == Role::Assistant {
        let model = metadata
            .string("modelId")
            .or_else(|| metadata.at("model").string("id"));
        said.model = model.or_else(|| metadata.string("model"));
        said.tokens_in = metadata.at("usage").count("inputTokens");
        said.tokens_out = metadata.at("usage").count("outputTokens");
    }
    match message.at("content") {
        Value::String(text) => said.write(text),
        parts => parts
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|part| read_part(part, &mut said)),
    }
    thoughts::lift(&mut said);
    if message.text("role") == Some("tool") {
        // What a tool returned, as a message of its own: it belongs to the call before it.
        let call = ToolCall {
            id: message.string("tool_call_id"),
            result: Some(std::mem::take(&mut said.text)),
            ..ToolCall::default()
        };
        said.tool_calls.push(call);
    }
    for call in metadata.list("tool_calls") {
        said.tool_calls.push(called(call));
    }
    (!said.is_empty()).then_some(said)
}

fn read_part(part: &Value, said: &mut Said) {
    let text = part.at("text");
    let words = text.text("value").or_else(|| text.as_str()).unwrap_or_default();
    match part.text("type").unwrap_or_default() {
        "text" => said.write(words),
        "reasoning" => said.think(words),
        "image_url" => {
            let url = part.at("image_url").text("url");
            said.assets.extend(url.map(|url| remote(url, None, None)));
        }
        "tool_call" => said.tool_calls.push(ToolCall {
            id: part.string("tool_call_id"),
            name: part.string("tool_name").unwrap_or_default(),
            arguments: part.at("input").as_words().unwrap_or_default(),
            result: returned(part.at("output")),
            failed: false,
        }),
        _ => {}
    }
}

fn called(call: &Value) -> ToolCall {
    let tool = call.at("tool");
    let function = tool.at("function");
    let response = call.at("response");
    ToolCall {
        id: tool.string("id"),
        name: function.string("name").unwrap_or_default(),
        arguments: function.at("arguments").as_words().unwrap_or_default(),
        result: returned(response),
        failed: response
            .at("error")
            .as_words()
            .is_some_and(|error| error != "false" && !error.is_empty()),
    }
}

/// The texts of an MCP result, or the result as it stands.
fn returned(result: &Value) -> Option<String> {
    let texts: Vec<&str> = result
        .list("content")
        .iter()
        .filter_map(|part| part.text("text"))
        .collect();
    if texts.is_empty() {
        result.as_words()
    } else {
        Some(texts.join("\n"))
    }
}
