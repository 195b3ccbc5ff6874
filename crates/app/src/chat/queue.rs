//! Messages written while an answer is coming: kept until the page sends them, which it does when the answer has come
//! to its end and the person is there to see it.

use nexdesk_ledger::{QueuedRow, new_id};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Attachment;
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// A message to let wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    /// Where.
    pub conversation: String,
    /// What to say.
    pub text: String,
    /// Ids of its files.
    pub attachments: Vec<String>,
    /// Who shall be asked, as `gateway/model`.
    pub model: String,
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueuedMessage {
    /// Stable.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Who shall be asked.
    pub model: String,
}

impl App {
    /// Lets a message wait for the answer under way. It is sent with `SendMessage::queued`, and waits no longer then.
    ///
    /// # Errors
    /// When there is nothing to say, or it cannot be written down.
    pub async fn queue_message(&self, ask: QueueMessage) -> Result<QueuedMessage, Problem> {
        if ask.text.trim().is_empty() && ask.attachments.is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "There is nothing to send yet.",
            ));
        }
        self.conversation_row(&ask.conversation)?;
        self.attached(&ask.attachments)?;
        let row = QueuedRow {
            id: new_id(),
            conversation: ask.conversation,
            text: ask.text,
            attachments: ask.attachments,
            model: ask.model,
            created_at: self.clock().unix_ms(),
        };
        self.ledger().add_queued(row.clone()).await?;
        self.shown_queued(row)
    }

    /// Takes a message out of the queue.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn unqueue_message(&self, id: &str) -> Result<(), Problem> {
        Ok(self.ledger().remove_queued(id).await?)
    }

    pub(super) fn queue_of(&self, conversation: &str) -> Result<Vec<QueuedMessage>, Problem> {
        let rows = self.ledger().queued(conversation)?;
        rows.into_iter().map(|row| self.shown_queued(row)).collect()
    }

    fn shown_queued(&self, row: QueuedRow) -> Result<QueuedMessage, Problem> {
        let files = self.ledger().attachments(&row.attachments)?;
        Ok(QueuedMessage {
            id: row.id,
            text: row.text,
            attachments: files.into_iter().map(Attachment::shown).collect(),
            model: row.model,
        })
    }
}
