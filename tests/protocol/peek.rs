//! What the relay reads of bytes that pass: which model, where its name stands, and what an answer says of itself.

use nexdesk_protocol::wire::peek::{ScriptBytes, answer, request};

#[test]
fn the_place_of_the_model_is_exact_whatever_stands_around_it() {
    for body in [
        r#"{"model":"a/b","stream":true}"#,
        "{ \"x\" : {\"model\":\"no\"}, \"model\"\t:\r\n \"a/b\" , \"stream\" : true }",
        r#"{"messages":[{"content":"\"model\":\"no\""}],"stream":true,"model":"a\/b"}"#,
        "{\"灯塔\":\"é\",\"model\":\"\\u0061/b\",\"stream\":true}",
    ] {
        let asked = request(body.as_bytes()).unwrap();
        assert_eq!((asked.model.as_str(), asked.stream), ("a/b", true), "{body}");
        let quoted = &body[asked.model_at.clone()];
        assert!(quoted.starts_with('"') && quoted.ends_with('"'), "{quoted}");
        assert_eq!(serde_json::from_str::<String>(quoted).unwrap(), "a/b");
        let spliced = [
            &body[..asked.model_at.start],
            "\"other\"",
            &body[asked.model_at.end..],
        ]
        .concat();
        assert_eq!(request(spliced.as_bytes()).unwrap().model, "other");
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
        assert_eq!(request(body.as_bytes()).unwrap().stream, stream, "{body}");
    }
}

#[test]
fn what_names_no_model_is_an_error_that_says_where() {
    for (body, said) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "invalid length 0"),
        ("{}", "missing field `model`"),
        (r#"{"model":7}"#, "expected a string"),
        (r#"{"model":"a","model":"b"}"#, "duplicate field"),
        (r#"{"model":"a"} b"#, "trailing characters"),
    ] {
        let error = request(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(said), "{body}: {error}");
    }
}

#[test]
fn a_model_that_is_no_text_is_not_guessed_at() {
    assert!(request(b"{\"model\":\"\xFF\"}").is_err());
    assert!(request(br#"{"model":"\ud800"}"#).is_err());
}

#[test]
fn the_first_delta_with_only_a_role_says_nothing_yet() {
    for (data, speaks) in [
        (
            r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#,
            false,
        ),
        (
            r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#,
            false,
        ),
        (r#"{"choices":[{"delta":{}}]}"#, false),
        (r#"{"choices":[{"delta":{"content":" "}}]}"#, true),
        (r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#, true),
        (r#"{"choices":[{"delta":{"reasoning":"hm"}}]}"#, true),
        (r#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, true),
        (
            r#"{"choices":[{"delta":{"images":[{"image_url":{"url":"data:"}}]}}]}"#,
            true,
        ),
        (r#"{"choices":[{"message":{"content":"hi"}}]}"#, true),
    ] {
        let answered = answer(data.as_bytes()).unwrap();
        let said = &answered.choices[0];
        let piece = said.delta.as_ref().or(said.message.as_ref()).unwrap();
        assert_eq!(piece.says_something(), speaks, "{data}");
    }
}

#[test]
fn nulls_where_lists_and_words_belong_are_read_as_nothing() {
    let odd = r#"{"model":null,"choices":null,"usage":null,"error":null}"#;
    let answered = answer(odd.as_bytes()).unwrap();
    assert!(answered.choices.is_empty() && answered.usage.is_none());
}

#[test]
fn an_empty_reason_to_stop_is_none() {
    let odd = r#"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#;
    assert!(answer(odd.as_bytes()).unwrap().choices[0].finish_reason.is_none());
}

#[test]
fn tokens_are_estimated_by_script() {
    assert_eq!(ScriptBytes::of(b"").tokens(), 0);
    assert_eq!(
        ScriptBytes::of(b"lighthouse!!").tokens(),
        3,
        "four Latin letters a token"
    );
    assert_eq!(
        ScriptBytes::of("十一只纸船".as_bytes()).tokens(),
        4,
        "one and a half Chinese ones"
    );
    let mut sum = ScriptBytes::of(b"abcd");
    sum.add(ScriptBytes::of("灯".as_bytes()));
    assert_eq!(sum.tokens(), 2);
}
