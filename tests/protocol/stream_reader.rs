//! Chat streams as gateways really send them, read into deltas.

use nexdesk_protocol::talk::{Basis, Delta, Finish};
use nexdesk_protocol::translate::openai_chat::{StreamError, StreamReader};

/// Everything a stream of these events adds.
fn read(events: &[&str]) -> Vec<Delta> {
    let (mut reader, mut found) = (StreamReader::default(), Vec::new());
    for event in events {
        reader.read(event, &mut found).unwrap();
    }
    found
}

fn call(index: usize, id: Option<&str>, name: Option<&str>, arguments: &str) -> Delta {
    Delta::ToolCallDelta {
        index,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        arguments: arguments.into(),
    }
}

#[test]
fn text_comes_in_order_and_the_reason_to_stop_last() {
    let found = read(&[
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
        r#"{"choices":[{"delta":{"content":"Hel"}}]}"#,
        r#"{"choices":[{"delta":{"content":"lo"},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ]);
    assert_eq!(
        found,
        [
            Delta::TextDelta("Hel".into()),
            Delta::TextDelta("lo".into()),
            Delta::Finish(Finish::Stop)
        ]
    );
}

#[test]
fn a_call_without_an_index_goes_on_where_the_last_one_was() {
    let found = read(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":""}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\"a\""}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}"#,
    ]);
    assert_eq!(
        found,
        [
            call(0, Some("c1"), Some("look"), ""),
            call(0, None, None, "{\"a\""),
            call(0, None, None, ":1}"),
            Delta::Finish(Finish::ToolCalls),
        ]
    );
}

#[test]
fn two_calls_without_an_index_are_told_apart_by_their_ids() {
    let found = read(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"c2","function":{"name":"find","arguments":"{"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"}"}}]}}]}"#,
    ]);
    assert_eq!(
        found,
        [
            call(0, Some("c1"), Some("look"), "{}"),
            call(1, Some("c2"), Some("find"), "{"),
            call(1, None, None, "}"),
        ]
    );
}

#[test]
fn a_whole_message_with_two_calls_and_no_indices_is_two_calls() {
    let found = read(&[
        r#"{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[
            {"id":"c1","function":{"name":"look","arguments":"{}"}},{"id":"c2","function":{"name":"find","arguments":"{}"}}]},
            "finish_reason":"tool_calls"}]}"#,
    ]);
    assert_eq!(
        found,
        [
            call(0, Some("c1"), Some("look"), "{}"),
            call(1, Some("c2"), Some("find"), "{}"),
            Delta::Finish(Finish::ToolCalls),
        ]
    );
}

#[test]
fn repeated_and_empty_ids_do_not_begin_a_new_call() {
    let found = read(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c1","function":{"name":"look","arguments":"{"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c1","function":{"name":"look","arguments":"1"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"","function":{"name":"","arguments":"}"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"c1","function":{"arguments":null}}]}}]}"#,
    ]);
    let indices: Vec<_> = found
        .iter()
        .map(|delta| match delta {
            Delta::ToolCallDelta { index, .. } => *index,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(indices, [1, 1, 1, 1]);
    assert_eq!(found[2], call(1, None, None, "}"));
}

#[test]
fn thinking_is_told_from_text_under_either_of_its_names_and_said_once() {
    let found = read(&[
        r#"{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]}"#,
        r#"{"choices":[{"delta":{"reasoning":" so"}}]}"#,
        r#"{"choices":[{"delta":{"reasoning":" both","reasoning_content":" both"}}]}"#,
        r#"{"choices":[{"delta":{"content":"Yes","reasoning":null,"reasoning_content":""}}]}"#,
    ]);
    let thoughts = ["hm", " so", " both"].map(|text| Delta::ReasoningDelta(text.into()));
    assert_eq!(found[..3], thoughts);
    assert_eq!(found[3..], [Delta::TextDelta("Yes".into())]);
}

#[test]
fn chunks_without_choices_are_read_for_their_usage() {
    let found = read(&[
        r#"{"choices":[],"prompt_filter_results":[]}"#,
        r#"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#,
        r#"{"choices":null,"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":2},
            "completion_tokens_details":{"reasoning_tokens":1}}}"#,
    ]);
    let Delta::Usage(usage) = found[1] else {
        panic!("{found:?}")
    };
    assert_eq!(
        (usage.input, usage.cached, usage.output, usage.reasoning),
        (Some(9), Some(2), Some(4), Some(1))
    );
    assert_eq!(usage.basis, Basis::Reported);
}

#[test]
fn deepseek_names_its_cached_tokens_differently() {
    let found = read(&[
        r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_cache_hit_tokens":8}}"#,
    ]);
    assert!(matches!(found[0], Delta::Usage(usage) if usage.cached == Some(8)));
}

#[test]
fn nulls_where_words_belong_do_not_end_an_answer() {
    let found = read(&[
        r#"{"choices":[{"index":null,"delta":{"role":null,"content":"a","tool_calls":null,"images":null}}]}"#,
        r#"{"choices":[{"delta":null}]}"#,
        r#"{"choices":[{"delta":{"content":"b"},"finish_reason":""}]}"#,
    ]);
    assert_eq!(
        found,
        [Delta::TextDelta("a".into()), Delta::TextDelta("b".into())]
    );
}

#[test]
fn an_error_inside_a_stream_is_an_error_however_it_is_written() {
    for (event, message, code) in [
        (
            r#"{"error":{"message":"no","code":"overloaded","type":"api_error"}}"#,
            "no",
            Some("overloaded"),
        ),
        (
            r#"{"error":{"message":"no","type":"api_error","code":null}}"#,
            "no",
            Some("api_error"),
        ),
        (r#"{"error":{"message":"no","code":502}}"#, "no", Some("502")),
        (r#"{"error":"just words"}"#, "just words", None),
        (r#"{"error":{}}"#, "no reason given", None),
    ] {
        let error = StreamReader::default().read(event, &mut Vec::new()).unwrap_err();
        let (message, code) = (message.to_owned(), code.map(str::to_owned));
        assert_eq!(error, StreamError::Said { message, code }, "{event}");
    }
    let null = r#"{"choices":[{"delta":{"content":"a"}}],"error":null}"#;
    assert_eq!(read(&[null]), [Delta::TextDelta("a".into())]);
}

#[test]
fn what_is_not_json_is_said_to_be_so() {
    let error = StreamReader::default()
        .read("<html>", &mut Vec::new())
        .unwrap_err();
    assert_eq!(error, StreamError::NotJson);
}

#[test]
fn a_whole_answer_reads_like_one_large_delta() {
    let found = read(&[
        r#"{"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Hello","reasoning_content":"hm",
            "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
    ]);
    assert_eq!(
        found[..4],
        [
            Delta::ReasoningDelta("hm".into()),
            Delta::TextDelta("Hello".into()),
            Delta::Picture("data:image/png;base64,AA==".into()),
            Delta::Finish(Finish::Stop),
        ]
    );
    assert!(matches!(found[4], Delta::Usage(_)));
}

#[test]
fn content_in_parts_is_read_for_its_text() {
    let found = read(&[
        r#"{"choices":[{"delta":{"content":[{"type":"text","text":"Hel"},{"type":"reference","reference_ids":[1]},
            {"type":"text","text":"lo"}]}}]}"#,
    ]);
    assert_eq!(
        found,
        [Delta::TextDelta("Hel".into()), Delta::TextDelta("lo".into())]
    );
}

#[test]
fn only_a_reason_to_stop_or_a_done_is_an_end() {
    for (event, finished) in [
        (r#"{"choices":[{"delta":{"content":"a"}}]}"#, false),
        (
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#,
            false,
        ),
        (r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#, true),
        (
            r#"{"choices":[{"delta":{},"finish_reason":"something new"}]}"#,
            true,
        ),
        ("[DONE]", true),
        (" [DONE] ", true),
    ] {
        let (mut reader, mut found) = (StreamReader::default(), Vec::new());
        reader.read(event, &mut found).unwrap();
        assert_eq!(reader.is_finished(), finished, "{event}");
    }
}

fn cited(title: &str, url: &str) -> Delta {
    Delta::Citation {
        title: title.into(),
        url: url.into(),
    }
}

#[test]
fn pages_an_answer_rests_on_are_read_wherever_a_gateway_names_them_and_each_once() {
    // OpenAI and OpenRouter: in a delta, or in the message of a whole answer.
    let annotation = r#"{"type":"url_citation","url_citation":{"start_index":0,"end_index":5,"title":"Lamps","url":"https://a.example/lamps"}}"#;
    for place in ["delta", "message"] {
        let event = format!(
            r#"{{"choices":[{{"{place}":{{"content":"Hello","annotations":[{annotation},{annotation}]}}}}]}}"#
        );
        let found = read(&[&event, &event]);
        let hello = || Delta::TextDelta("Hello".into());
        assert_eq!(
            found,
            [hello(), cited("Lamps", "https://a.example/lamps"), hello()]
        );
    }
    // Perplexity: with every chunk, titles in one list and addresses in another.
    let event = r#"{"citations":["https://a.example/1","https://a.example/2"],
        "search_results":[{"title":"One","url":"https://a.example/1","date":null}],"choices":[{"delta":{}}]}"#;
    let both = [
        cited("One", "https://a.example/1"),
        cited("", "https://a.example/2"),
    ];
    assert_eq!(read(&[event, event]), both);
    // Gemini through a gateway that adds its metadata to the choice.
    let event = r#"{"choices":[{"delta":{},"groundingMetadata":{"groundingChunks":[
        {"web":{"uri":"https://a.example/g","title":"a.example"}},{"maps":{}}]}}]}"#;
    assert_eq!(read(&[event]), [cited("a.example", "https://a.example/g")]);
    // GLM.
    let event = r#"{"web_search":[{"title":"灯塔","link":"https://a.example/灯"}],"choices":[]}"#;
    assert_eq!(read(&[event]), [cited("灯塔", "https://a.example/灯")]);
}

#[test]
fn what_is_no_page_is_not_cited() {
    let found = read(&[
        r#"{"citations":["javascript:alert(1)","file:///etc/passwd",7,null],"references":"none",
        "choices":[{"delta":{"annotations":[{"type":"file_citation","file_citation":{"file_id":"f"}}]}}]}"#,
    ]);
    assert_eq!(found, []);
}
