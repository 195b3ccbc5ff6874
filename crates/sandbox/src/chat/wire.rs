//! A spoken answer in OpenAI's chat form: one whole body, or the events of a stream.

use serde_json::{Value, json};

use super::{Spoken, Usage};
use crate::tokens;

/// The content type of a stream.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";
/// What the last event says.
pub(crate) const DONE: &str = "[DONE]";
/// Argument fragments of a tool call, in characters: small enough that JSON is torn in the middle of words.
const FRAGMENT: usize = 7;

/// What every chunk of one answer repeats.
pub(crate) struct Head<'a> {
    pub(crate) id: String,
    pub(crate) created: u64,
    pub(crate) model: &'a str,
}

/// The events of one stream, in the parts misbehaviour needs to tell apart.
pub(crate) struct Script {
    /// The role, then everything said.
    pub(crate) deltas: Vec<String>,
    /// The chunk with the finish reason.
    pub(crate) finish: String,
    /// The last chunk, when usage was asked for.
    pub(crate) usage: Option<String>,
}

impl Script {
    /// All events but `[DONE]`.
    pub(crate) fn events(&self) -> impl Iterator<Item = &String> {
        self.deltas.iter().chain([&self.finish]).chain(&self.usage)
    }
}

/// One event as every well-behaved gateway frames it.
pub(crate) fn frame(payload: &str) -> String {
    format!("data: {payload}\n\n")
}

/// The whole body.
pub(crate) fn whole(head: &Head, spoken: &Spoken, usage: Option<Usage>) -> Value {
    let mut message = json!({"role": "assistant", "content": spoken.content, "refusal": null});
    if !spoken.reasoning.is_empty() {
        message["reasoning_content"] = json!(spoken.reasoning);
    }
    if !spoken.images.is_empty() {
        message["images"] = spoken.images.iter().enumerate().map(image).collect();
    }
    if !spoken.calls.is_empty() {
        let call = |tool: &super::ToolCall| {
            json!({"id": tool.id, "type": "function",
                "function": {"name": tool.name, "arguments": tool.arguments}})
        };
        message["content"] = Value::Null;
        message["tool_calls"] = spoken.calls.iter().map(call).collect();
    }
    let mut body = json!({"id": head.id, "object": "chat.completion", "created": head.created, "model": head.model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": spoken.finish}]});
    if let Some(usage) = usage {
        body["usage"] = usage.json();
    }
    body
}

fn image((index, url): (usize, &String)) -> Value {
    json!({"index": index, "type": "image_url", "image_url": {"url": url}})
}

/// The events of the stream.
pub(crate) fn script(head: &Head, spoken: &Spoken, usage: Option<Usage>, include_usage: bool) -> Script {
    let include_usage = include_usage && usage.is_some();
    let chunk = |choices: Value| {
        let mut chunk = json!({"id": head.id, "object": "chat.completion.chunk", "created": head.created,
            "model": head.model, "choices": choices});
        if include_usage {
            chunk["usage"] = Value::Null;
        }
        chunk
    };
    let event = |delta: Value, finish: Option<&str>| {
        chunk(json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}])).to_string()
    };
    let mut deltas = vec![event(json!({"role": "assistant", "content": ""}), None)];
    deltas.extend(said(spoken).into_iter().map(|delta| event(delta, None)));
    let usage = usage.filter(|_| include_usage).map(|usage| {
        let mut last = chunk(json!([]));
        last["usage"] = usage.json();
        last.to_string()
    });
    Script {
        deltas,
        finish: event(json!({}), Some(spoken.finish)),
        usage,
    }
}

/// The deltas after the role. Reasoning models name both fields in every delta, one of them null.
fn said(spoken: &Spoken) -> Vec<Value> {
    let mut deltas = Vec::new();
    for thought in pieces(&spoken.reasoning) {
        deltas.push(json!({"content": null, "reasoning_content": thought}));
    }
    for text in pieces(&spoken.content) {
        deltas.push(match spoken.reasoning.is_empty() {
            true => json!({"content": text}),
            false => json!({"content": text, "reasoning_content": null}),
        });
    }
    deltas.extend(
        spoken
            .images
            .iter()
            .enumerate()
            .map(|numbered| json!({"images": [image(numbered)]})),
    );
    for (index, tool) in spoken.calls.iter().enumerate() {
        deltas.push(
            json!({"tool_calls": [{"index": index, "id": tool.id, "type": "function",
            "function": {"name": tool.name, "arguments": ""}}]}),
        );
        let arguments: Vec<char> = tool.arguments.chars().collect();
        for fragment in arguments.chunks(FRAGMENT) {
            let fragment: String = fragment.iter().collect();
            deltas.push(json!({"tool_calls": [{"index": index, "function": {"arguments": fragment}}]}));
        }
    }
    deltas
}

/// A text in the pieces it is streamed in: a word with the space after it, or one to three Chinese characters.
pub(crate) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut cjk, mut spaced) = (0, 0, false);
    for (at, character) in text.char_indices() {
        let wide = tokens::is_cjk(character);
        let full = cjk > pieces.len() % 3 && !character.is_whitespace();
        let turns = at > start && (full || (spaced && !character.is_whitespace()) || (wide && cjk == 0));
        if turns {
            pieces.push(&text[start..at]);
            (start, cjk) = (at, 0);
        }
        cjk += usize::from(wide);
        spaced = character.is_whitespace();
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_are_words_or_a_few_characters_and_lose_nothing() {
        assert_eq!(pieces("two words"), ["two ", "words"]);
        assert_eq!(pieces("你好世界再见 ok"), ["你", "好世", "界再见 ", "ok"]);
        let text = "# 标题\n\nmixed 中文 and `code` 🚣🏽 — done.\n";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(pieces(""), Vec::<&str>::new());
    }
}
