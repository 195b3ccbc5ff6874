//! Claude's export: `conversations.json`, an array with `chat_messages`. The `content` blocks are the truth; `text` is a
//! flattening that drops tools. Files are named and, but for the text of documents, not contained.

use std::collections::HashMap;

use serde_json::Value;

use super::elements::Elements;
use super::settle::settle;
use super::tree::{Node, chain};
use super::{STRANGE, Stream, links};
use crate::chat::{Asset, AssetEntry, Chat, Place, Role, Said, Source, ToolCall};
use crate::files::{Files, mime_of};
use crate::json::{Look, millis};

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    Elements::new(files, parts).read(move |value| chat(value, files))
}

fn chat(value: &Value, files: &Files) -> Result<Chat, String> {
    let messages = value.at("chat_messages").as_array().ok_or(STRANGE)?;
    let chat = Chat {
        source: Source::Claude,
        foreign_id: value.id("uuid").unwrap_or_default(),
        title: value.string("name").unwrap_or_default(),
        created_at: millis(value.at("created_at")),
        updated_at: millis(value.at("updated_at")),
        model: value.string("model"),
        folder: value.at("project").string("name"),
        pinned: value.flag("is_starred"),
        ..Chat::default()
    };
    // Exports before 2025 have no parents at all: then messages follow each other.
    let linked = messages
        .iter()
        .any(|message| message.text("parent_message_uuid").is_some());
    let nodes = if linked {
        let node = |message: &Value| Node {
            id: message.id("uuid"),
            parent: message.string("parent_message_uuid"),
            said: said(message, files),
        };
        messages.iter().map(node).collect()
    } else {
        let shown = messages
            .iter()
            .filter_map(|message| Some((message.id("uuid"), said(message, files)?)));
        chain(shown)
    };
    settle(chat, nodes, value.text("current_leaf_message_uuid"), true)
}

fn said(message: &Value, files: &Files) -> Option<Said> {
    let mut said = Said {
        role: match message.text("sender").or_else(|| message.text("role"))? {
            "human" | "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        },
        model: message.string("model"),
        created_at: millis(message.at("created_at")),
        ..Said::default()
    };
    let titles = titles(message);
    for block in message.list("content") {
        read_block(block, &mut said, &titles);
    }
    if said.text.is_empty() && said.tool_calls.is_empty() {
        said.write(message.text("text").unwrap_or_default());
    }
    attach(message, &mut said, files);
    (!said.is_empty()).then_some(said)
}

fn read_block(block: &Value, said: &mut Said, titles: &HashMap<String, String>) {
    match block.text("type").unwrap_or("text") {
        "text" => {
            said.write(block.text("text").unwrap_or_default());
            for citation in block.list("citations") {
                let details = citation.at("details");
                let page = links::page(details).or_else(|| links::page(citation));
                if let Some(mut page) = page {
                    if let Some(title) = titles.get(&page.url).filter(|_| page.title == page.url) {
                        page.title.clone_from(title);
                    }
                    said.cite(page);
                }
            }
        }
        "thinking" => {
            said.think(
                block
                    .text("thinking")
                    .or_else(|| block.text("text"))
                    .unwrap_or_default(),
            );
            let times = (
                millis(block.at("start_timestamp")),
                millis(block.at("stop_timestamp")),
            );
            if let (Some(from), Some(to)) = times {
                let took = u64::try_from(to - from).unwrap_or_default();
                said.reasoning_ms = Some(said.reasoning_ms.unwrap_or_default() + took);
            }
        }
        "tool_use" => said.tool_calls.push(ToolCall {
            id: block.string("id"),
            name: block.string("name").unwrap_or_default(),
            arguments: block.at("input").as_words().unwrap_or_default(),
            ..ToolCall::default()
        }),
        "tool_result" => said.resolve(ToolCall {
            id: block.string("tool_use_id"),
            name: block.string("name").unwrap_or_default(),
            result: Some(result(block.at("content"))),
            failed: block.flag("is_error"),
            ..ToolCall::default()
        }),
        // Token budgets, flags and whatever comes next carry nothing a person said or read.
        _ => {}
    }
}

/// What a tool returned, as text: a page found by a search is its title, address and words.
fn result(content: &Value) -> String {
    let Some(items) = content.as_array() else {
        return content.as_words().unwrap_or_default();
    };
    let words = items.iter().filter_map(|item| {
        let text = item.at("text").as_words();
        match links::page(item) {
            Some(page) => Some(format!(
                "{}\n{}\n{}",
                page.title,
                page.url,
                text.unwrap_or_default()
            )),
            None => text,
        }
    });
    words.collect::<Vec<_>>().join("\n\n")
}

/// Titles of the pages a search found, by address: citations give only the address.
fn titles(message: &Value) -> HashMap<String, String> {
    let blocks = message.list("content").iter();
    let results = blocks.filter(|block| block.text("type") == Some("tool_result"));
    let pages = results
        .flat_map(|block| block.list("content"))
        .filter_map(links::page);
    pages.map(|page| (page.url, page.title)).collect()
}

/// `attachments` carry the text that was taken out of a document; `files` only a name.
fn attach(message: &Value, said: &mut Said, files: &Files) {
    for file in message.list("attachments") {
        let name = file.text("file_name").unwrap_or("pasted.txt");
        let mut asset = named(file, name, files);
        if let (Place::Missing, Some(text)) = (&asset.place, file.text("extracted_content")) {
            asset.place = Place::Inline(text.as_bytes().into());
            asset.size = Some(text.len() as u64);
            asset.mime = Some("text/plain".to_owned());
        }
        said.assets.push(asset);
    }
    for file in message.list("files").iter().chain(message.list("files_v2")) {
        let Some(name) = file.text("file_name") else {
            continue;
        };
        let asset = named(file, name, files);
        if !said.assets.iter().any(|known| known.name == asset.name) {
            said.assets.push(asset);
        }
    }
}

fn named(file: &Value, name: &str, files: &Files) -> Asset {
    let by_id = file.text("file_uuid").and_then(|id| files.named(id));
    let at = by_id.or_else(|| files.named(name));
    let mime = file
        .text("file_type")
        .filter(|kind| kind.contains('/'))
        .or_else(|| mime_of(name));
    Asset {
        name: crate::chat::bare(name),
        mime: mime.map(str::to_owned),
        size: at
            .map(|at| files.entries[at].size)
            .or_else(|| file.count("file_size")),
        place: at.map_or(Place::Missing, |at| Place::Entry(AssetEntry(at))),
    }
}
