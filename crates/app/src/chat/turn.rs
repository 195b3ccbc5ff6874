//! Asking: a new message, the same one again, or the rest of a broken answer.

use nexdesk_ledger::{ConversationRow, MessageRow, MessageState, Role, new_id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::answer::Job;
use super::{ConversationSummary, Message, Sink, history};
use crate::App;
use crate::problem::{Problem, ProblemCode};

const TITLE: usize = 60;

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// Where; `None` begins a conversation.
    pub conversation: Option<String>,
    /// What it follows; `None` for the first message, or for another beginning.
    pub parent: Option<String>,
    /// What to say.
    pub text: String,
    /// Who is asked, as `gateway/model`.
    pub model: String,
}

/// What came of asking: the answer is on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// As it is now.
    pub conversation: ConversationSummary,
    /// The person's message, where one was sent.
    pub user: Option<Message>,
    /// The answer, still empty or as far as it had come.
    pub answer: Message,
}

impl App {
    /// Sends a message. Both it and the empty answer are written down before anything leaves the computer.
    ///
    /// # Errors
    /// When there is nothing to say, or it cannot be written down.
    pub async fn send_message(&self, ask: SendMessage, sink: Sink) -> Result<Sent, Problem> {
        let SendMessage {
            conversation,
            parent,
            text,
            model,
        } = ask;
        if text.trim().is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "There is nothing to send yet.",
            ));
        }
        asked_of_somebody(&model)?;
        let now = self.clock().unix_ms();
        let mut row = match &conversation {
            Some(id) => self.conversation_row(id)?,
            None => begun(&text, now),
        };
        let user = MessageRow {
            text,
            ..blank(&row.id, parent, Role::User, MessageState::Complete, now)
        };
        let answer = MessageRow {
            model: Some(model.clone()),
            // One later, so that the order by time is the order of speaking.
            ..blank(
                &row.id,
                Some(user.id.clone()),
                Role::Assistant,
                MessageState::Streaming,
                now + 1,
            )
        };
        (row.model, row.updated_at, row.leaf) = (Some(model.clone()), now, Some(answer.id.clone()));
        let mut rows = self.ledger().messages(&row.id)?;
        rows.push(user.clone());
        let request = history::request(&rows, &user.id, &model);
        let id = row.id.clone();
        self.ledger()
            .begin_turn(row, vec![user.clone(), answer.clone()])
            .await?;
        self.ledger()
            .tell_draft(conversation.as_deref(), String::new(), now);
        self.begin_answer(
            Job {
                request,
                row: answer.clone(),
            },
            sink,
        );
        let (user, answer) = (
            Some(Message::shown(user, Vec::new())),
            Message::shown(answer, Vec::new()),
        );
        Ok(Sent {
            conversation: self.conversation_changed(&id)?,
            user,
            answer,
        })
    }

    /// Asks again for an answer, beside the one there is.
    ///
    /// # Errors
    /// When the answer is gone.
    pub async fn retry_answer(&self, answer: &str, model: &str, sink: Sink) -> Result<Sent, Problem> {
        asked_of_somebody(model)?;
        let old = self.answer_row(answer)?;
        let now = self.clock().unix_ms();
        let fresh = MessageRow {
            model: Some(model.to_owned()),
            ..blank(
                &old.conversation,
                old.parent.clone(),
                Role::Assistant,
                MessageState::Streaming,
                now,
            )
        };
        let mut row = self.conversation_row(&old.conversation)?;
        (row.model, row.updated_at, row.leaf) = (Some(model.to_owned()), now, Some(fresh.id.clone()));
        let rows = self.ledger().messages(&old.conversation)?;
        let request = history::request(&rows, old.parent.as_deref().unwrap_or_default(), model);
        self.ledger().begin_turn(row, vec![fresh.clone()]).await?;
        self.begin_answer(
            Job {
                request,
                row: fresh.clone(),
            },
            sink,
        );
        let conversation = self.conversation_changed(&old.conversation)?;
        Ok(Sent {
            conversation,
            user: None,
            answer: Message::shown(fresh, Vec::new()),
        })
    }

    /// Asks for the rest of an answer that broke off, and joins the two.
    ///
    /// # Errors
    /// When the answer is gone, or still coming.
    pub async fn continue_answer(&self, answer: &str, sink: Sink) -> Result<Sent, Problem> {
        let old = self.answer_row(answer)?;
        let model = old.model.clone().unwrap_or_default();
        asked_of_somebody(&model)?;
        let rows = self.ledger().messages(&old.conversation)?;
        let request = history::request_rest(&rows, &old, &model);
        let row = self.ledger().continue_message(answer).await?;
        let pictures = self.ledger().pictures_of(&old.conversation)?;
        let own = pictures
            .into_iter()
            .filter(|(owner, _)| owner == answer)
            .map(|(_, picture)| picture)
            .collect();
        self.begin_answer(
            Job {
                request,
                row: row.clone(),
            },
            sink,
        );
        let conversation = self.conversation_changed(&old.conversation)?;
        Ok(Sent {
            conversation,
            user: None,
            answer: Message::shown(row, own),
        })
    }

    fn answer_row(&self, id: &str) -> Result<MessageRow, Problem> {
        let row = self
            .ledger()
            .message(id)?
            .filter(|row| row.role == Role::Assistant);
        let row = row.ok_or_else(|| Problem::not_found("such answer"))?;
        if row.state == MessageState::Streaming {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "This answer is still coming. Stop it first.",
            ));
        }
        Ok(row)
    }
}

fn asked_of_somebody(model: &str) -> Result<(), Problem> {
    if model.trim().is_empty() {
        return Err(Problem::new(ProblemCode::InvalidInput, "Choose a model first."));
    }
    Ok(())
}

fn begun(text: &str, now: i64) -> ConversationRow {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    let mut title: String = line.chars().take(TITLE).collect();
    if line.chars().count() > TITLE {
        title.push('…');
    }
    ConversationRow {
        id: new_id(),
        title,
        model: None,
        created_at: now,
        updated_at: now,
        leaf: None,
        deleted_at: None,
    }
}

fn blank(
    conversation: &str,
    parent: Option<String>,
    role: Role,
    state: MessageState,
    now: i64,
) -> MessageRow {
    MessageRow {
        id: new_id(),
        conversation: conversation.to_owned(),
        parent,
        role,
        state,
        model: None,
        text: String::new(),
        reasoning: String::new(),
        reasoning_ms: None,
        tool_calls: Value::Array(Vec::new()),
        exchange: None,
        receipt: None,
        problem: None,
        created_at: now,
    }
}
