//! Messages, a tree per conversation, and the life of an answer: begun, journalled, finished or interrupted, continued.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::{Columns, all, conversations, first, interruptions, journal, run, touched};
use crate::search::index;
use crate::words::words;
use crate::{ConversationRow, Ledger, LedgerError};

words! {
    /// Who speaks.
    pub enum Role {
        /// The person.
        User = "user",
        /// The model.
        Assistant = "assistant",
    }
}

words! {
    /// How far a message has come.
    pub enum MessageState {
        /// It is whole.
        Complete = "complete",
        /// It is being written.
        Streaming = "streaming",
        /// The person stopped it.
        Stopped = "stopped",
        /// The program ended while it was being written.
        Interrupted = "interrupted",
        /// The gateway failed while it was being written.
        Failed = "failed",
        /// The model reached its limit of output.
        Truncated = "truncated",
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRow {
    /// Its id.
    pub id: String,
    /// Its conversation.
    pub conversation: String,
    /// The message it answers; none for the first.
    pub parent: Option<String>,
    /// Who speaks.
    pub role: Role,
    /// How far it has come.
    pub state: MessageState,
    /// The model that wrote it.
    pub model: Option<String>,
    /// What it says.
    pub text: String,
    /// What the model thought.
    pub reasoning: String,
    /// How long it thought.
    pub reasoning_ms: Option<u64>,
    /// The tools it calls, an array.
    pub tool_calls: Value,
    /// The exchange that made it.
    pub exchange: Option<String>,
    /// What it cost, as shown under it.
    pub receipt: Option<Value>,
    /// What went wrong.
    pub problem: Option<Value>,
    /// When it was begun.
    pub created_at: i64,
}

const SELECT: &str =
    "SELECT id, conversation, parent, role, state, model, text, reasoning, reasoning_ms, tool_calls,
    exchange, receipt, problem, created_at FROM messages";

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    let mut columns = Columns::of(row);
    Ok(MessageRow {
        id: columns.take()?,
        conversation: columns.take()?,
        parent: columns.take()?,
        role: columns.take()?,
        state: columns.take()?,
        model: columns.take()?,
        text: columns.take()?,
        reasoning: columns.take()?,
        reasoning_ms: columns.take()?,
        tool_calls: columns.take()?,
        exchange: columns.take()?,
        receipt: columns.take()?,
        problem: columns.take()?,
        created_at: columns.take()?,
    })
}

impl Ledger {
    /// Every message of a conversation, on all branches, oldest first.
    pub fn messages(&self, conversation: &str) -> Result<Vec<MessageRow>, LedgerError> {
        let sql = format!("{SELECT} WHERE conversation = ?1 AND deleted_at IS NULL ORDER BY created_at, id");
        self.read(|c| Ok(all(c, &sql, [conversation], read)?))
    }

    /// One message, unless it is deleted.
    pub fn message(&self, id: &str) -> Result<Option<MessageRow>, LedgerError> {
        self.read(|c| Ok(one(c, id)?))
    }

    /// Stores a conversation together with the messages a turn begins with, parents before their children: all of
    /// it or nothing.
    pub async fn begin_turn(
        &self,
        conversation: ConversationRow,
        messages: Vec<MessageRow>,
    ) -> Result<(), LedgerError> {
        self.ask(move |c| {
            conversations::put(c, &conversation)?;
            Ok(messages.iter().try_for_each(|row| put(c, row))?)
        })
        .await
    }

    /// Stores a message as it ended, in one step with forgetting its journal.
    pub async fn finish_message(&self, row: MessageRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            put(c, &row)?;
            Ok(journal::forget(c, &row.id)?)
        })
        .await
    }

    /// Sets a message back to streaming, to be written on; what it says so far stays. Returns it as it now stands.
    pub async fn continue_message(&self, id: &str) -> Result<MessageRow, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            // Words still in the journal go into the message first, or they would mix with those to come.
            fold(c, &id, MessageState::Streaming)?;
            touched(run(
                c,
                "UPDATE messages SET state = 'streaming', problem = NULL WHERE id = ?1",
                [&id],
            )?)?;
            one(c, &id)?.ok_or(LedgerError::NotFound)
        })
        .await
    }
}

pub(crate) fn one(connection: &Connection, id: &str) -> rusqlite::Result<Option<MessageRow>> {
    let sql = format!("{SELECT} WHERE id = ?1 AND deleted_at IS NULL");
    first(connection, &sql, [id], read)
}

pub(super) fn put(connection: &Connection, row: &MessageRow) -> rusqlite::Result<()> {
    let tool_calls = if row.tool_calls.is_null() {
        &json!([])
    } else {
        &row.tool_calls
    };
    run(
        connection,
        "INSERT INTO messages (id, conversation, parent, role, state, model, text, reasoning, reasoning_ms,
            tool_calls, exchange, receipt, problem, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, parent = excluded.parent,
            role = excluded.role, state = excluded.state, model = excluded.model, text = excluded.text,
            reasoning = excluded.reasoning, reasoning_ms = excluded.reasoning_ms,
            tool_calls = excluded.tool_calls, exchange = excluded.exchange, receipt = excluded.receipt,
            problem = excluded.problem, created_at = excluded.created_at",
        params![
            row.id,
            row.conversation,
            row.parent,
            row.role,
            row.state,
            row.model,
            row.text,
            row.reasoning,
            row.reasoning_ms,
            tool_calls,
            row.exchange,
            row.receipt,
            row.problem,
            row.created_at,
        ],
    )?;
    index::message(connection, row)
}

/// Every message a previous life left streaming gets its journalled words and becomes interrupted.
pub(crate) fn interrupt_streaming(connection: &Connection) -> rusqlite::Result<()> {
    interruptions::note(connection)?;
    let streaming: Vec<String> = all(
        connection,
        "SELECT id FROM messages WHERE state = 'streaming'",
        [],
        |row| row.get(0),
    )?;
    for id in streaming {
        fold(connection, &id, MessageState::Interrupted)?;
    }
    Ok(())
}

fn fold(connection: &Connection, id: &str, state: MessageState) -> rusqlite::Result<()> {
    // A deleted one too: it may be brought back.
    let Some(mut row) = first(connection, &format!("{SELECT} WHERE id = ?1"), [id], read)? else {
        return Ok(());
    };
    journal::fold(connection, &mut row)?;
    row.state = state;
    put(connection, &row)?;
    journal::forget(connection, id)
}
