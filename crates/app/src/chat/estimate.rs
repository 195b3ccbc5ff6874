//! What sending a message would take, told while it is typed: tokens, money, room, and what the model cannot be given.

use nexdesk_documents::parts::{Receiver, shape};
use nexdesk_documents::text_tokens;
use nexdesk_ledger::{AttachmentRow, MessageRow};
use nexdesk_upstream::context_window;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::ConversationSettings;
use super::history::{Listener, Past, refused};
use super::receipt::context;
use crate::App;
use crate::figures::{Basis, Cost};
use crate::problem::Problem;

/// What each message costs for its role and its borders.
const PER_MESSAGE: u64 = 4;

/// What to estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EstimateAsk {
    /// Where; `None` for a new one.
    pub conversation: Option<String>,
    /// What it would follow.
    pub parent: Option<String>,
    /// What is typed so far.
    pub text: String,
    /// Ids of what is attached so far.
    pub attachments: Vec<String>,
    /// Who would be asked.
    pub model: String,
}

/// A file that this model cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Its id.
    pub attachment: String,
    /// Why not.
    pub problem: Problem,
}

/// What sending it would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Tokens of the whole request, history included.
    pub input: u64,
    /// Of the input alone: what it costs at least. None where the price is not known.
    pub cost: Option<Cost>,
    /// How much the model can be told, where that is known.
    pub context_window: Option<u64>,
    /// Whether it fits; yes where nobody knows.
    pub fits: bool,
    /// What would be refused.
    pub refused: Vec<Refusal>,
}

impl App {
    /// What sending a message would take.
    ///
    /// # Errors
    /// When the conversation is gone.
    pub async fn estimate_send(&self, ask: EstimateAsk) -> Result<Estimate, Problem> {
        let settings = self.settings_of(ask.conversation.as_deref())?;
        let past = match &ask.conversation {
            Some(id) => self.past(id)?,
            None => Past::default(),
        };
        let files = self.attached(&ask.attachments)?;
        let before = past_tokens(&past, ask.parent.as_deref().unwrap_or_default(), &settings);
        let input = before + own_tokens(&ask.text, &files);
        let to = self.listener(&ask.model)?;
        let context_window = context_window(&to.model);
        let answer = settings.max_tokens.map_or(0, u64::from);
        Ok(Estimate {
            input,
            cost: self.cost_of(input, &ask.model, &to)?,
            context_window,
            fits: context_window.is_none_or(|window| input + answer <= window),
            refused: self.refusals(files, to).await?,
        })
    }

    fn cost_of(&self, input: u64, asked: &str, to: &Listener) -> Result<Option<Cost>, Problem> {
        let models = self.list_models()?;
        // A route or a bare name is asked of whoever comes first.
        let by_listener = |id: &str| id.split_once('/').is_some_and(|(_, name)| name == to.model);
        let found = models
            .iter()
            .find(|model| model.id == asked)
            .or_else(|| models.iter().find(|model| by_listener(&model.id)));
        let nano = found.and_then(|model| match (&model.price, model.free) {
            (_, true) => Some(0),
            (Some(price), _) => {
                let nano = i128::from(input) * i128::from(price.input) / 1_000_000;
                i64::try_from(nano).ok()
            }
            (None, _) => None,
        });
        Ok(nano.map(|nano| Cost {
            nano: Some(nano),
            basis: Basis::Estimated,
        }))
    }

    async fn refusals(&self, files: Vec<AttachmentRow>, to: Listener) -> Result<Vec<Refusal>, Problem> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let app = self.clone();
        let refusal = move |file: AttachmentRow| {
            let (id, name) = (file.id.clone(), file.name.clone());
            let receiver = Receiver {
                provider: &to.provider,
                model: &to.model,
            };
            let told = app
                .document(file)
                .and_then(|document| shape(&document, receiver).map_err(|why| refused(&name, &why)));
            told.err().map(|problem| Refusal {
                attachment: id,
                problem,
            })
        };
        self.blocking(move || files.into_iter().filter_map(refusal).collect())
            .await
    }
}

/// What the branch to `parent` takes: as its last answer reported it, and estimated from there.
fn past_tokens(past: &Past, parent: &str, settings: &ConversationSettings) -> u64 {
    let branch = past.branch(parent);
    let made = branch.summary.map_or(i64::MIN, |summary| summary.created_at);
    let known = branch.rows.iter().enumerate().rev().find_map(|(at, row)| {
        let tokens = reported(row).filter(|_| row.created_at > made)?;
        Some((at + 1, tokens))
    });
    let summary = branch.summary.map_or(0, |summary| summary.tokens);
    let opening = summary + text_tokens(&settings.system_prompt);
    let (from, before) = known.unwrap_or((0, opening));
    let of = |row: &&MessageRow| {
        let files = past.files.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        own_tokens(&row.text, files)
    };
    before + branch.rows.iter().skip(from).map(of).sum::<u64>()
}

/// What went in and what came out, but for the thoughts, which are not sent again.
fn reported(row: &MessageRow) -> Option<u64> {
    let thought = row
        .receipt
        .as_ref()?
        .pointer("/tokens/reasoning")
        .and_then(Value::as_u64);
    Some(context(row)?.saturating_sub(thought.unwrap_or_default()))
}

fn own_tokens(text: &str, files: &[AttachmentRow]) -> u64 {
    let files: u64 = files.iter().filter_map(|file| file.tokens).sum();
    text_tokens(text) + files + PER_MESSAGE
}
