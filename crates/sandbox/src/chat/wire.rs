//! A spoken answer in OpenAI's chat form: one whole body, or the events of a stream.

use serde_json::{Value, json};

use super::misbehave::DELTAS_BEFORE_THE_BREAK;
use super::{Spoken, Usage};
use crate::{refusal, tokens};

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

/// One event.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) name: Option<&'static str>,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn plain(data: impl ToString) -> Event {
        Event {
            name: None,
            data: data.to_string(),
        }
    }

    pub(crate) fn named(name: &'static str, data: &Value) -> Event {
        Event {
            name: Some(name),
            data: data.to_string(),
        }
    }
}

/// The events of one stream, in the parts misbehaviour needs to tell apart.
pub(crate) struct Script {
    /// Everything said, and what frames it.
    pub(crate) deltas: Vec<Event>,
    /// How many of these a breaking stream sends: up to the last piece of `partial_text`.
    pub(crate) before_the_break: usize,
    /// How it ends: the finish reason, and the usage where that was asked for.
    pub(crate) end: Vec<Event>,
    /// What says that nothing follows, in the dialects that have it.
    pub(crate) done: Option<Event>,
    /// What trouble looks like in this dialect.
    pub(crate) trouble: Event,
    /// The same as a whole body.
    pub(crate) trouble_body: Value,
}

impl Script {
    /// All events but the very last word.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.deltas.iter().chain(&self.end)
    }

    /// A stream in OpenAI's chat form.
    pub(crate) fn openai(deltas: Vec<Event>, before_the_break: usize, end: Vec<Event>) -> Script {
        Script {
            deltas,
            before_the_break,
            end,
            done: Some(Event::plain(DONE)),
            trouble: Event::plain(refusal::inside_a_200()),
            trouble_body: refusal::inside_a_200(),
        }
    }
}

/// One event as every well-behaved gateway frames it.
pub(crate) fn frame(event: &Event) -> String {
    match event.name {
        Some(name) => format!("event: {name}\ndata: {}\n\n", event.data),
        None => format!("data: {}\n\n", event.data),
    }
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
        let choice = json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]);
        Event::plain(chunk(choice))
    };
    let mut deltas = vec![event(json!({"role": "assistant", "content": ""}), None)];
    deltas.extend(said(spoken).into_iter().map(|delta| event(delta, None)));
    let mut end = vec![event(json!({}), Some(spoken.finish))];
    if let Some(usage) = usage.filter(|_| include_usage) {
        let mut last = chunk(json!([]));
        last["usage"] = usage.json();
        end.push(Event::plain(last));
    }
    Script::openai(deltas, DELTAS_BEFORE_THE_BREAK, end)
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
