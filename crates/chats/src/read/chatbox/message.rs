//! One Chatbox message: `contentParts`, or before them `content` with `reasoningContent` and `pictures` beside it.
//! Pictures are kept under keys of a storage that exports leave out.

use serde_json::Value;

use crate::chat::{Asset, Place, Role, Said, ToolCall};
use crate::files::{mime_of, remote};
use crate::json::{Look, millis};
use crate::read::{links, thoughts};

pub(super) fn said(message: &Value) -> Option<Said> {
    let mut said = Said {
        role: match message.text("role")? {
            "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        },
        created_at: millis(message.at("timestamp")),
        problem: message.string("error"),
        ..Said::default()
    };
    if said.role == Role::Assistant {
        said.model = message.string("model");
        let usage = message.at("usage");
        said.tokens_in = usage.count("inputTokens");
        said.tokens_out = usage
            .count("outputTokens")
            .or_else(|| message.count("tokensUsed"));
    }
    let parts = message.list("contentParts").iter().chain(message.list("content"));
    for part in parts {
        read_part(part, &mut said);
    }
    said.write(message.text("content").unwrap_or_default());
    said.think(message.text("reasoningContent").unwrap_or_default());
    thoughts::lift(&mut said);
    for picture in message.list("pictures") {
        said.assets.push(picture_at(picture));
    }
    for file in message.list("files") {
        let mut asset = remote(file.text("url").unwrap_or_default(), file.text("name"), None);
        asset.size = asset.size.or_else(|| file.count("byteLength"));
        said.assets.push(asset);
    }
    for link in message.list("links") {
        said.citations.extend(links::page(link));
    }
    links::gather(message.at("webBrowsing"), &mut said);
    (!said.is_empty()).then_some(said)
}

fn read_part(part: &Value, said: &mut Said) {
    match part.text("type").unwrap_or_default() {
        "text" => said.write(part.text("text").unwrap_or_default()),
        "reasoning" => {
            said.think(part.text("text").unwrap_or_default());
            said.reasoning_ms = part.count("duration").or(said.reasoning_ms);
        }
        "image" => said.assets.push(picture_at(part)),
        "tool-call" => {
            let result = part.at("result");
            if part.text("toolName").is_some_and(|name| name.contains("search")) {
                links::gather(result, said);
            }
            said.tool_calls.push(ToolCall {
                id: part.string("toolCallId"),
                name: part.string("toolName").unwrap_or_default(),
                arguments: part.at("args").as_words().unwrap_or_default(),
                result: result.as_words(),
                failed: part.text("state") == Some("error"),
            });
        }
        // Notices of Chatbox itself.
        _ => {}
    }
}

fn picture_at(picture: &Value) -> Asset {
    let key = picture.text("storageKey").unwrap_or("picture");
    match picture.text("url") {
        Some(url) => remote(url, None, Some("image/*").filter(|_| mime_of(url).is_none())),
        None => Asset {
            name: crate::chat::bare(&key.replace(':', "-")),
            mime: Some(mime_of(key).unwrap_or("image/*").to_owned()),
            size: None,
            place: Place::Missing,
        },
    }
}
