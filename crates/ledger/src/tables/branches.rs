//! What is done to a whole branch of messages: deleted with a way back, and copied into a conversation of its own.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{all, conversations, first, messages, pictures, run};
use crate::search::index;
use crate::{ConversationRow, Ledger, LedgerError, MessageRow, new_id};

impl Ledger {
    /// A message and all that follows it, as long as they are not deleted.
    pub fn branch_below(&self, message: &str) -> Result<Vec<String>, LedgerError> {
        self.read(|c| Ok(below(c, message, None)?))
    }

    /// Deletes a message and all that follows it; for 30 days it can be brought back. Where the shown branch ended in
    /// there, the newest one beside it is shown. Returns the conversation's id.
    pub async fn delete_message(&self, id: &str, at: i64) -> Result<String, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let row = messages::one(c, &id)?.ok_or(LedgerError::NotFound)?;
            let gone = below(c, &id, None)?;
            for id in &gone {
                run(
                    c,
                    "UPDATE messages SET deleted_at = ?2 WHERE id = ?1",
                    params![id, at],
                )?;
                index::forget(c, id)?;
            }
            let leaf: Option<String> = first(
                c,
                "SELECT leaf FROM conversations WHERE id = ?1",
                [&row.conversation],
                |row| row.get(0),
            )?
            .flatten();
            if leaf.is_some_and(|leaf| gone.contains(&leaf)) {
                let beside =
                    "SELECT id FROM messages WHERE conversation = ?1 AND parent IS ?2 AND deleted_at IS NULL
                    ORDER BY created_at DESC, id DESC LIMIT 1";
                let beside = first(c, beside, params![row.conversation, row.parent], |row| row.get(0))?;
                let leaf = match beside {
                    Some(beside) => Some(end_of(c, beside)?),
                    None => row.parent,
                };
                show(c, &row.conversation, leaf.as_deref())?;
            }
            Ok(row.conversation)
        })
        .await
    }

    /// Brings back what was deleted with a message, and shows it. Returns the conversation's id.
    pub async fn restore_message(&self, id: &str) -> Result<String, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let deleted =
                "SELECT m.conversation, m.deleted_at FROM messages m LEFT JOIN messages p ON p.id = m.parent
                WHERE m.id = ?1 AND m.deleted_at IS NOT NULL AND p.deleted_at IS NULL";
            let found = first(c, deleted, [&id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let (conversation, at): (String, i64) = found.ok_or(LedgerError::NotFound)?;
            for id in below(c, &id, Some(at))? {
                run(c, "UPDATE messages SET deleted_at = NULL WHERE id = ?1", [&id])?;
                if let Some(row) = messages::one(c, &id)? {
                    index::message(c, &row)?;
                }
            }
            show(c, &conversation, Some(&end_of(c, id)?))?;
            Ok(conversation)
        })
        .await
    }

    /// Copies the branch that ends with a message into a new conversation, with its pictures. What the copies cost
    /// stays with the originals: their receipts are shown and counted nowhere.
    pub async fn fork(&self, message: &str, into: ConversationRow) -> Result<(), LedgerError> {
        let message = message.to_owned();
        self.ask(move |c| copy(c, &message, into)).await
    }
}

/// A message and what follows it, of what was deleted at a moment or not at all; parents first.
fn below(connection: &Connection, id: &str, deleted_at: Option<i64>) -> rusqlite::Result<Vec<String>> {
    let sql = "WITH RECURSIVE below (id) AS (
            SELECT id FROM messages WHERE id = ?1 AND deleted_at IS ?2
            UNION SELECT m.id FROM below JOIN messages m ON m.parent = below.id WHERE m.deleted_at IS ?2)
        SELECT id FROM below";
    all(connection, sql, params![id, deleted_at], |row| row.get(0))
}

/// Down the newest children to the end.
fn end_of(connection: &Connection, mut id: String) -> rusqlite::Result<String> {
    let child = "SELECT id FROM messages WHERE parent = ?1 AND deleted_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT 1";
    while let Some(next) = first(connection, child, [&id], |row| row.get(0))? {
        id = next;
    }
    Ok(id)
}

fn show(connection: &Connection, conversation: &str, leaf: Option<&str>) -> rusqlite::Result<()> {
    let sql = "UPDATE conversations SET leaf = ?2 WHERE id = ?1";
    run(connection, sql, params![conversation, leaf]).map(drop)
}

fn copy(connection: &Connection, last: &str, mut into: ConversationRow) -> Result<(), LedgerError> {
    let mut branch: Vec<MessageRow> = Vec::new();
    let mut next = Some(last.to_owned());
    while let Some(id) = next {
        let row = messages::one(connection, &id)?.ok_or(LedgerError::NotFound)?;
        next = row.parent.clone();
        branch.push(row);
    }
    branch.reverse();
    let ids: HashMap<String, String> = branch.iter().map(|row| (row.id.clone(), new_id())).collect();
    into.leaf = ids.get(last).cloned();
    conversations::put(connection, &into)?;
    for row in branch {
        let from = row.id.clone();
        let copied = MessageRow {
            id: ids.get(&row.id).cloned().unwrap_or_else(new_id),
            conversation: into.id.clone(),
            parent: row.parent.as_ref().and_then(|parent| ids.get(parent)).cloned(),
            exchange: None,
            ..row
        };
        messages::put(connection, &copied)?;
        // Not the comparison it was asked for with: that stays where its other answers are.
        let marks = "UPDATE messages SET (attachments, schema_problem, citations) =
            (SELECT attachments, schema_problem, citations FROM messages WHERE id = ?1) WHERE id = ?2";
        run(connection, marks, [&from, &copied.id])?;
        let summary = "INSERT INTO compactions (through, conversation, text, tokens, created_at)
            SELECT ?2, ?3, text, tokens, created_at FROM compactions WHERE through = ?1";
        run(connection, summary, [&from, &copied.id, &into.id])?;
        pictures::copy(connection, &from, &copied.id)?;
    }
    Ok(())
}

/// Forgets what was deleted before a moment, except where something that is still there hangs on it.
pub(crate) fn purge(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    let any = "SELECT 1 FROM messages WHERE deleted_at < ?1 LIMIT 1";
    let any = connection
        .prepare_cached(any)?
        .query_row([before], |_| Ok(()))
        .optional()?;
    if any.is_none() {
        return Ok(());
    }
    let sql = "WITH RECURSIVE held (id) AS (
            SELECT k.parent FROM messages m JOIN messages k ON k.parent = m.id
            WHERE m.deleted_at < ?1 AND (k.deleted_at IS NULL OR k.deleted_at >= ?1)
            UNION SELECT m.parent FROM held JOIN messages m ON m.id = held.id WHERE m.parent IS NOT NULL)
        DELETE FROM messages WHERE deleted_at < ?1 AND id NOT IN (SELECT id FROM held)";
    run(connection, sql, [before]).map(drop)
}
