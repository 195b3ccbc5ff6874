//! Keeping conversations in order: folders, pins, the archive; branches taken out or copied; what it all came to.

use nexdesk_ledger::{ConversationRow, FolderRow, MessageState, new_id};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Conversation, ConversationSummary};
use crate::figures::{Cost, TokenCounts};
use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

/// A folder of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// Stable; an empty one asks for a new folder.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands among the others.
    pub position: i64,
}

/// What a conversation took, on all branches, to the token and to the cent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationTotal {
    /// What went in and out.
    pub tokens: TokenCounts,
    /// What it cost.
    pub cost: Cost,
    /// How many requests it took, those that failed included.
    pub requests: u64,
}

impl From<FolderRow> for Folder {
    fn from(row: FolderRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            position: row.position,
        }
    }
}

impl App {
    /// The folders, in their order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_folders(&self) -> Result<Vec<Folder>, Problem> {
        Ok(self.ledger().folders()?.into_iter().map(Folder::from).collect())
    }

    /// Adds a folder, renames it, or moves it among the others.
    ///
    /// # Errors
    /// When it has no name, or the name of another one.
    pub async fn save_folder(&self, folder: Folder) -> Result<Folder, Problem> {
        let name = folder.name.trim().to_owned();
        if name.is_empty() {
            return Err(Problem::new(ProblemCode::InvalidInput, "A folder needs a name."));
        }
        let others = self.ledger().folders()?;
        let taken =
            |other: &FolderRow| other.id != folder.id && other.name.to_lowercase() == name.to_lowercase();
        if others.iter().any(taken) {
            let sentence = format!("There is a folder named {name} already.");
            return Err(Problem::new(ProblemCode::NameTaken, sentence));
        }
        let row = FolderRow {
            id: match folder.id.is_empty() {
                true => new_id(),
                false => folder.id,
            },
            name,
            position: folder.position,
        };
        self.ledger().put_folder(row.clone()).await?;
        self.emit(AppEvent::ConversationsChanged);
        Ok(row.into())
    }

    /// Removes a folder. What is in it stays, outside of any folder.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn delete_folder(&self, id: &str) -> Result<(), Problem> {
        self.ledger().delete_folder(id).await?;
        self.emit(AppEvent::ConversationsChanged);
        Ok(())
    }

    /// Files a conversation in a folder, or in none.
    ///
    /// # Errors
    /// When one of the two is gone.
    pub async fn move_conversation(
        &self,
        id: &str,
        folder: Option<&str>,
    ) -> Result<ConversationSummary, Problem> {
        self.ledger().file_conversation(id, folder).await?;
        self.conversation_changed(id)
    }

    /// Pins a conversation to the top of the list, or no longer.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn pin_conversation(&self, id: &str, pinned: bool) -> Result<ConversationSummary, Problem> {
        let since = pinned.then(|| self.clock().unix_ms());
        self.ledger().pin_conversation(id, since).await?;
        self.conversation_changed(id)
    }

    /// Puts a conversation away, or gets it out again.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn archive_conversation(
        &self,
        id: &str,
        archived: bool,
    ) -> Result<ConversationSummary, Problem> {
        let since = archived.then(|| self.clock().unix_ms());
        self.ledger().archive_conversation(id, since).await?;
        self.conversation_changed(id)
    }

    /// Copies the branch up to a message into a conversation of its own, with its settings, pictures and files. What
    /// it has cost so far is counted where it was spent.
    ///
    /// # Errors
    /// When the message is gone, or still coming.
    pub async fn fork_conversation(&self, message: &str) -> Result<ConversationSummary, Problem> {
        let found = self.ledger().message(message)?;
        let row = found.ok_or_else(|| Problem::not_found("such message"))?;
        if row.state == MessageState::Streaming {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "This answer is still coming. Stop it first.",
            ));
        }
        let now = self.clock().unix_ms();
        let into = ConversationRow {
            id: new_id(),
            created_at: now,
            updated_at: now,
            leaf: None,
            deleted_at: None,
            pinned_at: None,
            archived_at: None,
            ..self.conversation_row(&row.conversation)?
        };
        let id = into.id.clone();
        self.ledger().fork(message, into).await?;
        self.conversation_changed(&id)
    }

    /// Takes a message out with all that follows it. For thirty days it can be had back.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn delete_message(&self, id: &str) -> Result<Conversation, Problem> {
        for below in self.ledger().branch_below(id)? {
            self.0.answers.stop(&below);
        }
        let conversation = self.ledger().delete_message(id, self.clock().unix_ms()).await?;
        self.conversation_changed(&conversation)?;
        self.open_conversation(&conversation)
    }

    /// Puts back what was taken out with a message.
    ///
    /// # Errors
    /// When it is gone for good.
    pub async fn restore_message(&self, id: &str) -> Result<Conversation, Problem> {
        let conversation = self.ledger().restore_message(id).await?;
        self.conversation_changed(&conversation)?;
        self.open_conversation(&conversation)
    }

    /// What a conversation took.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn conversation_total(&self, id: &str) -> Result<ConversationTotal, Problem> {
        let rows = self.ledger().exchanges_of_conversation(id)?;
        let sum = |of: &dyn Fn(&nexdesk_ledger::ExchangeRow) -> Option<u64>| {
            rows.iter().filter_map(of).reduce(u64::saturating_add)
        };
        let estimated = |basis: nexdesk_ledger::Basis| basis == nexdesk_ledger::Basis::Estimated;
        let counted = rows.iter().filter(|row| row.input.or(row.output).is_some());
        let tokens_estimated = counted.clone().any(|row| estimated(row.tokens_basis)) || counted.count() == 0;
        let priced = rows.iter().filter(|row| row.cost_nano.is_some());
        let cost_estimated = priced.clone().any(|row| estimated(row.cost_basis));
        Ok(ConversationTotal {
            tokens: TokenCounts {
                input: sum(&|row| row.input),
                cached: sum(&|row| row.cached),
                output: sum(&|row| row.output),
                reasoning: sum(&|row| row.reasoning),
                basis: basis(tokens_estimated),
            },
            cost: Cost {
                nano: priced.filter_map(|row| row.cost_nano).reduce(i64::saturating_add),
                basis: basis(cost_estimated),
            },
            requests: rows.len() as u64,
        })
    }

    /// Makes what an older version stored findable, behind everything else.
    pub(crate) async fn note_old_words(self) {
        let (ledger, ending) = (self.ledger().clone(), self.0.engine.ending().clone());
        let noting = tokio::task::spawn_blocking(move || ledger.note_old_words(|| !ending.is_cancelled()));
        match noting.await {
            Ok(Ok(())) => {}
            // The next start goes on where this one stopped.
            Ok(Err(error)) => tracing::warn!("older messages cannot be found yet: {error}"),
            Err(error) => tracing::error!("noting the words of older messages failed: {error}"),
        }
    }
}

fn basis(estimated: bool) -> crate::figures::Basis {
    match estimated {
        true => crate::figures::Basis::Estimated,
        false => crate::figures::Basis::Reported,
    }
}
