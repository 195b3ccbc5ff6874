//! How a turn begins, all of it or nothing; and what marks a message beside what it says: its files, the comparison it
//! belongs to, whether it was picked, where it misses its schema.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Columns, all, conversations, first, messages, run, touched};
use crate::search::index;
use crate::{ConversationRow, Ledger, LedgerError, MessageRow};

/// What marks a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageMarks {
    /// Whose they are.
    pub message: String,
    /// Ids of its attachments, in order.
    pub attachments: Vec<String>,
    /// The group of answers it was asked for with.
    pub compare: Option<String>,
    /// Whether the conversation goes on with it.
    pub picked: bool,
    /// Where it does not fit its schema.
    pub schema_problem: Option<String>,
    /// The pages its model named beside it, as pairs of title and address.
    pub citations: Vec<(String, String)>,
}

/// What a turn begins with.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The conversation, as it stands from now on.
    pub conversation: ConversationRow,
    /// Its settings, where they are new.
    pub settings: Option<Value>,
    /// The messages, parents before their children.
    pub messages: Vec<MessageRow>,
    /// What marks them.
    pub marks: Vec<MessageMarks>,
    /// The answer of a comparison that this goes on with.
    pub picks: Option<String>,
    /// The waiting message that this is.
    pub queued: Option<String>,
    /// The draft that this was, by its conversation.
    pub draft: Option<Option<String>>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageMarks> {
    let mut columns = Columns::of(row);
    Ok(MessageMarks {
        message: columns.take()?,
        attachments: ids(columns.take()?),
        compare: columns.take()?,
        picked: columns.take()?,
        schema_problem: columns.take()?,
        citations: serde_json::from_value(columns.take()?).unwrap_or_default(),
    })
}

/// Ids as they are kept in one column.
pub(super) fn ids(kept: Value) -> Vec<String> {
    serde_json::from_value(kept).unwrap_or_default()
}

impl Ledger {
    /// Stores what a turn begins with. A waiting message that is gone was sent already, so nothing is stored then.
    pub async fn begin_asking(&self, turn: Turn) -> Result<(), LedgerError> {
        self.ask(move |c| {
            if let Some(queued) = &turn.queued {
                touched(run(c, "DELETE FROM queued WHERE id = ?1", [queued])?)?;
            }
            conversations::put(c, &turn.conversation)?;
            if let Some(settings) = &turn.settings {
                keep_settings(c, &turn.conversation.id, settings)?;
            }
            turn.messages.iter().try_for_each(|row| messages::put(c, row))?;
            turn.marks.iter().try_for_each(|marks| mark(c, marks))?;
            if let Some(picked) = &turn.picks {
                pick(c, picked)?;
            }
            if let Some(draft) = &turn.draft {
                let id = draft.as_deref().unwrap_or_default();
                run(c, "DELETE FROM drafts WHERE conversation = ?1", [id])?;
            }
            Ok(())
        })
        .await
    }

    /// What marks the messages of a conversation; those without marks are left out.
    pub fn marks_of(&self, conversation: &str) -> Result<Vec<MessageMarks>, LedgerError> {
        const SELECT: &str =
            "SELECT id, attachments, compare, picked, schema_problem, citations FROM messages
            WHERE conversation = ?1 AND (attachments <> '[]' OR compare IS NOT NULL OR picked
                OR schema_problem IS NOT NULL OR citations <> '[]')";
        self.read(|c| Ok(all(c, SELECT, [conversation], read)?))
    }

    /// Goes on with one answer of a comparison.
    pub async fn pick_message(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            pick(c, &id)?;
            let leaf = "UPDATE conversations SET leaf = ?1
                WHERE id = (SELECT conversation FROM messages WHERE id = ?1)";
            touched(run(c, leaf, [&id])?)
        })
        .await
    }

    /// Gives a conversation a title that a model wrote, unless somebody named it; whether it did.
    pub async fn name_conversation(&self, id: &str, title: String, by: String) -> Result<bool, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql =
                "UPDATE conversations SET title = ?2, titled_by = ?3 WHERE id = ?1 AND titled_by IS NULL
                RETURNING created_at";
            match first(c, sql, params![id, title, by], |row| row.get(0))? {
                Some(created_at) => index::title(c, &id, &title, created_at)?,
                None => return Ok(false),
            }
            Ok(true)
        })
        .await
    }

    /// Adds a page that a model named beside an answer; one whose address is there already changes nothing.
    pub async fn add_citation(&self, message: &str, title: String, url: String) -> Result<(), LedgerError> {
        let message = message.to_owned();
        self.ask(move |c| {
            let sql = "UPDATE messages SET citations = json_insert(citations, '$[#]', json_array(?2, ?3))
                WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM json_each(citations) WHERE value ->> 1 = ?3)";
            Ok(run(c, sql, params![message, title, url]).map(drop)?)
        })
        .await
    }

    /// Notes where an answer misses its schema.
    pub fn tell_schema_problem(&self, message: &str, problem: Option<String>) {
        let message = message.to_owned();
        self.tell(move |c| {
            let sql = "UPDATE messages SET schema_problem = ?2 WHERE id = ?1";
            run(c, sql, params![message, problem]).map(drop)
        });
    }

    /// The settings of a conversation; of the one that does not exist yet without an id.
    pub fn settings_of(&self, conversation: Option<&str>) -> Result<Option<Value>, LedgerError> {
        self.read(|c| {
            let kept = match conversation {
                Some(id) => first(
                    c,
                    "SELECT settings FROM conversations WHERE id = ?1",
                    [id],
                    |row| row.get(0),
                )?,
                None => first(
                    c,
                    "SELECT settings FROM drafts WHERE conversation = ''",
                    [],
                    |row| row.get(0),
                )?,
            };
            Ok(kept.flatten())
        })
    }

    /// Keeps the settings of a conversation, or of the one that does not exist yet.
    pub async fn put_settings(
        &self,
        conversation: Option<&str>,
        settings: Value,
        at: i64,
    ) -> Result<(), LedgerError> {
        let conversation = conversation.map(str::to_owned);
        self.ask(move |c| match &conversation {
            Some(id) => touched(keep_settings(c, id, &settings)?),
            None => {
                let sql =
                    "INSERT INTO drafts (conversation, text, updated_at, settings) VALUES ('', '', ?1, ?2)
                    ON CONFLICT (conversation) DO UPDATE SET settings = excluded.settings";
                run(c, sql, params![at, settings])?;
                Ok(())
            }
        })
        .await
    }
}

fn keep_settings(connection: &Connection, id: &str, settings: &Value) -> rusqlite::Result<usize> {
    let sql = "UPDATE conversations SET settings = ?2 WHERE id = ?1";
    run(connection, sql, params![id, settings])
}

fn mark(connection: &Connection, marks: &MessageMarks) -> rusqlite::Result<()> {
    let sql = "UPDATE messages SET attachments = ?2, compare = ?3, picked = ?4 WHERE id = ?1";
    let attachments = Value::from(marks.attachments.clone());
    run(
        connection,
        sql,
        params![marks.message, attachments, marks.compare, marks.picked],
    )?;
    index::assets(connection, &marks.message)
}

fn pick(connection: &Connection, message: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE messages SET picked = (id = ?1)
        WHERE conversation = (SELECT conversation FROM messages WHERE id = ?1)
            AND compare = (SELECT compare FROM messages WHERE id = ?1)";
    run(connection, sql, [message]).map(drop)
}
