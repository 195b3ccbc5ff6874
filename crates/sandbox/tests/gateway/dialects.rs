//! The same answers in the other dialects: Responses, Anthropic's Messages, Gemini's generateContent.

use nexdesk_sandbox::{full_text, partial_text};
use serde_json::{Value, json};

use crate::visitor::{Visitor, chunks, events};

/// The names of a stream's events, in order and each once in a row.
fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    names.dedup();
    names
}

fn texts(chunks: &[Value], pointer: &str) -> String {
    chunks
        .iter()
        .filter_map(|chunk| chunk.pointer(pointer)?.as_str())
        .collect()
}

#[tokio::test]
async fn responses_say_in_events_what_they_say_whole_and_number_them() {
    let visitor = Visitor::new();
    for path in ["/v1/responses", "/bypass/openai/v1/responses"] {
        let ask = json!({"model": "sandbox-chat", "input": "haiku", "instructions": "Be brief."});
        let whole = visitor.post_json(path, ask.clone()).await;
        assert_eq!(
            (&whole["object"], &whole["status"]),
            (&json!("response"), &json!("completed"))
        );
        let mut ask = ask;
        ask["stream"] = json!(true);
        let text = visitor.post(path, ask).await.text().await.unwrap();
        assert_eq!(
            names(&text),
            [
                "response.created",
                "response.in_progress",
                "response.output_item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.done",
                "response.content_part.done",
                "response.output_item.done",
                "response.completed",
            ]
        );
        assert!(!text.contains("[DONE]"));
        let chunks = chunks(&text);
        let said: String = chunks
            .iter()
            .filter(|chunk| chunk["type"] == "response.output_text.delta")
            .filter_map(|chunk| chunk["delta"].as_str())
            .collect();
        assert_eq!(said, whole["output"][0]["content"][0]["text"].as_str().unwrap());
        let numbers: Vec<u64> = chunks
            .iter()
            .map(|chunk| chunk["sequence_number"].as_u64().unwrap())
            .collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_kept_response_can_be_read_again_and_a_background_one_followed_and_cancelled() {
    let visitor = Visitor::new();
    let ask = json!({"model": "sandbox-chat", "input": "haiku"});
    let whole = visitor.post_json("/v1/responses", ask.clone()).await;
    let at = format!("/v1/responses/{}", whole["id"].as_str().unwrap());
    assert_eq!(visitor.get_json(&at).await, whole);
    let items = visitor.get_json(&format!("{at}/input_items")).await;
    assert_eq!(items["data"][0]["content"][0]["text"], "haiku");
    assert_eq!(
        visitor.post(&format!("{at}/cancel"), json!({})).await.status(),
        400
    );
    assert_eq!(visitor.delete(&at).await.status(), 200);
    assert_eq!(visitor.get(&at).await.status(), 404);

    let mut ask = ask;
    ask["background"] = json!(true);
    let queued = visitor.post_json("/v1/responses", ask.clone()).await;
    assert_eq!(
        (&queued["status"], &queued["output"]),
        (&json!("queued"), &json!([]))
    );
    let at = format!("/v1/responses/{}", queued["id"].as_str().unwrap());
    assert_eq!(visitor.get_json(&at).await["status"], "in_progress");
    visitor.get_json(&at).await;
    assert_eq!(visitor.get_json(&at).await["status"], "completed");
    let other = visitor.post_json("/v1/responses", ask).await;
    let at = format!("/v1/responses/{}", other["id"].as_str().unwrap());
    assert_eq!(
        visitor.post_json(&format!("{at}/cancel"), json!({})).await["status"],
        "cancelled"
    );
}

#[tokio::test]
async fn a_response_calls_a_tool_in_pieces_and_goes_on_from_its_result() {
    let visitor = Visitor::new();
    let tool = json!({"type": "function", "name": "weather", "parameters": {"type": "object",
        "properties": {"city": {"type": "string"}}, "required": ["city"]}});
    let ask = json!({"model": "sandbox-tools", "input": "Berlin", "tools": [tool], "stream": true});
    let text = visitor.post("/v1/responses", ask).await.text().await.unwrap();
    let all = chunks(&text);
    let done = all
        .iter()
        .find(|chunk| chunk["type"] == "response.function_call_arguments.done")
        .unwrap();
    let pieces: String = all
        .iter()
        .filter(|chunk| chunk["type"] == "response.function_call_arguments.delta")
        .filter_map(|chunk| chunk["delta"].as_str())
        .collect();
    assert_eq!(pieces, done["arguments"].as_str().unwrap());
    let call = &all.last().unwrap()["response"]["output"][0];
    let result = json!({"type": "function_call_output", "call_id": call["call_id"], "output": "12 degrees"});
    let ask =
        json!({"model": "sandbox-tools", "input": [{"role": "user", "content": "Berlin"}, call, result]});
    let said = visitor.post_json("/v1/responses", ask).await;
    assert!(
        said["output"][0]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("12 degrees")
    );
}

#[tokio::test]
async fn messages_come_as_blocks_and_their_input_is_without_what_was_cached() {
    let visitor = Visitor::new();
    for path in ["/v1/messages", "/bypass/anthropic/v1/messages"] {
        let mut ask = json!({"model": "sandbox-reasoning", "max_tokens": 4000, "thinking": {"type": "enabled"},
            "system": [{"type": "text", "text": "Be brief."}], "messages": [{"role": "user", "content": "haiku"}]});
        let whole = visitor.post_json(path, ask.clone()).await;
        let kinds: Vec<_> = whole["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| &block["type"])
            .collect();
        assert_eq!(kinds, ["thinking", "text"]);
        ask["stream"] = json!(true);
        let text = visitor.post(path, ask).await.text().await.unwrap();
        assert_eq!(
            names(&text),
            [
                "message_start",
                "ping",
                "content_block_start",
                "content_block_delta",
                "content_block_stop",
                "content_block_start",
                "content_block_delta",
                "content_block_stop",
                "message_delta",
                "message_stop",
            ]
        );
        let all = chunks(&text);
        assert_eq!(
            texts(&all, "/delta/text"),
            whole["content"][1]["text"].as_str().unwrap()
        );
        assert_eq!(
            texts(&all, "/delta/thinking"),
            whole["content"][0]["thinking"].as_str().unwrap()
        );
    }
    let prompt = "a long prompt that is worth caching ".repeat(40);
    let ask =
        json!({"model": "sandbox-chat", "max_tokens": 50, "messages": [{"role": "user", "content": prompt}]});
    let counted = visitor.post_json("/v1/messages/count_tokens", ask.clone()).await["input_tokens"].as_u64();
    visitor.post_json("/v1/messages", ask.clone()).await;
    let usage = visitor.post_json("/v1/messages", ask).await["usage"].clone();
    let (fresh, cached) = (
        usage["input_tokens"].as_u64().unwrap(),
        usage["cache_read_input_tokens"].as_u64().unwrap(),
    );
    assert!(cached > 0);
    assert_eq!(Some(fresh + cached), counted);
}

#[tokio::test]
async fn gemini_speaks_at_three_addresses_and_streams_only_with_alt_sse() {
    let visitor = Visitor::new();
    let ask = json!({"contents": [{"role": "user", "parts": [{"text": "haiku"}]}]});
    for root in ["/v1beta/models", "/v1/models", "/bypass/vertex/v1/models"] {
        let at = |verb: &str| format!("{root}/sandbox-chat:{verb}");
        let whole = visitor.post_json(&at("generateContent"), ask.clone()).await;
        let said = whole["candidates"][0]["content"]["parts"][0]["text"]
            .as_str()
            .unwrap();
        let text = visitor
            .post(&at("streamGenerateContent?alt=sse"), ask.clone())
            .await
            .text()
            .await
            .unwrap();
        let all = chunks(&text);
        assert_eq!(texts(&all, "/candidates/0/content/parts/0/text"), said, "{root}");
        assert_eq!(all.last().unwrap()["candidates"][0]["finishReason"], "STOP");
        assert!(!text.contains("[DONE]"));
        let array = visitor.post_json(&at("streamGenerateContent"), ask.clone()).await;
        assert!(array.is_array());
        let counted = visitor.post_json(&at("countTokens"), ask.clone()).await;
        assert_eq!(counted["totalTokens"], whole["usageMetadata"]["promptTokenCount"]);
    }
}

#[tokio::test]
async fn misbehaviour_is_the_same_in_every_dialect() {
    let visitor = Visitor::new();
    let ask = async |dialect: &str, model: &str| {
        let (path, body) = match dialect {
            "responses" => (
                "/v1/responses".to_owned(),
                json!({"model": model, "input": "x", "stream": true}),
            ),
            "messages" => (
                "/v1/messages".to_owned(),
                json!({"model": model, "max_tokens": 9000, "stream": true, "messages": [{"role": "user", "content": "x"}]}),
            ),
            _ => (
                format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
                json!({"contents": [{"role": "user", "parts": [{"text": "x"}]}]}),
            ),
        };
        visitor.post(&path, body).await
    };
    let said = |text: &str| {
        let all: Vec<Value> = chunks(text);
        let deltas = all
            .iter()
            .filter(|chunk| chunk["type"] == "response.output_text.delta");
        let responses: String = deltas.filter_map(|chunk| chunk["delta"].as_str()).collect();
        responses + &texts(&all, "/delta/text") + &texts(&all, "/candidates/0/content/parts/0/text")
    };
    for dialect in ["responses", "messages", "generate"] {
        let text = |model: &'static str| async move { ask(dialect, model).await.text().await.unwrap() };
        for whole in [
            "sandbox-bad-crlf",
            "sandbox-bad-comments",
            "sandbox-bad-multidata",
            "sandbox-bad-nospace",
        ] {
            assert_eq!(said(&text(whole).await), full_text(whole), "{dialect} {whole}");
        }
        let broken = text("sandbox-bad-clean-end").await;
        assert_eq!(said(&broken), partial_text("sandbox-bad-clean-end"), "{dialect}");
        let trouble = text("sandbox-bad-error-mid").await;
        let last: Value = serde_json::from_str(events(&trouble).last().unwrap()).unwrap();
        assert!(
            last["type"] == "error" || last["error"]["status"] == "UNAVAILABLE",
            "{dialect}: {last}"
        );
        let json = ask(dialect, "sandbox-bad-json").await;
        assert_eq!(json.headers()["content-type"], "application/json", "{dialect}");
        assert_eq!(ask(dialect, "sandbox-bad-429").await.status(), 429, "{dialect}");
    }
}

#[tokio::test]
async fn a_key_is_found_wherever_its_dialect_puts_it() {
    let settings = nexdesk_sandbox::Settings {
        keys: Some(vec!["sk-visitor".into()]),
        ..nexdesk_sandbox::Settings::for_tests()
    };
    let sandbox = nexdesk_sandbox::Sandbox::start(settings).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let at = |path: &str| format!("{}{path}", sandbox.url());
    for (name, value) in [
        ("x-api-key", "sk-visitor"),
        ("x-goog-api-key", "sk-visitor"),
        ("authorization", "Bearer sk-visitor"),
    ] {
        assert_eq!(
            http.get(at("/models"))
                .header(name, value)
                .send()
                .await
                .unwrap()
                .status(),
            200,
            "{name}"
        );
    }
    assert_eq!(
        http.get(at("/models?key=sk-visitor"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        http.get(at("/models"))
            .header("x-api-key", "sk-other")
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
}
