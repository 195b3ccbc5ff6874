//! Fields nobody here knows must come out as they went in: gateways and SDKs add new ones every month.

use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Completion};
use nexdesk_protocol::wire::openai::models::ModelList;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[track_caller]
fn survives<T: DeserializeOwned + Serialize>(value: Value) {
    let read: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), value);
}

#[test]
fn unknown_fields_of_a_request_survive() {
    survives::<ChatRequest>(json!({
        "model": "m",
        "messages": [
            { "role": "system", "content": "be brief", "cache_control": { "type": "ephemeral" } },
            { "role": "user", "content": [{ "type": "text", "text": "hi" }, { "type": "input_audio", "x": [1.5, null] }], "name": "p" },
            { "role": "assistant", "content": null, "tool_calls": [
                { "id": "c", "type": "function", "function": { "name": "f", "arguments": "{}" }, "extra_content": { "google": { "thought_signature": "s" } } }
            ], "reasoning_details": [{ "signature": "zzz" }] },
            { "role": "tool", "content": "42", "tool_call_id": "c" },
        ],
        "stream": true,
        "stream_options": { "include_usage": true, "include_obfuscation": false },
        "temperature": 1.0,
        "seed": 18_446_744_073_709_551_615_u64,
        "provider": { "order": ["a", "b"] },
    }));
}

#[test]
fn unknown_fields_of_an_answer_survive() {
    survives::<Completion>(json!({
        "id": "x", "object": "chat.completion", "created": 1, "model": "m", "system_fingerprint": "f", "service_tier": "default",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": "hi", "refusal": null, "annotations": [], "reasoning_content": "hm",
                "images": [{ "type": "image_url", "index": 0, "image_url": { "url": "data:,", "detail": "low" } }] },
            "finish_reason": "stop",
            "logprobs": { "content": [] },
            "native_finish_reason": "STOP",
        }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.000_1,
            "prompt_tokens_details": { "cached_tokens": 1, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 1, "accepted_prediction_tokens": 0 },
            "cost_details": { "upstream": null } },
    }));
}

#[test]
fn unknown_fields_of_a_list_of_models_survive_and_a_bare_list_is_one() {
    let model = json!({ "id": "a/b", "object": "model", "created": 1, "owned_by": "x", "pricing": { "prompt": "0.1" } });
    survives::<ModelList>(json!({ "object": "list", "data": [model], "has_more": false }));
    let bare: ModelList = serde_json::from_value(json!([model])).unwrap();
    assert_eq!((bare.object.as_str(), bare.data[0].id.as_str()), ("list", "a/b"));
    let sparse: ModelList = serde_json::from_value(json!({ "data": [{ "id": "m" }] })).unwrap();
    assert_eq!(sparse.data[0].id, "m");
}

#[test]
fn a_models_nulls_do_not_hide_the_list() {
    let odd = json!({ "data": [{ "id": "m", "object": null, "created": null, "owned_by": null, "supported_endpoint_types": null }] });
    let list: ModelList = serde_json::from_value(odd).unwrap();
    assert_eq!(list.data[0].id, "m");
}

#[test]
fn a_refusal_has_the_four_fields_of_openais_error_in_a_body_and_in_a_stream() {
    let refusal = Refusal::new(429, "rate_limited", "Wait for “one” second.\nOr add a key.");
    let body: Value = serde_json::from_str(&refusal.body(Dialect::OpenAi)).unwrap();
    let error = json!({ "message": refusal.message, "type": "rate_limit_error", "param": null, "code": "rate_limited" });
    assert_eq!(body, json!({ "error": error }));
    let events = nexdesk_tests::delivered_events(refusal.event(Interface::Chat).as_bytes());
    assert_eq!(
        events,
        [refusal.body(Dialect::OpenAi)],
        "one event, whole, whatever the sentence holds"
    );
}
