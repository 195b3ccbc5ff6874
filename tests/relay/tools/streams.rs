//! Facts 7, 8, 9 and 12: what a stream may hold, and how it may end.

use http::Method;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use nexdesk_ledger::Outcome;
use nexdesk_tests::{Framing, Heard, STREAMS, Said, Streamed};
use serde_json::Value;

use super::{gzipped, stream, world};

/// Fact 7.
#[tokio::test]
async fn gemini_clients_get_no_comment_and_a_space_behind_data() {
    let gemini = stream("generate");
    let odd = gemini.whole().replace(
        "data: ",
        ": keep-alive\n\nid: 3\n\n: OPENROUTER PROCESSING\ndata:",
    );
    for line_end in ["\n", "\r\n"] {
        let (world, _recorder) = world(Said::events(odd.replace('\n', line_end))).await;
        let heard = world.cursor().await.hears(&gemini).await;
        let said = heard.plain();
        for line in said.lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with("data: {"), "{line_end:?}: {line}");
        }
        assert_eq!(
            heard.events(),
            gemini_events(&gemini),
            "{line_end:?}: nothing said is lost"
        );
        assert_eq!(world.last_exchange().await.outcome, Outcome::Ok);
    }
}

fn gemini_events(stream: &Streamed) -> Vec<String> {
    let all = stream.begins.iter().chain(stream.ends);
    all.map(|event| event.trim_start_matches("data: ").to_owned())
        .collect()
}

/// Fact 7, its other half.
#[tokio::test]
async fn elsewhere_comments_pass_and_events_without_data_do_not() {
    for stream in STREAMS.iter().filter(|stream| stream.interface != "generate") {
        let dirt = format!(": keep-alive\n\nid: 3\n\nretry: 5\n\n{}", stream.whole());
        let (world, _recorder) = world(Said::events(dirt)).await;
        let heard = world.cursor().await.hears(stream).await;
        assert_eq!(
            heard.plain(),
            format!(": keep-alive\n\n{}", stream.whole()),
            "{}",
            stream.interface
        );
    }
}

/// Fact 8.
#[tokio::test]
async fn an_answer_gzipped_unasked_reaches_codex_in_plain() {
    let codex = stream("responses");
    let body = r#"{"id":"resp_1","object":"response","model":"m","status":"completed","output":[]}"#;
    let squeezed = |kind: &str, body: &str| {
        Said::with(
            "200 OK",
            &format!("Content-Type: {kind}\r\nContent-Encoding: gzip"),
            gzipped(body),
        )
    };
    let (streaming, recorder) = world(squeezed("text/event-stream", &codex.whole())).await;
    let cursor = streaming.cursor().await;
    let heard = cursor.hears(&codex).await;
    assert_eq!(
        (heard.plain(), heard.header("content-encoding")),
        (codex.whole(), "")
    );
    assert_eq!(
        recorder.last().header("accept-encoding"),
        "identity",
        "nothing else was asked for"
    );
    // Who says gzip gets its events in plain all the same: an error could not be put into a compressed stream.
    let asked = cursor
        .request(Method::POST, codex.path)
        .header(ACCEPT_ENCODING, "gzip");
    let heard = Heard::of(asked.header(CONTENT_TYPE, "application/json").body(codex.ask)).await;
    assert_eq!(heard.plain(), codex.whole());

    let (whole, _recorder) = world(squeezed("application/json", body)).await;
    let heard = whole
        .cursor()
        .await
        .sends("/v1/responses", r#"{"model":"m","input":"Hello"}"#)
        .await;
    assert_eq!(
        (heard.plain().as_str(), heard.header("content-encoding")),
        (body, "")
    );
}

/// Fact 9.
#[tokio::test]
async fn a_stream_that_ends_cleanly_without_a_finish_never_ends_cleanly_for_the_caller() {
    for framing in [Framing::Chunks, Framing::Close, Framing::Cut] {
        for stream in STREAMS {
            let name = stream.interface;
            let (world, _recorder) = world(Said::events(stream.half()).framed(framing)).await;
            let heard = world.cursor().await.hears(&stream).await;
            assert_eq!(heard.status, 200, "{name} {framing:?}");
            let said = heard.plain();
            assert!(
                said.starts_with(&stream.half()),
                "{name}: what was said is heard: {said}"
            );
            let word = match name {
                "responses" => "server_error",
                "messages" => "api_error",
                "generate" => "INTERNAL",
                _ => "stream_interrupted",
            };
            let last = heard.last_event();
            assert_eq!(
                stream.error_in(&last).as_deref(),
                Some(word),
                "{name} {framing:?}: {said}"
            );
            for end in stream.ends {
                assert!(!said.contains(end), "{name}: no end is made up");
            }
            let kept = world.last_exchange().await;
            assert_eq!(
                (kept.outcome, kept.code.as_deref(), kept.interface.as_ref()),
                (Outcome::Interrupted, Some("stream_interrupted"), name)
            );
        }
    }
}

/// Fact 9 for the streams of Gemini that are no events: there the connection breaks.
#[tokio::test]
async fn a_list_that_is_never_closed_breaks_the_connection() {
    let fragment = r#"{"candidates":[{"content":{"parts":[{"text":"half"}]}}]}"#;
    for (body, is_whole) in [
        (format!("[{fragment}\n,\r\n{fragment}]"), true),
        (format!("[{fragment}\n,\r\n{fragment}"), false),
    ] {
        let (world, _recorder) = world(Said::json(body.clone()).framed(Framing::Chunks)).await;
        let heard = world
            .cursor()
            .await
            .sends("/v1beta/models/m:streamGenerateContent", r#"{"contents":[]}"#)
            .await;
        assert_eq!((heard.whole, heard.plain()), (is_whole, body));
        let outcome = if is_whole {
            Outcome::Ok
        } else {
            Outcome::Interrupted
        };
        assert_eq!(world.last_exchange().await.outcome, outcome);
    }
}

/// Fact 9 for Claude Code, which takes a message without its last event for broken, though the model has stopped.
#[tokio::test]
async fn a_message_that_has_stopped_gets_the_end_that_its_gateway_forgot() {
    let claude = stream("messages");
    let last = format!("{}\n\n", claude.ends[2]);
    let (world, _recorder) = world(Said::events(claude.whole().replace(&last, ""))).await;
    assert_eq!(world.cursor().await.hears(&claude).await.plain(), claude.whole());
    assert_eq!(world.last_exchange().await.outcome, Outcome::Ok);
}

/// Fact 9: the last word of OpenAI's chats is none elsewhere, and kills Gemini's clients.
#[tokio::test]
async fn done_is_no_end_where_the_dialect_has_another() {
    for name in ["responses", "messages", "generate"] {
        let stream = stream(name);
        let (world, _recorder) = world(Said::events(stream.half() + "data: [DONE]\n\n")).await;
        let heard = world.cursor().await.hears(&stream).await;
        assert!(
            stream.error_in(&heard.last_event()).is_some(),
            "{name}: {}",
            heard.plain()
        );
        assert_eq!(
            world.last_exchange().await.outcome,
            Outcome::Interrupted,
            "{name}"
        );
        assert_eq!(heard.plain().contains("[DONE]"), name != "generate");
    }
}

/// Fact 12.
#[tokio::test]
async fn usage_is_asked_for_in_every_stream_and_swallowed_where_the_caller_did_not_ask() {
    for name in ["chat", "completions"] {
        let stream = stream(name);
        let (world, recorder) = world(Said::events(stream.whole())).await;
        let cursor = world.cursor().await;
        let asks = r#","stream_options":{"include_usage":true}"#;
        for wish in [
            "",
            r#","stream_options":{}"#,
            r#","stream_options":{"include_usage":false}"#,
        ] {
            let heard = cursor.sends(stream.path, stream.ask.replace(asks, wish)).await;
            let usage = format!("{}\n\n", stream.ends[1]);
            assert_eq!(heard.plain(), stream.whole().replace(&usage, ""), "{name} {wish}");
            let sent: Value = serde_json::from_str(recorder.last().text()).unwrap();
            assert_eq!(sent["stream_options"]["include_usage"], true, "{name} {wish}");
            let kept = world.last_exchange().await;
            assert_eq!(
                (kept.input, kept.output),
                (Some(8), Some(2)),
                "the books have it: {name} {wish}"
            );
        }
        let heard = cursor.hears(&stream).await;
        assert_eq!(heard.plain(), stream.whole(), "{name}: who asks gets it");
        assert_eq!(recorder.last().text(), stream.ask);
    }
}
