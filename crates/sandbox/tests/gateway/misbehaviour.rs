//! Every misbehaving model, as far as a client can tell.

use nexdesk_sandbox::{MISBEHAVIOURS, full_text, partial_text};
use serde_json::{Value, json};

use crate::visitor::{Visitor, chunks, events, finish, header, joined, question_to, read_all, streamed};

async fn streamed_text(visitor: &Visitor, model: &str) -> String {
    let response = visitor.stream(model, "hi").await;
    assert_eq!(response.status(), 200, "{model}");
    assert_eq!(header(&response, "content-type"), "text/event-stream", "{model}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn refusals_have_the_status_and_the_body_of_the_gateways() {
    let visitor = Visitor::new();
    for (model, status, code) in [
        ("sandbox-bad-401", 401, "invalid_api_key"),
        ("sandbox-bad-402", 402, "insufficient_quota"),
        ("sandbox-bad-404", 404, "model_not_found"),
        ("sandbox-bad-429", 429, "rate_limit_exceeded"),
        ("sandbox-bad-500", 500, ""),
        ("sandbox-bad-503", 503, ""),
    ] {
        for path in ["/v1/chat/completions", "/v1/embeddings", "/v1/images/generations"] {
            let response = visitor.post(path, question_to(model, "hi")).await;
            assert_eq!(response.status(), status, "{model} at {path}");
            if status == 429 {
                assert_eq!(header(&response, "retry-after"), "2");
                assert_eq!(header(&response, "x-ratelimit-remaining"), "0");
            }
            let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            assert_eq!(body["error"]["code"].as_str().unwrap_or_default(), code);
            assert!(body["error"]["message"].is_string());
        }
    }
    let page = visitor.stream("sandbox-bad-html-502", "hi").await;
    assert_eq!(
        (page.status().as_u16(), header(&page, "content-type")),
        (502, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn once_means_the_first_time_for_each_key() {
    for (model, status) in [("sandbox-bad-429-once", 429), ("sandbox-bad-500-once", 500)] {
        let visitor = Visitor::new();
        assert_eq!(visitor.stream(model, "hi").await.status(), status);
        let text = streamed_text(&visitor, model).await;
        assert_eq!(joined(&chunks(&text), "content"), full_text(model));
        let visitor = visitor.with_key("sk-other");
        assert_eq!(visitor.stream(model, "hi").await.status(), status);
    }
}

#[tokio::test]
async fn odd_framings_still_carry_the_whole_text() {
    let visitor = Visitor::new();
    for name in [
        "split",
        "bom",
        "comments",
        "crlf",
        "cr",
        "nospace",
        "multidata",
        "gzip",
        "slow-first-10",
        "job",
    ] {
        let model = format!("sandbox-bad-{name}");
        let text = streamed_text(&visitor, &model).await;
        let chunks = chunks(&text);
        assert_eq!(joined(&chunks, "content"), full_text(&model));
        assert_eq!(finish(&chunks), Some("stop"), "{model}");
        assert!(
            chunks.last().unwrap()["usage"]["total_tokens"].as_u64() > Some(0),
            "{model}"
        );
        assert_eq!(events(&text).last().unwrap(), "[DONE]", "{model}");
    }
}

#[tokio::test]
async fn odd_framings_are_odd_in_the_way_they_say() {
    let visitor = Visitor::new();
    let text = async |name: &str| streamed_text(&visitor, &format!("sandbox-bad-{name}")).await;
    assert!(text("bom").await.starts_with("\u{feff}data: {"));
    assert!(
        text("comments")
            .await
            .starts_with(": OPENROUTER PROCESSING\n\n: keep-alive\n")
    );
    assert!(text("crlf").await.contains("}\r\n\r\ndata: "));
    assert!(text("cr").await.contains("}\r\rdata: ") && !text("cr").await.contains('\n'));
    assert!(text("nospace").await.starts_with("data:{"));
    assert!(text("multidata").await.starts_with("data: {\ndata:   \"id\""));
    let response = visitor.stream("sandbox-bad-content-type", "hi").await;
    assert_eq!(header(&response, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        joined(&chunks(&response.text().await.unwrap()), "content"),
        full_text("sandbox-bad-content-type")
    );
}

#[tokio::test]
async fn split_sends_each_byte_in_a_chunk_of_its_own_and_gzip_says_so() {
    let visitor = Visitor::new();
    let mut request = streamed(question_to("sandbox-bad-split", "hi"));
    request["stream_options"] = Value::Null;
    let bytes = tail_of(&visitor, &request, b"0\r\n\r\n");
    let body = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let mut rest = &bytes[body..];
    let mut seen = Vec::new();
    while rest.starts_with(b"1\r\n") {
        seen.push(rest[3]);
        rest = &rest[6..];
    }
    assert_eq!(rest, b"0\r\n\r\n", "no chunk is longer than a byte");
    assert!(String::from_utf8(seen).unwrap().contains("🚣🏽"));
    let bytes = tail_of(
        &visitor,
        &streamed(question_to("sandbox-bad-gzip", "hi")),
        b"0\r\n\r\n",
    );
    assert!(String::from_utf8_lossy(&bytes).contains("content-encoding: gzip\r\n"));
}

/// The raw answer, up to and with `end`.
fn tail_of(visitor: &Visitor, request: &Value, end: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut socket = visitor.socket(request);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.ends_with(end) {
        let read = socket.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "the connection ended early");
        bytes.extend_from_slice(&buffer[..read]);
    }
    bytes
}

#[tokio::test]
async fn streams_that_end_too_soon_end_as_they_say() {
    let visitor = Visitor::new();
    let text = async |name: &str| streamed_text(&visitor, &format!("sandbox-bad-{name}")).await;

    let clean = text("clean-end").await;
    assert_eq!(
        joined(&chunks(&clean), "content"),
        partial_text("sandbox-bad-clean-end")
    );
    assert_eq!((finish(&chunks(&clean)), clean.contains("[DONE]")), (None, false));

    let no_done = text("no-done").await;
    assert_eq!(
        (finish(&chunks(&no_done)), no_done.contains("[DONE]")),
        (Some("stop"), false)
    );

    let unterminated = text("unterminated").await;
    assert!(unterminated.ends_with('}'));
    assert_eq!(
        joined(&chunks(&unterminated), "content"),
        full_text("sandbox-bad-unterminated")
    );
    assert!(chunks(&unterminated).last().unwrap()["usage"].is_object());

    assert_eq!(text("empty").await, "");
}

#[tokio::test]
async fn a_cut_stream_is_an_error_to_the_client_after_the_first_words() {
    let visitor = Visitor::new();
    let mut response = visitor.stream("sandbox-bad-cut", "hi").await;
    let mut text = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => text.extend_from_slice(&bytes),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken);
    assert_eq!(
        joined(&chunks(&String::from_utf8(text).unwrap()), "content"),
        partial_text("sandbox-bad-cut")
    );
    assert!(
        !visitor.sandbox.requests()[0].hung_up,
        "it was the sandbox that hung up"
    );
}

#[tokio::test]
async fn errors_travel_inside_answers_with_status_200() {
    let visitor = Visitor::new();
    let first = chunks(&streamed_text(&visitor, "sandbox-bad-error-first").await);
    assert_eq!(
        (first.len(), first[0]["error"]["code"].as_str()),
        (1, Some("upstream_error"))
    );
    let mid = chunks(&streamed_text(&visitor, "sandbox-bad-error-mid").await);
    assert_eq!(joined(&mid, "content"), partial_text("sandbox-bad-error-mid"));
    assert!(mid.last().unwrap()["error"]["message"].is_string());
    let body = visitor.stream("sandbox-bad-error-json", "hi").await;
    assert_eq!(header(&body, "content-type"), "application/json");
    assert!(crate::visitor::json_of(body).await["error"].is_object());
}

#[tokio::test]
async fn bodies_that_are_not_streams_come_where_streams_were_asked_for() {
    let visitor = Visitor::new();
    let json = visitor.stream("sandbox-bad-json", "hi").await;
    assert_eq!(header(&json, "content-type"), "application/json");
    let json = crate::visitor::json_of(json).await;
    assert_eq!(json["object"], "chat.completion");
    assert_eq!(
        json["choices"][0]["message"]["content"],
        full_text("sandbox-bad-json")
    );
    let page = visitor.stream("sandbox-bad-html", "hi").await;
    assert_eq!(
        (page.status().as_u16(), header(&page, "content-type")),
        (200, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn the_huge_event_is_one_event_of_eight_megabytes() {
    let visitor = Visitor::new();
    let text = streamed_text(&visitor, "sandbox-bad-huge").await;
    let largest = events(&text).iter().map(String::len).max().unwrap();
    assert!(largest > 8 * 1024 * 1024);
    assert!(joined(&chunks(&text), "content") == full_text("sandbox-bad-huge"));
}

#[tokio::test]
async fn finish_reasons_and_missing_usage_are_as_named() {
    let visitor = Visitor::new();
    for (model, reason) in [
        ("sandbox-bad-length", "length"),
        ("sandbox-bad-filter", "content_filter"),
    ] {
        assert_eq!(
            finish(&chunks(&streamed_text(&visitor, model).await)),
            Some(reason)
        );
        assert_eq!(
            visitor.ask(model, "hi").await["choices"][0]["finish_reason"],
            reason
        );
    }
    assert!(
        !streamed_text(&visitor, "sandbox-bad-no-usage")
            .await
            .contains("\"usage\"")
    );
    assert!(
        visitor
            .ask("sandbox-bad-no-usage", "hi")
            .await
            .get("usage")
            .is_none()
    );
}

#[tokio::test]
async fn whole_answers_are_broken_too() {
    let visitor = Visitor::new();
    let cut = visitor
        .post("/v1/chat/completions", question_to("sandbox-bad-cut", "hi"))
        .await;
    assert!(cut.content_length() > Some(100));
    assert!(cut.bytes().await.is_err());
    let open = visitor.ask("sandbox-bad-clean-end", "hi").await;
    assert_eq!(open["choices"][0]["finish_reason"], Value::Null);
    assert!(visitor.ask("sandbox-bad-error-mid", "hi").await["error"].is_object());
    for name in [
        "split",
        "comments",
        "crlf",
        "cr",
        "multidata",
        "gzip",
        "no-done",
        "huge",
        "slow-first-10",
    ] {
        let model = format!("sandbox-bad-{name}");
        let content = visitor.ask(&model, "hi").await["choices"][0]["message"]["content"].clone();
        assert!(content == json!(full_text(&model)), "{model}");
    }
    let bom = visitor
        .post("/v1/chat/completions", question_to("sandbox-bad-bom", "hi"))
        .await;
    assert!(bom.bytes().await.unwrap().starts_with(b"\xef\xbb\xbf{"));
}

#[tokio::test]
async fn misbehaving_models_are_listed_only_on_request() {
    let visitor = Visitor::new();
    let ids = |list: &Value| -> Vec<String> {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(
        ids(&visitor.get_json("/v1/models").await)
            .iter()
            .all(|id| !id.starts_with("sandbox-bad-"))
    );
    let all = ids(&visitor.get_json("/v1/models?all=1").await);
    assert!(
        MISBEHAVIOURS
            .iter()
            .all(|row| all.contains(&row.model.to_owned()))
    );
}

#[tokio::test]
async fn the_stalled_stream_says_its_first_words_and_keeps_the_line_open() {
    let visitor = Visitor::new();
    let request = streamed(question_to("sandbox-bad-stall", "hi"));
    let last = wrap(&partial_text("sandbox-bad-stall"));
    let socket = visitor.socket(&request);
    socket
        .set_read_timeout(Some(std::time::Duration::from_millis(300)))
        .unwrap();
    let text = String::from_utf8(read_all(socket)).unwrap();
    assert!(text.contains(&last), "{text}");
    assert!(!text.contains("\r\n0\r\n"), "the body has not ended");
}

/// The last piece of a text, as it stands in a delta.
fn wrap(text: &str) -> String {
    let word = text.trim_end().rsplit(' ').next().unwrap();
    format!("\"content\":\"{word}")
}
