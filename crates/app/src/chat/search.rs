//! Finding what was said, in every conversation that is not deleted.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use nexdesk_ledger::FoundRow;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::problem::Problem;

/// More than anybody reads through.
const MOST: u32 = 200;

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Its conversation.
    pub conversation: String,
    /// The message to jump to.
    pub message: String,
    /// The conversation's title.
    pub title: String,
    /// The part of the text that holds what was found.
    pub snippet: String,
    /// Where in the snippet: pairs of start and end, in UTF-16 units.
    pub at: Vec<(u32, u32)>,
    /// The model that wrote it.
    pub model: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Whether its conversation is put away.
    pub archived: bool,
}

impl From<FoundRow> for SearchHit {
    fn from(row: FoundRow) -> Self {
        Self {
            conversation: row.conversation,
            message: row.message,
            title: row.title,
            snippet: row.snippet,
            at: row.at,
            model: row.model,
            created_at: row.created_at,
            archived: row.archived,
        }
    }
}

impl App {
    /// Messages and titles that hold every word of a query, best first. `"a phrase"`, `model:gpt*`, `has:image`
    /// (`file`, `tool`, `code`), `cost:>0.1`, `before:2026-01-31`, `after:`, `in:folder` narrow it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>, Problem> {
        let limit = usize::try_from(limit.min(MOST)).unwrap_or_default();
        let found = self.ledger().search(query, limit, &midnight)?;
        Ok(found.into_iter().map(SearchHit::from).collect())
    }
}

/// When a day begins here.
fn midnight(year: i32, month: u8, day: u8) -> Option<i64> {
    let small = |number: u8| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let begins = date.to_zoned(TimeZone::system()).ok()?;
    Some(begins.timestamp().as_millisecond())
}
