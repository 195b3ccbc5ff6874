//! Conversations: listed, searched, deleted with a way back.

use rusqlite::{Connection, Row, ToSql, params};

use super::{Columns, all, first, run, touched};
use crate::search::index;
use crate::{Basis, Ledger, LedgerError};

/// A conversation. Its messages are a tree; `leaf` is the end of the branch last looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationRow {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The model it asks.
    pub model: Option<String>,
    /// When it began.
    pub created_at: i64,
    /// When something last happened in it.
    pub updated_at: i64,
    /// The message the shown branch ends with.
    pub leaf: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<i64>,
    /// The folder it is filed in.
    pub folder: Option<String>,
    /// When it was pinned to the top.
    pub pinned_at: Option<i64>,
    /// When it was put away.
    pub archived_at: Option<i64>,
    /// What it is asked with, as JSON.
    pub settings: Option<String>,
    /// Who chose the title: none is the first line, else `person`, `import` or the model that wrote it.
    pub titled_by: Option<String>,
}

/// A conversation as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationListRow {
    /// The conversation.
    pub row: ConversationRow,
    /// How many messages it has, on all branches.
    pub messages: u64,
    /// What its answers cost in nano-dollars; none when no cost is known.
    pub cost_nano: Option<i64>,
    /// Estimated as soon as one part of the cost is.
    pub cost_basis: Basis,
}

const COLUMNS: &str = "c.id, c.title, c.model, c.created_at, c.updated_at, c.leaf, c.deleted_at, c.folder,
    c.pinned_at, c.archived_at, c.settings, c.titled_by";

/// An answer that was continued has several exchanges.
const COSTS: &str = "FROM messages m INDEXED BY messages_listed CROSS JOIN exchanges e ON e.message = m.id
    WHERE m.conversation = c.id AND e.cost_nano IS NOT NULL";

fn columns(columns: &mut Columns<'_, '_>) -> rusqlite::Result<ConversationRow> {
    Ok(ConversationRow {
        id: columns.take()?,
        title: columns.take()?,
        model: columns.take()?,
        created_at: columns.take()?,
        updated_at: columns.take()?,
        leaf: columns.take()?,
        deleted_at: columns.take()?,
        folder: columns.take()?,
        pinned_at: columns.take()?,
        archived_at: columns.take()?,
        settings: columns.take()?,
        titled_by: columns.take()?,
    })
}

fn read_listed(row: &Row<'_>) -> rusqlite::Result<ConversationListRow> {
    let mut found = Columns::of(row);
    Ok(ConversationListRow {
        row: columns(&mut found)?,
        messages: found.take()?,
        cost_nano: found.take()?,
        cost_basis: match found.take::<bool>()? {
            true => Basis::Estimated,
            false => Basis::Reported,
        },
    })
}

impl Ledger {
    /// The conversations, latest first; with a search, those whose title or messages contain it.
    pub fn conversations(
        &self,
        search: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ConversationListRow>, LedgerError> {
        let found = "AND (c.title LIKE ?1 ESCAPE '\\' OR EXISTS (
            SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.deleted_at IS NULL AND m.text LIKE ?1 ESCAPE '\\'))";
        match search.map(str::trim).filter(|words| !words.is_empty()) {
            Some(words) => self.list(&format!("c.deleted_at IS NULL {found}"), &pattern(words), limit),
            None => self.list("c.deleted_at IS NULL", "", limit),
        }
    }

    /// The deleted conversations that can still be brought back.
    pub fn deleted_conversations(&self, limit: u32) -> Result<Vec<ConversationListRow>, LedgerError> {
        self.list("c.deleted_at IS NOT NULL", "", limit)
    }

    /// One conversation as the list shows it, deleted or not.
    pub fn conversation_in_list(&self, id: &str) -> Result<Option<ConversationListRow>, LedgerError> {
        Ok(self.list("c.id = ?1", id, 1)?.pop())
    }

    fn list(&self, which: &str, pattern: &str, limit: u32) -> Result<Vec<ConversationListRow>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.deleted_at IS NULL),
                (SELECT sum(e.cost_nano) {COSTS}), EXISTS (SELECT 1 {COSTS} AND NOT e.cost_reported)
             FROM conversations c WHERE ?1 IS NOT NULL AND {which} ORDER BY c.updated_at DESC, c.id DESC LIMIT ?2"
        );
        self.read(|c| Ok(all(c, &sql, params![pattern, limit], read_listed)?))
    }

    /// One conversation, deleted or not.
    pub fn conversation(&self, id: &str) -> Result<Option<ConversationRow>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM conversations c WHERE c.id = ?1");
        self.read(|c| Ok(first(c, &sql, [id], |row| columns(&mut Columns::of(row)))?))
    }

    /// Adds a conversation or changes the one with this id. Where it stands and what it is asked with is changed by
    /// methods of their own, so that two who change different things do not undo each other.
    pub async fn put_conversation(&self, row: ConversationRow) -> Result<(), LedgerError> {
        self.ask(move |c| Ok(put(c, &row)?)).await
    }

    /// Deletes a conversation; for 30 days it can be brought back.
    pub async fn delete_conversation(&self, id: &str, at: i64) -> Result<(), LedgerError> {
        self.mark_deleted(id, Some(at)).await
    }

    /// Brings a deleted conversation back.
    pub async fn restore_conversation(&self, id: &str) -> Result<(), LedgerError> {
        self.mark_deleted(id, None).await
    }

    /// Files a conversation in a folder, or in none.
    pub async fn file_conversation(&self, id: &str, folder: Option<&str>) -> Result<(), LedgerError> {
        let (id, folder) = (id.to_owned(), folder.map(str::to_owned));
        self.ask(move |c| {
            let known = "SELECT 1 FROM folders WHERE id = ?1";
            if folder.is_some() && first(c, known, [&folder], |_| Ok(()))?.is_none() {
                return Err(LedgerError::NotFound);
            }
            let sql = "UPDATE conversations SET folder = ?2 WHERE id = ?1";
            touched(run(c, sql, params![id, folder])?)
        })
        .await
    }

    /// Pins a conversation to the top since a moment, or no longer.
    pub async fn pin_conversation(&self, id: &str, since: Option<i64>) -> Result<(), LedgerError> {
        self.set(id, "pinned_at", since).await
    }

    /// Puts a conversation away since a moment, or gets it out again.
    pub async fn archive_conversation(&self, id: &str, since: Option<i64>) -> Result<(), LedgerError> {
        self.set(id, "archived_at", since).await
    }

    async fn set<T: ToSql + Send + 'static>(
        &self,
        id: &str,
        column: &'static str,
        value: T,
    ) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql = format!("UPDATE conversations SET {column} = ?2 WHERE id = ?1");
            touched(run(c, &sql, params![id, value])?)
        })
        .await
    }

    async fn mark_deleted(&self, id: &str, at: Option<i64>) -> Result<(), LedgerError> {
        self.set(id, "deleted_at", at).await
    }
}

/// The words anywhere in a text, with LIKE's own signs taken literally.
fn pattern(words: &str) -> String {
    let literal = words
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{literal}%")
}

pub(super) fn put(connection: &Connection, row: &ConversationRow) -> rusqlite::Result<()> {
    let before = "SELECT title FROM conversations WHERE id = ?1";
    let before: Option<String> = first(connection, before, [&row.id], |row| row.get(0))?;
    run(
        connection,
        "INSERT INTO conversations (id, title, model, created_at, updated_at, leaf, deleted_at, folder, pinned_at,
            archived_at, settings, titled_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, model = excluded.model,
            created_at = excluded.created_at, updated_at = excluded.updated_at, leaf = excluded.leaf,
            deleted_at = excluded.deleted_at, titled_by = excluded.titled_by",
        params![
            row.id,
            row.title,
            row.model,
            row.created_at,
            row.updated_at,
            row.leaf,
            row.deleted_at,
            row.folder,
            row.pinned_at,
            row.archived_at,
            row.settings,
            row.titled_by
        ],
    )?;
    match before {
        Some(before) if before == row.title => Ok(()),
        _ => index::title(connection, &row.id, &row.title, row.created_at),
    }
}

/// Forgets what was deleted before a moment, with its messages, pictures and draft.
pub(crate) fn purge(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    run(
        connection,
        "WITH gone (id) AS (SELECT id FROM conversations WHERE deleted_at < ?1)
         DELETE FROM drafts WHERE conversation IN (SELECT id FROM gone
            UNION ALL SELECT m.id FROM messages m JOIN gone ON gone.id = m.conversation)",
        [before],
    )?;
    run(
        connection,
        "DELETE FROM conversations WHERE deleted_at < ?1",
        [before],
    )
    .map(drop)
}
