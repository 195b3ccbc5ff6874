//! ChatGPT's export: `conversations.json`, since 2026 in numbered parts, with `mapping` (a tree of nodes by id) and
//! `current_node`. One answer is a row of nodes: thoughts, a recap, calls of tools, what they returned, the text. Files
//! lie beside it under names that begin with their id.

mod cited;
mod content;

use std::collections::HashMap;

use serde_json::Value;

use super::elements::Elements;
use super::settle::settle;
use super::tree::Node;
use super::{STRANGE, Stream};
use crate::chat::{Asset, AssetEntry, Chat, Place, Role, Said, Source};
use crate::files::{Files, mime_of, remote};
use crate::json::{Look, millis, parse};

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    let shelf = Shelf::new(files);
    Elements::new(files, parts).read(move |value| chat(value, &shelf))
}

fn chat(value: &Value, shelf: &Shelf<'_>) -> Result<Chat, String> {
    let mapping = value.at("mapping").as_object().ok_or(STRANGE)?;
    let nodes = mapping.iter().map(|(id, node)| Node {
        id: Some(id.clone()),
        parent: node.string("parent"),
        said: said(node.at("message"), shelf),
    });
    let chat = Chat {
        source: Source::ChatGpt,
        foreign_id: value
            .id("conversation_id")
            .or_else(|| value.id("id"))
            .unwrap_or_default(),
        title: value.string("title").unwrap_or_default(),
        created_at: millis(value.at("create_time")),
        updated_at: millis(value.at("update_time")),
        model: None,
        folder: None,
        assistant: None,
        system_prompt: None,
        pinned: value.flag("is_starred") || value.flag("pinned_time"),
        archived: value.flag("is_archived"),
        messages: Vec::new(),
        active: None,
    };
    let mut chat = settle(chat, nodes.collect(), value.text("current_node"), true)?;
    chat.model = chat.model.or_else(|| value.string("default_model_slug"));
    Ok(chat)
}

/// A node's message, unless it is one that ChatGPT itself does not show.
fn said(message: &Value, shelf: &Shelf<'_>) -> Option<Said> {
    let kind = message.at("content").text("content_type")?;
    let metadata = message.at("metadata");
    let author = message.at("author");
    let thinks = matches!(kind, "thoughts" | "reasoning_recap");
    if metadata.flag("is_visually_hidden_from_conversation") && !thinks {
        return None;
    }
    let mut said = Said {
        role: match author.text("role")? {
            "user" => Role::User,
            "system" | "developer" => Role::System,
            _ => Role::Assistant,
        },
        model: metadata.string("model_slug"),
        created_at: millis(message.at("create_time")),
        ..Said::default()
    };
    if said.role == Role::User {
        said.model = None;
    }
    content::read(message, kind, &mut said, shelf);
    for file in metadata.list("attachments") {
        shelf.attach(file, &mut said);
    }
    cited::read(metadata, &mut said);
    (!said.is_empty()).then_some(said)
}

/// The files of the export, by the ids conversations use.
pub(super) struct Shelf<'a> {
    files: &'a Files,
    /// Names people gave their files, by the names in the export; newer exports call every file `<id>.dat`.
    names: HashMap<String, String>,
}

impl<'a> Shelf<'a> {
    fn new(files: &'a Files) -> Self {
        let listed = files
            .named("conversation_asset_file_names.json")
            .and_then(|at| files.read(at, 64 << 20).ok())
            .and_then(|raw| parse(&raw).ok());
        let members = listed.as_ref().and_then(Value::as_object).into_iter().flatten();
        let names = members.filter_map(|(file, name)| Some((file.to_lowercase(), name.as_str()?.to_owned())));
        Self {
            files,
            names: names.collect(),
        }
    }

    /// A pointer of the text: `sediment://file_…`, `file-service://file-…`, rarely an address.
    fn point(&self, pointer: &str, said: &mut Said) {
        let id = pointer.split_once("://").map_or(pointer, |(_, id)| id);
        let id = id.split(['#', '?']).next().unwrap_or(id);
        if pointer.starts_with("http") || pointer.starts_with("data:") {
            said.assets.push(remote(pointer, None, None));
        } else {
            said.assets.push(self.find(id, None, None));
        }
    }

    /// A file of `metadata.attachments`. It may be the one the text points at, and then knows its name and type.
    fn attach(&self, file: &Value, said: &mut Said) {
        let Some(id) = file.text("id") else {
            return;
        };
        let mime = file.text("mime_type").or_else(|| file.text("mimeType"));
        let mut asset = self.find(id, file.text("name"), mime);
        asset.size = asset.size.or_else(|| file.count("size"));
        let same = |known: &&mut Asset| match (&known.place, &asset.place) {
            (Place::Entry(one), Place::Entry(other)) => one == other,
            _ => known.name == asset.name || known.name == id,
        };
        match said.assets.iter_mut().find(same) {
            Some(known) => *known = asset,
            None => said.assets.push(asset),
        }
    }

    fn find(&self, id: &str, name: Option<&str>, mime: Option<&str>) -> Asset {
        let at = self.files.asset(id);
        let entry = at.map(|at| &self.files.entries[at]);
        let listed = entry.and_then(|entry| self.names.get(&entry.base().to_lowercase()));
        let name = name
            .or(listed.map(String::as_str))
            .or(entry.map(|entry| entry.base()))
            .unwrap_or(id);
        let mime = mime
            .or_else(|| mime_of(name))
            .or_else(|| at.and_then(|at| self.files.sniffed(at)));
        Asset {
            name: crate::chat::bare(name),
            mime: mime.map(str::to_owned),
            size: entry.map(|entry| entry.size),
            place: at.map_or(Place::Missing, |at| Place::Entry(AssetEntry(at))),
        }
    }
}
