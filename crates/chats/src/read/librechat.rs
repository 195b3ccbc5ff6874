//! LibreChat's export of one conversation: a header and `messages`, flat with `parentMessageId`, or (when exported
//! "recursive") nested in `children`, or both under the older name `messagesTree`.

mod flatten;

use serde_json::Value;

use super::elements::Elements;
use super::settle::settle;
use super::tree::{Node, nameless};
use super::{STRANGE, Stream, links, thoughts};
use crate::chat::{Asset, Chat, Role, Said, Source, ToolCall};
use crate::error::Skipped;
use crate::files::{Files, remote};
use crate::json::{Look, millis};

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    // Not through a parsed value: nested answers are deeper than any parser may go.
    Box::new(Elements::new(files, parts).map(|raw| {
        let raw = raw?;
        let flat =
            flatten::flatten(&raw.bytes).map_err(|fault| Skipped::new(&raw.label, fault.to_string()))?;
        let title = flat.header.string("title").unwrap_or(raw.label);
        chat(flat).map_err(|why| Skipped::new(title, why))
    }))
}

fn chat(flat: flatten::Flat) -> Result<Chat, String> {
    let header = &flat.header;
    let foreign_id = header.id("conversationId").ok_or(STRANGE)?;
    let options = header.at("options");
    let name = |at: usize, message: &Value| message.id("messageId").unwrap_or_else(|| nameless(at));
    let nodes = flat
        .messages
        .iter()
        .enumerate()
        .map(|(at, (above, message))| Node {
            id: Some(name(at, message)),
            parent: match above {
                Some(above) => Some(name(*above, &flat.messages[*above].1)),
                None => message.string("parentMessageId"),
            },
            said: said(message),
        });
    let nodes = nodes.collect();
    let chat = Chat {
        source: Source::LibreChat,
        foreign_id,
        title: header.string("title").unwrap_or_default(),
        created_at: millis(header.at("createdAt")),
        updated_at: millis(header.at("updatedAt")),
        model: options.string("model").or_else(|| header.string("model")),
        assistant: ["modelLabel", "chatGptLabel", "spec"]
            .iter()
            .find_map(|key| options.string(key)),
        system_prompt: ["promptPrefix", "instructions", "system"]
            .iter()
            .find_map(|key| options.string(key)),
        pinned: header.flag("isPinned"),
        archived: header.flag("isArchived"),
        ..Chat::default()
    };
    settle(chat, nodes, None, false)
}

fn said(message: &Value) -> Option<Said> {
    let by_user = match message.at("isCreatedByUser") {
        Value::Bool(by_user) => *by_user,
        _ => message
            .text("sender")
            .is_some_and(|sender| sender.eq_ignore_ascii_case("user")),
    };
    let mut said = Said {
        role: if by_user { Role::User } else { Role::Assistant },
        model: message.string("model").filter(|_| !by_user),
        created_at: millis(message.at("createdAt")),
        tokens_in: message.count("promptTokens").filter(|_| !by_user),
        tokens_out: message.count("tokenCount").filter(|_| !by_user),
        ..Said::default()
    };
    let parts = message.list("content");
    for part in parts {
        read_part(part, &mut said);
    }
    if parts.is_empty() {
        said.write(message.text("text").unwrap_or_default());
    }
    thoughts::lift(&mut said);
    if message.flag("error") && said.role == Role::Assistant {
        said.problem = Some(std::mem::take(&mut said.text)).filter(|text| !text.is_empty());
    }
    said.assets.extend(message.list("files").iter().map(file));
    for attachment in message.list("attachments") {
        match attachment.text("filename") {
            Some(_) => said.assets.push(file(attachment)),
            None => links::gather(attachment, &mut said),
        }
    }
    (!said.is_empty()).then_some(said)
}

/// One part of `content`. Texts are texts, or objects with a `value`, by the age of the export.
fn read_part(part: &Value, said: &mut Said) {
    let kind = part.text("type").unwrap_or_default();
    let inner = part.at(kind);
    let words = inner.as_str().or_else(|| inner.text("value"));
    match kind {
        "text" => said.write(words.unwrap_or_default()),
        "think" => said.think(words.unwrap_or_default()),
        "error" => said.problem = words.map(str::to_owned),
        "tool_call" => {
            let function = inner.at("function");
            let from = if function.is_object() { function } else { inner };
            let arguments = ["args", "arguments"]
                .iter()
                .find_map(|key| from.at(key).as_words());
            said.tool_calls.push(ToolCall {
                id: inner.string("id"),
                name: from.string("name").unwrap_or_default(),
                arguments: arguments.unwrap_or_default(),
                result: from
                    .at("output")
                    .as_words()
                    .or_else(|| inner.at("output").as_words()),
                failed: false,
            });
        }
        "image_file" => said.assets.push(file(inner)),
        "image_url" => said
            .assets
            .extend(inner.text("url").map(|url| remote(url, None, None))),
        _ => {}
    }
}

fn file(file: &Value) -> Asset {
    let url = file
        .text("filepath")
        .or_else(|| file.text("url"))
        .unwrap_or_default();
    let mut asset = remote(
        url,
        file.text("filename"),
        file.text("type").filter(|kind| kind.contains('/')),
    );
    asset.size = asset.size.or_else(|| file.count("bytes"));
    asset
}
