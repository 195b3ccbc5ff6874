//! Files on their way into a chat: read once, kept under their hash beside the database, put together again for a
//! request.

use std::path::Path;

use nexdesk_documents::{Document, Kind, Picture, Remark, Text};
use nexdesk_ledger::{AttachmentRow, new_id};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specta::Type;

use crate::problem::{Problem, ProblemCode};
use crate::{App, media};

/// A file attached and never sent may be wanted back for so long: the draft it was in, say, was undone.
const UNHELD_MS: i64 = 24 * 60 * 60 * 1000;

/// What a file is to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// Seen.
    Picture,
    /// Heard.
    Audio,
    /// Watched.
    Video,
    /// Read, once its text is taken out of it.
    Document,
    /// Read as it is.
    Text,
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Stable.
    pub id: String,
    /// As the person knows it.
    pub name: String,
    /// By its content.
    pub mime: String,
    /// What it is to a chat.
    pub kind: AttachmentKind,
    /// Bytes.
    pub size: u64,
    /// What it costs a model to read, estimated.
    pub tokens: Option<u64>,
    /// Pages, slides, sheets.
    pub pages: Option<u32>,
    /// What is missing in it.
    pub problem: Option<Problem>,
}

impl Attachment {
    pub(super) fn shown(row: AttachmentRow) -> Self {
        let remark = row.facts.get("remark").and_then(Value::as_str);
        Self {
            kind: serde_json::from_value(row.kind.into()).unwrap_or(AttachmentKind::Document),
            problem: remark.map(|remark| Problem::told(ProblemCode::InvalidInput, remark)),
            id: row.id,
            name: row.name,
            mime: row.mime,
            size: row.size,
            tokens: row.tokens,
            pages: row.pages,
        }
    }
}

impl App {
    /// Reads a file and keeps it, to be sent.
    ///
    /// # Errors
    /// When models cannot be given such a file, or it cannot be kept.
    pub async fn attach_file(&self, name: &str, mime: &str, bytes: Vec<u8>) -> Result<Attachment, Problem> {
        let declared = Some(mime.to_owned()).filter(|mime| !mime.is_empty());
        let (dir, named) = (self.data_dir().to_owned(), name.to_owned());
        let now = self.clock().unix_ms();
        let row = self
            .blocking(move || {
                let document = Document::read(&named, declared.as_deref(), bytes).map_err(|unreadable| {
                    Problem::told(ProblemCode::InvalidInput, format!("“{named}”: {unreadable}"))
                })?;
                keep(&dir, &document, now)
            })
            .await??;
        if let Err(error) = self.ledger().add_attachment(row.clone()).await {
            let files = self.ledger().unneeded_files(&row)?;
            media::discard(self.data_dir(), &files).await;
            return Err(error.into());
        }
        Ok(Attachment::shown(row))
    }

    /// The same with a file on this computer.
    ///
    /// # Errors
    /// As above, or when there is no such file.
    pub async fn attach_path(&self, path: &str) -> Result<Attachment, Problem> {
        let path = Path::new(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unreadable = |error: std::io::Error| {
            Problem::new(
                ProblemCode::InvalidInput,
                format!("“{name}” cannot be opened: {error}."),
            )
        };
        let about = tokio::fs::metadata(path).await.map_err(unreadable)?;
        if !about.is_file() {
            return Err(Problem::told(
                ProblemCode::InvalidInput,
                format!("“{name}” is no file. Attach the files in it one by one."),
            ));
        }
        let limit = nexdesk_documents::Limits::default().size;
        if about.len() > limit {
            let size = about.len();
            let large = nexdesk_documents::Unreadable::TooLarge { size, limit };
            return Err(Problem::told(
                ProblemCode::InvalidInput,
                format!("“{name}”: {large}"),
            ));
        }
        let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
        self.attach_file(&name, "", bytes).await
    }

    /// Forgets a file, unless a message has it.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn drop_attachment(&self, id: &str) -> Result<(), Problem> {
        let orphans = self.ledger().drop_attachment(id).await?;
        media::discard(self.data_dir(), &orphans).await;
        Ok(())
    }

    /// Forgets what was attached a day ago and never sent.
    pub(crate) async fn forget_unsent_files(&self) {
        let before = self.clock().unix_ms() - UNHELD_MS;
        match self.ledger().forget_unheld_attachments(before).await {
            Ok(orphans) => media::discard(self.data_dir(), &orphans).await,
            Err(error) => tracing::warn!("files that were never sent could not be forgotten: {error}"),
        }
    }

    /// A file as a model would be told of it.
    pub(super) fn document(&self, row: AttachmentRow) -> Result<Document, Problem> {
        assembled(self.data_dir(), row)
    }

    /// A picture that somebody attached, as small as it goes to models.
    pub(super) fn attached_picture(&self, id: &str) -> Result<(String, Vec<u8>), Problem> {
        let gone = || Problem::not_found("such picture");
        let row = self
            .ledger()
            .attachments(&[id.to_owned()])?
            .pop()
            .ok_or_else(gone)?;
        let document = self.document(row)?;
        let copy = document.picture.ok_or_else(gone)?.copy;
        Ok(match copy {
            Some(copy) => (copy.mime.to_owned(), copy.bytes.to_vec()),
            None => (document.mime, document.bytes.to_vec()),
        })
    }

    /// These files, all of which must be there.
    pub(super) fn attached(&self, ids: &[String]) -> Result<Vec<AttachmentRow>, Problem> {
        let rows = self.ledger().attachments(ids)?;
        if rows.len() < ids.len() {
            return Err(Problem::not_found("such attachment"));
        }
        Ok(rows)
    }

    /// Work on files, away from the engine.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let lost = |_| Problem::new(ProblemCode::Internal, "Reading a file was broken off.");
        self.0.engine.handle().spawn_blocking(work).await.map_err(lost)
    }
}

fn keep(dir: &Path, document: &Document, now: i64) -> Result<AttachmentRow, Problem> {
    let sha256 = media::keep(dir, &document.bytes)?;
    let mut facts = json!({});
    if let Some(picture) = &document.picture {
        facts["width"] = picture.width.into();
        facts["height"] = picture.height.into();
        if let Some(copy) = &picture.copy {
            let kept = media::keep(dir, &copy.bytes)?;
            facts["copy"] =
                json!({ "sha256": kept, "mime": copy.mime, "width": copy.width, "height": copy.height });
        }
    }
    if let Some(text) = &document.text {
        facts["language"] = text.language.clone().into();
    }
    if let Some(remark) = document.remark {
        facts["remark"] = remark.sentence().into();
    }
    Ok(AttachmentRow {
        id: new_id(),
        name: document.name.clone(),
        mime: document.mime.clone(),
        kind: word(document.kind).to_owned(),
        size: document.size(),
        tokens: document.tokens,
        pages: document.pages,
        sha256,
        text: document.text.as_ref().map(|text| text.content.clone()),
        facts,
        created_at: now,
    })
}

fn assembled(dir: &Path, row: AttachmentRow) -> Result<Document, Problem> {
    let facts = &row.facts;
    let number = |name: &str| {
        let found = facts.pointer(name).and_then(Value::as_u64);
        found
            .and_then(|found| u32::try_from(found).ok())
            .unwrap_or_default()
    };
    let copied = facts.pointer("/copy/sha256").and_then(Value::as_str);
    let copy = match copied {
        Some(sha256) => Some(nexdesk_documents::Copy {
            mime: match facts.pointer("/copy/mime").and_then(Value::as_str) {
                Some("image/png") => "image/png",
                _ => "image/jpeg",
            },
            width: number("/copy/width"),
            height: number("/copy/height"),
            bytes: media::read(dir, sha256, &row.name)?.into(),
        }),
        None => None,
    };
    let language = facts.get("language").and_then(Value::as_str).unwrap_or_default();
    let kind = kind(&row.kind);
    Ok(Document {
        picture: (kind == Kind::Picture).then(|| Picture {
            width: number("/width"),
            height: number("/height"),
            copy,
        }),
        text: row.text.map(|content| Text {
            content,
            language: language.to_owned(),
        }),
        kind,
        bytes: media::read(dir, &row.sha256, &row.name)?.into(),
        name: row.name,
        mime: row.mime,
        pages: row.pages,
        seconds: None,
        tokens: row.tokens,
        remark: None::<Remark>,
    })
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Picture => "picture",
        Kind::Audio => "audio",
        Kind::Video => "video",
        Kind::Document => "document",
        Kind::Text => "text",
    }
}

fn kind(word: &str) -> Kind {
    match word {
        "picture" => Kind::Picture,
        "audio" => Kind::Audio,
        "video" => Kind::Video,
        "text" => Kind::Text,
        _ => Kind::Document,
    }
}
