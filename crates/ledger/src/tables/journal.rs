//! The journal of answers being written: every delta as it came, so that a killed process loses nothing of them.

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::{all, run};
use crate::words::words;
use crate::{Ledger, MessageRow};

words! {
    /// What a journalled delta adds to.
    pub enum JournalKind {
        /// The text.
        Text = "text",
        /// The reasoning.
        Reasoning = "reasoning",
        /// A tool call: a JSON fragment `{index, id, name, arguments}`.
        ToolCall = "tool_call",
    }
}

impl Ledger {
    /// Journals a delta of a message that is streaming; of any other message it is forgotten.
    pub fn tell_journal(&self, message: &str, seq: u64, kind: JournalKind, text: String) {
        let message = message.to_owned();
        self.tell(move |c| {
            // A delta told after the message was finished must not wait there for a later continuation.
            let sql = "INSERT INTO journal (message, seq, kind, text)
                SELECT id, ?2, ?3, ?4 FROM messages WHERE id = ?1 AND state = 'streaming'";
            run(c, sql, params![message, seq, kind, text]).map(drop)
        });
    }
}

/// Adds what is journalled of a message to it.
pub(super) fn fold(connection: &Connection, row: &mut MessageRow) -> rusqlite::Result<()> {
    let sql = "SELECT kind, text FROM journal WHERE message = ?1 ORDER BY seq, id";
    let entries: Vec<(JournalKind, String)> = all(connection, sql, [&row.id], |entry| {
        Ok((entry.get(0)?, entry.get(1)?))
    })?;
    let mut calls = match row.tool_calls.take() {
        Value::Array(calls) => calls,
        _ => Vec::new(),
    };
    for (kind, text) in entries {
        match kind {
            JournalKind::Text => row.text.push_str(&text),
            JournalKind::Reasoning => row.reasoning.push_str(&text),
            JournalKind::ToolCall => join(&mut calls, &text),
        }
    }
    row.tool_calls = Value::Array(calls);
    Ok(())
}

/// Joins a fragment to the call with its index: the first fragment names the call, every one adds to its arguments.
fn join(calls: &mut Vec<Value>, fragment: &str) {
    // Half a fragment is still something the model said: it counts as arguments of the last call.
    let fragment = match serde_json::from_str(fragment) {
        Ok(Value::Object(fragment)) => fragment,
        _ => Map::from_iter([("arguments".to_owned(), fragment.into())]),
    };
    let index = match fragment.get("index") {
        Some(index) if index.is_u64() => index.clone(),
        _ => calls
            .last()
            .and_then(|call| call.get("index"))
            .cloned()
            .unwrap_or(json!(0)),
    };
    let known = calls
        .iter()
        .position(|call| call.get("index") == Some(&index))
        .unwrap_or_else(|| {
            calls.push(json!({ "index": index, "id": null, "name": null, "arguments": "" }));
            calls.len() - 1
        });
    let Some(call) = calls.get_mut(known).and_then(Value::as_object_mut) else {
        return;
    };
    for field in ["id", "name"] {
        if let Some(text) = fragment
            .get(field)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
        {
            call.insert(field.to_owned(), text.into());
        }
    }
    if let Some(more) = fragment.get("arguments").and_then(Value::as_str) {
        let before = call.get("arguments").and_then(Value::as_str).unwrap_or_default();
        let whole = format!("{before}{more}");
        call.insert("arguments".to_owned(), whole.into());
    }
}

/// Forgets what is journalled of a message that says it all by itself.
pub(super) fn forget(connection: &Connection, message: &str) -> rusqlite::Result<()> {
    run(connection, "DELETE FROM journal WHERE message = ?1", [message]).map(drop)
}
