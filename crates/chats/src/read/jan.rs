//! Jan's data folder: `threads/<id>/thread.json` beside `messages.jsonl`, one message a line. Since 0.8 a message may
//! name its parent in `metadata.parentId` and its chosen child in `metadata.activeChildId`; before, lines follow each
//! other. Tools are in `metadata.tool_calls`, or among the parts of `content`.

mod message;

use std::collections::HashMap;
use std::io::BufRead;

use serde_json::Value;

use super::settle::settle;
use super::tree::{Node, chain};
use super::{STRANGE, Stream};
use crate::chat::{Chat, Role, Said, Source};
use crate::error::Skipped;
use crate::files::Files;
use crate::json::{Look, millis, parse};

/// A line longer than this is not a message.
const LONGEST: u64 = 64 << 20;

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    Box::new(parts.iter().map(move |part| {
        let entry = &files.entries[*part];
        let folder = entry
            .folder()
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let thread = files
            .read(*part, 16 << 20)
            .map_err(|error| error.to_string())
            .and_then(|raw| parse(&raw).map_err(str::to_owned));
        let thread = thread.map_err(|why| Skipped::new(folder, why))?;
        let title = thread.string("title").unwrap_or_else(|| folder.to_owned());
        chat(&thread, folder, entry.folder(), files).map_err(|why| Skipped::new(title, why))
    }))
}

fn chat(thread: &Value, id: &str, folder: &str, files: &Files) -> Result<Chat, String> {
    if !thread.is_object() {
        return Err(STRANGE.to_owned());
    }
    let metadata = thread.at("metadata");
    let assistant = thread.list("assistants").first().unwrap_or(&Value::Null);
    let model = assistant.at("model");
    let chat = Chat {
        source: Source::Jan,
        foreign_id: thread.id("id").unwrap_or_else(|| id.to_owned()),
        title: plain(
            thread
                .text("title")
                .or_else(|| metadata.text("title"))
                .unwrap_or_default(),
        ),
        created_at: millis(thread.at("created")),
        updated_at: millis(thread.at("updated")),
        model: model
            .string("id")
            .or_else(|| thread.at("model").string("id"))
            .filter(|model| model != "*"),
        folder: metadata.at("project").string("name"),
        assistant: assistant
            .string("assistant_name")
            .or_else(|| assistant.string("name")),
        system_prompt: assistant.string("instructions"),
        pinned: metadata.flag("is_favorite") || thread.flag("isFavorite"),
        ..Chat::default()
    };
    let messages = lines(folder, files)?;
    let active = active(&messages);
    let (nodes, linked) = nodes(&messages);
    settle(chat, nodes, active.filter(|_| linked), true)
}

/// Jan stores titles as HTML.
fn plain(title: &str) -> String {
    let mut inside = false;
    let kept = title.chars().filter(|one| {
        inside = (inside || *one == '<') && *one != '>';
        !inside && *one != '>'
    });
    super::thoughts::unescape(&kept.collect::<String>())
}

/// The messages beside `thread.json`. A line that is damaged, as the last one is after a crash, is passed over.
fn lines(folder: &str, files: &Files) -> Result<Vec<Value>, String> {
    let wanted = format!("{folder}messages.jsonl");
    let found = files
        .entries
        .binary_search_by(|entry| entry.name.as_str().cmp(&wanted));
    let Ok(at) = found else {
        return Err(super::SILENT.to_owned());
    };
    let mut reader = files.open(at).map_err(|error| error.to_string())?;
    let mut messages = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = std::io::Read::take(&mut reader, LONGEST)
            .read_until(b'\n', &mut line)
            .map_err(|_| "its messages could not be read")?;
        if length == 0 {
            break;
        }
        messages.extend(parse(line.trim_ascii()).ok().filter(Value::is_object));
    }
    // Old versions wrote the newest first. Equal times keep the order of the lines.
    if messages
        .iter()
        .all(|message| millis(message.at("created_at")).is_some())
    {
        messages.sort_by_key(|message| millis(message.at("created_at")));
    }
    Ok(messages)
}

/// The nodes, and whether messages name their parents.
fn nodes(messages: &[Value]) -> (Vec<Node>, bool) {
    let linked = messages
        .iter()
        .any(|message| message.at("metadata").get("parentId").is_some());
    if !linked {
        let shown = messages
            .iter()
            .filter_map(|one| Some((one.id("id"), message::said(one)?)));
        return (chain(shown), false);
    }
    let mut nodes: Vec<Node> = Vec::new();
    let mut asked: Option<String> = None;
    for one in messages {
        let said = message::said(one);
        let role = said.as_ref().map(|said: &Said| said.role);
        let mut parent = one.at("metadata").string("parentId");
        if role == Some(Role::Assistant) && parent.is_none() {
            // An answer Jan lost the link of (janhq/jan#8357) belongs to the question before it.
            parent.clone_from(&asked);
        }
        if role == Some(Role::User) {
            asked = one.id("id");
        }
        nodes.push(Node {
            id: one.id("id"),
            parent,
            said,
        });
    }
    (nodes, true)
}

/// Follows the children people chose, or the newest, from the newest beginning.
fn active(messages: &[Value]) -> Option<&str> {
    let parent = |message: &'_ Value| message.at("metadata").string("parentId");
    let by_id: HashMap<&str, &Value> = messages
        .iter()
        .filter_map(|one| Some((one.text("id")?, one)))
        .collect();
    let newest: HashMap<String, &Value> = messages
        .iter()
        .filter_map(|one| Some((parent(one)?, one)))
        .collect();
    let asks = |message: &&Value| parent(message).is_none() && message.text("role") == Some("user");
    let mut at = messages.iter().rev().find(asks)?;
    for _ in 0..messages.len() {
        let chosen = at
            .at("metadata")
            .text("activeChildId")
            .and_then(|id| by_id.get(id));
        match chosen.or_else(|| newest.get(at.text("id")?)) {
            Some(child) => at = child,
            None => break,
        }
    }
    at.text("id")
}
