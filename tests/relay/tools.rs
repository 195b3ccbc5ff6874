//! What real tools send and cannot bear, one test a fact: the numbers are those of `reference/tools.md` §1, for the facts
//! that need no translation.

use http::Method;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use nexdesk_ledger::Outcome;
use nexdesk_tests::{Framing, Heard, Recorder, STREAMS, Said, Setup, Streamed, World};
use serde_json::{Value, json};

const CHAT: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hello"}]}"#;
const ANSWER: &str = r#"{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":2}}"#;
const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":8,"output_tokens":2}}"#;

fn stream(interface: &str) -> Streamed {
    let mut all = STREAMS.into_iter();
    all.find(|stream| stream.interface == interface)
        .expect("a stream of this kind")
}

/// A world around a recorder that answers all with this, and a tool in it.
async fn world(said: Said) -> (World, Recorder) {
    let recorder = Recorder::of(said);
    (World::around(&recorder).await, recorder)
}

fn gzipped(body: &str) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

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
        assert_eq!(
            kinds.iter().filter(|one| one.as_ref() == kind).count(),
            3,
            "{kind}"
        );
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

/// Fact 3.
#[tokio::test]
async fn a_token_is_taken_from_every_place_on_every_route_and_goes_no_further() {
    let recorder = Recorder::start(&["m"], |request| {
        let is_message = request.line().contains("/messages");
        let is_gemini = request.line().contains(":generateContent");
        Said::json(match (is_message, is_gemini) {
            (true, _) => MESSAGE,
            (_, true) => r#"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}"#,
            _ if request.line().contains("/responses") => {
                r#"{"id":"resp_1","object":"response","status":"completed","output":[]}"#
            }
            _ if request.line().contains("/embeddings") => r#"{"data":[{"embedding":[0.5]}]}"#,
            _ => ANSWER,
        })
    });
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

/// Fact 12 where nothing was added: a body too large to be held is sent as it is, and so is its answer.
#[tokio::test]
async fn who_asks_for_usage_in_a_huge_request_gets_it() {
    let chat = stream("chat");
    let (world, recorder) = world(Said::events(chat.whole())).await;
    let ask = chat.ask.replace("Hello", &"picture ".repeat(2_300_000));
    let heard = world.cursor().await.sends(chat.path, ask.clone()).await;
    assert_eq!(heard.plain(), chat.whole());
    assert!(recorder.last().body == ask.as_bytes());
}

/// Fact 13.
#[tokio::test]
async fn messages_without_a_stream_work_at_any_size() {
    let long = "paper boats ".repeat(1_500_000);
    let answer = MESSAGE.replace("hi", &long);
    let (world, recorder) = world(Said::json(answer.clone())).await;
    let cursor = world.cursor().await;
    for text in ["Hello", long.as_str()] {
        let ask = format!(
            r#"{{"max_tokens":64000,"messages":[{{"role":"user","content":"{text}"}}],"model":"m"}}"#
        );
        let heard = cursor.sends("/v1/messages", ask.clone()).await;
        assert_eq!(heard.status, 200);
        assert!(
            heard.whole && heard.bytes() == answer.as_bytes(),
            "{} bytes came",
            heard.bytes().len()
        );
        assert!(recorder.last().body == ask.as_bytes());
        let kept = world.last_exchange().await;
        assert_eq!(
            (kept.outcome, kept.input, kept.output),
            (Outcome::Ok, Some(8), Some(2))
        );
    }
}

/// Facts 14 to 18 and 20 where nothing is translated: whatever a tool writes, in either case of its letters.
#[tokio::test]
async fn what_only_a_translator_would_stumble_over_passes_as_it_is() {
    let gemini = r#"{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"CqQB/+=="}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters_json_schema":{"$schema":"x"}}]}],"generation_config":{"response_json_schema":{"type":"OBJECT"}}}"#;
    let claude = r#"{"model":"m","max_tokens":9,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2;"}],"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"tool_reference","tool_name":"f"}]},{"type":"text","text":"go on","cache_control":{"type":"ephemeral"}}],"output_config":{"effort":"low"}}],"thinking":{"type":"adaptive","display":"omitted"},"context_management":{},"tools":[{"name":"f","defer_loading":true,"input_schema":{}}],"tool_choice":{"type":"tool","name":"json"}}"#;
    let codex = r#"{"model":"m","input":[{"type":"additional_tools","role":"developer","tools":[{"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec","format":{"type":"grammar"}}]}]},{"type":"item_reference","id":"rs_1"}],"include":["reasoning.encrypted_content"],"prompt_cache_key":"k"}"#;
    let sdk = r#"{"model":"m","messages":[{"role":"assistant","content":null,"reasoning_content":"r"},{"role":"assistant","content":"x","tool_calls":[]}]}"#;
    let answers = [
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"CqQB\/+=="}]},"finishReason":"STOP"}]}"#,
        MESSAGE,
        r#"{"id":"resp_1","object":"response","status":"completed","output":[{"type":"custom_tool_call","namespace":"functions","name":"exec","input":"ls"}]}"#,
        ANSWER,
    ];
    let paths = [
        "/v1beta/models/m:generateContent",
        "/v1/messages",
        "/v1/responses",
        "/v1/chat/completions",
    ];
    for ((path, ask), answer) in paths.into_iter().zip([gemini, claude, codex, sdk]).zip(answers) {
        let (world, recorder) = world(Said::json(answer)).await;
        let heard = world.cursor().await.sends(path, ask).await;
        assert_eq!((heard.status, heard.plain().as_str()), (200, answer), "{path}");
        assert_eq!(recorder.last().text(), ask, "{path}");
    }
}

/// Fact 19.
#[tokio::test]
async fn embeddings_in_base64_are_not_encoded_anew() {
    let answer = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAPwAAgL8="}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}"#;
    let (world, recorder) = world(Said::json(answer)).await;
    let cursor = world.cursor().await;
    for ask in [
        r#"{"model":"m","input":"three tokens long","encoding_format":"base64"}"#,
        r#"{"model":"m","input":[[9906,1917],[15339]]}"#,
    ] {
        let heard = cursor.sends("/v1/embeddings", ask).await;
        assert_eq!((heard.status, heard.plain().as_str()), (200, answer));
        assert_eq!(recorder.last().text(), ask);
        assert_eq!(world.last_exchange().await.input, Some(3));
    }
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
