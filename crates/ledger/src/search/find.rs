//! From a query to the messages it finds, best first: by how well the words fit, and newer before older.

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::query::{Filter, Midnight, Query};
use super::snippet::snippet;
use crate::{Ledger, LedgerError};

/// As many of the newest matches are compared; who looks for one that is older still has a word or a date to add.
const COMPARED: i64 = 1000;
/// The age at which a match counts half as much more than an old one, in milliseconds: thirty days.
const FRESH: f64 = 30.0 * 86_400_000.0;

/// No filter.
const ALL: &str = "TRUE";
const WORDS: &str = "search_words CROSS JOIN";
const MATCH: &str = "search_words MATCH ?";
const RANK: &str = "bm25(search_words)";

/// A message that was found, by its own words or by the title of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// Its conversation.
    pub conversation: String,
    /// The message; where the title was found, the first that fits the filters.
    pub message: String,
    /// The conversation's title.
    pub title: String,
    /// The part of the text, or the title, that has what was found.
    pub snippet: String,
    /// Where in the snippet, as pairs of start and end in UTF-16 units.
    pub at: Vec<(u32, u32)>,
    /// The model that wrote it.
    pub model: Option<String>,
    /// When it was begun.
    pub created_at: i64,
    /// Whether its conversation is put away.
    pub archived: bool,
}

/// A row of the index that fits.
struct Candidate {
    titled: Option<String>,
    message: Option<String>,
    created_at: i64,
    /// SQLite's: the lower the better.
    rank: f64,
}

impl Ledger {
    /// Messages and titles that hold every word of a query, at most `limit`, best first. Filters narrow them:
    /// `model:gpt*`, `has:image` (`file`, `tool`, `code`), `cost:>0.1`, `before:2026-01-31`, `after:`, `in:folder`.
    /// Without any word, the newest that pass the filters. What is deleted is not found.
    pub fn search(
        &self,
        query: &str,
        limit: usize,
        midnight: Midnight<'_>,
    ) -> Result<Vec<FoundRow>, LedgerError> {
        let query = Query::read(query, midnight);
        if query == Query::default() {
            return Ok(Vec::new());
        }
        self.read(|connection| Ok(found(connection, &query, limit)?))
    }
}

fn found(connection: &Connection, query: &Query, limit: usize) -> rusqlite::Result<Vec<FoundRow>> {
    let Some(narrowed) = Narrowed::by(connection, query)? else {
        return Ok(Vec::new());
    };
    let mut candidates = narrowed.candidates(connection)?;
    sort(&mut candidates);
    let mut known = HashSet::new();
    let mut rows = Vec::new();
    for candidate in candidates {
        if rows.len() >= limit {
            break;
        }
        let Some(message) = narrowed.message_of(connection, &candidate)? else {
            continue;
        };
        // A title is mostly the beginning of the first message, which is then found for itself.
        if known.insert(message.clone()) {
            rows.extend(shown(connection, query, &candidate, &message)?);
        }
    }
    Ok(rows)
}

/// A fresh match counts for up to twice as much as one that fits as well and is old. The newest stands for the present.
fn sort(candidates: &mut [Candidate]) {
    let newest = candidates
        .iter()
        .map(|one| one.created_at)
        .max()
        .unwrap_or_default();
    let score = |one: &Candidate| {
        #[expect(clippy::cast_precision_loss, reason = "days of difference, to compare by")]
        let age = newest.saturating_sub(one.created_at) as f64;
        one.rank * (1.0 + FRESH / (FRESH + age))
    };
    candidates.sort_by(|one, other| {
        let order = score(one).total_cmp(&score(other));
        order.then(Reverse(one.created_at).cmp(&Reverse(other.created_at)))
    });
}

/// A query as SQL.
struct Narrowed {
    words: Option<String>,
    /// How well a row fits: the lower the better.
    rank: &'static str,
    /// Conditions on a row `x` of `search_rows`.
    rows: String,
    /// Conditions on a conversation `c`.
    conversations: String,
    values: Vec<Value>,
}

impl Narrowed {
    /// None if nothing can fit.
    fn by(connection: &Connection, query: &Query) -> rusqlite::Result<Option<Narrowed>> {
        let mut narrowed = Narrowed {
            words: (!query.terms.is_empty()).then(|| query.matching()),
            rank: if query.is_vague() { "0.0" } else { RANK },
            rows: String::from(ALL),
            conversations: String::from("c.deleted_at IS NULL"),
            values: Vec::new(),
        };
        for filter in &query.filters {
            match filter {
                Filter::Model(name) => {
                    let name = name.clone();
                    narrowed.row(
                        "(x.model GLOB ? OR x.model GLOB '*/' || ?)",
                        [name.clone().into(), name.into()],
                    );
                }
                Filter::Has(mark) => narrowed.row("x.marks & ? <> 0", [(*mark).into()]),
                Filter::Dearer(nano) => narrowed.row("x.cost_nano > ?", [(*nano).into()]),
                Filter::Cheaper(nano) => narrowed.row("x.cost_nano < ?", [(*nano).into()]),
                Filter::Before(at) => narrowed.row("x.created_at < ?", [(*at).into()]),
                Filter::After(at) => narrowed.row("x.created_at >= ?", [(*at).into()]),
                Filter::In(name) => {
                    let folders = folders(connection, name)?;
                    if folders.is_empty() {
                        return Ok(None);
                    }
                    narrowed.conversations += &format!(" AND c.folder IN ({})", folders.join(", "));
                }
            }
        }
        Ok(Some(narrowed))
    }

    fn row<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.rows += " AND ";
        self.rows += condition;
        self.values.extend(values);
    }

    /// The newest rows that fit. A title fits if a message of its conversation passes the filters.
    fn candidates(&self, connection: &Connection) -> rusqlite::Result<Vec<Candidate>> {
        let Narrowed {
            rows, conversations, ..
        } = self;
        let words = self.words.iter().cloned().map(Value::from);
        let filters = self.values.iter().cloned();
        // What can be told from a row alone is asked first: the others cost a look into two more tables each.
        let (from, rank, order, fits, again) = match (&self.words, rows.as_str()) {
            (None, _) => ("", "0.0", "x.number", format!("x.titled IS NULL AND {rows}"), 0),
            (Some(_), ALL) => (WORDS, self.rank, "search_words.rowid", MATCH.to_owned(), 0),
            (Some(_), _) => (
                WORDS,
                self.rank,
                "search_words.rowid",
                format!(
                    "{MATCH} AND (x.titled IS NOT NULL OR {rows}) AND (x.titled IS NULL OR EXISTS (
                        SELECT 1 FROM messages k JOIN search_rows x ON x.message = k.id
                        WHERE k.conversation = c.id AND {rows}))"
                ),
                1,
            ),
        };
        let again = filters.clone().take(again * self.values.len());
        let values = words.chain(filters).chain(again).chain([COMPARED.into()]);
        // CROSS JOIN: in this order, so that the walk can end as soon as there are enough.
        let sql = format!(
            "SELECT x.titled, x.message, x.created_at, {rank} FROM {from} search_rows x {}
             LEFT JOIN messages m ON m.id = x.message
             CROSS JOIN conversations c ON c.id = coalesce(x.titled, m.conversation)
             WHERE {fits} AND {conversations} ORDER BY {order} DESC LIMIT ?",
            if from.is_empty() {
                ""
            } else {
                "ON x.number = search_words.rowid"
            }
        );
        connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(values), |row| {
                Ok(Candidate {
                    titled: row.get(0)?,
                    message: row.get(1)?,
                    created_at: row.get(2)?,
                    rank: row.get(3)?,
                })
            })?
            .collect()
    }

    /// The message a row leads to. An empty conversation has none.
    fn message_of(&self, connection: &Connection, candidate: &Candidate) -> rusqlite::Result<Option<String>> {
        let Some(conversation) = &candidate.titled else {
            return Ok(candidate.message.clone());
        };
        let sql = format!(
            "SELECT m.id FROM messages m JOIN search_rows x ON x.message = m.id WHERE {} AND m.conversation = ?
             ORDER BY m.created_at, m.id LIMIT 1",
            self.rows
        );
        let mut values = self.values.clone();
        values.push(conversation.clone().into());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        rows.next().transpose()
    }
}

/// The folders of a name, quoted; where none has it, those that begin so.
fn folders(connection: &Connection, name: &str) -> rusqlite::Result<Vec<String>> {
    let all: Vec<(String, String)> = connection
        .prepare_cached("SELECT quote(id), name FROM folders")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let which = |fits: &dyn Fn(&str) -> bool| -> Vec<String> {
        let fitting = all
            .iter()
            .filter(|(_, folder)| fits(&folder.trim().to_lowercase()));
        fitting.map(|(id, _)| id.clone()).collect()
    };
    let exact = which(&|folder| folder == name.trim());
    Ok(match exact.is_empty() {
        true => which(&|folder| folder.starts_with(name.trim())),
        false => exact,
    })
}

fn shown(
    connection: &Connection,
    query: &Query,
    candidate: &Candidate,
    message: &str,
) -> rusqlite::Result<Option<FoundRow>> {
    let sql = "SELECT m.conversation, c.title, m.text, m.model, m.created_at, c.archived_at IS NOT NULL
        FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        let (title, text): (String, String) = (row.get(1)?, row.get(2)?);
        let found_in = if candidate.titled.is_some() { &title } else { &text };
        let (snippet, at) = snippet(found_in, &query.terms);
        Ok(FoundRow {
            conversation: row.get(0)?,
            message: message.to_owned(),
            snippet,
            at,
            title,
            model: row.get(3)?,
            created_at: row.get(4)?,
            archived: row.get(5)?,
        })
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query_map([message], read)?;
    rows.next().transpose()
}
