//! A conversation as a file for other programs and for paper.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use nexdesk_chats::{Asset, Chat, Citation, Language, Layout, Role, Said, Source, ToolCall};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Conversation, Message, Receipt, ToolState};
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// Characters of a title in a file's name.
const NAME: usize = 80;
/// Names with a number behind them, before somebody had better look into the folder.
const NUMBERED: u32 = 1000;

/// In what form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Markdown; the branch on show.
    Markdown,
    /// One page that needs nothing else, also to be printed; the branch on show.
    Html,
    /// Everything, to be imported again.
    Json,
}

impl ExportFormat {
    fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

/// Who will read it: in whose words and by whose clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// Chinese; English otherwise.
    pub chinese: bool,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

/// A conversation as it will stand in a file.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its title as a file's name, with its ending.
    pub name: String,
    /// All of it.
    pub text: String,
}

impl App {
    /// A conversation in one of the forms, to be printed or to be written where the person says.
    ///
    /// # Errors
    /// When the conversation is gone.
    pub async fn exported(&self, id: &str, format: ExportFormat, reader: Reader) -> Result<Page, Problem> {
        let conversation = self.open_conversation(id)?;
        let app = self.clone();
        self.blocking(move || {
            let name = format!("{}.{}", file_name(&conversation.summary.title), format.ending());
            app.page(conversation, format, reader)
                .map(|text| Page { name, text })
        })
        .await?
    }

    /// Writes it to exactly this place; what stood there is replaced by a whole file or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn write_export(&self, page: Page, path: &Path) -> Result<(), Problem> {
        let path = path.to_owned();
        self.blocking(move || {
            let dir = path.parent().unwrap_or(Path::new("/"));
            unfinished(dir, page.text.as_bytes(), |part| fs::rename(part, &path))
                .map_err(|error| unwritten(dir, &error))
        })
        .await?
    }

    /// Writes a conversation into a folder, under its title; returns the file. Nothing is overwritten, and a file that
    /// is there is whole.
    ///
    /// # Errors
    /// When the conversation is gone, or the folder cannot be written.
    pub async fn export_conversation(
        &self,
        id: &str,
        format: ExportFormat,
        dir: &Path,
    ) -> Result<PathBuf, Problem> {
        let conversation = self.open_conversation(id)?;
        let (app, dir) = (self.clone(), dir.to_owned());
        self.blocking(move || {
            let name = file_name(&conversation.summary.title);
            let page = app.page(conversation, format, Reader::default())?;
            write(&dir, &name, format.ending(), page.as_bytes()).map_err(|error| unwritten(&dir, &error))
        })
        .await?
    }

    fn page(
        &self,
        conversation: Conversation,
        format: ExportFormat,
        reader: Reader,
    ) -> Result<String, Problem> {
        let chat = self.outgoing(conversation);
        let layout = Layout {
            cost: true,
            language: match reader.chinese {
                true => Language::Chinese,
                false => Language::English,
            },
            offset_minutes: reader.offset_minutes,
            ..Layout::default()
        };
        Ok(match format {
            ExportFormat::Markdown => nexdesk_chats::markdown(&chat, &layout),
            ExportFormat::Html => nexdesk_chats::html(&chat, &layout),
            ExportFormat::Json => nexdesk_chats::json(&chat)
                .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?,
        })
    }

    fn outgoing(&self, conversation: Conversation) -> Chat {
        let places: HashMap<String, usize> = conversation
            .messages
            .iter()
            .enumerate()
            .map(|(at, message)| (message.id.clone(), at))
            .collect();
        let summary = conversation.summary;
        let folders = self.ledger().folders().unwrap_or_default();
        let folder = folders
            .into_iter()
            .find(|folder| Some(&folder.id) == summary.folder.as_ref());
        let messages = conversation.messages.into_iter().enumerate();
        let prompt = conversation.settings.system_prompt;
        Chat {
            source: Source::Nexdesk,
            foreign_id: summary.id,
            title: summary.title,
            created_at: None,
            updated_at: Some(summary.updated_at),
            model: summary.model,
            folder: folder.map(|folder| folder.name),
            assistant: None,
            system_prompt: Some(prompt).filter(|prompt| !prompt.trim().is_empty()),
            pinned: summary.pinned,
            archived: summary.archived,
            messages: messages
                .map(|(at, message)| {
                    let parent = message
                        .parent
                        .as_ref()
                        .and_then(|parent| places.get(parent))
                        .copied();
                    self.said(message, parent.filter(|parent| *parent < at))
                })
                .collect(),
            active: conversation.leaf.and_then(|leaf| places.get(&leaf).copied()),
        }
    }

    fn said(&self, message: Message, parent: Option<usize>) -> Said {
        let mut assets: Vec<Asset> = Vec::new();
        for id in &message.pictures {
            if let Ok(Some((mime, bytes))) = self.ledger().picture(id) {
                let ending = mime.rsplit('/').next().unwrap_or("png");
                assets.push(Asset::inline(&format!("{id}.{ending}"), Some(&mime), bytes));
            }
        }
        for file in &message.attachments {
            assets.extend(self.outgoing_file(&file.id));
        }
        let receipt = message.receipt;
        let tokens = receipt.as_ref().map(|receipt| receipt.tokens);
        Said {
            foreign_id: message.id,
            parent,
            role: match message.role {
                super::Role::User => Role::User,
                super::Role::Assistant => Role::Assistant,
            },
            text: message.text,
            reasoning: Some(message.reasoning).filter(|reasoning| !reasoning.is_empty()),
            reasoning_ms: message.reasoning_ms,
            model: message.model,
            created_at: Some(message.created_at),
            tool_calls: message.tool_calls.into_iter().map(tool_call).collect(),
            assets,
            citations: message
                .citations
                .into_iter()
                .map(|page| Citation {
                    title: page.title,
                    url: page.url,
                })
                .collect(),
            problem: message.problem.map(|problem| problem.message),
            tokens_in: tokens.and_then(|tokens| tokens.input),
            tokens_out: tokens.and_then(|tokens| tokens.output),
            cost: receipt.as_ref().and_then(cost),
        }
    }

    /// A file that is gone is named all the same.
    fn outgoing_file(&self, id: &str) -> Option<Asset> {
        let row = self.ledger().attachment(id).ok().flatten()?;
        Some(
            match crate::media::read(self.data_dir(), &row.sha256, &row.name) {
                Ok(bytes) => Asset::inline(&row.name, Some(&row.mime), bytes),
                Err(_) => Asset {
                    name: row.name,
                    mime: Some(row.mime),
                    size: Some(row.size),
                    place: nexdesk_chats::Place::Missing,
                },
            },
        )
    }
}

fn tool_call(call: super::ToolCall) -> ToolCall {
    ToolCall {
        id: Some(call.id).filter(|id| !id.is_empty()),
        name: call.tool.unwrap_or(call.name),
        arguments: call.arguments,
        result: call.result,
        failed: matches!(call.state, ToolState::Failed | ToolState::Refused),
    }
}

/// Dollars to a hundredth of a cent; `≈` before what is estimated.
fn cost(receipt: &Receipt) -> Option<String> {
    let nano = receipt.cost.nano?;
    let sign = match receipt.cost.basis {
        crate::figures::Basis::Reported => "",
        crate::figures::Basis::Estimated => "≈",
    };
    let tenths = nano.saturating_add(50_000) / 100_000;
    Some(format!("{sign}${}.{:04}", tenths / 10_000, tenths % 10_000))
}

/// A title as a name that every file system takes.
fn file_name(title: &str) -> String {
    let allowed = |one: char| !one.is_control() && !"/\\:*?\"<>|".contains(one);
    let clean: String = title
        .chars()
        .map(|one| if allowed(one) { one } else { ' ' })
        .take(NAME)
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_matches(['.', ' ']);
    match clean.is_empty() {
        true => "Conversation".to_owned(),
        false => clean.to_owned(),
    }
}

/// Under another name first, so that whoever looks finds a whole file or none.
fn unfinished<T>(dir: &Path, bytes: &[u8], finish: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let part = dir.join(format!(".{}.part", nexdesk_ledger::new_id()));
    let written = File::create_new(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        finish(&part)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn write(dir: &Path, name: &str, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    unfinished(dir, bytes, |part| named(part, dir, name, ending))
}

/// Takes the first free name. The name is taken by making an empty file, which is then replaced: two at once cannot
/// take the same.
fn named(unfinished: &Path, dir: &Path, name: &str, ending: &str) -> io::Result<PathBuf> {
    for number in 1..NUMBERED {
        let path = dir.join(match number {
            1 => format!("{name}.{ending}"),
            number => format!("{name} ({number}).{ending}"),
        });
        match File::create_new(&path) {
            Ok(_) => return fs::rename(unfinished, &path).map(|()| path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn unwritten(dir: &Path, error: &io::Error) -> Problem {
    let place = dir.display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Problem {
            remedy: Some("Free some space and export again; nothing half-written was left behind.".into()),
            ..Problem::new(ProblemCode::StorageFull, format!("The disk of {place} is full."))
        },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Problem::new(
            ProblemCode::StorageReadOnly,
            format!("Nexdesk may not write into {place}."),
        ),
        _ => Problem::new(
            ProblemCode::StorageFailed,
            format!("The file could not be written into {place}: {error}."),
        ),
    }
}
