//! Conversations and messages as the window shows them.

use nexdesk_ledger::{ConversationListRow, ExchangeRow, MessageMarks, MessageRow};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::calls::{self, ToolCall};
use super::{Attachment, ConversationSettings, QueuedMessage};
use crate::figures::{Cost, TokenCounts};
use crate::problem::Problem;

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationSummary {
    /// Stable.
    pub id: String,
    /// From the first message, until renamed.
    pub title: String,
    /// The model asked last, as `gateway/model`.
    pub model: Option<String>,
    /// On all branches.
    pub messages: u64,
    /// Of all answers.
    pub cost: Cost,
    /// Unix milliseconds.
    pub updated_at: i64,
    /// Whether an answer is coming.
    pub streaming: bool,
    /// The folder it is filed in.
    pub folder: Option<String>,
    /// Whether it is kept at the top.
    pub pinned: bool,
    /// Whether it is put away.
    pub archived: bool,
}

/// A whole conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// As in the list.
    pub summary: ConversationSummary,
    /// Every message of the tree, oldest first.
    pub messages: Vec<Message>,
    /// The end of the branch last looked at.
    pub leaf: Option<String>,
    /// What was typed and not sent.
    pub draft: String,
    /// What was attached and not sent.
    pub draft_attachments: Vec<Attachment>,
    /// What it is set to.
    pub settings: ConversationSettings,
    /// What waits to be sent, first first.
    pub queue: Vec<QueuedMessage>,
    /// Tokens of the branch last looked at, as its last answer reported them.
    pub context_used: Option<u64>,
    /// The summary that stands for the beginning of that branch.
    pub compaction: Option<Compaction>,
}

/// What stands for the beginning of a conversation that grew too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Compaction {
    /// The last message it stands for.
    pub through: String,
    /// The summary.
    pub text: String,
    /// What the summary costs a model to read.
    pub tokens: u64,
}

/// What stands in the composer of a conversation that has not begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewDraft {
    /// What was typed.
    pub text: String,
    /// What was attached.
    pub attachments: Vec<Attachment>,
    /// What it is set to.
    pub settings: ConversationSettings,
}

/// A source that an answer names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Citation {
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It is whole.
    Complete,
    /// It is coming.
    Streaming,
    /// The person stopped it.
    Stopped,
    /// It broke off: the gateway did, or the app was closed.
    Interrupted,
    /// There is none.
    Failed,
    /// The model ran into its limit.
    Truncated,
}

/// What an answer took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Its row in Usage.
    pub exchange: String,
    /// Who answered.
    pub model: String,
    /// Through whom.
    pub gateway: String,
    /// With which key.
    pub key: Option<String>,
    /// What went in and out.
    pub tokens: TokenCounts,
    /// What it cost.
    pub cost: Cost,
    /// Until the first thing a person would see.
    pub first_token_ms: Option<u64>,
    /// Until the end.
    pub took_ms: u64,
    /// From the first token to the last.
    pub tokens_per_second: Option<f64>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Stable.
    pub id: String,
    /// What it answers; children of one parent are siblings.
    pub parent: Option<String>,
    /// Who speaks.
    pub role: Role,
    /// How far it has come.
    pub state: MessageState,
    /// Who was asked, as `gateway/model`.
    pub model: Option<String>,
    /// What it says, in Markdown.
    pub text: String,
    /// What the model thought.
    pub reasoning: String,
    /// How long it thought.
    pub reasoning_ms: Option<u64>,
    /// The tools it wants called.
    pub tool_calls: Vec<ToolCall>,
    /// Ids of its pictures.
    pub pictures: Vec<String>,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
    /// The sources it names.
    pub citations: Vec<Citation>,
    /// The group of answers that were asked for at once.
    pub compare: Option<String>,
    /// Of those, whether the conversation goes on with it.
    pub picked: bool,
    /// Where it does not fit the schema that was asked for.
    pub schema_problem: Option<String>,
    /// Whether a summary stands in its place in what is sent.
    pub compacted: bool,
    /// What it took.
    pub receipt: Option<Receipt>,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl Citation {
    /// By the host, where nobody said what the page is called.
    pub(super) fn named(title: String, url: String) -> Self {
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let title = if title.is_empty() { host.to_owned() } else { title };
        Self { title, url }
    }
}

impl ConversationSummary {
    pub(super) fn shown(found: ConversationListRow, streaming: bool) -> Self {
        Self {
            id: found.row.id,
            title: found.row.title,
            model: found.row.model,
            messages: found.messages,
            cost: Cost {
                nano: found.cost_nano,
                basis: found.cost_basis.into(),
            },
            updated_at: found.row.updated_at,
            streaming,
            folder: found.row.folder,
            pinned: found.row.pinned_at.is_some(),
            archived: found.row.archived_at.is_some(),
        }
    }
}

impl Message {
    pub(super) fn shown(row: MessageRow, mut pictures: Vec<String>) -> Self {
        let tool_calls = match row.state {
            nexdesk_ledger::MessageState::Streaming => calls::kept(&row.tool_calls),
            _ => calls::lost(calls::kept(&row.tool_calls)),
        };
        // What a tool returned is shown with its call.
        pictures.retain(|picture| !tool_calls.iter().any(|call| call.pictures.contains(picture)));
        Self {
            role: match row.role {
                nexdesk_ledger::Role::User => Role::User,
                nexdesk_ledger::Role::Assistant => Role::Assistant,
            },
            state: row.state.into(),
            receipt: row
                .receipt
                .and_then(|receipt| serde_json::from_value(receipt).ok()),
            problem: row
                .problem
                .and_then(|problem| serde_json::from_value(problem).ok()),
            id: row.id,
            parent: row.parent,
            model: row.model,
            text: row.text,
            reasoning: row.reasoning,
            reasoning_ms: row.reasoning_ms,
            pictures,
            attachments: Vec::new(),
            citations: calls::citations(&tool_calls),
            tool_calls,
            compare: None,
            picked: false,
            schema_problem: None,
            compacted: false,
            created_at: row.created_at,
        }
    }

    pub(super) fn marked(mut self, marks: MessageMarks, attachments: Vec<Attachment>) -> Self {
        for (title, url) in marks.citations {
            if !self.citations.iter().any(|known| known.url == url) {
                self.citations.push(Citation { title, url });
            }
        }
        Self {
            attachments,
            compare: marks.compare,
            picked: marks.picked,
            schema_problem: marks.schema_problem,
            ..self
        }
    }
}

impl From<nexdesk_ledger::MessageState> for MessageState {
    fn from(state: nexdesk_ledger::MessageState) -> Self {
        use nexdesk_ledger::MessageState as Row;
        match state {
            Row::Complete => Self::Complete,
            Row::Streaming => Self::Streaming,
            Row::Stopped => Self::Stopped,
            Row::Interrupted => Self::Interrupted,
            Row::Failed => Self::Failed,
            Row::Truncated => Self::Truncated,
        }
    }
}

impl From<MessageState> for nexdesk_ledger::MessageState {
    fn from(state: MessageState) -> Self {
        match state {
            MessageState::Complete => Self::Complete,
            MessageState::Streaming => Self::Streaming,
            MessageState::Stopped => Self::Stopped,
            MessageState::Interrupted => Self::Interrupted,
            MessageState::Failed => Self::Failed,
            MessageState::Truncated => Self::Truncated,
        }
    }
}

impl Receipt {
    /// A receipt is the exchange's row, as far as the reader of an answer cares.
    pub(crate) fn of(row: &ExchangeRow) -> Self {
        let took_ms = row.took_ms.unwrap_or_default();
        let speaking = row
            .first_token_ms
            .map(|first| took_ms.saturating_sub(first))
            .filter(|ms| *ms > 0);
        // Token counts and milliseconds of one answer fit a float exactly.
        #[expect(clippy::cast_precision_loss, reason = "a rate shown to people")]
        let rate = |(tokens, ms): (u64, u64)| tokens as f64 * 1000.0 / ms as f64;
        Self {
            exchange: row.id.to_string(),
            model: row
                .model_answered
                .as_ref()
                .unwrap_or(&row.model_asked)
                .to_string(),
            gateway: row.gateway.as_deref().unwrap_or_default().to_owned(),
            key: row.key.as_deref().map(str::to_owned),
            tokens: row.into(),
            cost: row.into(),
            first_token_ms: row.first_token_ms,
            took_ms,
            tokens_per_second: row.output.filter(|tokens| *tokens > 1).zip(speaking).map(rate),
        }
    }
}
