//! One row per wording, and what must never be taken for one.

use serde_json::json;

use super::lessons;

const BODY: &[u8] = br#"{"model":"m","messages":[{"role":"user","content":"hi","top_k":1}],"top_k":5,"seed":7,"logprobs":true,
    "max_tokens":100,"stream":true,"stream_options":{"include_usage":true},"presence_penalty":1,"tools":[],
    "generationConfig":{"topK":3,"seed":1},"response_format":{"type":"json_object"},"context_management":{}}"#;

fn dropped(said: &serde_json::Value) -> Vec<String> {
    let lessons = lessons(said.to_string().as_bytes(), BODY);
    assert!(
        lessons.iter().all(|lesson| lesson.becomes.is_none()),
        "{lessons:?}"
    );
    lessons.into_iter().map(|lesson| lesson.parameter).collect()
}

fn error(message: &str) -> serde_json::Value {
    json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": null } })
}

#[track_caller]
fn teach(rows: Vec<(serde_json::Value, Vec<&str>)>) {
    for (said, expected) in rows {
        assert_eq!(dropped(&said), expected, "{said}");
    }
}

#[test]
fn openai_and_what_stands_before_it_are_understood() {
    teach(vec![
        // OpenAI and Azure, of before and of today.
        (
            error("Unrecognized request argument supplied: top_k"),
            vec!["top_k"],
        ),
        (
            error("Unrecognized request arguments supplied: top_k, seed"),
            vec!["top_k", "seed"],
        ),
        (
            json!({ "error": { "message": "Unknown parameter: 'top_k'.", "type": "invalid_request_error",
                "param": "top_k", "code": "unknown_parameter" } }),
            vec!["top_k"],
        ),
        (
            json!({ "error": { "message": "Unsupported parameter: 'logprobs' is not supported with this model.",
                "param": "logprobs", "code": "unsupported_parameter" } }),
            vec!["logprobs"],
        ),
        // new-api, which adds its own words behind; and its Go parser.
        (
            error("Unsupported parameter: 'seed' is not supported with this model. (request id: 2025)"),
            vec!["seed"],
        ),
        (error("json: unknown field \"top_k\""), vec!["top_k"]),
        (error("不支持的参数：top_k"), vec!["top_k"]),
        // The usage wish, in many mouths.
        (error("stream_options is not supported"), vec!["stream_options"]),
        (
            error("Unknown parameter: 'stream_options.include_usage'."),
            vec!["stream_options.include_usage"],
        ),
        (json!({ "error": "Unknown parameter: top_k" }), vec!["top_k"]),
        (json!({ "detail": "Unknown parameter: top_k" }), vec!["top_k"]),
    ]);
}

#[test]
fn every_other_gateways_wording_is_understood() {
    teach(vec![
        // Mistral.
        (
            json!({ "object": "error", "detail": [{ "type": "extra_forbidden", "loc": ["body", "top_k"],
                "msg": "Extra inputs are not permitted", "input": 5 }] }),
            vec!["top_k"],
        ),
        (
            json!({ "object": "error", "message": { "detail": [{ "type": "extra_forbidden", "loc": ["body", "seed"],
                "msg": "Extra inputs are not permitted" }] }, "type": "invalid_request_error" }),
            vec!["seed"],
        ),
        // vLLM.
        (
            json!({ "object": "error", "code": 400, "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'top_k'), \
                'msg': 'Extra inputs are not permitted', 'input': 5}]" }),
            vec!["top_k"],
        ),
        (
            error("create() got an unexpected keyword argument 'seed'"),
            vec!["seed"],
        ),
        // Anthropic.
        (
            error("context_management: Extra inputs are not permitted"),
            vec!["context_management"],
        ),
        // Gemini, at the top and deeper, and when it lists two at once.
        (
            json!([{ "error": { "code": 400, "status": "INVALID_ARGUMENT", "message":
                "Invalid JSON payload received. Unknown name \"logprobs\": Cannot find field." } }]),
            vec!["logprobs"],
        ),
        (
            error(
                "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field.",
            ),
            vec!["generationConfig.seed"],
        ),
        (
            error("Unknown name \"seed\": Cannot find field.\nUnknown name \"top_k\": Cannot find field."),
            vec!["seed", "top_k"],
        ),
        // DeepSeek.
        (
            error(
                "Failed to deserialize the JSON body into the target type: unknown field `top_k`, expected one of `model`",
            ),
            vec!["top_k"],
        ),
        // Groq.
        (error("property 'logprobs' is unsupported"), vec!["logprobs"]),
        // xAI.
        (
            error("Argument not supported on this model: presencePenalty"),
            vec!["presence_penalty"],
        ),
        (
            error("Model grok-4 does not support parameter presencePenalty."),
            vec!["presence_penalty"],
        ),
    ]);
}

#[test]
fn what_a_request_means_is_never_left_out() {
    for name in ["model", "messages", "tools", "stream", "response_format"] {
        assert!(
            dropped(&error(&format!("Unknown parameter: '{name}'."))).is_empty(),
            "{name}"
        );
    }
}

#[test]
fn only_what_the_body_has_at_that_place_is_left_out() {
    for message in [
        "Unknown parameter: 'min_p'.",
        "property 'messages.0.top_k' is unsupported",
        "messages.0.top_k: Extra inputs are not permitted",
        "Unknown parameter: 'messages[0].top_k'.",
        "Unknown name \"seed\" at 'generation_config.thinking': Cannot find field.",
    ] {
        assert!(dropped(&error(message)).is_empty(), "{message}");
    }
}

#[test]
fn a_wrong_value_is_not_an_unknown_parameter() {
    for said in [
        error("Invalid value for 'top_k': must be below 3"),
        json!({ "error": { "message": "Unsupported value: 'seed' does not support 7 with this model.",
            "param": "seed", "code": "unsupported_value" } }),
        error("top_k must not be zero"),
        json!("nothing"),
    ] {
        assert!(dropped(&said).is_empty(), "{said}");
    }
    assert!(lessons(b"<html>", BODY).is_empty());
}

#[test]
fn a_limit_of_tokens_is_renamed_and_never_lost() {
    let renamed = |message: &str, body: &[u8]| {
        let lessons = lessons(error(message).to_string().as_bytes(), body);
        lessons
            .into_iter()
            .map(|lesson| (lesson.parameter, lesson.becomes))
            .collect::<Vec<_>>()
    };
    let pair = |from: &str, to: Option<&str>| vec![(from.to_owned(), to.map(str::to_owned))];
    assert_eq!(
        renamed(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            BODY
        ),
        pair("max_tokens", Some("max_completion_tokens"))
    );
    assert_eq!(
        renamed(
            "Unrecognized request argument supplied: max_completion_tokens",
            br#"{"max_completion_tokens":5}"#
        ),
        pair("max_completion_tokens", Some("max_tokens"))
    );
    assert_eq!(
        renamed(
            "Unknown parameter: 'max_tokens'.",
            br#"{"max_tokens":5,"max_completion_tokens":5}"#
        ),
        pair("max_tokens", None),
        "the other one is there already"
    );
    assert!(
        renamed(
            "Unsupported parameter: 'max_tokens'. Use 'max_output_tokens' instead.",
            BODY
        )
        .is_empty(),
        "that is another dialect's"
    );
}
