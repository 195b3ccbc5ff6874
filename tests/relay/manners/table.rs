//! What is expected of each misbehaviour, and the words every dialect has for it.

use nexdesk_app::keys::KeyState;
use nexdesk_ledger::{Basis, Outcome};
use nexdesk_sandbox::{Kind, MODELS};
use serde_json::Value;

/// One misbehaviour and its consequences.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The model's name without `sandbox-bad-`.
    pub(super) bad: &'static str,
    /// The status the tool sees.
    pub(super) status: u16,
    /// How much of the model's answer it gets.
    pub(super) text: Text,
    /// How the answer ends.
    pub(super) ends: Ends,
    /// What the ledger calls it.
    pub(super) outcome: Outcome,
    /// The ledger's reason.
    pub(super) code: Option<&'static str>,
    /// Where the token counts come from; `None` where nothing was counted.
    pub(super) tokens: Option<Basis>,
    /// How the key stands afterwards.
    pub(super) key: KeyState,
    /// How many times it was asked.
    pub(super) attempts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Text {
    Full,
    Partial,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ends {
    /// As the dialect says that nothing follows.
    Done,
    /// With a reason to stop, but without `[DONE]`.
    Finished,
    /// With an error of this code as the last event, in the dialect's words.
    Error(&'static str),
    /// It never began: an error of this code as the body, in the dialect's words.
    Refused(&'static str),
    /// It never began: the gateway's own body, which says everything in OpenAI's words.
    OwnWords(&'static str),
}

impl Row {
    /// The same at another endpoint.
    pub(super) fn at(self, interface: &str) -> Self {
        let has_done = matches!(interface, "chat" | "completions");
        let writes = has_done || matches!(interface, "responses" | "messages" | "generate");
        match self.bad {
            // Only chats have a last word behind their last event.
            "no-done" | "unterminated" if !has_done => Self {
                ends: Ends::Done,
                ..self
            },
            // Pictures and sound are counted by the sandbox whatever the model is called.
            "no-usage" if !writes => Self {
                tokens: Some(Basis::Reported),
                ..self
            },
            _ => self,
        }
    }
}

/// The answer is heard whole, however oddly it is sent.
const fn heard(bad: &'static str, ends: Ends, tokens: Basis) -> Row {
    Row {
        bad,
        status: 200,
        text: Text::Full,
        ends,
        outcome: Outcome::Ok,
        code: None,
        tokens: Some(tokens),
        key: KeyState::Healthy,
        attempts: 1,
    }
}

/// The answer breaks off after a few words: the tool is told so by an error event, and never by a clean end.
const fn broken(bad: &'static str, event: &'static str, code: &'static str) -> Row {
    Row {
        text: Text::Partial,
        ends: Ends::Error(event),
        outcome: Outcome::Interrupted,
        code: Some(code),
        ..heard(bad, Ends::Done, Basis::Estimated)
    }
}

/// There is no answer: the tool gets a status and an error, and nothing is counted.
const fn refused(
    bad: &'static str,
    status: u16,
    ends: Ends,
    code: &'static str,
    key: KeyState,
    attempts: usize,
) -> Row {
    Row {
        status,
        text: Text::Nothing,
        ends,
        outcome: Outcome::Failed,
        code: Some(code),
        tokens: None,
        key,
        attempts,
        ..heard(bad, Ends::Done, Basis::Estimated)
    }
}

pub(super) const GATEWAY_SAYS_NO: [Row; 9] = [
    refused(
        "401",
        401,
        Ends::OwnWords("invalid_api_key"),
        "key_refused",
        KeyState::Refused,
        1,
    ),
    refused(
        "402",
        402,
        Ends::OwnWords("insufficient_quota"),
        "quota_exhausted",
        KeyState::Exhausted,
        1,
    ),
    refused(
        "404",
        404,
        Ends::OwnWords("model_not_found"),
        "model_not_found",
        KeyState::Healthy,
        1,
    ),
    refused(
        "429",
        429,
        Ends::OwnWords("rate_limit_exceeded"),
        "rate_limited",
        KeyState::Resting,
        1,
    ),
    refused(
        "429-once",
        429,
        Ends::OwnWords("rate_limit_exceeded"),
        "rate_limited",
        KeyState::Resting,
        1,
    ),
    // The gateway's own bodies pass as they are, and these two carry no code.
    refused(
        "500",
        500,
        Ends::OwnWords(""),
        "gateway_failed",
        KeyState::Healthy,
        3,
    ),
    Row {
        attempts: 2,
        ..heard("500-once", Ends::Done, Basis::Reported)
    },
    refused(
        "503",
        503,
        Ends::OwnWords(""),
        "gateway_failed",
        KeyState::Healthy,
        5,
    ),
    // A proxy's page is of no use to a tool: it gets our sentence under the same status.
    refused(
        "html-502",
        502,
        Ends::Refused("gateway_failed"),
        "gateway_failed",
        KeyState::Healthy,
        5,
    ),
];

pub(super) const NOT_AN_ANSWER: [Row; 4] = [
    refused(
        "error-first",
        502,
        Ends::Refused("gateway_failed"),
        "gateway_failed",
        KeyState::Healthy,
        3,
    ),
    refused(
        "error-json",
        502,
        Ends::Refused("gateway_failed"),
        "gateway_failed",
        KeyState::Healthy,
        3,
    ),
    refused(
        "html",
        502,
        Ends::Refused("not_an_api"),
        "not_an_api",
        KeyState::Healthy,
        1,
    ),
    refused(
        "empty",
        502,
        Ends::Refused("stream_interrupted"),
        "stream_interrupted",
        KeyState::Healthy,
        2,
    ),
];

pub(super) const BREAKS_OFF: [Row; 3] = [
    broken("cut", "stream_interrupted", "stream_interrupted"),
    broken("clean-end", "stream_interrupted", "stream_interrupted"),
    // The gateway said it itself, in its own words; they pass as they are where they are understood.
    broken("error-mid", "upstream_error", "gateway_failed"),
];

pub(super) const TOO_SLOW: [Row; 2] = [
    broken("stall", "stalled", "stalled"),
    refused(
        "slow-first",
        504,
        Ends::Refused("stalled"),
        "stalled",
        KeyState::Healthy,
        1,
    ),
];

pub(super) const ODDLY_SENT: [Row; 17] = [
    heard("split", Ends::Done, Basis::Reported),
    heard("bom", Ends::Done, Basis::Reported),
    heard("comments", Ends::Done, Basis::Reported),
    heard("crlf", Ends::Done, Basis::Reported),
    heard("cr", Ends::Done, Basis::Reported),
    heard("nospace", Ends::Done, Basis::Reported),
    heard("multidata", Ends::Done, Basis::Reported),
    heard("gzip", Ends::Done, Basis::Reported),
    heard("content-type", Ends::Done, Basis::Reported),
    heard("json", Ends::Done, Basis::Reported),
    heard("huge", Ends::Done, Basis::Reported),
    heard("length", Ends::Done, Basis::Reported),
    heard("filter", Ends::Done, Basis::Reported),
    heard("job", Ends::Done, Basis::Reported),
    heard("no-usage", Ends::Done, Basis::Estimated),
    heard("no-done", Ends::Finished, Basis::Reported),
    heard("unterminated", Ends::Finished, Basis::Reported),
];

/// The sandbox's model that answers the same question at this endpoint without a fault.
pub(super) fn well_behaved(interface: &str) -> &'static str {
    let kind = match interface {
        "images" => Kind::Image,
        "speech" => Kind::Speech,
        _ => Kind::Transcription,
    };
    let mut models = MODELS.iter().filter(|model| model.kind == kind);
    models.next().expect("the sandbox has one").id
}

/// Why an answer ended, where the dialect says so.
pub(super) fn reason(bad: &str, interface: &str) -> Option<&'static str> {
    let words = match bad {
        "length" => ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"],
        "filter" => ["content_filter", "content_filter", "refusal", "SAFETY"],
        _ => ["stop", "", "end_turn", "STOP"],
    };
    let at = match interface {
        "chat" | "completions" => 0,
        "responses" => 1,
        "messages" => 2,
        "generate" => 3,
        _ => return None,
    };
    Some(words[at]).filter(|word| !word.is_empty())
}

/// What an error of ours, or the sandbox's `upstream_error`, is called in an event of this dialect.
pub(super) fn event_word(interface: &str, code: &'static str) -> &'static str {
    match (interface, code) {
        ("responses", _) => "server_error",
        ("messages", "upstream_error") => "overloaded_error",
        ("generate", "upstream_error") => "UNAVAILABLE",
        _ => body_word(interface, code),
    }
}

/// What an error of ours is called in a body of this dialect.
pub(super) fn body_word(interface: &str, code: &'static str) -> &'static str {
    match (interface, code) {
        ("messages", "stalled") => "timeout_error",
        ("messages", _) => "api_error",
        ("generate", "stalled") => "DEADLINE_EXCEEDED",
        ("generate", _) => "INTERNAL",
        (_, code) => code,
    }
}

/// Where that word stands.
pub(super) fn word_of_body(interface: &str, body: &Value) -> Option<String> {
    let word = match interface {
        "messages" => body["type"]
            .as_str()
            .filter(|kind| *kind == "error")
            .and(body["error"]["type"].as_str()),
        "generate" => body["error"]["status"].as_str(),
        _ => body["error"]["code"].as_str(),
    };
    word.map(str::to_owned)
}
