//! Asking: a new message to one model or several, the same one again, or the rest of a broken answer.

use std::sync::Arc;

use nexdesk_ledger::{ConversationRow, MessageMarks, MessageRow, MessageState, Role, Turn, new_id};
use nexdesk_protocol::wire::openai::chat::ChatRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::answer::Job;
use super::history::Past;
use super::{Attachment, ChatEvent, ConversationSettings, ConversationSummary, Message, Sink};
use crate::App;
use crate::problem::{Problem, ProblemCode};

const TITLE: usize = 60;
/// More columns than this nobody can read side by side.
const SIDE_BY_SIDE: usize = 4;

/// A message to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
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
    /// Ids of the files that go with it.
    pub attachments: Vec<String>,
    /// More than one: each answers, side by side. Empty or one: `model` answers.
    pub models: Vec<String>,
    /// The waiting message that this is; it waits no longer.
    pub queued: Option<String>,
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
    /// The further answers of a comparison, in the order of `models`.
    pub others: Vec<Message>,
}

impl SendMessage {
    fn asked(&self) -> Result<Vec<String>, Problem> {
        if self.text.trim().is_empty() && self.attachments.is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "There is nothing to send yet.",
            ));
        }
        let models = match self.models.len() {
            0 | 1 => vec![self.model.clone()],
            _ => self.models.clone(),
        };
        if models.len() > SIDE_BY_SIDE {
            let said = format!("At most {SIDE_BY_SIDE} models can be compared at once.");
            return Err(Problem::new(ProblemCode::InvalidInput, said));
        }
        models.iter().try_for_each(|model| asked_of_somebody(model))?;
        Ok(models)
    }
}

impl App {
    /// Sends a message. Both it and the empty answers are written down before anything leaves the computer.
    ///
    /// # Errors
    /// When there is nothing to say, a model cannot be given what is attached, or it cannot be written down.
    pub async fn send_message(&self, ask: SendMessage, sink: Sink) -> Result<Sent, Problem> {
        let models = ask.asked()?;
        let settings = self.settings_of(ask.conversation.as_deref())?;
        let files = self.attached(&ask.attachments)?;
        let now = self.clock().unix_ms();
        let (mut row, mut past) = match &ask.conversation {
            Some(id) => (self.conversation_row(id)?, self.past(id)?),
            None => {
                let name = files.first().map(|file| file.name.as_str()).unwrap_or_default();
                let text = if ask.text.trim().is_empty() {
                    name
                } else {
                    &ask.text
                };
                (begun(text, now), Past::default())
            }
        };
        let user = MessageRow {
            text: ask.text,
            ..blank(
                &row.id,
                ask.parent.clone(),
                Role::User,
                MessageState::Complete,
                now,
            )
        };
        past.rows.push(user.clone());
        if !files.is_empty() {
            past.files.insert(user.id.clone(), files.clone());
        }
        let mut asked = Vec::new();
        for model in &models {
            asked.push(self.request(&past, &user.id, model, &settings).await?);
        }
        let group = (models.len() > 1).then(new_id);
        let answers = answers(&user, &models, now);
        let first = answers.first().map(|answer| answer.id.clone());
        (row.model, row.updated_at, row.leaf) = (models.first().cloned(), now, first);
        let marks = marks(&user, &ask.attachments, &answers, group.as_deref());
        let turn = Turn {
            settings: ask.conversation.is_none().then(|| settings.to_json()),
            picks: self.to_pick(&past, ask.parent.as_deref(), &row.id)?,
            draft: ask.queued.is_none().then_some(ask.conversation),
            queued: ask.queued,
            messages: [vec![user.clone()], answers.clone()].concat(),
            marks: marks.clone(),
            conversation: row,
        };
        self.ledger().begin_asking(turn).await?;
        let shown = Message::shown(user, Vec::new()).marked(
            marks.into_iter().next().unwrap_or_default(),
            files.into_iter().map(Attachment::shown).collect(),
        );
        self.begin_answers(shown, asked.into_iter().zip(answers), group, settings, sink)
    }

    /// Sets the answers going. Those of a comparison share one way to the window, so each batch says whose it is.
    fn begin_answers(
        &self,
        user: Message,
        asked: impl Iterator<Item = (ChatRequest, MessageRow)>,
        group: Option<String>,
        settings: ConversationSettings,
        sink: Sink,
    ) -> Result<Sent, Problem> {
        let sink = Arc::new(sink);
        let mut shown = Vec::new();
        let mut conversation = String::new();
        for (request, row) in asked {
            let (shared, id, marked) = (sink.clone(), row.id.clone(), group.is_some());
            let own: Sink = Box::new(move |mut events| {
                if marked {
                    events.insert(0, ChatEvent::Answer { id: id.clone() });
                }
                shared(events);
            });
            let message = Message {
                compare: group.clone(),
                ..Message::shown(row.clone(), Vec::new())
            };
            conversation.clone_from(&row.conversation);
            shown.push(message.clone());
            self.begin_answer(
                Job {
                    request,
                    row,
                    message,
                    settings: settings.clone(),
                },
                own,
            );
        }
        let mut shown = shown.into_iter();
        let nobody = || Problem::new(ProblemCode::InvalidInput, "Choose a model first.");
        Ok(Sent {
            conversation: self.conversation_changed(&conversation)?,
            user: Some(user),
            answer: shown.next().ok_or_else(nobody)?,
            others: shown.collect(),
        })
    }

    /// Asks again for an answer, beside the one there is.
    ///
    /// # Errors
    /// When the answer is gone.
    pub async fn retry_answer(&self, answer: &str, model: &str, sink: Sink) -> Result<Sent, Problem> {
        asked_of_somebody(model)?;
        let old = self.answer_row(answer)?;
        let settings = self.settings_of(Some(&old.conversation))?;
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
        let past = self.past(&old.conversation)?;
        let asked = old.parent.as_deref().unwrap_or_default();
        let request = self.request(&past, asked, model, &settings).await?;
        self.ledger().begin_turn(row, vec![fresh.clone()]).await?;
        let message = Message::shown(fresh.clone(), Vec::new());
        self.goes_on(request, fresh, message, settings, sink)
    }

    /// Asks for the rest of an answer that broke off, and joins the two.
    ///
    /// # Errors
    /// When the answer is gone, or still coming.
    pub async fn continue_answer(&self, answer: &str, sink: Sink) -> Result<Sent, Problem> {
        let old = self.answer_row(answer)?;
        asked_of_somebody(old.model.as_deref().unwrap_or_default())?;
        let settings = self.settings_of(Some(&old.conversation))?;
        let request = self.rest_of(&old, &settings).await?;
        let row = self.ledger().continue_message(answer).await?;
        let message = Message {
            state: super::MessageState::Streaming,
            problem: None,
            ..self.shown_message(row.clone())?
        };
        self.goes_on(request, row, message, settings, sink)
    }

    /// The request for the rest of an answer.
    pub(super) async fn rest_of(
        &self,
        answer: &MessageRow,
        settings: &ConversationSettings,
    ) -> Result<ChatRequest, Problem> {
        let mut past = self.past(&answer.conversation)?;
        for row in past.rows.iter_mut().filter(|row| row.id == answer.id) {
            row.clone_from(answer);
        }
        let model = answer.model.as_deref().unwrap_or_default();
        self.request_rest(&past, answer, model, settings).await
    }

    fn goes_on(
        &self,
        request: ChatRequest,
        row: MessageRow,
        message: Message,
        settings: ConversationSettings,
        sink: Sink,
    ) -> Result<Sent, Problem> {
        let (conversation, answer) = (row.conversation.clone(), message.clone());
        self.begin_answer(
            Job {
                request,
                row,
                message,
                settings,
            },
            sink,
        );
        Ok(Sent {
            conversation: self.conversation_changed(&conversation)?,
            user: None,
            answer,
            others: Vec::new(),
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

fn answers(user: &MessageRow, models: &[String], now: i64) -> Vec<MessageRow> {
    // Each a little later, so that the order by time is the order of speaking.
    let times = now + 1..;
    let answer = |(model, at): (&String, i64)| MessageRow {
        model: Some(model.clone()),
        ..blank(
            &user.conversation,
            Some(user.id.clone()),
            Role::Assistant,
            MessageState::Streaming,
            at,
        )
    };
    models.iter().zip(times).map(answer).collect()
}

/// The person's message first.
fn marks(
    user: &MessageRow,
    attachments: &[String],
    answers: &[MessageRow],
    group: Option<&str>,
) -> Vec<MessageMarks> {
    let own = MessageMarks {
        message: user.id.clone(),
        attachments: attachments.to_vec(),
        ..MessageMarks::default()
    };
    let compared = answers.iter().map(|answer| MessageMarks {
        message: answer.id.clone(),
        compare: group.map(str::to_owned),
        ..MessageMarks::default()
    });
    std::iter::once(own).chain(compared).collect()
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
        ..ConversationRow::default()
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
