//! What gateways answer about a job, once read: shared by every family.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::State;
use crate::{Failure, Kind};

/// An order that was taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Created {
    /// The gateway's name for it.
    pub id: String,
    /// Where to ask for it, as `address` reads paths. Kept with the job: an id's prefix does not tell the family.
    pub poll: String,
    /// What it says about the price: `X-New-Api-Other-Ratios`, or a usage.
    pub billing: Option<Value>,
    /// How far it is already; done, at a gateway that answers at once.
    pub standing: Option<Standing>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// In our words.
    pub state: State,
    /// The gateway's word, where nobody has seen it before: worth a line in the log.
    pub unknown: Option<String>,
    /// Percent.
    pub progress: Option<u8>,
    /// What was made, when it is done.
    pub results: Vec<ResultFile>,
    /// Why it was not.
    pub error: Option<JobError>,
    /// What the gateway counted.
    pub billing: Option<Value>,
    /// It is done, and the result stands elsewhere: ask there at once.
    pub look_at: Option<String>,
}

/// What a poll came to.
#[derive(Clone, Debug)]
pub enum Polled {
    /// It is known.
    Standing(Standing),
    /// It is not known (yet): just after the order that means little.
    Missing,
    /// The gateway or the way to it is in trouble. The job is not.
    Trouble(Failure),
}

/// Why a job failed, in the gateway's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A file that a job made.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultFile {
    /// Where it is.
    pub source: Source,
    /// What the gateway says it is.
    pub mime: Option<String>,
}

/// Where a result is.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Behind a link that anybody may follow, and nobody with a key.
    Link(String),
    /// At the gateway itself, behind the key, as `address` reads paths.
    Content(String),
    /// Here.
    Bytes(Bytes),
}

impl Standing {
    pub(super) fn of(word: &str) -> Self {
        let known = State::of(word);
        Self {
            state: known.unwrap_or(State::Running),
            unknown: known.is_none().then(|| word.to_owned()),
            progress: None,
            results: Vec::new(),
            error: None,
            billing: None,
            look_at: None,
        }
    }

    /// Fails with the first of these errors that says anything.
    pub(super) fn fail(&mut self, errors: impl IntoIterator<Item = Option<JobError>>) {
        self.state = State::Failed;
        self.results = Vec::new();
        self.error = errors.into_iter().flatten().next().or_else(|| {
            Some(JobError {
                code: "generation_failed".into(),
                message: "The gateway says that it failed, and not why.".into(),
            })
        });
    }
}

impl JobError {
    /// Reads an error that may be an object, a sentence, or a list of either.
    pub(super) fn read(said: Option<&Value>) -> Option<Self> {
        let said = match said? {
            Value::Array(list) => list.first()?,
            other => other,
        };
        let text = |name: &str| match said.get(name)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let message = match said {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            _ => text("message").or_else(|| text("msg")).or_else(|| text("detail")),
        };
        let code = text("code").or_else(|| text("type"));
        if message.is_none() && code.is_none() {
            return None;
        }
        let code = code.unwrap_or_else(|| "generation_failed".into());
        Some(Self {
            message: message.unwrap_or_else(|| code.clone()),
            code,
        })
    }
}

/// 30, "30" and "30%" are one progress.
pub(super) fn progress(said: Option<&Value>) -> Option<u8> {
    let number = match said? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().trim_end_matches('%').parse().ok()?,
        _ => return None,
    };
    // Truncation is what is wanted: 99.9 is not done.
    (0.0..=100.0).contains(&number).then_some(number as u8)
}

/// The first of these fields that holds a word.
pub(super) fn word<'a>(said: &'a Value, names: &[&str]) -> Option<&'a str> {
    let words = names.iter().filter_map(|name| said.get(name)?.as_str());
    words.into_iter().find(|word| !word.is_empty())
}

pub(super) fn json(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure::no_answer(StatusCode::OK, &HeaderMap::new(), body))
}

/// An answer that holds nothing a job could go on with. Often it is an error under a 200.
pub(super) fn nothing(said: &Value) -> Failure {
    if is_error(said) {
        return Failure::read_inside(said);
    }
    Failure::new(
        Kind::GatewayFailed,
        "The gateway's answer names no job that could be asked for later.",
    )
}

fn is_error(said: &Value) -> bool {
    let code = said.get("code").filter(|code| !code.is_null());
    said.get("error").is_some_and(|error| !error.is_null())
        || code.is_some_and(|code| *code != "success" && *code != 0)
        || said.get("success") == Some(&Value::Bool(false))
}

/// Whether a body says that nothing was taken: an error in JSON, by whatever shape. A proxy's page under a 502 does
/// not say so, and neither does silence.
#[must_use]
pub fn turns_away(body: &[u8]) -> bool {
    let said: Option<Value> = serde_json::from_slice(body).ok();
    said.is_some_and(|said| is_error(&said) || (said.is_object() && said.get("message").is_some()))
}

/// 404, or new-api's 400 that says the same.
pub(super) fn is_missing(status: StatusCode, body: &[u8]) -> bool {
    if status == StatusCode::NOT_FOUND {
        return true;
    }
    let said: Option<Value> = (!status.is_success())
        .then(|| serde_json::from_slice(body).ok())
        .flatten();
    said.is_some_and(|said| {
        let code = said.get("code").or_else(|| said.get("error")?.get("code"));
        code.and_then(Value::as_str) == Some("task_not_exist")
    })
}
