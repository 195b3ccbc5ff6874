//! Listing, naming and removing conversations; pictures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ConversationSummary;
use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

/// More than anybody scrolls through; older ones are found by searching.
const LISTED: u32 = 2000;

impl App {
    /// Conversations, latest first; with `search`, those whose title or messages hold it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_conversations(&self, search: Option<&str>) -> Result<Vec<ConversationSummary>, Problem> {
        let rows = self.ledger().conversations(search, LISTED)?;
        let shown = |found: nexdesk_ledger::ConversationListRow| {
            let streaming = self.0.answers.is_streaming(&found.row.id);
            ConversationSummary::shown(found, streaming)
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Remembers which branch was looked at last.
    ///
    /// # Errors
    /// When the conversation is gone.
    pub async fn choose_leaf(&self, conversation: &str, leaf: &str) -> Result<(), Problem> {
        let mut row = self.conversation_row(conversation)?;
        row.leaf = Some(leaf.to_owned());
        Ok(self.ledger().put_conversation(row).await?)
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// When it is gone, or the title is empty.
    pub async fn rename_conversation(&self, id: &str, title: &str) -> Result<ConversationSummary, Problem> {
        let title = title.trim();
        if title.is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "A conversation needs a title.",
            ));
        }
        let mut row = self.conversation_row(id)?;
        row.title = title.to_owned();
        row.titled_by = Some("person".to_owned());
        self.ledger().put_conversation(row).await?;
        self.conversation_changed(id)
    }

    /// Takes a conversation out of the list. For thirty days it can be had back.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn delete_conversation(&self, id: &str) -> Result<(), Problem> {
        self.0.answers.stop_all_of(id);
        Ok(self
            .ledger()
            .delete_conversation(id, self.clock().unix_ms())
            .await?)
    }

    /// Puts a removed conversation back.
    ///
    /// # Errors
    /// When it is gone for good.
    pub async fn restore_conversation(&self, id: &str) -> Result<ConversationSummary, Problem> {
        self.ledger().restore_conversation(id).await?;
        self.conversation_changed(id)
    }

    /// A picture as a `data:` URL: one that was drawn, or one that a person attached.
    ///
    /// # Errors
    /// When it is gone.
    pub fn load_picture(&self, id: &str) -> Result<String, Problem> {
        let drawn = self.ledger().picture(id)?;
        let (mime, bytes) = match drawn {
            Some(drawn) => drawn,
            None => self.attached_picture(id)?,
        };
        Ok(format!("data:{mime};base64,{}", STANDARD.encode(bytes)))
    }

    pub(super) fn conversation_changed(&self, id: &str) -> Result<ConversationSummary, Problem> {
        let conversation = self.summary(id)?;
        self.emit(AppEvent::ConversationChanged {
            conversation: conversation.clone(),
        });
        Ok(conversation)
    }

    pub(super) fn conversation_row(&self, id: &str) -> Result<nexdesk_ledger::ConversationRow, Problem> {
        self.ledger()
            .conversation(id)?
            .ok_or_else(|| Problem::not_found("such conversation"))
    }

    pub(super) fn summary(&self, id: &str) -> Result<ConversationSummary, Problem> {
        let found = self
            .ledger()
            .conversation_in_list(id)?
            .ok_or_else(|| Problem::not_found("such conversation"))?;
        Ok(ConversationSummary::shown(found, self.0.answers.is_streaming(id)))
    }
}
