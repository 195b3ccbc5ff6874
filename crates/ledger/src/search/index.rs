//! Noting the words of messages and titles, in the transaction that stores them.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::cut::words;
use crate::{MessageRow, MessageState};

/// What a message has besides words, as bits.
pub(super) const IMAGE: i64 = 1;
pub(super) const FILE: i64 = 2;
pub(super) const TOOL: i64 = 4;
pub(super) const CODE: i64 = 8;

/// Numbers go up from here for what is new, and down for what an older version stored.
const MIDDLE: i64 = 1 << 32;

/// Which end of the numbers a row gets its own from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    New,
    Old,
}

/// Notes a message as it now stands. One that is being written is noted at its end; a deleted one never.
pub(crate) fn message(connection: &Connection, row: &MessageRow) -> rusqlite::Result<()> {
    match row.state {
        MessageState::Streaming => Ok(()),
        _ => note(connection, row, Age::New),
    }
}

pub(super) fn note(connection: &Connection, row: &MessageRow, age: Age) -> rusqlite::Result<()> {
    let gone = "SELECT 1 FROM messages WHERE id = ?1 AND deleted_at IS NOT NULL";
    if connection.prepare_cached(gone)?.exists([&row.id])? {
        return Ok(());
    }
    let place = place(connection, "message", &row.id, age)?;
    let cost = row
        .receipt
        .as_ref()
        .and_then(|receipt| receipt.pointer("/cost/nano"));
    connection
        .prepare_cached(
            "INSERT INTO search_rows (number, message, created_at, model, marks, cost_nano)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (number) DO UPDATE SET created_at = excluded.created_at, model = excluded.model,
                marks = excluded.marks, cost_nano = excluded.cost_nano",
        )?
        .execute(params![
            place.number,
            row.id,
            row.created_at,
            row.model.as_deref().map(str::to_lowercase),
            marks(connection, row)?,
            cost.and_then(Value::as_i64),
        ])?;
    keep_words(connection, &place, &row.text)
}

/// Notes a conversation's title.
pub(crate) fn title(connection: &Connection, id: &str, title: &str, at: i64) -> rusqlite::Result<()> {
    note_title(connection, id, title, at, Age::New)
}

pub(super) fn note_title(
    connection: &Connection,
    id: &str,
    title: &str,
    at: i64,
    age: Age,
) -> rusqlite::Result<()> {
    let place = place(connection, "titled", id, age)?;
    let sql = "INSERT INTO search_rows (number, titled, created_at, marks) VALUES (?1, ?2, ?3, 0)
        ON CONFLICT (number) DO NOTHING";
    connection
        .prepare_cached(sql)?
        .execute(params![place.number, id, at])?;
    keep_words(connection, &place, title)
}

/// Forgets a message that was deleted. (One that is removed takes its words with it.)
pub(crate) fn forget(connection: &Connection, message: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM search_rows WHERE message = ?1";
    connection.prepare_cached(sql)?.execute([message]).map(drop)
}

/// Notes what pictures and files a message has got, if its words are noted already.
pub(crate) fn assets(connection: &Connection, message: &str) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE search_rows SET marks = marks & ~{} | ?2 WHERE message = ?1",
        IMAGE | FILE
    );
    let assets = assets_of(connection, message)?;
    connection
        .prepare_cached(&sql)?
        .execute(params![message, assets])
        .map(drop)
}

fn assets_of(connection: &Connection, message: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT 'picture' FROM pictures WHERE message = ?1
        UNION SELECT a.kind FROM messages m, json_each(m.attachments) j JOIN attachments a ON a.id = j.value
            WHERE m.id = ?1 AND m.attachments <> '[]'";
    let mut statement = connection.prepare_cached(sql)?;
    let kinds = statement.query_map([message], |row| row.get::<_, String>(0))?;
    let mut marks = 0;
    for kind in kinds {
        marks |= if kind? == "picture" { IMAGE } else { FILE };
    }
    Ok(marks)
}

/// Where a message or a title stands in the index.
struct Place {
    number: i64,
    /// Whether it stands there already.
    known: bool,
}

fn keep_words(connection: &Connection, place: &Place, text: &str) -> rusqlite::Result<()> {
    if place.known {
        connection
            .prepare_cached("DELETE FROM search_words WHERE rowid = ?1")?
            .execute([place.number])?;
    }
    connection
        .prepare_cached("INSERT INTO search_words (rowid, text) VALUES (?1, ?2)")?
        .execute(params![place.number, words(text)])
        .map(drop)
}

fn place(connection: &Connection, column: &str, id: &str, age: Age) -> rusqlite::Result<Place> {
    let known = format!("SELECT number FROM search_rows WHERE {column} = ?1");
    let known = connection
        .prepare_cached(&known)?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(Place { number, known: true });
    }
    let (end, step) = match age {
        Age::New => ("max", 1),
        Age::Old => ("min", -1),
    };
    let next = format!("SELECT coalesce({end}(number), {MIDDLE}) + {step} FROM search_rows");
    let number = connection
        .prepare_cached(&next)?
        .query_row([], |row| row.get(0))?;
    Ok(Place { number, known: false })
}

fn marks(connection: &Connection, row: &MessageRow) -> rusqlite::Result<i64> {
    let calls = row.tool_calls.as_array().is_some_and(|calls| !calls.is_empty());
    let code = row.text.contains("```") || row.text.contains("~~~");
    let said = [(TOOL, calls), (CODE, code)]
        .into_iter()
        .filter(|(_, found)| *found);
    Ok(said.fold(assets_of(connection, &row.id)?, |marks, (mark, _)| marks | mark))
}
