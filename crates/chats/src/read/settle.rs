//! The last touches every conversation gets, whichever program it comes from: the tree, a title, times, the model, and
//! an id that will be the same next time.

use sha2::{Digest as _, Sha256};

use super::tree::{Grown, Node, grow};
use super::{SILENT, links};
use crate::chat::{Chat, Role};

/// How long a title made of the first question may be, in characters.
const TITLE: usize = 60;

/// Finishes `chat` with these messages.
pub(super) fn settle(
    mut chat: Chat,
    nodes: Vec<Node>,
    active: Option<&str>,
    fold: bool,
) -> Result<Chat, String> {
    let Grown {
        messages,
        active,
        system,
    } = grow(nodes, active, fold);
    if messages.is_empty() {
        return Err(SILENT.to_owned());
    }
    chat.messages = messages;
    chat.active = active;
    chat.system_prompt = chat.system_prompt.or(system);
    let times = || chat.messages.iter().filter_map(|said| said.created_at);
    let (first, last) = (times().min(), times().max());
    chat.created_at = chat.created_at.or(first);
    chat.updated_at = chat.updated_at.or(last).or(chat.created_at);
    let answered = chat.messages.iter().rev().find_map(|said| said.model.clone());
    chat.model = chat.model.or(answered);
    chat.title = title(&chat);
    if chat.foreign_id.is_empty() {
        chat.foreign_id = fingerprint(&chat);
    }
    for said in &mut chat.messages {
        links::keep_safe(&mut said.citations);
    }
    Ok(chat)
}

fn title(chat: &Chat) -> String {
    let given = chat.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let given: String = given.chars().filter(|one| !one.is_control()).take(500).collect();
    if !given.is_empty() {
        return given;
    }
    let asked = chat.messages.iter().find(|said| said.role == Role::User);
    let text = asked
        .or(chat.messages.first())
        .map_or("", |said| said.text.as_str());
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = words.chars().take(TITLE).collect();
    if words.chars().nth(TITLE).is_some() {
        title.push('…');
    }
    if title.is_empty() {
        "Untitled".to_owned()
    } else {
        title
    }
}

/// Stands in for an id: made of what does not change while a conversation goes on.
fn fingerprint(chat: &Chat) -> String {
    let mut hash = Sha256::new();
    hash.update(chat.created_at.unwrap_or_default().to_le_bytes());
    if let Some(first) = chat.messages.first() {
        hash.update(first.foreign_id.as_bytes());
        hash.update(first.text.as_bytes());
    }
    let hex: String = hash
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256-{hex}")
}
