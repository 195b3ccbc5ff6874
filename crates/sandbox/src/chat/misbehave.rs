//! The misbehaving models: what each is called, what it does wrong, and what it would say in full.
//!
//! A new misbehaviour is a row here, and an arm in `refusal` (it says no), `broken_stream` or `broken_body`.

use std::time::Duration;

use crate::call::Call;
use crate::refusal;
use crate::reply::Reply;
use crate::server::Gateway;

use super::wire;

const PREFIX: &str = "sandbox-bad-";
const SLOW_FIRST: &str = "slow-first";
const SLOW_FIRST_DEFAULT: u64 = 10_000;
/// The 8 MB of `sandbox-bad-huge`: one word, so it becomes one event.
const HUGE: usize = 8 * 1024 * 1024;
/// How many pieces of the text come through before a stream breaks.
const BEFORE_THE_BREAK: usize = 6;

/// A model that misbehaves, for listings.
#[derive(Debug, Clone, Copy)]
pub struct Misbehaviour {
    /// The name to ask for.
    pub model: &'static str,
    /// What it does wrong, in one sentence.
    pub what: &'static str,
    fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    WrongKey,
    NoQuota,
    NoModel,
    TooFast,
    TooFastOnce,
    Broken,
    BrokenOnce,
    Overloaded,
    HtmlGateway,
    SlowFirst(u64),
    Stall,
    Cut,
    CleanEnd,
    NoDone,
    Unterminated,
    ErrorFirst,
    ErrorMid,
    ErrorJson,
    Json,
    Split,
    Bom,
    Comments,
    Crlf,
    Cr,
    NoSpace,
    MultiData,
    Gzip,
    ContentType,
    Huge,
    Html,
    Empty,
    Length,
    Filter,
    NoUsage,
    Job,
}

const fn row(model: &'static str, fault: Fault, what: &'static str) -> Misbehaviour {
    Misbehaviour { model, what, fault }
}

/// Every misbehaving model. Those that refuse do so at every endpoint; the others wherever answers are streamed, and in
/// whole answers of text.
pub const MISBEHAVIOURS: &[Misbehaviour] = &[
    row("sandbox-bad-401", Fault::WrongKey, "Refuses the key."),
    row(
        "sandbox-bad-402",
        Fault::NoQuota,
        "Says the quota of this key is used up.",
    ),
    row(
        "sandbox-bad-404",
        Fault::NoModel,
        "Says the model does not exist.",
    ),
    row(
        "sandbox-bad-429",
        Fault::TooFast,
        "Is always over its rate limit; Retry-After: 2.",
    ),
    row(
        "sandbox-bad-429-once",
        Fault::TooFastOnce,
        "Is over its rate limit the first time for each key, then fine.",
    ),
    row("sandbox-bad-500", Fault::Broken, "Always fails inside."),
    row(
        "sandbox-bad-500-once",
        Fault::BrokenOnce,
        "Fails inside the first time for each key, then fine.",
    ),
    row("sandbox-bad-503", Fault::Overloaded, "Is always overloaded."),
    row(
        "sandbox-bad-html-502",
        Fault::HtmlGateway,
        "Answers 502 with a web page, as proxies do.",
    ),
    row(
        "sandbox-bad-slow-first",
        Fault::SlowFirst(SLOW_FIRST_DEFAULT),
        "Waits 10 s before the first byte; a number after the name (-slow-first-500) is the wait in ms.",
    ),
    row(
        "sandbox-bad-stall",
        Fault::Stall,
        "Says a few words, then nothing for ever; the connection stays open.",
    ),
    row(
        "sandbox-bad-cut",
        Fault::Cut,
        "Breaks the connection after a few words.",
    ),
    row(
        "sandbox-bad-clean-end",
        Fault::CleanEnd,
        "Ends cleanly after a few words: no finish_reason, no [DONE].",
    ),
    row(
        "sandbox-bad-no-done",
        Fault::NoDone,
        "Ends after finish_reason (and usage) without [DONE].",
    ),
    row(
        "sandbox-bad-unterminated",
        Fault::Unterminated,
        "Ends right after the braces of its last chunk: no newline, no blank line, no [DONE].",
    ),
    row(
        "sandbox-bad-error-first",
        Fault::ErrorFirst,
        "Answers 200 and a stream whose first event is an error.",
    ),
    row(
        "sandbox-bad-error-mid",
        Fault::ErrorMid,
        "Sends an error event after a few words, then ends.",
    ),
    row(
        "sandbox-bad-error-json",
        Fault::ErrorJson,
        "Answers 200 with a JSON error body.",
    ),
    row(
        "sandbox-bad-json",
        Fault::Json,
        "Answers with a whole JSON body although a stream was asked for.",
    ),
    row(
        "sandbox-bad-split",
        Fault::Split,
        "Sends every byte in a packet of its own, splitting characters.",
    ),
    row("sandbox-bad-bom", Fault::Bom, "Begins with a byte-order mark."),
    row(
        "sandbox-bad-comments",
        Fault::Comments,
        "Mixes comment lines and blank lines between the events.",
    ),
    row("sandbox-bad-crlf", Fault::Crlf, "Ends lines with CR LF."),
    row("sandbox-bad-cr", Fault::Cr, "Ends lines with a lone CR."),
    row(
        "sandbox-bad-nospace",
        Fault::NoSpace,
        "Leaves out the space after \"data:\".",
    ),
    row(
        "sandbox-bad-multidata",
        Fault::MultiData,
        "Spreads the JSON of one event over several data lines.",
    ),
    row(
        "sandbox-bad-gzip",
        Fault::Gzip,
        "Compresses the stream unasked, flushing after each event.",
    ),
    row(
        "sandbox-bad-content-type",
        Fault::ContentType,
        "Says text/plain of what it sends.",
    ),
    row(
        "sandbox-bad-huge",
        Fault::Huge,
        "Sends one event of 8 MB in the middle.",
    ),
    row("sandbox-bad-html", Fault::Html, "Answers 200 with a web page."),
    row(
        "sandbox-bad-empty",
        Fault::Empty,
        "Answers 200 with the right content type and no bytes.",
    ),
    row(
        "sandbox-bad-length",
        Fault::Length,
        "Stops with finish_reason length.",
    ),
    row(
        "sandbox-bad-filter",
        Fault::Filter,
        "Stops with finish_reason content_filter.",
    ),
    row("sandbox-bad-no-usage", Fault::NoUsage, "Never reports usage."),
    row(
        "sandbox-bad-job",
        Fault::Job,
        "Takes video jobs that fail half way; its chat is fine.",
    ),
];

impl Fault {
    pub(crate) fn parse(model: &str) -> Option<Fault> {
        let name = model.strip_prefix(PREFIX)?;
        if let Some(wait) = name
            .strip_prefix(SLOW_FIRST)
            .and_then(|rest| rest.strip_prefix('-'))
        {
            return wait.parse().ok().map(Fault::SlowFirst);
        }
        MISBEHAVIOURS
            .iter()
            .find(|row| row.model == model)
            .map(|row| row.fault)
    }
}

/// What a misbehaving model says when nothing stops it: different for each, with characters of one to four bytes.
pub fn full_text(model: &str) -> String {
    let middle = if Fault::parse(model) == Some(Fault::Huge) {
        "sand".repeat(HUGE / 4)
    } else {
        "paper".into()
    };
    format!(
        "The whole text of {model}: eleven {middle} boats pass the lighthouse, 十一只纸船驶过灯塔, and none sinks 🚣🏽."
    )
}

/// What arrives of [`full_text`] from a model that breaks off after a few words.
pub fn partial_text(model: &str) -> String {
    wire::pieces(&full_text(model))
        .into_iter()
        .take(BEFORE_THE_BREAK)
        .collect()
}

/// How many deltas a breaking stream sends: the role, and the pieces of [`partial_text`].
pub(crate) const DELTAS_BEFORE_THE_BREAK: usize = 1 + BEFORE_THE_BREAK;

/// The answer of a model that says no before it has begun, at whatever endpoint.
pub(crate) fn refusal(gateway: &Gateway, call: &Call, model: &str, fault: Fault) -> Option<Reply> {
    match fault {
        Fault::WrongKey => Some(refusal::wrong_key()),
        Fault::NoQuota => Some(refusal::no_quota()),
        Fault::NoModel => Some(refusal::unknown_model(model)),
        Fault::TooFast => Some(refusal::too_fast()),
        Fault::TooFastOnce => gateway.first_time(&call.key, model).then(refusal::too_fast),
        Fault::Broken => Some(refusal::broken()),
        Fault::BrokenOnce => gateway.first_time(&call.key, model).then(refusal::broken),
        Fault::Overloaded => Some(refusal::overloaded()),
        Fault::HtmlGateway => Some(refusal::web_page(http::StatusCode::BAD_GATEWAY)),
        _ => None,
    }
}

/// Holds an answer back if the model is slow to begin.
pub(crate) fn late(mut reply: Reply, fault: Option<Fault>) -> Reply {
    if let Some(Fault::SlowFirst(wait)) = fault {
        reply.delay = Duration::from_millis(wait);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::{Fault, MISBEHAVIOURS, full_text, partial_text};

    #[test]
    fn every_listed_name_is_understood_and_has_its_own_text() {
        let mut texts = std::collections::HashSet::new();
        for row in MISBEHAVIOURS {
            assert_eq!(Fault::parse(row.model), Some(row.fault), "{}", row.model);
            assert!(full_text(row.model).starts_with(&partial_text(row.model)));
            assert!(texts.insert(full_text(row.model)), "{}", row.model);
        }
        assert_eq!(
            Fault::parse("sandbox-bad-slow-first-500"),
            Some(Fault::SlowFirst(500))
        );
        assert_eq!(Fault::parse("sandbox-bad-manners"), None);
    }
}
