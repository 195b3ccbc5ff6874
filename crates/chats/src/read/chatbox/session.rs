//! One Chatbox session: the thread shown and the earlier ones, each a conversation of its own.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::message;
use crate::chat::{Chat, Source};
use crate::error::Skipped;
use crate::json::{Look, millis};
use crate::read::settle::settle;
use crate::read::tree::{Node, nameless};
use crate::read::{SILENT, STRANGE};

pub(super) fn chats(
    session: &Value,
    id: &str,
    known: &Value,
    copilots: &HashMap<String, String>,
) -> Vec<Result<Chat, Skipped>> {
    let name = session.string("name").or_else(|| known.string("name"));
    let chat = Chat {
        source: Source::Chatbox,
        foreign_id: id.to_owned(),
        title: name.clone().unwrap_or_default(),
        created_at: millis(known.at("createdAt")),
        model: session.at("settings").string("modelId"),
        assistant: session.text("copilotId").and_then(|id| copilots.get(id)).cloned(),
        pinned: session.flag("starred") || known.flag("starred"),
        archived: session.flag("archived") || known.flag("archived"),
        ..Chat::default()
    };
    let what = name.unwrap_or_else(|| format!("session {id}"));
    let skipped = |why: String| Skipped::new(&what, why);
    if !session.at("messages").is_array() {
        return vec![Err(skipped(STRANGE.to_owned()))];
    }
    let forks = session.at("messageForksHash");
    let mut found = vec![];
    for thread in session.list("threads") {
        let mut earlier = chat.clone();
        earlier.foreign_id = format!("{id}/{}", thread.id("id").unwrap_or_default());
        earlier.title = thread.string("name").unwrap_or_else(|| chat.title.clone());
        earlier.created_at = millis(thread.at("createdAt"));
        found.push(settle(earlier, nodes(thread.list("messages"), forks), None, true).map_err(skipped));
    }
    let last = session
        .list("messages")
        .last()
        .and_then(|message| message.text("id"));
    let mut shown = chat;
    shown.title = session.string("threadName").unwrap_or(shown.title);
    let shown = settle(shown, nodes(session.list("messages"), forks), last, true);
    // A session whose messages all went to threads is not worth a line in the report.
    let emptied = matches!(&shown, Err(why) if why == SILENT) && !found.is_empty();
    if !emptied {
        found.push(shown.map_err(skipped));
    }
    found
}

/// The messages of a thread, and below each what was there before it was asked again.
fn nodes(messages: &[Value], forks: &Value) -> Vec<Node> {
    let mut nodes = Vec::new();
    row(messages.iter(), None, &mut nodes);
    let mut standing: HashSet<String> = nodes.iter().filter_map(|node| node.id.clone()).collect();
    let mut at = 0;
    // Forks may have forks: `nodes` grows while it is walked.
    while at < nodes.len() {
        let id = nodes[at].id.clone();
        at += 1;
        let Some(id) = id.filter(|id| forks.get(id).is_some()) else {
            continue;
        };
        for list in forks.at(&id).list("lists") {
            // The list on show is empty, or repeats what stands in the thread.
            let mut fresh = |one: &&Value| one.id("id").is_none_or(|id| standing.insert(id));
            let fresh: Vec<&Value> = list.list("messages").iter().filter(&mut fresh).collect();
            row(fresh.into_iter(), Some(id.clone()), &mut nodes);
        }
    }
    nodes
}

fn row<'a>(messages: impl Iterator<Item = &'a Value>, below: Option<String>, nodes: &mut Vec<Node>) {
    let mut parent = below;
    for message in messages {
        let id = message.id("id").unwrap_or_else(|| nameless(nodes.len()));
        nodes.push(Node {
            parent: parent.replace(id.clone()),
            id: Some(id),
            said: message::said(message),
        });
    }
}
