//! `POST /v1/completions`: the old endpoint, in which a prompt is a text and so is the answer.

use serde_json::{Value, json};

use super::misbehave::Fault;
use super::{broken_body, broken_stream, misbehave, prose, wire};
use crate::call::{Call, required};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal, tokens};

/// What OpenAI gives when the request does not say.
const DEFAULT_LIMIT: u64 = 16;

/// Answers with text, whole or streamed.
pub(crate) fn complete(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let model = required(&body, "model")?;
    let fault = admit(gateway, call, model, Kind::Chat)?;
    let prompt = match &body["prompt"] {
        Value::String(prompt) => prompt.clone(),
        Value::Array(prompts) => prompts
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        _ => {
            return Err(refusal::invalid(
                "Missing required parameter: 'prompt'",
                Some("prompt"),
            ));
        }
    };
    let answer = if fault.is_some() {
        misbehave::full_text(model)
    } else {
        prose::answer_to(&prompt)
    };
    // What breaks shall break in the middle, and not be cut before.
    let limit = if fault.is_some() { u64::MAX } else { DEFAULT_LIMIT };
    let text = tokens::cut(&answer, body["max_tokens"].as_u64().unwrap_or(limit));
    let finish = match fault {
        Some(Fault::Length) => "length",
        Some(Fault::Filter) => "content_filter",
        _ if text.len() < answer.len() => "length",
        _ => "stop",
    };
    let (asked, said) = (tokens::count(&prompt), tokens::count(text));
    gateway.accounts.charge(&call.key, model, asked, 0, said);
    let usage = json!({"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said,
        "prompt_tokens_details": {"cached_tokens": 0}});
    let (id, created) = (gateway.fresh_id("cmpl-sandbox-"), clock::unix_now());
    let piece = |choices: Value, usage: &Value| {
        json!({"id": id, "object": "text_completion", "created": created, "model": model, "choices": choices,
               "usage": usage})
    };
    let choice = |text: &str, finish: Option<&str>| json!([{"index": 0, "text": text, "logprobs": null, "finish_reason": finish}]);
    if body["stream"] != true || fault == Some(Fault::Json) {
        let whole = piece(choice(text, Some(finish)), &usage);
        return Ok(misbehave::late(
            broken_body::act(fault, whole, &refusal::inside_a_200()),
            fault,
        ));
    }
    let event = |choices: Value, usage: &Value| wire::Event::plain(piece(choices, usage));
    let deltas: Vec<wire::Event> = wire::pieces(text)
        .iter()
        .map(|text| event(choice(text, None), &Value::Null))
        .collect();
    let mut end = vec![event(choice("", Some(finish)), &Value::Null)];
    if body["stream_options"]["include_usage"] == true && fault != Some(Fault::NoUsage) {
        end.push(event(json!([]), &usage));
    }
    // There is no role to begin with.
    let script = wire::Script::openai(deltas, misbehave::DELTAS_BEFORE_THE_BREAK - 1, end);
    let reply = broken_stream::act(fault, &script, gateway.settings.pace);
    Ok(misbehave::late(reply, fault))
}
