//! Facts 10, 11, 21 and 22: what goes wrong, in words that the client understands.

use http::Method;
use http::header::CONTENT_TYPE;
use nexdesk_ledger::Outcome;
use nexdesk_tests::{Heard, Recorder, STREAMS, Said, Setup};

use super::{ANSWER, CHAT, stream, world};

/// Fact 10.
#[tokio::test]
async fn a_200_with_an_error_object_becomes_an_error_status() {
    let refusals = [
        (
            r#"{"error":{"message":"No such luck","type":"x","code":"insufficient_quota"}}"#,
            402,
        ),
        (r#"{"error":{"message":"Too fast","code":429}}"#, 429),
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}"#,
            502,
        ),
        (
            r#"{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}"#,
            400,
        ),
        (r#"{"success":false,"message":"No"}"#, 502),
    ];
    for (body, status) in refusals {
        for stream in STREAMS {
            for ask in [stream.ask.to_owned(), stream.ask.replace("\"stream\":true,", "")] {
                let (world, _recorder) = world(Said::json(body)).await;
                let asked = world.cursor().await.request(Method::POST, stream.path);
                let heard = Heard::of(asked.header(CONTENT_TYPE, stream.content_type()).body(ask)).await;
                let name = stream.interface;
                assert_eq!(heard.status, status, "{name} {body}: {}", heard.plain());
                assert!(
                    heard.json()["error"]["message"].is_string(),
                    "{name} {body}: {}",
                    heard.plain()
                );
                assert_eq!(
                    world.last_exchange().await.outcome,
                    Outcome::Failed,
                    "{name} {body}"
                );
            }
        }
    }
}

/// Fact 11: a stream breaks, and Codex learns whether asking again makes sense.
#[tokio::test]
async fn a_stream_that_breaks_ends_with_response_failed_for_codex() {
    let codex = stream("responses");
    for (said, code) in [
        ("", "server_error"),
        (
            r#"event: error
data: {"type":"error","sequence_number":2,"code":"rate_limit_exceeded","message":"Slow down","param":null}"#,
            "rate_limit_exceeded",
        ),
        (
            r#"data: {"type":"error","error":{"code":"insufficient_quota","message":"Empty"}}"#,
            "insufficient_quota",
        ),
        (
            r#"data: {"error":{"message":"Too long","code":"context_length_exceeded"}}"#,
            "context_length_exceeded",
        ),
        (
            r#"data: {"error":{"message":"Not this","code":"content_policy_violation"}}"#,
            "invalid_prompt",
        ),
        (
            r#"data: {"error":{"message":"Oh no","type":"server_error"}}"#,
            "server_error",
        ),
    ] {
        let body = if said.is_empty() {
            codex.half()
        } else {
            format!("{}{said}\n\n", codex.half())
        };
        let (world, _recorder) = world(Said::events(body)).await;
        let heard = world.cursor().await.hears(&codex).await;
        let last = heard.last_event();
        assert_eq!(last["type"], "response.failed", "{said}: {}", heard.plain());
        assert_eq!(last["response"]["error"]["code"], code, "{said}");
        assert!(last["response"]["error"]["message"].is_string());
        assert!(heard.plain().contains("event: response.failed\ndata: "), "{said}");
        assert_eq!(world.last_exchange().await.outcome, Outcome::Interrupted);
    }
    // What the gateway says in these words itself is not said twice.
    let own = "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"resp_1\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"Oh no\"}}}\n\n";
    let (world, _recorder) = world(Said::events(codex.half() + own)).await;
    assert_eq!(
        world.cursor().await.hears(&codex).await.plain(),
        codex.half() + own
    );
}

/// Fact 11 for everybody else: an error in the middle is one that the client of this dialect raises.
#[tokio::test]
async fn an_error_in_the_middle_is_said_in_words_the_client_raises() {
    let foreign =
        "data: {\"error\":{\"message\":\"Oh no\",\"type\":\"server_error\",\"code\":\"server_error\"}}\n\n";
    for name in [
        "chat",
        "completions",
        "generate",
        "images",
        "speech",
        "transcription",
    ] {
        let stream = stream(name);
        let (world, _recorder) = world(Said::events(stream.half() + foreign)).await;
        let heard = world.cursor().await.hears(&stream).await;
        assert_eq!(
            heard.plain(),
            stream.half() + foreign,
            "{name}: as it came, and nothing behind it"
        );
        assert!(heard.last_event()["error"]["message"].is_string());
    }
    let claude = stream("messages");
    let own = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}}\n\n";
    let (first, _recorder) = world(Said::events(claude.half() + own)).await;
    assert_eq!(
        first.cursor().await.hears(&claude).await.plain(),
        claude.half() + own
    );
    // Without its name Anthropic's SDKs step over the event, and the rest looks like an end.
    let (second, _recorder) = world(Said::events(claude.half() + foreign)).await;
    let heard = second.cursor().await.hears(&claude).await;
    assert!(
        heard.plain().contains("event: error\ndata: "),
        "{}",
        heard.plain()
    );
    assert_eq!(claude.error_in(&heard.last_event()).as_deref(), Some("api_error"));
}

/// Fact 21, the gateway's own words.
#[tokio::test]
async fn a_refusal_keeps_its_status_its_body_and_its_retry_after() {
    let bodies = [
        (
            "/v1/chat/completions",
            r#"{"error":{"message":"Slow","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#,
        ),
        (
            "/v1/messages",
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow"},"request_id":"req_1"}"#,
        ),
        (
            "/v1beta/models/m:generateContent",
            r#"{"error":{"code":429,"message":"Slow","status":"RESOURCE_EXHAUSTED"}}"#,
        ),
    ];
    for (path, body) in bodies {
        let (world, _recorder) = world(Said::with(
            "429 Too Many Requests",
            "Content-Type: application/json\r\nRetry-After: 17",
            body,
        ))
        .await;
        let heard = world.cursor().await.sends(path, CHAT).await;
        assert_eq!(
            (heard.status, heard.plain().as_str(), heard.header("retry-after")),
            (429, body, "17"),
            "{path}"
        );
    }
}

/// Fact 21, our words.
#[tokio::test]
async fn our_own_refusals_are_said_in_the_callers_dialect() {
    let page = Said::with(
        "503 Service Unavailable",
        "Content-Type: text/html\r\nRetry-After: 3",
        "<html>busy</html>",
    );
    let (world, _recorder) = world(page).await;
    let cursor = world.cursor().await;
    for (path, kind) in [
        ("/v1/chat/completions", "openai"),
        ("/v1/responses", "openai"),
        ("/v1/embeddings", "openai"),
        ("/v1/messages", "anthropic"),
        ("/v1/messages/count_tokens", "anthropic"),
        ("/bypass/anthropic/v1/messages", "anthropic"),
        ("/v1beta/models/MODEL:generateContent", "gemini"),
        ("/v1/models/MODEL:streamGenerateContent?alt=sse", "gemini"),
    ] {
        let ask = |model: &str| {
            let request = cursor.request(Method::POST, &path.replace("MODEL", model));
            request
                .header(CONTENT_TYPE, "application/json")
                .body(CHAT.replace("\"m\"", &format!("\"{model}\"")))
        };
        let failed = Heard::of(ask("m")).await;
        assert_eq!(
            (failed.status, failed.header("retry-after")),
            (503, "3"),
            "{path}"
        );
        said_in(kind, &failed, path);
        let lost = Heard::of(ask("nobody-has-this")).await;
        assert_eq!(lost.status, 404, "{path}");
        said_in(kind, &lost, path);
        let stranger = Heard::of(cursor.bare(Method::POST, &path.replace("MODEL", "m")).body(CHAT)).await;
        assert_eq!(stranger.status, 401, "{path}");
        said_in(kind, &stranger, path);
    }
}

fn said_in(kind: &str, heard: &Heard, path: &str) {
    let body = heard.json();
    let error = &body["error"];
    assert!(
        error["message"].as_str().is_some_and(|said| said.len() > 10),
        "{path}: {body}"
    );
    let is_right = match kind {
        "anthropic" => body["type"] == "error" && error["type"].is_string(),
        "gemini" => error["code"] == heard.status && error["status"].is_string(),
        _ => error["code"].is_string() && error["type"].is_string(),
    };
    assert!(is_right, "{path}: {body}");
    assert_eq!(heard.header("content-type"), "application/json");
}

/// Fact 22.
#[tokio::test]
async fn a_400_is_never_asked_again_of_any_key_or_gateway() {
    for body in [
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"thinking.display: unexpected value"}}"#,
        r#"{"error":{"message":"messages: roles must alternate","type":"invalid_request_error","code":null}}"#,
        r#"{"error":{"code":400,"message":"Please use a valid role","status":"INVALID_ARGUMENT"}}"#,
    ] {
        let recorder = Recorder::of(Said::with(
            "400 Bad Request",
            "Content-Type: application/json",
            body,
        ));
        let world = Setup::default().open().await;
        let other = Recorder::of(Said::json(ANSWER));
        world
            .add_gateway_with_key("First", &recorder.url(), "sk-one")
            .await;
        world.add_gateway_with_key("Second", &other.url(), "sk-two").await;
        let cursor = world.cursor().await;
        for path in ["/v1/messages", "/v1/chat/completions", "/v1/responses"] {
            let before = recorder.requests().len();
            let heard = cursor.sends(path, CHAT).await;
            assert_eq!((heard.status, heard.plain().as_str()), (400, body), "{path}");
            assert_eq!(recorder.requests().len(), before + 1, "{path}: once");
        }
        assert!(other.requests().is_empty(), "and of nobody else");
    }
}
