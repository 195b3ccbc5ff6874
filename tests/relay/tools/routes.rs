//! Facts 1 to 5: paths, tokens and the headers that come with them.

use http::Method;
use http::header::CONTENT_TYPE;
use nexdesk_tests::{Heard, Recorder, Said, World};
use serde_json::json;

use super::{ANSWER, CHAT, MESSAGE, stream, world};

/// Fact 1.
#[tokio::test]
async fn gemini_verbs_are_served_under_v1_under_v1beta_and_under_nothing() {
    let recorder = Recorder::start(&["m"], |request| {
        Said::json(match request.line().rsplit(':').next().unwrap() {
            "countTokens" => r#"{"totalTokens":3}"#,
            "batchEmbedContents" => r#"{"embeddings":[{"values":[0.5]}]}"#,
            _ => r#"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}"#,
        })
    });
    let world = World::around(&recorder).await;
    let cursor = world.cursor().await;
    for (asked, sent) in [("/v1", "/v1"), ("/v1beta", "/v1beta"), ("", "/v1")] {
        for verb in [
            "generateContent",
            "streamGenerateContent",
            "countTokens",
            "batchEmbedContents",
        ] {
            if verb == "streamGenerateContent" {
                continue; // its stream has tests of its own
            }
            let heard = cursor
                .sends(&format!("{asked}/models/m:{verb}"), r#"{"contents":[]}"#)
                .await;
            assert_eq!(heard.status, 200, "{asked} {verb}: {}", heard.plain());
            assert_eq!(recorder.last().line(), format!("POST {sent}/models/m:{verb}"));
        }
    }
    let listed = cursor.gets("/v1/models/m").await.json();
    assert_eq!(
        listed["object"], "model",
        "the same path without a verb is OpenAI's"
    );
    let kinds: Vec<_> = world
        .exchanges()
        .await
        .into_iter()
        .map(|row| row.interface)
        .collect();
    for kind in ["generate", "embeddings", "other"] {
        assert_eq!(kinds.iter().filter(|one| *one == kind).count(), 3, "{kind}");
    }
}

/// Fact 2.
#[tokio::test]
async fn the_list_of_models_is_told_in_the_shape_of_whoever_asks() {
    let (world, _recorder) = world(Said::json(ANSWER)).await;
    let cursor = world.cursor().await;
    let get = |path: &str, header: &'static str| {
        let request = cursor.request(Method::GET, path);
        let request = if header.is_empty() {
            request
        } else {
            request.header(header, "2026-10-21")
        };
        Heard::of(request)
    };
    let openai = json!({"id":"m","object":"model","created":0,"owned_by":"recorder"});
    let anthropic = json!({"type":"model","id":"m","display_name":"m","created_at":"1970-01-01T00:00:00Z"});
    let gemini =
        json!({"name":"models/m","displayName":"m","supportedGenerationMethods":["generateContent"]});

    let list = get("/v1/models", "").await.json();
    assert_eq!(list, json!({"object":"list","data":[openai]}));
    let list = get("/v1/models?limit=1000", "anthropic-version").await.json();
    assert_eq!(
        list,
        json!({"data":[anthropic],"has_more":false,"first_id":"m","last_id":"m"})
    );
    for (path, header) in [
        ("/v1/models", "x-goog-api-key"),
        ("/v1/models?key=x", ""),
        ("/v1beta/models", ""),
    ] {
        assert_eq!(
            get(path, header).await.json(),
            json!({"models":[gemini]}),
            "{path} {header}"
        );
    }
    assert_eq!(get("/v1/models/m", "").await.json(), openai);
    assert_eq!(get("/v1/models/m", "anthropic-version").await.json(), anthropic);
    assert_eq!(get("/v1/models/m", "x-goog-api-key").await.json(), gemini);
    assert_eq!(get("/v1beta/models/m", "").await.json(), gemini);
}

fn answer_at(line: &str) -> &'static str {
    let is_at = |part: &str| line.contains(part);
    match () {
        () if is_at("/messages") => MESSAGE,
        () if is_at(":generate") => r#"{"candidates":[{"finishReason":"STOP"}]}"#,
        () if is_at("/responses") => {
            r#"{"id":"resp_1","object":"response","status":"completed","output":[]}"#
        }
        () if is_at("/embeddings") => r#"{"data":[{"embedding":[0.5]}]}"#,
        () => ANSWER,
    }
}

/// Fact 3.
#[tokio::test]
async fn a_token_is_taken_from_every_place_on_every_route_and_goes_no_further() {
    let recorder = Recorder::start(&["m"], |request| Said::json(answer_at(request.line())));
    let world = World::around(&recorder).await;
    let token = world.app().create_token("Tool").await.unwrap().secret;
    let cursor = world.cursor().await;
    let bearer = format!("Bearer {token}");
    let places = [
        ("authorization", bearer.as_str()),
        ("authorization", token.as_str()),
        ("x-api-key", token.as_str()),
        ("x-goog-api-key", token.as_str()),
        ("?key=", token.as_str()),
    ];
    for path in [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/messages",
        "/v1/embeddings",
        "/v1beta/models/m:generateContent",
        "/v1/models/m:generateContent",
        "/bypass/anthropic/v1/messages",
        "/v1/something/new",
    ] {
        for (place, value) in places {
            let request = if place == "?key=" {
                cursor.bare(Method::POST, &format!("{path}?a=1&key={value}&b=2"))
            } else {
                cursor.bare(Method::POST, path).header(place, value)
            };
            let heard = Heard::of(request.header(CONTENT_TYPE, "application/json").body(CHAT)).await;
            assert_eq!(heard.status, 200, "{place} on {path}: {}", heard.plain());
            let sent = recorder.last();
            assert_eq!(
                sent.header("authorization"),
                "Bearer sk-recorder",
                "{place} on {path}"
            );
            assert!(!sent.head.contains(&token), "{place} on {path}: {}", sent.head);
            for name in ["x-api-key", "x-goog-api-key"] {
                assert_eq!(sent.header(name), "", "{place} on {path}");
            }
            if place == "?key=" {
                assert_eq!(sent.line(), format!("POST {path}?a=1&b=2"));
            }
        }
        let stranger = cursor
            .bare(Method::POST, path)
            .header("x-api-key", "not-one-of-ours")
            .body(CHAT);
        assert_eq!(Heard::of(stranger).await.status, 401, "{path}");
    }
}

/// Fact 4.
#[tokio::test]
async fn anthropic_versions_and_betas_are_forwarded_as_they_are() {
    let (world, recorder) = world(Said::json(MESSAGE)).await;
    let cursor = world.cursor().await;
    let betas =
        "claude-code-20250219,interleaved-thinking-2025-05-14,mid-conversation-tool-changes-2026-07-01";
    for version in ["2023-06-01", "2026-10-21", "whatever-comes-next"] {
        let asked = cursor
            .request(Method::POST, "/v1/messages?beta=true")
            .header("anthropic-version", version)
            .header("anthropic-beta", betas)
            .header("x-app", "cli")
            .header(CONTENT_TYPE, "application/json")
            .body(CHAT);
        assert_eq!(Heard::of(asked).await.status, 200);
        let sent = recorder.last();
        assert_eq!(sent.line(), "POST /v1/messages?beta=true");
        assert_eq!(sent.header("anthropic-version"), version);
        assert_eq!(
            (sent.header("anthropic-beta"), sent.header("x-app")),
            (betas, "cli")
        );
    }
}

/// Fact 5.
#[tokio::test]
async fn codex_is_told_426_and_falls_back_to_post() {
    let codex = stream("responses");
    let (world, recorder) = world(Said::events(codex.whole())).await;
    let cursor = world.cursor().await;
    let knock = cursor
        .request(Method::GET, "/v1/responses")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("openai-beta", "responses_websockets=2026-02-06");
    assert_eq!(Heard::of(knock).await.status, 426);
    assert!(recorder.requests().is_empty(), "no gateway is asked");

    let heard = cursor.hears(&codex).await;
    assert_eq!((heard.status, heard.plain()), (200, codex.whole()));
    assert_eq!(world.exchanges().await.len(), 1, "the knock was no exchange");
}
