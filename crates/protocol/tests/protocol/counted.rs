//! What gateways count, dialect by dialect, and what is estimated where they count nothing.

use nexdesk_protocol::Interface::{self, *};
use nexdesk_protocol::reading::{Reader, Whole};
use nexdesk_protocol::talk::{Basis, Usage};
use nexdesk_protocol::wire::peek::{Asked, request};
use serde_json::{Value, json};

use crate::answers::{stream, whole};

fn asked(interface: Interface, body: Value) -> Asked {
    request(interface, None, body.to_string().as_bytes()).unwrap()
}

fn counted(interface: Interface, usage: Value) -> Usage {
    let body = match interface {
        Generate => json!({"candidates": [], "usageMetadata": usage}),
        Rerank => json!({"results": [], "meta": usage}),
        Messages => json!({"content": [], "usage": usage}),
        Responses => json!({"output": [], "usage": usage}),
        Transcription => json!({"text": "x", "usage": usage}),
        Chat => json!({"choices": [], "usage": usage}),
        _ => json!({"data": [], "usage": usage}),
    };
    let (what, reader) = whole(interface, body);
    assert_eq!(what, Whole::Answer);
    reader.usage(&asked(Other, json!({})))
}

/// What every expected count has in common.
const REPORTED: Usage = Usage {
    basis: Basis::Reported,
    requests: Some(1),
    input: None,
    cached: None,
    output: None,
    reasoning: None,
    cache_write: None,
    audio_in: None,
    audio_out: None,
    image_in: None,
    image_out: None,
    images: None,
    characters: None,
    milliseconds: None,
    cost_nano: None,
};

#[track_caller]
fn all(cases: impl IntoIterator<Item = (Interface, Value, Usage)>) {
    for (interface, usage, expected) in cases {
        assert_eq!(counted(interface, usage.clone()), expected, "{usage}");
    }
}

#[test]
fn chat_and_anthropic_count_alike_once_the_cached_are_part_of_the_input() {
    all([
        (
            Chat,
            json!({"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details":
                {"cached_tokens": 60, "cached_creation_tokens": 5, "audio_tokens": 3, "image_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 8, "audio_tokens": 4, "image_tokens": 1}, "cost": 0.0041}),
            Usage {
                input: Some(100),
                cached: Some(60),
                cache_write: Some(5),
                audio_in: Some(3),
                image_in: Some(2),
                output: Some(20),
                reasoning: Some(8),
                audio_out: Some(4),
                image_out: Some(1),
                cost_nano: Some(4_100_000),
                ..REPORTED
            },
        ),
        (
            Chat,
            json!({"prompt_tokens": 9.0, "completion_tokens": "2", "prompt_cache_hit_tokens": 4, "prompt_tokens_details": null}),
            Usage {
                input: Some(9),
                cached: Some(4),
                output: Some(2),
                ..REPORTED
            },
        ),
        (
            Messages,
            json!({"input_tokens": 10, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 30, "output_tokens": 7}),
            Usage {
                input: Some(100),
                cached: Some(60),
                cache_write: Some(30),
                output: Some(7),
                ..REPORTED
            },
        ),
    ]);
}

#[test]
fn the_other_dialects_count_the_same_things_under_other_names() {
    all([
        (
            Responses,
            json!({"input_tokens": 10, "input_tokens_details": {"cached_tokens": 6}, "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 5}}),
            Usage {
                input: Some(10),
                cached: Some(6),
                output: Some(7),
                reasoning: Some(5),
                ..REPORTED
            },
        ),
        (
            Generate,
            json!({"promptTokenCount": 10, "toolUsePromptTokenCount": 2, "cachedContentTokenCount": 4, "candidatesTokenCount": 5,
                "thoughtsTokenCount": 7, "totalTokenCount": 24, "promptTokensDetails": [{"modality": "IMAGE", "tokenCount": 3}]}),
            Usage {
                input: Some(12),
                cached: Some(4),
                output: Some(12),
                reasoning: Some(7),
                image_in: Some(3),
                ..REPORTED
            },
        ),
        (
            Generate,
            json!({"promptTokenCount": 10, "totalTokenCount": 10}),
            Usage {
                input: Some(10),
                output: Some(0),
                ..REPORTED
            },
        ),
    ]);
}

#[test]
fn what_is_not_text_is_counted_in_its_own_units() {
    all([
        (
            Embeddings,
            json!({"total_tokens": 8}),
            Usage {
                input: Some(8),
                output: Some(0),
                ..REPORTED
            },
        ),
        (
            Rerank,
            json!({"billed_units": {"search_units": 2, "input_tokens": 40}}),
            Usage {
                input: Some(40),
                output: Some(0),
                requests: Some(2),
                ..REPORTED
            },
        ),
        (
            Transcription,
            json!({"type": "duration", "seconds": 3.5}),
            Usage {
                milliseconds: Some(3500),
                ..REPORTED
            },
        ),
        (
            Images,
            json!({"input_tokens": 50, "output_tokens": 1000, "input_tokens_details": {"image_tokens": 40}}),
            Usage {
                input: Some(50),
                output: Some(1000),
                image_in: Some(40),
                ..REPORTED
            },
        ),
    ]);
}

#[test]
fn anthropics_two_halves_make_one_and_zeros_in_the_second_take_nothing_back() {
    let (_, reader) = stream(
        Messages,
        &[
            json!({"type": "message_start", "message": {"model": "claude", "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1}}}),
            json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "hello"}}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"input_tokens": 0, "output_tokens": 70}}),
            json!({"type": "message_stop"}),
        ],
    );
    let usage = reader.usage(&asked(Messages, json!({})));
    assert_eq!(
        (usage.input, usage.cached, usage.output, usage.basis),
        (Some(15), Some(5), Some(70), Basis::Reported)
    );
    assert_eq!((reader.model(), reader.is_finished()), (Some("claude"), true));
}

#[test]
fn an_answer_cut_off_is_charged_for_what_was_written() {
    let text = "word ".repeat(100);
    let (_, reader) = stream(
        Messages,
        &[
            json!({"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}),
            json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}),
        ],
    );
    let usage = reader.usage(&asked(Messages, json!({})));
    assert_eq!(
        (usage.input, usage.output, usage.basis),
        (Some(10), Some(125), Basis::Estimated)
    );
}

#[test]
fn what_nobody_counted_is_estimated_and_says_so() {
    let (_, reader) = stream(
        Chat,
        &[json!({"choices": [{"delta": {"content": "twelve chars"}}]})],
    );
    let usage = reader.usage(&asked(Chat, json!({"messages": [{"content": "lighthouse!!"}]})));
    assert_eq!(
        (usage.input, usage.output, usage.basis),
        (Some(3), Some(3), Basis::Estimated)
    );
    let (_, moderated) = whole(Moderations, json!({"results": [{"flagged": false}]}));
    let usage = moderated.usage(&asked(Moderations, json!({"input": "lighthouse!!"})));
    assert_eq!(
        (usage.input, usage.output, usage.basis),
        (Some(3), Some(0), Basis::Estimated)
    );
}

#[test]
fn pictures_characters_and_seconds_are_counted() {
    let (_, drawn) = whole(Images, json!({"data": [{"b64_json": "QQ=="}, {"url": "x"}]}));
    assert_eq!(
        drawn.usage(&asked(Images, json!({"n": 4}))).images,
        Some(2),
        "what came, not what was ordered"
    );
    let (seen, drawn) = stream(
        Images,
        &[
            json!({"type": "image_generation.partial_image", "b64_json": "QQ=="}),
            json!({"type": "image_generation.completed", "b64_json": "QQ==", "usage": {"input_tokens": 1, "output_tokens": 2}}),
        ],
    );
    assert!(seen[0].says && !seen[0].finishes && seen[1].finishes);
    assert_eq!(drawn.usage(&asked(Images, json!({}))).images, Some(1));
    let (_, heard) = whole(
        Transcription,
        json!({"task": "transcribe", "duration": 8.47, "text": "hi", "segments": []}),
    );
    assert_eq!(heard.usage(&asked(Other, json!({}))).milliseconds, Some(8470));
    let mut spoken = Reader::new(Speech);
    spoken.see_whole(b"ID3");
    assert_eq!(
        spoken.usage(&asked(Speech, json!({"input": "灯塔"}))).characters,
        Some(2)
    );
    let (seen, _) = stream(
        Speech,
        &[
            json!({"type": "speech.audio.delta", "audio": "QQ=="}),
            json!({"type": "speech.audio.done"}),
        ],
    );
    assert!(seen[0].says && seen[1].finishes);
    let (seen, _) = stream(
        Transcription,
        &[
            json!({"type": "transcript.text.delta", "delta": "a"}),
            json!({"type": "transcript.text.done", "text": "a"}),
        ],
    );
    assert!(seen[0].says && seen[1].finishes);
}

#[test]
fn a_body_too_large_to_keep_is_metered_from_its_ends() {
    let body =
        json!({"object": "list", "data": [{"embedding": vec![0.1; 5000]}], "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8}})
        .to_string();
    let mut reader = Reader::new(Embeddings);
    assert!(reader.see_excerpt(&body.as_bytes()[body.len() - 200..]));
    let usage = reader.usage(&asked(Embeddings, json!({})));
    assert_eq!(
        (usage.input, usage.basis, reader.model()),
        (Some(8), Basis::Reported, Some("text-embedding-3-small"))
    );
    let quoted = json!({"text": "\"usage\":{\"prompt_tokens\":9}"}).to_string();
    assert!(
        !Reader::new(Embeddings).see_excerpt(quoted.as_bytes()),
        "what somebody quotes is no count"
    );
    assert!(
        !Reader::new(Embeddings).see_excerpt(b"\"usage\":{\"prompt_tok"),
        "cut off"
    );
}
