//! What gateways say of their own answers, dialect by dialect: the end, the errors, and what is nobody's business.

use nexdesk_protocol::Interface::{self, *};
use nexdesk_protocol::reading::{Reader, Seen, Whole};
use serde_json::{Value, json};

pub(crate) fn whole(interface: Interface, body: Value) -> (Whole, Reader) {
    let mut reader = Reader::new(interface);
    let what = reader.see_whole(body.to_string().as_bytes());
    (what, reader)
}

pub(crate) fn stream(interface: Interface, events: &[Value]) -> (Vec<Seen>, Reader) {
    let mut reader = Reader::new(interface);
    let seen = events
        .iter()
        .map(|event| reader.see(format!("data: {event}\n\n").as_bytes()))
        .collect();
    (seen, reader)
}

#[test]
fn the_chunk_with_only_usage_is_known_and_no_other_is_taken_for_it() {
    let usage = json!({"prompt_tokens": 1, "completion_tokens": 1});
    for (event, only) in [
        (json!({"choices": [], "usage": usage}), true),
        (json!({"usage": usage, "choices": []}), true),
        (json!({"choices": [], "prompt_filter_results": []}), false),
        (json!({"choices": [], "usage": null}), false),
        (
            json!({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage}),
            false,
        ),
    ] {
        assert_eq!(
            stream(Chat, std::slice::from_ref(&event)).0[0].is_only_usage,
            only,
            "{event}"
        );
    }
}

#[test]
fn errors_are_known_in_every_dialect_and_keep_their_words() {
    for (interface, event) in [
        (Chat, json!({"error": {"message": "why"}})),
        (
            Chat,
            json!({"choices": [{"finish_reason": "error", "delta": {}}], "error": {"message": "why"}}),
        ),
        (Chat, json!({"error": "why"})),
        (
            Messages,
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "why"}}),
        ),
        (
            Responses,
            json!({"type": "error", "code": "server_error", "message": "why"}),
        ),
        (
            Responses,
            json!({"type": "response.failed", "response": {"status": "failed", "error": {"message": "why"}}}),
        ),
        (
            Generate,
            json!({"error": {"code": 503, "message": "why", "status": "UNAVAILABLE"}}),
        ),
        (Images, json!({"type": "error", "error": {"message": "why"}})),
        (Other, json!({"error": {"message": "why"}})),
    ] {
        let (seen, reader) = stream(interface, std::slice::from_ref(&event));
        assert!(
            seen[0].is_error && !seen[0].finishes && !reader.is_finished(),
            "{event}"
        );
        assert!(
            reader.trouble().unwrap()["error"].to_string().contains("why"),
            "{event}"
        );
    }
}

#[test]
fn a_success_that_is_none_is_found_out() {
    for (interface, body) in [
        (Chat, json!({"error": {"message": "why", "code": "x"}})),
        (Chat, json!({"error": "why"})),
        (Chat, json!({"success": false, "message": "why"})),
        (Video, json!({"success": false, "message": "why"})),
        (Generate, json!([{"error": {"message": "why"}}])),
        (Messages, json!({"type": "error", "error": {"message": "why"}})),
    ] {
        let (what, reader) = whole(interface, body.clone());
        assert_eq!((what, reader.is_finished()), (Whole::Error, false), "{body}");
        assert!(reader.trouble().unwrap()["error"].to_string().contains("why"));
    }
}

#[test]
fn a_whole_body_is_an_answer_only_if_it_looks_like_one() {
    for (interface, body, expected) in [
        (
            Chat,
            json!({"choices": [{"message": {"content": "hi"}}]}),
            Whole::Answer,
        ),
        (Chat, json!({"hello": "world"}), Whole::Strange),
        (Chat, json!({"choices": null}), Whole::Strange),
        (Messages, json!({"type": "message", "content": []}), Whole::Answer),
        (
            Generate,
            json!({"promptFeedback": {"blockReason": "SAFETY"}}),
            Whole::Answer,
        ),
        (
            Generate,
            json!([{"candidates": []}, {"candidates": []}]),
            Whole::Answer,
        ),
        (
            Responses,
            json!({"status": "queued", "output": []}),
            Whole::Answer,
        ),
        (Images, json!({"task_id": "image-1"}), Whole::Answer),
        (Images, json!({}), Whole::Strange),
        (Transcription, json!({"text": ""}), Whole::Answer),
        (Other, json!({"anything": 1}), Whole::Answer),
    ] {
        assert_eq!(whole(interface, body.clone()).0, expected, "{body}");
    }
    for body in [
        &b"ID3\x04\xFF\xFB"[..],
        b"1\n00:00:01,000 --> 00:00:02,000\nHello\n",
        b"<html>",
    ] {
        let mut reader = Reader::new(Speech);
        assert_eq!(reader.see_whole(body), Whole::Opaque);
        assert!(reader.trouble().is_none());
    }
    assert_eq!(
        Reader::new(Chat).see_whole(b"{\"choices\":[{\"mess"),
        Whole::Opaque,
        "broken off"
    );
}

#[test]
fn comments_pings_and_halves_are_no_events() {
    for block in [
        ": PING\n\n",
        "\n\n",
        "id: 7\nretry: 3\n\n",
        "data:\n\n",
        "data: {\"choices\":[{\"del",
        "event: x\n\n",
    ] {
        assert_eq!(
            Reader::new(Chat).see(block.as_bytes()),
            Seen::default(),
            "{block}"
        );
    }
    let mut reader = Reader::new(Chat);
    assert!(
        reader
            .see(b"\xEF\xBB\xBFdata:{\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\r\n\r\n")
            .says
    );
    assert!(reader.see(b"data: [DONE]").finishes);
    for other in [Responses, Messages, Generate] {
        assert!(
            !Reader::new(other).see(b"data: [DONE]").finishes,
            "{other:?} has an end of its own"
        );
    }
    let ping = stream(Messages, &[json!({"type": "ping"})]).0[0];
    assert!(ping.is_event && !ping.says);
}
