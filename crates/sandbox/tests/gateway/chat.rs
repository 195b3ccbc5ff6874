//! The well-behaved chat models.

use nexdesk_sandbox::{answer_to, count_tokens};
use serde_json::{Value, json};

use crate::visitor::{Visitor, chunks, events, finish, header, joined, question_to, streamed};

#[tokio::test]
async fn a_stream_begins_with_the_role_and_ends_with_finish_usage_and_done() {
    let visitor = Visitor::new();
    let response = visitor.stream("sandbox-chat", "Tell me about tides").await;
    assert_eq!(header(&response, "content-type"), "text/event-stream");
    let text = response.text().await.unwrap();
    assert_eq!(events(&text).last().unwrap(), "[DONE]");
    let chunks = chunks(&text);
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(
        chunks[1..]
            .iter()
            .all(|chunk| chunk["choices"][0]["delta"]["role"].is_null())
    );
    assert_eq!(joined(&chunks, "content"), answer_to("Tell me about tides"));
    let [.., finished, usage] = &chunks[..] else {
        panic!("too short")
    };
    assert_eq!(finished["choices"][0]["finish_reason"], "stop");
    assert_eq!(finished["usage"], Value::Null);
    assert_eq!(usage["choices"], json!([]));
    let said = count_tokens(&answer_to("Tell me about tides"));
    assert_eq!(usage["usage"]["completion_tokens"], said);
    assert_eq!(
        usage["usage"]["total_tokens"],
        usage["usage"]["prompt_tokens"].as_u64().unwrap() + said
    );
    assert_eq!(usage["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
}

#[tokio::test]
async fn usage_is_streamed_only_when_asked_for() {
    let visitor = Visitor::new();
    let mut request = question_to("sandbox-chat", "hi");
    request["stream"] = json!(true);
    let text = visitor
        .post("/v1/chat/completions", request)
        .await
        .text()
        .await
        .unwrap();
    assert!(chunks(&text).iter().all(|chunk| chunk.get("usage").is_none()));
}

#[tokio::test]
async fn the_whole_answer_and_the_streamed_one_say_the_same() {
    let visitor = Visitor::new();
    for question in ["hello", "write a haiku", "给我一个表格", "a table and some code"] {
        let whole = visitor.ask("sandbox-chat", question).await;
        let streamed = chunks(
            &visitor
                .stream("sandbox-chat", question)
                .await
                .text()
                .await
                .unwrap(),
        );
        assert_eq!(
            whole["choices"][0]["message"]["content"],
            joined(&streamed, "content")
        );
        assert_eq!(whole["usage"], streamed.last().unwrap()["usage"]);
    }
}

#[test]
fn an_answer_quotes_the_question_counts_its_words_and_shows_every_form_of_markdown() {
    let answer = answer_to("Why is the sea salty?");
    for part in [
        "## ",
        "> Why is the sea salty?",
        "**5 words**",
        "- **haiku**",
        "```rust",
        "|:-----|",
        "$e^",
        "$$\n",
        "offline",
    ] {
        assert!(answer.contains(part), "{part} is missing in {answer}");
    }
    assert_ne!(answer, answer_to("Why is the sky blue?"));
}

#[test]
fn keywords_choose_what_is_shown() {
    assert!(!answer_to("show a table").contains("```"));
    assert!(answer_to("show a table").contains("|:-----|"));
    assert_eq!(
        answer_to("write a haiku")
            .lines()
            .rev()
            .take(3)
            .filter(|line| !line.is_empty())
            .count(),
        3
    );
    assert!(answer_to("Hello!").len() < answer_to("What is love?").len());
    let long = count_tokens(&answer_to("something long please"));
    assert!((3000..3400).contains(&long), "{long}");
}

#[test]
fn a_chinese_question_is_answered_in_chinese() {
    let answer = answer_to("海水为什么是咸的？");
    assert!(answer.contains("离线沙盒") && answer.contains("> 海水为什么是咸的？"));
    assert!(!answer.contains("offline sandbox"));
}

#[tokio::test]
async fn max_tokens_cuts_the_answer_and_counts_what_was_left() {
    let visitor = Visitor::new();
    let mut request = question_to("sandbox-chat", "long");
    request["max_tokens"] = json!(20);
    let answer = visitor.post_json("/v1/chat/completions", request).await;
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 20);
    assert_eq!(count_tokens(content), 20);
    assert!(answer_to("long").starts_with(content));
}

#[tokio::test]
async fn a_stop_word_ends_the_answer_before_it() {
    let visitor = Visitor::new();
    let mut request = question_to("sandbox-chat", "tides");
    request["stop"] = json!(["nowhere to be found", "sandbox"]);
    let answer = visitor.post_json("/v1/chat/completions", request).await;
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(!content.is_empty() && !content.contains("sandbox"));
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn reasoning_comes_before_the_answer_and_is_counted() {
    let visitor = Visitor::new();
    let text = visitor
        .stream("sandbox-reasoning", "tides")
        .await
        .text()
        .await
        .unwrap();
    let chunks = chunks(&text);
    let thought = joined(&chunks, "reasoning_content");
    assert_eq!(joined(&chunks, "content"), answer_to("tides"));
    let last_thought = chunks
        .iter()
        .rposition(|c| c["choices"][0]["delta"]["reasoning_content"].is_string());
    let first_word = chunks.iter().position(|c| {
        c["choices"][0]["delta"]["content"]
            .as_str()
            .is_some_and(|s| !s.is_empty())
    });
    assert!(last_thought < first_word);
    let usage = &chunks.last().unwrap()["usage"];
    assert_eq!(
        usage["completion_tokens_details"]["reasoning_tokens"],
        count_tokens(&thought)
    );
    assert_eq!(
        usage["completion_tokens"],
        count_tokens(&thought) + count_tokens(&answer_to("tides"))
    );
    let mut request = question_to("sandbox-reasoning", "tides");
    request["reasoning_effort"] = json!("none");
    let answer = visitor.post_json("/v1/chat/completions", request).await;
    assert!(answer["choices"][0]["message"]["reasoning_content"].is_null());
}

fn weather() -> Value {
    json!([{"type": "function", "function": {"name": "weather", "parameters": {
        "type": "object", "required": ["city"], "properties": {
            "city": {"type": "string"}, "days": {"type": "integer", "minimum": 1},
            "unit": {"enum": ["celsius", "kelvin"]}, "query": {"type": "string"},
            "stops": {"type": "array", "items": {"$ref": "#/$defs/stop"}}},
        "$defs": {"stop": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}])
}

#[tokio::test]
async fn a_tool_is_called_in_fragments_that_join_to_what_its_schema_wants() {
    let visitor = Visitor::new();
    let mut request = streamed(question_to("sandbox-tools", "Rain tomorrow?"));
    request["tools"] = weather();
    let chunks = chunks(
        &visitor
            .post("/v1/chat/completions", request)
            .await
            .text()
            .await
            .unwrap(),
    );
    let calls: Vec<&Value> = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].get(0))
        .collect();
    assert_eq!(calls[0]["function"]["name"], "weather");
    assert!(calls[0]["id"].is_string() && calls[1..].iter().all(|call| call["id"].is_null()));
    assert!(calls.len() > 4, "arguments come in fragments");
    let arguments: String = calls
        .iter()
        .filter_map(|call| call["function"]["arguments"].as_str())
        .collect();
    let arguments: Value = serde_json::from_str(&arguments).unwrap();
    assert_eq!(
        arguments,
        json!({"city": "Hangzhou", "days": 1, "unit": "celsius", "query": "Rain tomorrow?",
               "stops": [{"name": "sample name"}]})
    );
    assert_eq!(finish(&chunks), Some("tool_calls"));
}

#[tokio::test]
async fn a_tool_result_is_answered_and_without_tools_nothing_is_called() {
    let visitor = Visitor::new();
    let history = json!({"model": "sandbox-tools", "tools": weather(), "messages": [
        {"role": "user", "content": "Rain tomorrow?"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "weather", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "Drizzle from noon"}]});
    let answer = visitor.post_json("/v1/chat/completions", history).await;
    let message = &answer["choices"][0]["message"];
    assert!(message["content"].as_str().unwrap().contains("Drizzle from noon"));
    assert!(message["tool_calls"].is_null());
    let answer = visitor.ask("sandbox-tools", "Rain tomorrow?").await;
    assert!(
        answer["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .contains("no tool")
    );
}

#[tokio::test]
async fn json_is_answered_where_json_was_asked_for() {
    let visitor = Visitor::new();
    let mut request = question_to("sandbox-chat", "tides");
    request["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "x", "schema":
        {"type": "object", "properties": {"high": {"type": "boolean"}}}}});
    let answer = visitor.post_json("/v1/chat/completions", request).await;
    assert_eq!(answer["choices"][0]["message"]["content"], r#"{"high":true}"#);
}

#[tokio::test]
async fn a_repeated_beginning_is_counted_as_cached_for_the_same_key_only() {
    let visitor = Visitor::new();
    let question = "tide ".repeat(200);
    assert_eq!(
        visitor.ask("sandbox-chat", &question).await["usage"]["prompt_tokens_details"]["cached_tokens"],
        0
    );
    let again = visitor.ask("sandbox-chat", &question).await;
    assert_eq!(again["usage"]["prompt_tokens_details"]["cached_tokens"], 192);
    let visitor = visitor.with_key("sk-other");
    assert_eq!(
        visitor.ask("sandbox-chat", &question).await["usage"]["prompt_tokens_details"]["cached_tokens"],
        0
    );
}

#[tokio::test]
async fn the_old_completions_endpoint_answers_whole_and_streamed() {
    let visitor = Visitor::new();
    let mut request = json!({"model": "sandbox-chat", "prompt": "tides", "max_tokens": 12});
    let whole = visitor.post_json("/v1/completions", request.clone()).await;
    assert_eq!(whole["object"], "text_completion");
    assert_eq!(whole["choices"][0]["finish_reason"], "length");
    assert_eq!(whole["usage"]["completion_tokens"], 12);
    request["stream"] = json!(true);
    let text = visitor
        .post("/v1/completions", request)
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(events(&text).last().unwrap(), "[DONE]");
    let joined: String = chunks(&text)
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["text"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(whole["choices"][0]["text"], joined);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_by_field() {
    let visitor = Visitor::new();
    let path = "/v1/chat/completions";
    for (body, param) in [
        (json!({"messages": [{"role": "user", "content": "x"}]}), "model"),
        (json!({"model": "sandbox-chat"}), "messages"),
        (json!({"model": "sandbox-chat", "messages": []}), "messages"),
        (
            json!({"model": "sandbox-chat", "messages": [{"role": "user", "content": "x"}], "n": 2}),
            "n",
        ),
        (
            json!({"model": "sandbox-image", "messages": [{"role": "user", "content": "x"}]}),
            "model",
        ),
    ] {
        let response = visitor.post(path, body).await;
        assert_eq!(response.status(), 400);
        let error: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(error["error"]["param"], param);
        assert_eq!(error["error"]["type"], "invalid_request_error");
    }
    assert_eq!(
        visitor
            .send(path, "application/json", b"{".to_vec())
            .await
            .status(),
        400
    );
}
