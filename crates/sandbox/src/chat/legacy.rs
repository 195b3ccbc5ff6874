//! `POST /v1/completions`: the old endpoint, in which a prompt is a text and so is the answer.

use serde_json::{Value, json};

use super::{misbehave, prose, wire};
use crate::call::{Call, required};
use crate::models::{Kind, admit};
use crate::reply::{Reply, Step};
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
    let text = tokens::cut(&answer, body["max_tokens"].as_u64().unwrap_or(DEFAULT_LIMIT));
    let finish = if text.len() < answer.len() {
        "length"
    } else {
        "stop"
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
    if body["stream"] != true {
        return Ok(misbehave::late(
            Reply::ok(&piece(choice(text, Some(finish)), &usage)),
            fault,
        ));
    }
    let mut events: Vec<String> = wire::pieces(text)
        .iter()
        .map(|text| piece(choice(text, None), &Value::Null).to_string())
        .collect();
    events.push(piece(choice("", Some(finish)), &Value::Null).to_string());
    if body["stream_options"]["include_usage"] == true {
        events.push(piece(json!([]), &usage).to_string());
    }
    events.push(wire::DONE.to_owned());
    let pace = gateway.settings.pace.0;
    let steps = events
        .iter()
        .flat_map(|event| [Step::Send(wire::frame(event).into()), Step::Pause(pace)]);
    Ok(misbehave::late(Reply::steps(wire::EVENT_STREAM, steps), fault))
}
