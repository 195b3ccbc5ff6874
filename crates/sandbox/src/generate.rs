//! `…/models/{model}:generateContent` and its stream: Gemini's dialect, at `/v1beta`, at `/v1`, and behind Nexconn's
//! bypass.

use serde_json::{Value, json};

use crate::call::Call;
use crate::chat::request::Ask;
use crate::chat::wire::{Event, Script, pieces};
use crate::chat::{self, Answer, Spoken, Usage};
use crate::refusal;
use crate::reply::Reply;
use crate::server::Gateway;

const PIECES_BEFORE_THE_BREAK: usize = 6;

/// The model and the verb of `/v1beta/models/{model}:{verb}`.
pub(crate) fn parts(path: &str) -> Option<(&str, &str)> {
    let roots = ["/v1beta/models/", "/v1/models/", "/bypass/vertex/v1/models/"];
    let rest = roots.iter().find_map(|root| path.strip_prefix(root))?;
    rest.split_once(':')
}

fn trouble() -> Value {
    let inside = refusal::inside_a_200();
    json!({"error": {"code": 503, "message": inside["error"]["message"], "status": "UNAVAILABLE"}})
}

/// Answers, whole or streamed; `countTokens` only counts.
pub(crate) async fn generate(
    gateway: &Gateway,
    call: &Call,
    model: &str,
    verb: &str,
) -> Result<Reply, Reply> {
    let body = call.json()?;
    let streams = verb == "streamGenerateContent";
    let ask = Ask::of(&as_chat(&body, model, streams))?;
    if verb == "countTokens" {
        return Ok(Reply::ok(&json!({"totalTokens": ask.prompt_tokens()})));
    }
    if !streams && verb != "generateContent" {
        return Err(refusal::unknown_address(&call.method, &call.path));
    }
    let Answer { spoken, usage, fault } = chat::answer(gateway, call, &ask).await?;
    let whole = fragment(&ask.model, all_parts(&spoken), Some(spoken.finish), usage);
    // Without `alt=sse` a stream is one JSON array.
    if streams && !call.asks("alt=sse") {
        return Ok(Reply::ok(&json!([whole])));
    }
    Ok(chat::send(gateway, &ask, fault, whole, &trouble(), || {
        script(&ask.model, &spoken, usage)
    }))
}

/// The request in chat's words.
fn as_chat(body: &Value, model: &str, streams: bool) -> Value {
    let settings = &body["generationConfig"];
    let text = |content: &Value| -> String {
        let parts = content["parts"].as_array().into_iter().flatten();
        parts.filter_map(|part| part["text"].as_str()).collect()
    };
    let mut messages = Vec::new();
    if body["systemInstruction"].is_object() {
        messages.push(json!({"role": "system", "content": text(&body["systemInstruction"])}));
    }
    for content in body["contents"].as_array().into_iter().flatten() {
        let answered = content["parts"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|part| !part["functionResponse"].is_null());
        messages.push(match answered {
            Some(part) => {
                json!({"role": "tool", "content": part["functionResponse"]["response"].to_string()})
            }
            None if content["role"] == "model" => json!({"role": "assistant", "content": text(content)}),
            None => json!({"role": "user", "content": text(content)}),
        });
    }
    let groups = body["tools"].as_array().into_iter().flatten();
    let functions = groups.flat_map(|group| group["functionDeclarations"].as_array().into_iter().flatten());
    let tools: Vec<Value> = functions
        .map(|function| json!({"type": "function", "function": {"name": function["name"], "parameters": function["parameters"]}}))
        .collect();
    json!({"model": model, "messages": messages, "stream": streams, "max_tokens": settings["maxOutputTokens"],
        "stop": settings["stopSequences"], "tools": tools,
        "thinking": {"type": if settings["thinkingConfig"]["includeThoughts"] == true { "enabled" } else { "disabled" }}})
}

fn all_parts(spoken: &Spoken) -> Vec<Value> {
    let mut parts = Vec::new();
    if !spoken.reasoning.is_empty() {
        parts.push(json!({"text": spoken.reasoning, "thought": true}));
    }
    if !spoken.content.is_empty() {
        parts.push(json!({"text": spoken.content}));
    }
    parts.extend(ends(spoken));
    parts
}

/// What comes in one piece: calls and pictures.
fn ends(spoken: &Spoken) -> Vec<Value> {
    let calls = spoken.calls.iter().map(|call| {
        let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        json!({"functionCall": {"name": call.name, "args": arguments}})
    });
    let pictures = spoken.images.iter().filter_map(|url| {
        let data = url.strip_prefix("data:image/png;base64,")?;
        Some(json!({"inlineData": {"mimeType": "image/png", "data": data}}))
    });
    calls.chain(pictures).collect()
}

fn fragment(model: &str, parts: Vec<Value>, finish: Option<&str>, usage: Option<Usage>) -> Value {
    let mut candidate = json!({"index": 0, "content": {"role": "model", "parts": parts}});
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(match finish {
            "length" => "MAX_TOKENS",
            "content_filter" => "SAFETY",
            _ => "STOP",
        });
    }
    let mut body = json!({"candidates": [candidate], "modelVersion": model, "responseId": "sandbox"});
    if let Some(usage) = usage {
        body["usageMetadata"] = json!({"promptTokenCount": usage.prompt,
            "candidatesTokenCount": usage.completion - usage.reasoning, "thoughtsTokenCount": usage.reasoning,
            "cachedContentTokenCount": usage.cached, "totalTokenCount": usage.prompt + usage.completion});
    }
    body
}

fn script(model: &str, spoken: &Spoken, usage: Option<Usage>) -> Script {
    let said = |parts: Vec<Value>| Event::plain(fragment(model, parts, None, None));
    let thoughts = pieces(&spoken.reasoning);
    let before_the_break = thoughts.len() + PIECES_BEFORE_THE_BREAK;
    let thoughts = thoughts
        .into_iter()
        .map(|piece| said(vec![json!({"text": piece, "thought": true})]));
    let text = pieces(&spoken.content)
        .into_iter()
        .map(|piece| said(vec![json!({"text": piece})]));
    let trouble_body = trouble();
    Script {
        deltas: thoughts.chain(text).collect(),
        before_the_break,
        end: vec![Event::plain(fragment(
            model,
            ends(spoken),
            Some(spoken.finish),
            usage,
        ))],
        done: None,
        trouble: Event::plain(&trouble_body),
        trouble_body,
    }
}
