//! What the relay reads of a request: which model, where its name stands, how much there is to read, what is ordered.

use nexdesk_protocol::Interface::{self, *};
use nexdesk_protocol::wire::peek::{Asked, apply, request, with_usage};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(interface: Interface, body: &str) -> Asked {
    request(interface, Some("application/json"), body.as_bytes()).unwrap()
}

fn refused(interface: Interface, body: &[u8]) -> String {
    request(interface, None, body).unwrap_err().to_string()
}

#[test]
fn the_place_of_the_model_is_exact_whatever_stands_around_it() {
    for body in [
        r#"{"model":"a/b","stream":true}"#,
        "{ \"x\" : {\"model\":\"no\"}, \"model\"\t:\r\n \"a/b\" , \"stream\" : true }",
        r#"{"messages":[{"content":"\"model\":\"no\""}],"stream":true,"model":"a\/b"}"#,
        "{\"灯塔\":\"é\",\"model\":\"\\u0061/b\",\"stream\":true}",
        "\u{feff}{\"model\":\"a/b\",\"stream\":true}",
    ] {
        let asked = read(Chat, body);
        let named = asked.model.clone().unwrap();
        assert_eq!(
            (named.text.as_str(), named.json, asked.stream),
            ("a/b", true, true),
            "{body}"
        );
        assert_eq!(serde_json::from_str::<String>(&body[named.at]).unwrap(), "a/b");
        let spliced = apply(body.as_bytes(), &asked.edits(Some("o\"ther"), false));
        assert_eq!(request(Chat, None, &spliced).unwrap().model_name(), "o\"ther");
        assert!(
            asked.edits(Some("a/b"), false).is_empty(),
            "its own name is no change"
        );
    }
}

#[test]
fn a_stream_is_only_what_says_so() {
    for (body, stream) in [
        (r#"{"model":"m"}"#, false),
        (r#"{"model":"m","stream":null}"#, false),
        (r#"{"model":"m","stream":false}"#, false),
        (r#"{"model":"m","stream":true}"#, true),
    ] {
        assert_eq!(read(Chat, body).stream, stream, "{body}");
    }
}

#[test]
fn a_body_without_a_model_is_read_all_the_same() {
    for body in ["{}", r#"{"model":null}"#, r#"{"contents":[]}"#] {
        assert_eq!(read(Generate, body).model, None, "{body}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error_that_says_where() {
    for (body, said) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "a JSON object"),
        (r#"["gpt-4o",true]"#, "a JSON object"),
        ("7", "invalid type"),
        (r#"{"model":7}"#, "`model` must be text"),
        (r#"{"model":"\ud800"}"#, "`model` must be text"),
        (
            r#"{"model":"a","stream":"yes"}"#,
            "`stream` must be true or false",
        ),
        (r#"{"model":"a","model":"b"}"#, "duplicate field"),
        (r#"{"model":"a","stream":true,"stream":false}"#, "duplicate field"),
        (r#"{"model":"a"} b"#, "trailing characters"),
        (
            r#"{"model":"a","stream_options":{"include_usage":1}}"#,
            "true or false",
        ),
    ] {
        let error = refused(Chat, body.as_bytes());
        assert!(error.contains(said), "{body}: {error}");
    }
    refused(Chat, b"{\"model\":\"\xFF\"}");
    refused(Chat, b"{\"model\":\"m\",\"messages\":\"\xFF\"}");
}

#[test]
fn nesting_of_any_depth_is_no_crash() {
    let deep = format!(
        r#"{{"model":"m","messages":{}{}}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    assert_eq!(read(Chat, &deep).model_name(), "m");
    refused(
        Chat,
        format!(r#"{{"model":"m","messages":{}"#, "[{\"a\":".repeat(200_000)).as_bytes(),
    );
}

#[test]
fn what_goes_to_an_unknown_endpoint_may_be_anything() {
    for body in [&b""[..], b"[1,2]", b"\xFF\x00", b"a=b"] {
        assert_eq!(request(Other, None, body).unwrap().model, None);
    }
    assert_eq!(read(Other, r#"{"model":"m"}"#).model_name(), "m");
}

#[test]
fn a_wish_for_usage_is_written_where_the_options_are() {
    let asks = r#"{"include_usage":true}"#;
    for (body, expected) in [
        (
            r#" {"stream":true}"#,
            format!(r#" {{"stream_options":{asks},"stream":true}}"#),
        ),
        (
            r#"{"stream":true,"stream_options":null}"#,
            format!(r#"{{"stream":true,"stream_options":{asks}}}"#),
        ),
        (
            r#"{"stream":true,"stream_options": { } }"#,
            r#"{"stream":true,"stream_options": {"include_usage":true } }"#.into(),
        ),
        (
            r#"{"stream_options":{"include_obfuscation":false},"stream":true}"#,
            r#"{"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}"#.into(),
        ),
        (
            r#"{"stream_options":{"include_usage": false},"stream":true}"#,
            r#"{"stream_options":{"include_usage": true},"stream":true}"#.into(),
        ),
    ] {
        let asked = read(Chat, body);
        let wished = with_usage(body.as_bytes(), &asked).unwrap();
        assert_eq!(String::from_utf8(wished).unwrap(), expected);
    }
    for body in [
        r#"{"stream":false}"#,
        r#"{"model":"m"}"#,
        r#"{"stream":true,"stream_options":{"include_usage":true}}"#,
    ] {
        assert_eq!(with_usage(body.as_bytes(), &read(Chat, body)), None, "{body}");
    }
    let responses = r#"{"stream":true}"#;
    assert_eq!(
        with_usage(responses.as_bytes(), &read(Responses, responses)),
        None,
        "no such wish there"
    );
}

#[test]
fn the_text_to_read_is_found_under_every_name() {
    for (interface, body) in [
        (Chat, json!({"messages":[{"content":"twelve chars"}]})),
        (Responses, json!({"input":"twelve chars"})),
        (Responses, json!({"instructions":"twelve chars","input":[]})),
        (Messages, json!({"system":[{"text":"twelve chars"}]})),
        (
            Generate,
            json!({"contents":[{"parts":[{"text":"twelve chars"}]}]}),
        ),
        (
            Generate,
            json!({"system_instruction":{"parts":[{"text":"twelve chars"}]}}),
        ),
        (Completions, json!({"prompt":["twelve","_chars"]})),
        (Embeddings, json!({"input":[[1,2],[3]]})),
        (Rerank, json!({"query":"twelve","documents":["_chars"]})),
        (Chat, json!({"tools":[{"twelve":"_chars"}]})),
    ] {
        let asked = read(interface, &body.to_string());
        assert_eq!(asked.prompt.tokens(), 3, "{body}");
    }
}

#[test]
fn the_most_that_may_be_written_is_found_under_every_name() {
    for (interface, body, most, answers) in [
        (Chat, json!({"max_tokens":7}), 7, 1),
        (
            Chat,
            json!({"max_tokens":7,"max_completion_tokens":9,"n":3}),
            9,
            3,
        ),
        (Chat, json!({"max_tokens":7.0,"n":null}), 7, 1),
        (Responses, json!({"max_output_tokens":7}), 7, 1),
        (
            Generate,
            json!({"generationConfig":{"maxOutputTokens":7,"candidateCount":2}}),
            7,
            2,
        ),
        (
            Generate,
            json!({"generation_config":{"max_output_tokens":7}}),
            7,
            1,
        ),
    ] {
        let asked = read(interface, &body.to_string());
        assert_eq!((asked.max_output, asked.answers), (Some(most), answers), "{body}");
    }
    assert_eq!(read(Chat, r#"{"max_tokens":-1}"#).max_output, None);
}

#[test]
fn what_is_ordered_in_pieces_characters_and_seconds_is_known() {
    let pictures = read(Images, r#"{"n":2,"size":"1024x1024","quality":"hd"}"#).units;
    assert_eq!(pictures.images, Some(2));
    assert_eq!(
        (pictures.size.as_deref(), pictures.quality.as_deref()),
        (Some("1024x1024"), Some("hd"))
    );
    assert_eq!(read(Images, r#"{"prompt":"x"}"#).units.images, Some(1));
    assert_eq!(
        read(Speech, r#"{"input":"灯\u706f\n!"}"#).units.characters,
        Some(4)
    );
    for body in [
        json!({"seconds":"8"}),
        json!({"duration":8}),
        json!({"parameters":{"durationSeconds":4,"sampleCount":2}}),
    ] {
        assert_eq!(
            read(Video, &body.to_string()).units.milliseconds,
            Some(8000),
            "{body}"
        );
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        "[a-z\"\\\\{}:,灯 ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_change_what_they_should_and_nothing_else(
        fields in prop::collection::btree_map("[a-h]{1,6}", value(), 0..5),
        options in prop::option::of(prop::option::of(prop::option::of(prop::option::of(any::<bool>())))),
        pretty in any::<bool>(),
        model in "[a-z/\"\\\\灯]{1,12}",
    ) {
        let mut body = serde_json::Map::from_iter(fields);
        body.insert("model".into(), "before".into());
        body.insert("stream".into(), true.into());
        if let Some(options) = options {
            let inner = options.map(|wish| match wish {
                Some(wish) => json!({"x": 1, "include_usage": wish}),
                None => json!({"x": 1}),
            });
            body.insert("stream_options".into(), inner.unwrap_or(Value::Null));
        }
        let text = if pretty { serde_json::to_vec_pretty(&body) } else { serde_json::to_vec(&body) }.unwrap();
        let asked = request(Chat, None, &text).unwrap();
        let edited: Value = serde_json::from_slice(&apply(&text, &asked.edits(Some(&model), true))).unwrap();
        let mut expected = Value::Object(body);
        expected["model"] = model.into();
        if !expected["stream_options"].is_object() {
            expected["stream_options"] = json!({});
        }
        expected["stream_options"]["include_usage"] = true.into();
        prop_assert_eq!(edited, expected);
    }
}
