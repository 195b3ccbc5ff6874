//! What a ChatGPT message holds, by its `content_type`. The list grows without notice; what is not known is read for
//! whatever text it has.

use serde_json::Value;

use super::Shelf;
use crate::chat::{Role, Said, ToolCall};
use crate::json::Look;
use crate::read::links;

pub(super) fn read(message: &Value, kind: &str, said: &mut Said, shelf: &Shelf<'_>) {
    let content = message.at("content");
    match kind {
        "thoughts" => thoughts(content, said),
        "reasoning_recap" => said.reasoning_ms = recap(message),
        // What people tell ChatGPT about themselves. It is a setting of their account.
        "user_editable_context" | "model_editable_context" => {}
        _ if message.at("author").text("role") == Some("tool") => returned(message, kind, said, shelf),
        _ if is_call(message, said.role) => called(message, said),
        "code" => said.write(&fenced(content.text("language"), &plain(content))),
        "multimodal_text" => parts(content, said, shelf),
        _ => said.write(&plain(content)),
    }
}

/// Whether an assistant's message is meant for a tool.
fn is_call(message: &Value, role: Role) -> bool {
    role == Role::Assistant
        && message
            .text("recipient")
            .is_some_and(|recipient| recipient != "all")
}

fn called(message: &Value, said: &mut Said) {
    said.tool_calls.push(ToolCall {
        name: message.string("recipient").unwrap_or_default(),
        arguments: plain(message.at("content")),
        ..ToolCall::default()
    });
}

/// What a tool returned: text for the call, and pictures for the answer.
fn returned(message: &Value, kind: &str, said: &mut Said, shelf: &Shelf<'_>) {
    let content = message.at("content");
    let mut words = Said::default();
    if kind == "multimodal_text" {
        parts(content, &mut words, shelf);
        said.assets.append(&mut words.assets);
    } else {
        words.write(&plain(content));
    }
    if let Some(page) = links::page(content) {
        said.cite(page);
    }
    said.tool_calls.push(ToolCall {
        name: message.at("author").string("name").unwrap_or_default(),
        result: Some(words.text),
        failed: kind == "system_error",
        ..ToolCall::default()
    });
}

fn thoughts(content: &Value, said: &mut Said) {
    for thought in content.list("thoughts") {
        match (thought.text("summary"), thought.text("content")) {
            (Some(summary), Some(words)) => said.think(&format!("**{summary}**\n\n{words}")),
            (summary, words) => said.think(words.or(summary).unwrap_or_default()),
        }
    }
}

/// "Thought for 1m 7s", or the number behind it.
fn recap(message: &Value) -> Option<u64> {
    let metadata = message.at("metadata");
    if let Some(seconds) = metadata.at("finished_duration_sec").as_f64() {
        return Some((seconds.max(0.0) * 1e3) as u64);
    }
    let words = message.at("content").text("content")?;
    let mut total = 0;
    let mut number = None;
    for word in words.split_whitespace() {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let unit = &word[digits.len()..];
        number = digits.parse::<u64>().ok().or(number);
        let scale = match unit.chars().next() {
            Some('s') => 1_000,
            Some('m') => 60_000,
            Some('h') => 3_600_000,
            _ => continue,
        };
        total += number.take().unwrap_or_default().min(1_000_000) * scale;
    }
    (total > 0).then_some(total)
}

fn parts(content: &Value, said: &mut Said, shelf: &Shelf<'_>) {
    for part in content.list("parts") {
        if let Some(text) = part.as_str() {
            said.write(text);
            continue;
        }
        match part.text("content_type").unwrap_or_default() {
            "audio_transcription" => said.write(part.text("text").unwrap_or_default()),
            // A call with camera: the sound and the last picture hide one level deeper.
            "real_time_user_audio_video_asset_pointer" => {
                for inner in ["audio_asset_pointer", "video_container_asset_pointer"] {
                    let pointer = part.at(inner);
                    let pointer = pointer.as_str().or_else(|| pointer.text("asset_pointer"));
                    pointer.into_iter().for_each(|pointer| shelf.point(pointer, said));
                }
            }
            _ => match part.text("asset_pointer") {
                Some(pointer) => shelf.point(pointer, said),
                None => said.write(part.text("text").unwrap_or_default()),
            },
        }
    }
}

/// The text of any content.
fn plain(content: &Value) -> String {
    let parts = content.list("parts").iter();
    let parts: Vec<&str> = parts
        .filter_map(|part| part.as_str().or_else(|| part.text("text")))
        .collect();
    if !parts.is_empty() {
        return parts.join("\n");
    }
    ["text", "result", "content", "response_format_name"]
        .iter()
        .find_map(|key| content.string(key))
        .unwrap_or_default()
}

fn fenced(language: Option<&str>, code: &str) -> String {
    let language = language
        .filter(|language| *language != "unknown")
        .unwrap_or_default();
    crate::write::fence(language, code)
}
