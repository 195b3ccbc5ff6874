//! A conversation of another program in the shape of ours. What has no place here (a file that was not exported, the
//! pages an answer refers to) stands in the text.

use nexdesk_chats::{Asset, Chat, Export, Place, Role, Said, ToolCall};
use nexdesk_ledger::{Arrival, ConversationRow, MessageRow, MessageState, PictureRow, new_id};
use serde_json::{Value, json};

use crate::App;
use crate::chat::calls;
use crate::chat::{ConversationSettings, ToolState};
use crate::problem::{Problem, ProblemCode};

impl App {
    pub(super) async fn arrival(&self, export: &Export, chat: Chat) -> Arrival {
        let now = self.clock().unix_ms();
        let ids: Vec<String> = chat.messages.iter().map(|_| new_id()).collect();
        let conversation = conversation(&chat, &ids, now);
        let mut arrival = Arrival {
            source: chat.source.word().to_owned(),
            foreign_id: chat.foreign_id,
            folder_name: chat.folder.filter(|name| !name.trim().is_empty()),
            messages: Vec::with_capacity(ids.len()),
            pictures: Vec::new(),
            attachments: Vec::new(),
            conversation,
        };
        for (said, id) in chat.messages.into_iter().zip(&ids) {
            let parent = said.parent.and_then(|at| arrival.messages.get(at));
            let earliest = parent.map_or(arrival.conversation.created_at, |parent| parent.created_at + 1);
            let row = MessageRow {
                id: id.clone(),
                conversation: arrival.conversation.id.clone(),
                parent: parent.map(|parent| parent.id.clone()),
                // A message stands behind what it answers, whatever clocks said.
                created_at: said.created_at.unwrap_or(earliest).max(earliest),
                ..message(&said, chat.source.name())
            };
            let row = self.with_assets(export, said.assets, row, &mut arrival).await;
            arrival.messages.push(row);
        }
        arrival
    }

    /// What a person gave becomes a file of the message, what a model drew a picture of it.
    async fn with_assets(
        &self,
        export: &Export,
        assets: Vec<Asset>,
        mut row: MessageRow,
        arrival: &mut Arrival,
    ) -> MessageRow {
        let mut files = Vec::new();
        for asset in assets {
            let is_answer = row.role == nexdesk_ledger::Role::Assistant;
            let mime = asset.mime.clone().unwrap_or_default();
            match export.read(&asset) {
                Ok(bytes) if is_answer && asset.is_picture() => arrival.pictures.push(PictureRow {
                    id: new_id(),
                    message: row.id.clone(),
                    mime,
                    bytes: bytes.to_vec(),
                }),
                Ok(bytes) if !is_answer => match self.attach_file(&asset.name, &mime, bytes.to_vec()).await {
                    Ok(attachment) => files.push(attachment.id),
                    Err(_) => mention(&mut row.text, &asset),
                },
                Ok(_) | Err(_) => mention(&mut row.text, &asset),
            }
        }
        if !files.is_empty() {
            arrival.attachments.push((row.id.clone(), files));
        }
        row
    }
}

fn conversation(chat: &Chat, ids: &[String], now: i64) -> ConversationRow {
    let first = chat.messages.iter().filter_map(|said| said.created_at).min();
    let last = chat.messages.iter().filter_map(|said| said.created_at).max();
    let created_at = chat.created_at.or(first).unwrap_or(now);
    let updated_at = chat.updated_at.or(last).unwrap_or(created_at);
    let settings = chat.system_prompt.as_ref().map(|prompt| ConversationSettings {
        system_prompt: prompt.clone(),
        ..ConversationSettings::default()
    });
    ConversationRow {
        id: new_id(),
        title: chat.title.clone(),
        model: chat.model.clone(),
        created_at,
        updated_at,
        leaf: chat.active.and_then(|at| ids.get(at)).cloned(),
        pinned_at: chat.pinned.then_some(updated_at),
        archived_at: chat.archived.then_some(updated_at),
        settings: settings.map(|settings| settings.to_json().to_string()),
        titled_by: Some("import".to_owned()),
        ..ConversationRow::default()
    }
}

fn message(said: &Said, source: &str) -> MessageRow {
    let problem = said
        .problem
        .as_ref()
        .map(|words| Problem::told(ProblemCode::GatewayFailed, words.clone()));
    MessageRow {
        id: String::new(),
        conversation: String::new(),
        parent: None,
        role: match said.role {
            Role::Assistant => nexdesk_ledger::Role::Assistant,
            Role::User | Role::System => nexdesk_ledger::Role::User,
        },
        state: match (&problem, said.text.is_empty()) {
            (Some(_), true) => MessageState::Failed,
            _ => MessageState::Complete,
        },
        model: said.model.clone(),
        text: text(said),
        reasoning: said.reasoning.clone().unwrap_or_default(),
        reasoning_ms: said.reasoning_ms,
        tool_calls: said
            .tool_calls
            .iter()
            .enumerate()
            .map(|(at, call)| tool_call(at, call, source))
            .collect(),
        exchange: None,
        receipt: None,
        problem: problem.and_then(|problem| serde_json::to_value(problem).ok()),
        created_at: 0,
    }
}

fn text(said: &Said) -> String {
    let mut text = match said.role {
        Role::System => format!("**System**\n\n{}", said.text),
        Role::User | Role::Assistant => said.text.clone(),
    };
    let mut pages = said
        .citations
        .iter()
        .filter(|page| !said.text.contains(&page.url))
        .peekable();
    if pages.peek().is_some() {
        text.push_str("\n\n");
        for page in pages {
            let title = page.title.replace(['[', ']', '\n'], " ");
            text.push_str(&format!("- [{}](<{}>)\n", title.trim(), page.url));
        }
    }
    text
}

fn tool_call(at: usize, call: &ToolCall, source: &str) -> Value {
    let kept = calls::ToolCall {
        id: call.id.clone().unwrap_or_else(|| format!("call_{at}")),
        name: call.name.clone(),
        arguments: call.arguments.clone(),
        server: Some(source.to_owned()),
        tool: Some(call.name.clone()),
        state: if call.failed {
            ToolState::Failed
        } else {
            ToolState::Done
        },
        result: Some(call.result.clone().unwrap_or_default()),
        ..calls::ToolCall::default()
    };
    serde_json::to_value(kept).unwrap_or_else(|_| json!({}))
}

/// Names a file that did not come along. Nothing is fetched from where a link leads.
fn mention(text: &mut String, asset: &Asset) {
    let name = asset.name.replace(['[', ']', '*', '\n'], " ");
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    match &asset.place {
        Place::Link(link) if link.starts_with("https://") || link.starts_with("http://") => {
            text.push_str(&format!("[{name}](<{link}>)"));
        }
        _ => text.push_str(&format!("*{name}*")),
    }
}
