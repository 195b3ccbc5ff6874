//! What a message holds since Cherry Studio 1.3: one block per kind of thing.

use serde_json::Value;

use crate::chat::{Asset, AssetEntry, Place, Said, ToolCall};
use crate::files::{Files, mime_of, remote};
use crate::json::Look;
use crate::read::links;

pub(super) fn read(block: &Value, said: &mut Said, files: &Files) {
    let content = block.text("content").unwrap_or_default();
    match block.text("type").unwrap_or_default() {
        "main_text" | "translation" | "compact" | "unknown" => said.write(content),
        "thinking" => {
            said.think(content);
            if let Some(took) = block.count("thinking_millsec") {
                said.reasoning_ms = Some(said.reasoning_ms.unwrap_or_default().saturating_add(took));
            }
        }
        "code" => said.write(&crate::write::fence(
            block.text("language").unwrap_or_default(),
            content,
        )),
        "image" | "file" | "video" => picture(block, said, files),
        "tool" => said.tool_calls.push(called(block)),
        "citation" => {
            links::gather(block.at("response"), said);
            links::gather(block.at("knowledge"), said);
        }
        "error" => said.problem = said.problem.take().or_else(|| problem(block.at("error"))),
        _ => said.write(content),
    }
}

fn picture(block: &Value, said: &mut Said, files: &Files) {
    let held = block.at("file");
    if held.is_object() {
        said.assets.push(file(held, files));
    }
    if let Some(url) = block.text("url") {
        said.assets.push(remote(url, None, None));
    }
    let made = block.at("metadata").at("generateImageResponse");
    said.assets
        .extend(made.list("images").iter().filter_map(Value::as_str).map(drawn));
}

/// A picture a model drew: an address, or bare base64.
pub(super) fn drawn(image: &str) -> Asset {
    if image.contains(':') {
        return remote(
            image,
            None,
            Some("image/png").filter(|_| !image.starts_with("data:")),
        );
    }
    remote(&format!("data:image/png;base64,{image}"), None, None)
}

/// A file of the backup: it lies in `Data/Files` under its id.
pub(super) fn file(held: &Value, files: &Files) -> Asset {
    let id = held.text("id").unwrap_or_default();
    let ending = held.text("ext").unwrap_or_default();
    let stored = held.text("name").unwrap_or_default();
    let at = files
        .named(&format!("{id}{ending}"))
        .or_else(|| files.named(stored));
    let name = held
        .text("origin_name")
        .or_else(|| held.text("name"))
        .unwrap_or("file");
    let mime = mime_of(name).or_else(|| mime_of(ending));
    Asset {
        name: crate::chat::bare(name),
        mime: mime
            .or_else(|| at.and_then(|at| files.sniffed(at)))
            .map(str::to_owned),
        size: at.map(|at| files.entries[at].size).or_else(|| held.count("size")),
        place: at.map_or(Place::Missing, |at| Place::Entry(AssetEntry(at))),
    }
}

fn called(block: &Value) -> ToolCall {
    let raw = block.at("metadata").at("rawMcpToolResponse");
    let arguments = block
        .at("arguments")
        .as_words()
        .or_else(|| raw.at("arguments").as_words());
    ToolCall {
        id: block.string("toolId"),
        ..response(raw, block.string("toolName"), arguments, block.at("content"))
    }
}

/// A call as Cherry's MCP client remembers it; `content` is what the block itself says was returned.
pub(super) fn response(
    raw: &Value,
    name: Option<String>,
    arguments: Option<String>,
    content: &Value,
) -> ToolCall {
    let response = if content.is_null() {
        raw.at("response")
    } else {
        content
    };
    let texts: Vec<&str> = response
        .list("content")
        .iter()
        .filter_map(|part| part.text("text"))
        .collect();
    ToolCall {
        id: raw.string("id"),
        name: name.or_else(|| raw.at("tool").string("name")).unwrap_or_default(),
        arguments: arguments
            .or_else(|| raw.at("arguments").as_words())
            .unwrap_or_default(),
        result: if texts.is_empty() {
            response.as_words()
        } else {
            Some(texts.join("\n"))
        },
        failed: raw.text("status") == Some("error") || response.flag("isError"),
    }
}

/// The sentence of an error, and nothing else of it: Cherry keeps whole requests there, with their headers.
pub(super) fn problem(error: &Value) -> Option<String> {
    let sentence = error.text("message").or_else(|| error.as_str())?;
    let hushed = sentence.split(' ').map(|word| {
        let bare = word.trim_matches(|one: char| !one.is_ascii_alphanumeric());
        let key = bare.len() > 16 && (bare.starts_with("sk-") || bare.starts_with("AIza"));
        if key { "…" } else { word }
    });
    Some(hushed.collect::<Vec<_>>().join(" ").chars().take(2_000).collect())
}
