//! One topic: its messages follow each other, but for the answers that several models gave to one question, which share
//! its `askId`. The one that was on show carries the conversation on.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::spill::Spill;
use super::{blocks, inline};
use crate::chat::{Chat, Role, Said, Source};
use crate::files::Files;
use crate::json::{Look, millis};
use crate::read::STRANGE;
use crate::read::settle::settle;
use crate::read::tree::{Node, nameless};

/// What the settings know of a topic.
#[derive(Clone)]
pub(super) struct Topic {
    pub(super) name: String,
    created_at: Option<i64>,
    updated_at: Option<i64>,
    pinned: bool,
    assistant: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
}

/// All topics of all assistants.
pub(super) fn all(slice: &Value) -> HashMap<String, Topic> {
    let mut known = HashMap::new();
    for assistant in slice
        .list("assistants")
        .iter()
        .chain([slice.at("defaultAssistant")])
    {
        for topic in assistant.list("topics") {
            let Some(id) = topic.id("id") else {
                continue;
            };
            known.entry(id).or_insert(Topic {
                name: topic.string("name").unwrap_or_default(),
                created_at: millis(topic.at("createdAt")),
                updated_at: millis(topic.at("updatedAt")),
                pinned: topic.flag("pinned"),
                assistant: assistant.string("name"),
                model: assistant.at("model").string("id"),
                prompt: topic.string("prompt").or_else(|| assistant.string("prompt")),
            });
        }
    }
    known
}

pub(super) fn chat(
    value: &Value,
    known: Option<Topic>,
    table: &mut Spill,
    files: &Files,
) -> Result<Chat, String> {
    let messages = value.at("messages").as_array().ok_or(STRANGE)?;
    let mut chat = Chat {
        source: Source::Cherry,
        foreign_id: value.id("id").unwrap_or_default(),
        ..Chat::default()
    };
    if let Some(known) = known {
        chat.title = known.name;
        chat.created_at = known.created_at;
        chat.updated_at = known.updated_at;
        chat.pinned = known.pinned;
        chat.folder.clone_from(&known.assistant);
        chat.assistant = known.assistant;
        chat.model = known.model;
        chat.system_prompt = known.prompt;
    }
    let (nodes, active) = nodes(messages, table, files);
    settle(chat, nodes, active.as_deref(), false)
}

fn nodes(messages: &[Value], table: &mut Spill, files: &Files) -> (Vec<Node>, Option<String>) {
    let known: HashSet<&str> = messages.iter().filter_map(|message| message.text("id")).collect();
    let mut nodes: Vec<Node> = Vec::new();
    let mut row = Row::default();
    for (at, message) in messages.iter().enumerate() {
        // "Context cleared here": a line on the screen, nothing said.
        if message.text("type") == Some("clear") {
            continue;
        }
        let id = message.id("id").unwrap_or_else(|| nameless(at));
        let answers = message.text("role") == Some("assistant");
        let asked = message
            .text("askId")
            .filter(|asked| answers && known.contains(asked));
        let shown = message.flag("foldSelected") || message.flag("useful");
        nodes.push(Node {
            parent: row.place(&id, asked, shown),
            id: Some(id),
            said: said(message, table, files),
        });
    }
    (nodes, row.before)
}

/// Where the conversation has got to.
#[derive(Default)]
struct Row {
    /// What the next message follows.
    before: Option<String>,
    /// The question that is being answered, by one model or several.
    asked: Option<String>,
    /// Whether the answer that was on show has been met.
    shown: bool,
}

impl Row {
    /// The parent of the next message.
    fn place(&mut self, id: &str, asked: Option<&str>, shown: bool) -> Option<String> {
        let another = asked.is_some() && asked == self.asked.as_deref();
        let parent = asked.map(str::to_owned).or_else(|| self.before.clone());
        // The first answer carries on, until the one on show is met.
        if !another || (shown && !self.shown) {
            self.before = Some(id.to_owned());
            self.shown = shown;
        }
        self.asked = asked.map(str::to_owned);
        parent
    }
}

fn said(message: &Value, table: &mut Spill, files: &Files) -> Option<Said> {
    let mut said = Said {
        role: match message.text("role")? {
            "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        },
        created_at: millis(message.at("createdAt")),
        ..Said::default()
    };
    if said.role == Role::Assistant {
        said.model = message
            .at("model")
            .string("id")
            .or_else(|| message.string("modelId"));
        said.tokens_in = message.at("usage").count("prompt_tokens");
        said.tokens_out = message.at("usage").count("completion_tokens");
    }
    for id in message.list("blocks").iter().filter_map(Value::as_str) {
        if let Some(block) = table.get(id) {
            blocks::read(&block, &mut said, files);
        }
    }
    inline::read(message, &mut said, files);
    (!said.is_empty()).then_some(said)
}
