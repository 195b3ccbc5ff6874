//! Conversations: listed, searched, deleted with a way back.

use rusqlite::{Connection, Row, params};

use super::{Columns, all, first, run, touched};
use crate::{Basis, Ledger, LedgerError};

/// A conversation. Its messages are a tree; `leaf` is the end of the branch last looked at.
#[derive(Clone, Debug, PartialEq)]
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

const COLUMNS: &str = "c.id, c.title, c.model, c.created_at, c.updated_at, c.leaf, c.deleted_at";

/// An answer that was continued has several exchanges; one told late is found by the id in the message.
const COSTS: &str = "FROM messages m JOIN exchanges e ON e.message = m.id OR e.id = unhex(m.exchange, '-')
        OR e.id = m.exchange
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
            SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.text LIKE ?1 ESCAPE '\\'))";
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
            "SELECT {COLUMNS}, (SELECT count(*) FROM messages m WHERE m.conversation = c.id),
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

    /// Adds a conversation or changes the one with this id.
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

    async fn mark_deleted(&self, id: &str, at: Option<i64>) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            touched(run(
                c,
                "UPDATE conversations SET deleted_at = ?2 WHERE id = ?1",
                params![id, at],
            )?)
        })
        .await
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
    run(
        connection,
        "INSERT INTO conversations (id, title, model, created_at, updated_at, leaf, deleted_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, model = excluded.model,
            created_at = excluded.created_at, updated_at = excluded.updated_at, leaf = excluded.leaf,
            deleted_at = excluded.deleted_at",
        params![
            row.id,
            row.title,
            row.model,
            row.created_at,
            row.updated_at,
            row.leaf,
            row.deleted_at
        ],
    )
    .map(drop)
}

/// Forgets what was deleted before a moment, with its messages, pictures and draft.
pub(crate) fn purge(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    run(
        connection,
        "DELETE FROM drafts WHERE conversation IN (SELECT id FROM conversations WHERE deleted_at < ?1)",
        [before],
    )?;
    run(
        connection,
        "DELETE FROM conversations WHERE deleted_at < ?1",
        [before],
    )
    .map(drop)
}
