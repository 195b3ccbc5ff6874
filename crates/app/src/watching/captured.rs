//! What was kept of an exchange: who said what, as it crossed the relay, without secrets.

use nexdesk_ledger::{BodyRow, Side};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::problem::Problem;

/// A body that was kept, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CapturedBody {
    /// The headers worth keeping, a line each.
    pub head: String,
    /// What was said, to be shown as text and never as a page; null where it is none.
    pub text: Option<String>,
    /// How many bytes passed.
    pub size: u64,
    /// Whether fewer are kept.
    pub truncated: bool,
}

/// What was asked and answered, as far as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Captured {
    /// As the caller sent it.
    pub request: Option<CapturedBody>,
    /// As the caller got it.
    pub response: Option<CapturedBody>,
}

impl App {
    /// What was asked and answered in an exchange, where that was kept.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn captured(&self, exchange: &str) -> Result<Captured, Problem> {
        let side = |side| self.ledger().body(exchange, side).map(|row| row.map(shown));
        Ok(Captured {
            request: side(Side::Request)?,
            response: side(Side::Response)?,
        })
    }
}

/// The cap may have cut a character in two.
fn shown(row: BodyRow) -> CapturedBody {
    let text = match std::str::from_utf8(&row.bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(error) if row.truncated && error.error_len().is_none() => {
            Some(String::from_utf8_lossy(&row.bytes[..error.valid_up_to()]).into_owned())
        }
        Err(_) => None,
    };
    CapturedBody {
        head: row.head,
        text,
        size: row.size,
        truncated: row.truncated,
    }
}
