//! Files that go with messages: what each is and says. The bytes lie beside the database, under their hash.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Columns, all, first, run};
use crate::{Ledger, LedgerError};

/// A file that was given to a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachmentRow {
    /// Its id.
    pub id: String,
    /// Its name, as the person knows it.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// What it is to a chat: picture, audio, video, document, text.
    pub kind: String,
    /// Its bytes.
    pub size: u64,
    /// What it costs a model to read, estimated.
    pub tokens: Option<u64>,
    /// Pages, slides, sheets.
    pub pages: Option<u32>,
    /// Under which name its bytes are kept.
    pub sha256: String,
    /// What it says.
    pub text: Option<String>,
    /// What else its reader found.
    pub facts: Value,
    /// When it was attached.
    pub created_at: i64,
}

const SELECT: &str =
    "SELECT id, name, mime, kind, size, tokens, pages, sha256, text, facts, created_at FROM attachments";

/// An attachment is kept while a message, a draft or a waiting message holds it.
const HELD: &str = "SELECT j.value FROM messages m, json_each(m.attachments) j WHERE m.attachments <> '[]'
    UNION SELECT j.value FROM drafts d, json_each(d.attachments) j
    UNION SELECT j.value FROM queued q, json_each(q.attachments) j";

fn read(row: &Row<'_>) -> rusqlite::Result<AttachmentRow> {
    let mut columns = Columns::of(row);
    Ok(AttachmentRow {
        id: columns.take()?,
        name: columns.take()?,
        mime: columns.take()?,
        kind: columns.take()?,
        size: columns.take()?,
        tokens: columns.take()?,
        pages: columns.take()?,
        sha256: columns.take()?,
        text: columns.take()?,
        facts: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// Stores an attachment.
    pub async fn add_attachment(&self, row: AttachmentRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO attachments (id, name, mime, kind, size, tokens, pages, sha256, text, facts, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    row.id,
                    row.name,
                    row.mime,
                    row.kind,
                    row.size,
                    row.tokens,
                    row.pages,
                    row.sha256,
                    row.text,
                    row.facts,
                    row.created_at
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// One attachment.
    pub fn attachment(&self, id: &str) -> Result<Option<AttachmentRow>, LedgerError> {
        self.read(|c| Ok(first(c, &format!("{SELECT} WHERE id = ?1"), [id], read)?))
    }

    /// Those of these that are there, in this order.
    pub fn attachments(&self, ids: &[String]) -> Result<Vec<AttachmentRow>, LedgerError> {
        let found: Result<Vec<_>, _> = ids.iter().map(|id| self.attachment(id)).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// The files of an attachment that could not be stored, but for those that something else needs.
    pub fn unneeded_files(&self, row: &AttachmentRow) -> Result<Vec<String>, LedgerError> {
        self.read(|c| Ok(unneeded(c, files(&row.sha256, &row.facts))?))
    }

    /// Forgets an attachment unless something holds it; returns the files that nothing needs any more.
    pub async fn drop_attachment(&self, id: &str) -> Result<Vec<String>, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| Ok(forget(c, "id = ?1", params![id])?)).await
    }

    /// Forgets what was attached before a moment and is held by nothing; returns the files that nothing needs any more.
    pub async fn forget_unheld_attachments(&self, before: i64) -> Result<Vec<String>, LedgerError> {
        self.ask(move |c| Ok(forget(c, "created_at < ?1", params![before])?))
            .await
    }
}

fn forget(
    connection: &Connection,
    which: &str,
    of: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<String>> {
    let sql = format!("DELETE FROM attachments WHERE {which} AND id NOT IN ({HELD}) RETURNING sha256, facts");
    let gone: Vec<(String, Value)> = all(connection, &sql, of, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let files = gone.iter().flat_map(|(sha256, facts)| files(sha256, facts));
    unneeded(connection, files.collect())
}

/// The file itself, and the smaller copy of a large picture.
fn files(sha256: &str, facts: &Value) -> Vec<String> {
    let copy = facts.pointer("/copy/sha256").and_then(Value::as_str);
    [Some(sha256), copy]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// Jobs keep their files in the same place.
fn unneeded(connection: &Connection, mut files: Vec<String>) -> rusqlite::Result<Vec<String>> {
    const NEEDED: &str =
        "SELECT EXISTS (SELECT 1 FROM attachments WHERE sha256 = ?1 OR facts ->> '$.copy.sha256' = ?1)
        OR EXISTS (SELECT 1 FROM job_files WHERE sha256 = ?1)";
    let mut orphans = Vec::new();
    files.dedup();
    for file in files {
        if first(connection, NEEDED, [&file], |row| row.get(0))? == Some(false) {
            orphans.push(file);
        }
    }
    Ok(orphans)
}
