//! What the last life of the app left unfinished, for the empty view that a start after a crash opens on.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::problem::Problem;

/// Enough to recognise an answer by.
const SHOWN: usize = 400;

/// An answer that broke off because the app did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InterruptedAnswer {
    /// Where it is.
    pub conversation: String,
    /// Its id, to continue it by.
    pub message: String,
    /// The conversation's title.
    pub title: String,
    /// The last it says.
    pub text: String,
    /// Who was speaking.
    pub model: Option<String>,
}

impl App {
    /// The answers that the last life left unfinished, newest first; none where it was closed as one closes an app.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn interrupted_answers(&self) -> Result<Vec<InterruptedAnswer>, Problem> {
        let mut found = Vec::new();
        for id in self.ledger().interruptions()? {
            let Some(row) = self.ledger().message(&id)? else {
                continue;
            };
            let title = self.conversation_row(&row.conversation)?.title;
            let from = row.text.ceil_char_boundary(row.text.len().saturating_sub(SHOWN));
            found.push(InterruptedAnswer {
                conversation: row.conversation,
                message: row.id,
                title,
                text: row.text.get(from..).unwrap_or_default().to_owned(),
                model: row.model,
            });
        }
        Ok(found)
    }

    /// The person has seen them; they stay in their conversations.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn dismiss_interrupted(&self) -> Result<(), Problem> {
        Ok(self.ledger().forget_interruptions().await?)
    }
}
