//! The calls of an answer: fragments joined as they come, states as they change, and all of it as it is kept.
//!
//! However many rounds of calls an answer takes, it stays one message. `at` says how much of its text stood when a
//! call was made, `round` which calls were made together, so text, calls and results can be told in their order again.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::{Citation, Message};

/// How far a call has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ToolState {
    /// The person has to say whether it may be made.
    Asked,
    /// They said so; it is made when the answer goes on.
    Allowed,
    /// It is being written or made.
    #[default]
    Running,
    /// It has brought its result.
    Done,
    /// It brought none, or the tool says that it failed.
    Failed,
    /// It was not allowed.
    Refused,
}

/// A tool the model wants called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ToolCall {
    /// The model's name for the call; ours, where it gave none or one that was taken.
    pub id: String,
    /// The function, as the model was told of it.
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
    /// The server's name; none while nobody has looked.
    pub server: Option<String>,
    /// The tool, as its server calls it.
    pub tool: Option<String>,
    /// How far it has come.
    pub state: ToolState,
    /// What came back.
    pub result: Option<String>,
    /// How long the tool took.
    pub took_ms: Option<u64>,
    /// Ids of the pictures it returned.
    pub pictures: Vec<String>,
    /// The pages it links to.
    pub citations: Vec<Citation>,
    /// How much of the answer's text stood when it was called, in UTF-16 units.
    pub at: u32,
    /// The place of the first call that was made together with it.
    pub round: u32,
}

impl ToolCall {
    /// Whether a model can be told what became of it.
    pub(super) fn is_settled(&self) -> bool {
        self.result.is_some()
    }
}

/// As kept. A call that was cut off may lack its name; what there is of it is shown.
pub(super) fn kept(kept: &Value) -> Vec<ToolCall> {
    let read = |call: &Value| {
        let mut whole = serde_json::to_value(ToolCall::default()).unwrap_or_default();
        // The journal writes null for what has not come.
        for (name, value) in call
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_null())
        {
            whole[name.as_str()] = value.clone();
        }
        serde_json::from_value(whole).unwrap_or_default()
    };
    kept.as_array()
        .map(|calls| calls.iter().map(read).collect())
        .unwrap_or_default()
}

/// Every page the calls link to, each once.
pub(super) fn citations(calls: &[ToolCall]) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    for citation in calls.iter().flat_map(|call| &call.citations) {
        if !found.iter().any(|known| known.url == citation.url) {
            found.push(citation.clone());
        }
    }
    found
}

/// What nobody works on any more was lost with the process that did.
pub(super) fn lost(mut calls: Vec<ToolCall>) -> Vec<ToolCall> {
    let running = calls
        .iter_mut()
        .filter(|call| call.state == ToolState::Running && !call.is_settled() && call.server.is_some());
    for call in running {
        call.state = ToolState::Failed;
        call.result =
            Some("Nexdesk was closed before the result came; the tool may have done its work.".into());
    }
    calls
}

/// Joins a fragment to its call. `round` is how many calls there were before this round, and indexes begin behind
/// them. Gives back the place of the call.
pub(super) fn join(
    message: &mut Message,
    round: usize,
    index: usize,
    id: Option<&str>,
    name: Option<&str>,
    arguments: &str,
) -> usize {
    let calls = &mut message.tool_calls;
    // A gateway that counts from somewhere odd gets the next place, not a thousand empty calls.
    let place = round.saturating_add(index).min(calls.len());
    if place == calls.len() {
        calls.push(ToolCall {
            at: u32::try_from(message.text.encode_utf16().count()).unwrap_or(u32::MAX),
            round: u32::try_from(round).unwrap_or(u32::MAX),
            ..ToolCall::default()
        });
    }
    if let Some(call) = calls.get_mut(place) {
        if call.id.is_empty() {
            call.id = id.unwrap_or_default().to_owned();
        }
        if call.name.is_empty() {
            call.name = name.unwrap_or_default().to_owned();
        }
        call.arguments.push_str(arguments);
    }
    place
}
