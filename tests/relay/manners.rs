//! Every way a gateway can misbehave, at every endpoint that streams: what the tool sees, what the ledger says of it, and
//! what becomes of the key. One row is one misbehaviour; where a dialect differs, `Row::at` says how.

mod table;

use std::time::Duration;

use futures::future::join_all;
use http::Method;
use http::header::CONTENT_TYPE;
use nexdesk_ledger::{Basis, ExchangeRow, Outcome};
use nexdesk_sandbox::{MISBEHAVIOURS, full_text, partial_text};
use nexdesk_tests::{Cursor, Heard, STREAMS, Setup, Streamed, World};

use table::{BREAKS_OFF, Ends, GATEWAY_SAYS_NO, NOT_AN_ANSWER, ODDLY_SENT, Row, TOO_SLOW};

#[test]
fn every_misbehaviour_has_its_row() {
    let rows = [
        &GATEWAY_SAYS_NO[..],
        &NOT_AN_ANSWER,
        &BREAKS_OFF,
        &TOO_SLOW,
        &ODDLY_SENT,
    ]
    .concat();
    let mut stated: Vec<&str> = rows.iter().map(|row| row.bad).collect();
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
    apart(&GATEWAY_SAYS_NO, Setup::default).await;
}

#[tokio::test]
async fn what_comes_under_a_200_and_is_no_answer_becomes_an_error_with_a_status() {
    apart(&NOT_AN_ANSWER, Setup::default).await;
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_error_event_and_never_cleanly() {
    apart(&BREAKS_OFF, Setup::default).await;
}

#[tokio::test]
async fn a_gateway_that_falls_silent_is_given_up_and_the_tool_is_told() {
    let hurried = || Setup::default().patience(Duration::from_millis(1500), Duration::from_millis(500));
    apart(&TOO_SLOW, hurried).await;
}

#[tokio::test]
async fn a_stream_that_is_sent_oddly_is_still_heard_to_the_last_character() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for row in &ODDLY_SENT {
        for stream in STREAMS {
            try_out(&world, &cursor, row, stream).await;
        }
    }
}

/// Each in a world of its own, because a key that was refused, or failed too often, is not asked again.
async fn apart(rows: &[Row], setup: fn() -> Setup) {
    for row in rows {
        join_all(STREAMS.map(async |stream| {
            let world = setup().open().await;
            let cursor = world.cursor().await;
            try_out(&world, &cursor, row, stream).await;
        }))
        .await;
    }
}

/// Streams one answer and holds everything about it against its row.
async fn try_out(world: &World, cursor: &Cursor, row: &Row, stream: Streamed) {
    let row = &row.at(stream.interface);
    let model = format!("sandbox-bad-{}", row.bad);
    let what = format!("{} at {}", row.bad, stream.interface);
    let (path, ask) = stream.of_model(&format!("upstream/{model}"));
    let asked = cursor
        .request(Method::POST, &path)
        .header(CONTENT_TYPE, stream.content_type());

    let heard = Heard::of(asked.body(ask)).await;

    seen_by_the_tool(&what, row, &stream, &heard);
    if row.text != table::Text::Nothing {
        assert_eq!(
            stream.said_in(&heard.events()),
            said(world, row, &stream, &model).await,
            "{what}: what is said"
        );
    }
    kept_in_the_ledger(&what, row, &stream, &world.last_exchange().await);
    let key = world.keys().await.remove(0);
    assert_eq!(key.state, row.key, "{what}: the key afterwards");
}

/// What the model says, or as much of it as it gets to say.
async fn said(world: &World, row: &Row, stream: &Streamed, model: &str) -> String {
    let is_partial = row.text == table::Text::Partial;
    match stream.interface {
        "chat" | "completions" | "responses" | "messages" | "generate" if is_partial => partial_text(model),
        "chat" | "completions" | "responses" | "messages" | "generate" => full_text(model),
        // Sound and pictures are the same whichever model is asked, as long as the question is.
        _ => {
            let (_, ask) = stream.of_model(table::well_behaved(stream.interface));
            let direct = Cursor::new(world.upstream_url().trim_end_matches("/v1"), "sk-first");
            let asked = direct
                .request(Method::POST, stream.path)
                .header(CONTENT_TYPE, stream.content_type());
            let events = Heard::of(asked.body(ask)).await.events();
            let before_the_break = if stream.interface == "transcription" { 3 } else { 1 };
            stream.said_in(
                &events[..if is_partial {
                    before_the_break
                } else {
                    events.len()
                }],
            )
        }
    }
}

fn seen_by_the_tool(what: &str, row: &Row, stream: &Streamed, heard: &Heard) {
    let said = heard.plain();
    assert_eq!(heard.status, row.status, "{what}: the status; {said:.300}");
    assert!(
        heard.whole,
        "{what}: the connection itself is not broken, SDKs retry those"
    );
    match row.ends {
        Ends::Done | Ends::Finished | Ends::Error(_) => ends(what, row, stream, heard),
        Ends::Refused(_) | Ends::OwnWords(_) => is_refused(what, row, stream, heard),
    }
    if matches!(stream.interface, "chat" | "completions") {
        let is_counted = row.tokens == Some(Basis::Reported);
        let is_told = heard.usage().is_some();
        assert_eq!(
            is_told, is_counted,
            "{what}: what the gateway counted is passed on"
        );
    }
    let is_stream = heard.header("content-type").starts_with("text/event-stream");
    assert_eq!(is_stream, row.status == 200, "{what}: the content type");
    let retry_after = if row.status == 429 { "2" } else { "" };
    assert_eq!(
        heard.header("retry-after"),
        retry_after,
        "{what}: when to come back"
    );
    if stream.interface == "generate" && row.status == 200 {
        let mut lines = said.lines().filter(|line| !line.is_empty());
        let are_plain = lines.all(|line| line.starts_with("data: {"));
        assert!(are_plain, "{what}: nothing that kills Gemini's clients");
    }
}

fn ends(what: &str, row: &Row, stream: &Streamed, heard: &Heard) {
    let events = heard.events();
    let last = events.last().map(String::as_str).unwrap_or_default();
    let error = stream.error_in(&heard.last_event());
    let (is_done, reason) = (stream.is_end(last), stream.reason_in(&events));
    match row.ends {
        Ends::Error(code) => {
            let word = table::event_word(stream.interface, code);
            assert_eq!(
                error.as_deref(),
                Some(word),
                "{what}: the last event; {last:.300}"
            );
            let any_end = events.iter().any(|event| stream.is_end(event));
            assert!(!any_end, "{what}: no clean end");
        }
        Ends::Finished => assert!(reason.is_some() && !is_done && error.is_none(), "{what}"),
        _ => {
            assert!(is_done && error.is_none(), "{what}: it is done; {last:.300}");
            let wanted = table::reason(row.bad, stream.interface);
            assert_eq!(reason.as_deref(), wanted, "{what}: why the model stopped");
        }
    }
}

fn is_refused(what: &str, row: &Row, stream: &Streamed, heard: &Heard) {
    let body = heard.json();
    assert!(body["error"]["message"].is_string(), "{what}: a sentence");
    match row.ends {
        Ends::OwnWords(code) => {
            let own = body["error"]["code"].as_str().unwrap_or_default();
            assert_eq!(own, code, "{what}: the gateway's words");
        }
        Ends::Refused(code) => {
            let word = table::body_word(stream.interface, code);
            let ours = table::word_of_body(stream.interface, &body);
            assert_eq!(ours.as_deref(), Some(word), "{what}: our words");
        }
        _ => {}
    }
}

fn kept_in_the_ledger(what: &str, row: &Row, stream: &Streamed, kept: &ExchangeRow) {
    assert_eq!(
        (kept.outcome, kept.code.as_deref()),
        (row.outcome, row.code),
        "{what}"
    );
    assert_eq!(
        (kept.status, kept.interface.as_ref()),
        (Some(row.status), stream.interface),
        "{what}"
    );
    assert!(kept.stream, "{what}: it is known for a stream");
    assert_eq!(
        kept.attempts.len(),
        row.attempts,
        "{what}: how often it was asked; {:?}",
        kept.attempts
    );
    let spoke = row.tokens.is_some();
    assert_eq!(
        kept.first_token_ms.is_some(),
        spoke,
        "{what}: when the first word came"
    );
    let writes = matches!(
        stream.interface,
        "chat" | "completions" | "responses" | "messages" | "generate"
    );
    if writes {
        assert_eq!(kept.model_answered.is_some(), spoke, "{what}: who answered");
        assert_eq!(kept.output.is_some(), spoke, "{what}: what is counted");
    }
    if let Some(basis) = row.tokens
        && (writes || row.outcome == Outcome::Ok)
    {
        assert_eq!(kept.tokens_basis, basis, "{what}: who counted; {kept:?}");
    }
    if writes && spoke {
        assert!(
            kept.output.unwrap() > 0 && kept.input.unwrap() > 0,
            "{what}: {kept:?}"
        );
    }
    assert_eq!(
        kept.cost_nano, None,
        "{what}: these models have no price, and unknown is not zero"
    );
}

#[tokio::test]
async fn a_model_that_thinks_before_its_first_word_is_waited_for() {
    let world = World::new().await;
    let model = "sandbox-bad-slow-first-700";
    let heard = world
        .cursor()
        .await
        .streams(&format!("upstream/{model}"), "Hello")
        .await;
    assert_eq!(heard.text(), full_text(model));
    let first = world.last_exchange().await.first_token_ms.unwrap();
    assert!(
        first >= 700,
        "the wait is part of the first-token time: {first} ms"
    );
}
