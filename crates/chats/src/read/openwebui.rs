//! Open WebUI's export: an array of chats with `chat.history.messages` (by id, with `parentId`) and `currentId`; before
//! histories there was a plain list. Thoughts and tools are `<details>` in the text, and since 2026 also items of
//! `output`, which then tell it better.

use serde_json::Value;

use super::elements::Elements;
use super::settle::settle;
use super::tree::{Node, chain};
use super::{STRANGE, Stream, links, thoughts};
use crate::chat::{Asset, Chat, Role, Said, Source, ToolCall};
use crate::files::{Files, remote};
use crate::json::{Look, millis};

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    Elements::new(files, parts).read(chat)
}

fn chat(value: &Value) -> Result<Chat, String> {
    let inner = value.at("chat");
    let inner = if inner.is_object() { inner } else { value };
    let history = inner.at("history");
    let by_id = history.at("messages").as_object();
    let listed = inner.at("messages").as_array();
    let nodes = match (by_id, listed) {
        (Some(messages), _) if !messages.is_empty() => messages.iter().map(node).collect(),
        (_, Some(messages)) => chain(messages.iter().filter_map(|one| Some((one.id("id"), said(one)?)))),
        (Some(_), None) => Vec::new(),
        (None, None) => return Err(STRANGE.to_owned()),
    };
    let title = value.string("title").or_else(|| inner.string("title"));
    let chat = Chat {
        source: Source::OpenWebUi,
        foreign_id: value.id("id").or_else(|| inner.id("id")).unwrap_or_default(),
        title: title.unwrap_or_default(),
        created_at: millis(value.at("created_at")).or_else(|| millis(inner.at("timestamp"))),
        updated_at: millis(value.at("updated_at")),
        model: inner
            .list("models")
            .first()
            .and_then(Value::as_str)
            .map(str::to_owned),
        folder: value.at("folder").string("name"),
        system_prompt: inner
            .at("params")
            .string("system")
            .or_else(|| inner.string("system")),
        pinned: value.flag("pinned"),
        archived: value.flag("archived"),
        ..Chat::default()
    };
    settle(chat, nodes, history.text("currentId"), false)
}

fn node((id, message): (&String, &Value)) -> Node {
    Node {
        id: Some(id.clone()),
        parent: message.string("parentId"),
        said: said(message),
    }
}

fn said(message: &Value) -> Option<Said> {
    let mut said = Said {
        role: match message.text("role")? {
            "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        },
        model: message.string("model"),
        created_at: millis(message.at("timestamp")),
        tokens_in: message.at("usage").count("prompt_tokens"),
        tokens_out: message.at("usage").count("completion_tokens"),
        problem: message
            .at("error")
            .string("content")
            .or_else(|| message.string("error")),
        ..Said::default()
    };
    if !read_output(message, &mut said) {
        read_content(message.at("content"), &mut said);
    }
    thoughts::lift(&mut said);
    for file in message.list("files") {
        said.assets.extend(attached(file));
    }
    for source in message.list("sources").iter().chain(message.list("citations")) {
        links::gather(source, &mut said);
    }
    (!said.is_empty()).then_some(said)
}

/// The items of `output`; whether there were any with words in them.
fn read_output(message: &Value, said: &mut Said) -> bool {
    let items = message.list("output");
    if !items.iter().any(|item| item.text("type") == Some("message")) {
        return false;
    }
    for item in items {
        match item.text("type").unwrap_or_default() {
            "message" => said.write(&words(item.at("content"))),
            "reasoning" => {
                said.think(&words(item.at("content")));
                if let Some(seconds) = item.at("duration").as_f64() {
                    said.reasoning_ms = Some((seconds.max(0.0) * 1e3) as u64);
                }
            }
            "function_call" => said.tool_calls.push(ToolCall {
                id: item.string("call_id"),
                name: item.string("name").unwrap_or_default(),
                arguments: item.at("arguments").as_words().unwrap_or_default(),
                ..ToolCall::default()
            }),
            "function_call_output" => said.resolve(ToolCall {
                id: item.string("call_id"),
                result: Some(words(item.at("output"))),
                failed: item.text("status") == Some("failed"),
                ..ToolCall::default()
            }),
            _ => {}
        }
    }
    true
}

/// A text, or the texts of parts.
fn words(content: &Value) -> String {
    match content.as_array() {
        Some(parts) => parts.iter().filter_map(|part| part.text("text")).collect(),
        None => content.as_words().unwrap_or_default(),
    }
}

fn read_content(content: &Value, said: &mut Said) {
    for part in content.as_array().into_iter().flatten() {
        if let Some(url) = part.at("image_url").text("url") {
            said.assets.push(remote(url, None, None));
        }
    }
    let (text, blocks) = thoughts::details(&words(content));
    said.write(&text);
    for block in blocks {
        match block.attribute("type") {
            Some("reasoning") => {
                // Open WebUI quotes every line of a thought.
                let lines = block
                    .body
                    .lines()
                    .map(|line| line.trim_start_matches("> ").trim_start_matches('>'));
                said.think(&lines.collect::<Vec<_>>().join("\n"));
                let seconds = block
                    .attribute("duration")
                    .and_then(|seconds| seconds.parse::<u64>().ok());
                said.reasoning_ms = seconds
                    .map(|seconds| seconds.saturating_mul(1_000))
                    .or(said.reasoning_ms);
            }
            Some("tool_calls") => said.tool_calls.push(ToolCall {
                id: block.attribute("id").map(str::to_owned),
                name: block.attribute("name").unwrap_or("tool").to_owned(),
                arguments: block.attribute("arguments").map(unquoted).unwrap_or_default(),
                result: block.attribute("result").map(unquoted).or(Some(block.body)),
                failed: false,
            }),
            _ => said.write(&block.body),
        }
    }
}

/// Attributes hold JSON, and JSON of a text is a text in quotes.
fn unquoted(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

fn attached(file: &Value) -> Option<Asset> {
    let inner = file.at("file");
    let name = file.text("name").or_else(|| inner.text("filename"));
    let text = inner.at("data").text("content");
    if let Some(text) = text {
        return Some(Asset::inline(
            name.unwrap_or("file.txt"),
            Some("text/plain"),
            text.as_bytes(),
        ));
    }
    let url = file.text("url").unwrap_or_default();
    if url.is_empty() && name.is_none() {
        return None;
    }
    let mime = inner.at("meta").text("content_type");
    let picture = (file.text("type") == Some("image")).then_some("image/*");
    Some(remote(
        url,
        name,
        mime.or(picture.filter(|_| !url.starts_with("data:"))),
    ))
}
