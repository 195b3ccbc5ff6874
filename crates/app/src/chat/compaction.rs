//! A conversation that grew too long is summarised by a model; later requests begin with the summary. The original is
//! kept, and comes back when the summary is taken away.

use nexdesk_documents::text_tokens;
use nexdesk_ledger::{CompactionRow, MessageRow, MessageState, Role};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};

use super::history::Past;
use super::{Conversation, ConversationSettings};
use crate::App;
use crate::problem::{Problem, ProblemCode};

const SUMMARISE: &str = "Summarise our conversation so far, so that it can be continued from your summary alone. Keep what \
     was asked and decided, names, numbers, code that is still needed, and what is still open. Write in the language of \
     the conversation. Say nothing but the summary.";

impl App {
    /// Has a model summarise the branch last looked at, but for its last question and answer.
    ///
    /// # Errors
    /// When there is nothing to summarise, or the model does not.
    pub async fn compact_conversation(&self, id: &str, model: &str) -> Result<Conversation, Problem> {
        let leaf = self.conversation_row(id)?.leaf.unwrap_or_default();
        let past = self.past(id)?;
        let through = through(&past, &leaf).ok_or_else(|| {
            Problem::new(
                ProblemCode::InvalidInput,
                "There is nothing to summarise yet: it takes at least one whole answer.",
            )
        })?;
        let plain = ConversationSettings {
            system_prompt: self.settings_of(Some(id))?.system_prompt,
            ..ConversationSettings::default()
        };
        let mut request = self.request(&past, &through, model, &plain).await?;
        request.messages.push(Message {
            role: "user".into(),
            content: Some(Content::Text(SUMMARISE.into())),
            ..Message::default()
        });
        let branch = past.branch(&leaf).rows;
        let asked = branch.iter().rev().find(|row| row.role == Role::User);
        let text = self
            .one_answer(request, asked.map_or("", |asked| asked.id.as_str()))
            .await?;
        let row = CompactionRow {
            through,
            conversation: id.to_owned(),
            tokens: text_tokens(&text),
            text,
            created_at: self.clock().unix_ms(),
        };
        self.ledger().put_compaction(row).await?;
        self.open_conversation(id)
    }

    /// Takes the summary of the branch last looked at away.
    ///
    /// # Errors
    /// When the conversation is gone.
    pub async fn undo_compaction(&self, id: &str) -> Result<Conversation, Problem> {
        let leaf = self.conversation_row(id)?.leaf.unwrap_or_default();
        let past = self.past(id)?;
        if let Some(summary) = past.branch(&leaf).summary {
            self.ledger().remove_compaction(&summary.through).await?;
        }
        self.open_conversation(id)
    }

    /// A whole answer to a request of our own, through the relay like any other, so that it stands in Usage.
    /// What it costs is noted under a person's message: in the conversation's total, and in no answer's receipt.
    pub(super) async fn one_answer(&self, request: ChatRequest, under: &str) -> Result<String, Problem> {
        let client = self.client("window", Some(under.to_owned()).filter(|id| !id.is_empty()));
        let lost = || Problem::new(ProblemCode::Cancelled, "Nexdesk is being closed.");
        let answer = self.0.engine.run(async move { client.chat(&request).await });
        let answer = answer.await.ok_or_else(lost)??;
        let content = answer
            .choices
            .into_iter()
            .find_map(|choice| choice.message?.content);
        match content {
            Some(Content::Text(text)) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            _ => Err(Problem::new(
                ProblemCode::GatewayFailed,
                "The model answered with nothing.",
            )),
        }
    }
}

/// The answer that the summary goes through: the last but one, so that the last question and its answer stay word for
/// word; in a branch with one answer, that one.
fn through(past: &Past, leaf: &str) -> Option<String> {
    let rows = past.branch(leaf).rows;
    let is_answer = |row: &&&MessageRow| {
        row.role == Role::Assistant && row.state != MessageState::Streaming && !row.text.trim().is_empty()
    };
    let mut answers = rows.iter().rev().filter(is_answer);
    let last = answers.next()?;
    Some(answers.next().unwrap_or(last).id.clone())
}
