//! Each way a gateway can misbehave while a tool streams a chat: what the tool sees, what the ledger says of it, and
//! what becomes of the key. One row, one misbehaviour.

use std::time::Duration;

use nexdesk_app::keys::KeyState;
use nexdesk_ledger::{Basis, ExchangeRow, Outcome};
use nexdesk_sandbox::{MISBEHAVIOURS, full_text, partial_text};
use nexdesk_tests::{Heard, Setup, World};

/// One misbehaviour and its consequences.
struct Row {
    /// The model's name without `sandbox-bad-`.
    bad: &'static str,
    /// The status the tool sees.
    status: u16,
    /// How much of the model's text it gets.
    text: Text,
    /// How the answer ends.
    ends: Ends,
    /// What the ledger calls it.
    outcome: Outcome,
    /// The ledger's reason.
    code: Option<&'static str>,
    /// Where the token counts come from; `None` where nothing was counted.
    tokens: Option<Basis>,
    /// How the key stands afterwards.
    key: KeyState,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Text {
    Full,
    Partial,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// With `[DONE]`.
    Done,
    /// With a reason to stop, but without `[DONE]`.
    Finished,
    /// With an error of this code as the last event.
    Error(&'static str),
    /// It never began: a JSON error of this code.
    Refused(&'static str),
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
    }
}

/// The answer breaks off after a few words: the tool is told so by an error event, and never by a clean end.
const fn broken(bad: &'static str, event: &'static str, code: &'static str) -> Row {
    Row {
        bad,
        status: 200,
        text: Text::Partial,
        ends: Ends::Error(event),
        outcome: Outcome::Interrupted,
        code: Some(code),
        tokens: Some(Basis::Estimated),
        key: KeyState::Healthy,
    }
}

/// There is no answer: the tool gets a status and an error in OpenAI's shape, and nothing is counted.
const fn refused(
    bad: &'static str,
    status: u16,
    said: &'static str,
    code: &'static str,
    key: KeyState,
) -> Row {
    Row {
        bad,
        status,
        text: Text::Nothing,
        ends: Ends::Refused(said),
        outcome: Outcome::Failed,
        code: Some(code),
        tokens: None,
        key,
    }
}

const GATEWAY_SAYS_NO: [Row; 9] = [
    refused("401", 401, "invalid_api_key", "key_refused", KeyState::Refused),
    refused(
        "402",
        402,
        "insufficient_quota",
        "quota_exhausted",
        KeyState::Exhausted,
    ),
    refused(
        "404",
        404,
        "model_not_found",
        "model_not_found",
        KeyState::Healthy,
    ),
    refused(
        "429",
        429,
        "rate_limit_exceeded",
        "rate_limited",
        KeyState::Resting,
    ),
    refused(
        "429-once",
        429,
        "rate_limit_exceeded",
        "rate_limited",
        KeyState::Resting,
    ),
    // The gateway's own bodies pass as they are, and these two carry no code.
    refused("500", 500, "", "gateway_failed", KeyState::Healthy),
    refused("500-once", 500, "", "gateway_failed", KeyState::Healthy),
    refused("503", 503, "", "gateway_failed", KeyState::Healthy),
    // A proxy's page is of no use to a tool: it gets our sentence under the same status.
    refused(
        "html-502",
        502,
        "gateway_failed",
        "gateway_failed",
        KeyState::Healthy,
    ),
];

const NOT_AN_ANSWER: [Row; 4] = [
    refused(
        "error-first",
        502,
        "gateway_failed",
        "gateway_failed",
        KeyState::Healthy,
    ),
    refused(
        "error-json",
        502,
        "gateway_failed",
        "gateway_failed",
        KeyState::Healthy,
    ),
    refused("html", 502, "not_an_api", "not_an_api", KeyState::Healthy),
    refused(
        "empty",
        502,
        "stream_interrupted",
        "stream_interrupted",
        KeyState::Healthy,
    ),
];

const BREAKS_OFF: [Row; 3] = [
    broken("cut", "stream_interrupted", "stream_interrupted"),
    broken("clean-end", "stream_interrupted", "stream_interrupted"),
    // The gateway said it itself, in its own words; they pass as they are.
    broken("error-mid", "upstream_error", "gateway_failed"),
];

const TOO_SLOW: [Row; 2] = [
    broken("stall", "stalled", "stalled"),
    refused("slow-first", 504, "stalled", "stalled", KeyState::Healthy),
];

const ODDLY_SENT: [Row; 17] = [
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

#[test]
fn every_misbehaviour_has_its_row() {
    let rows = GATEWAY_SAYS_NO.iter().chain(&NOT_AN_ANSWER).chain(&BREAKS_OFF);
    let mut stated: Vec<&str> = rows
        .chain(&TOO_SLOW)
        .chain(&ODDLY_SENT)
        .map(|row| row.bad)
        .collect();
    let named = MISBEHAVIOURS
        .iter()
        .map(|it| it.model.trim_start_matches("sandbox-bad-"));
    let mut named: Vec<&str> = named.collect();
    stated.sort_unstable();
    named.sort_unstable();
    assert_eq!(stated, named);
}

#[tokio::test]
async fn a_gateway_that_says_no_is_heard_in_its_own_words_and_the_key_remembers_why() {
    for row in &GATEWAY_SAYS_NO {
        try_out(row, Setup::default()).await;
    }
}

#[tokio::test]
async fn what_comes_under_a_200_and_is_no_answer_becomes_an_error_with_a_status() {
    for row in &NOT_AN_ANSWER {
        try_out(row, Setup::default()).await;
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_error_event_and_never_cleanly() {
    for row in &BREAKS_OFF {
        try_out(row, Setup::default()).await;
    }
}

#[tokio::test]
async fn a_gateway_that_falls_silent_is_given_up_and_the_tool_is_told() {
    for row in &TOO_SLOW {
        let patience = (Duration::from_millis(1500), Duration::from_millis(500));
        try_out(row, Setup::default().patience(patience.0, patience.1)).await;
    }
}

#[tokio::test]
async fn a_stream_that_is_sent_oddly_is_still_heard_to_the_last_character() {
    for row in &ODDLY_SENT {
        try_out(row, Setup::default()).await;
    }
}

/// Streams one answer and holds everything about it against its row.
async fn try_out(row: &Row, setup: Setup) {
    let world = setup.open().await;
    let model = format!("sandbox-bad-{}", row.bad);

    let heard = world
        .cursor()
        .await
        .streams(&format!("upstream/{model}"), "Hello")
        .await;

    seen_by_the_tool(row, &model, &heard);
    kept_in_the_ledger(row, &model, &world.last_exchange().await);
    let key = world.keys().await.remove(0);
    assert_eq!(key.state, row.key, "{}: the key afterwards", row.bad);
}

fn seen_by_the_tool(row: &Row, model: &str, heard: &Heard) {
    let bad = row.bad;
    assert_eq!(heard.status, row.status, "{bad}: the status");
    assert!(
        heard.whole,
        "{bad}: the connection itself is not broken, SDKs retry those"
    );
    let text = match row.text {
        Text::Full => full_text(model),
        Text::Partial => partial_text(model),
        Text::Nothing => String::new(),
    };
    assert!(heard.text() == text, "{bad}: the text is {:.300}", heard.text());
    let is_stream = heard.header("content-type").starts_with("text/event-stream");
    match row.ends {
        Ends::Done => assert!(
            heard.is_done() && heard.error_code().is_none(),
            "{bad}: it is done"
        ),
        Ends::Finished => {
            assert!(heard.finish_reason().is_some() && !heard.is_done(), "{bad}");
            assert_eq!(heard.error_code(), None, "{bad}: a reason to stop is an end");
        }
        Ends::Error(code) => {
            assert_eq!(heard.error_code().as_deref(), Some(code), "{bad}: the last event");
            assert!(
                !heard.is_done() && heard.finish_reason().is_none(),
                "{bad}: no clean end"
            );
        }
        Ends::Refused(code) => {
            assert_eq!(heard.error_code().unwrap_or_default(), code, "{bad}: the error");
            assert!(heard.json()["error"]["message"].is_string(), "{bad}: a sentence");
        }
    }
    assert_eq!(
        heard.usage().is_some(),
        row.tokens == Some(Basis::Reported),
        "{bad}: what the gateway counted is passed on, even in a last event without its blank line"
    );
    assert_eq!(
        is_stream,
        !matches!(row.ends, Ends::Refused(_)),
        "{bad}: the content type"
    );
    let retry_after = if row.bad.starts_with("429") { "2" } else { "" };
    assert_eq!(
        heard.header("retry-after"),
        retry_after,
        "{bad}: when to come back"
    );
}

fn kept_in_the_ledger(row: &Row, model: &str, kept: &ExchangeRow) {
    let bad = row.bad;
    assert_eq!(
        (kept.outcome, kept.code.as_deref()),
        (row.outcome, row.code),
        "{bad}"
    );
    assert_eq!(kept.status, Some(row.status), "{bad}: the status on record");
    assert_eq!(
        kept.attempts.len(),
        1,
        "{bad}: one key, one try, and no second half"
    );
    let spoke = row.tokens.is_some();
    assert_eq!(
        kept.first_token_ms.is_some(),
        spoke,
        "{bad}: when the first word came"
    );
    assert_eq!(kept.model_answered.is_some(), spoke, "{bad}: who answered");
    assert_eq!(kept.output.is_some(), spoke, "{bad}: what is counted");
    if let Some(basis) = row.tokens {
        assert_eq!(kept.tokens_basis, basis, "{bad}: who counted");
        assert!(
            kept.output.unwrap() > 0 && kept.input.unwrap() > 0,
            "{bad}: {kept:?}"
        );
        assert_eq!(kept.model_answered.as_deref(), Some(model));
    }
    assert_eq!(
        kept.cost_nano, None,
        "{bad}: these models have no price, and unknown is not zero"
    );
}

#[tokio::test]
async fn a_model_that_thinks_before_its_first_word_is_waited_for() {
    let world = World::new().await;
    let heard = world
        .cursor()
        .await
        .streams("upstream/sandbox-bad-slow-first-700", "Hello")
        .await;
    assert_eq!(heard.text(), full_text("sandbox-bad-slow-first-700"));
    let first = world.last_exchange().await.first_token_ms.unwrap();
    assert!(
        first >= 700,
        "the wait is part of the first-token time: {first} ms"
    );
}

#[tokio::test]
async fn why_a_model_stopped_reaches_the_tool() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for (model, reason) in [
        ("length", "length"),
        ("filter", "content_filter"),
        ("job", "stop"),
        ("json", "stop"),
    ] {
        let heard = cursor
            .streams(&format!("upstream/sandbox-bad-{model}"), "Hello")
            .await;
        assert_eq!(heard.finish_reason().as_deref(), Some(reason), "{model}");
    }
}
