//! A whole answer where a stream was asked for, told again as the events the caller waits for. Gateways that cannot
//! stream a model answer like this; the answer is there and paid for, so nobody is asked again.

use std::fmt::Write as _;

use bytes::Bytes;
use nexdesk_protocol::Interface;
use nexdesk_protocol::wire::openai::chat::Completion;
use serde_json::{Value, json};

/// The same answer as events of its dialect; `None` where it is not of the shape its dialect has.
pub(crate) fn events(interface: Interface, body: &[u8]) -> Option<Bytes> {
    let text = match interface {
        Interface::Chat => chat(body)?,
        Interface::Completions => completions(body)?,
        Interface::Responses => responses(body)?,
        Interface::Messages => messages(body)?,
        Interface::Generate => generate(body)?,
        _ => return None,
    };
    Some(text.into())
}

fn chat(body: &[u8]) -> Option<String> {
    let mut completion: Completion = serde_json::from_slice(body).ok()?;
    completion.object = Some("chat.completion.chunk".into());
    for choice in &mut completion.choices {
        choice.delta = choice.message.take();
        let calls = choice.delta.iter_mut();
        let calls = calls.flat_map(|delta| delta.tool_calls.iter_mut().flatten());
        for (index, call) in calls.enumerate() {
            call.index.get_or_insert(index);
        }
    }
    let chunk = serde_json::to_string(&completion).ok()?;
    (!completion.choices.is_empty()).then(|| format!("data: {chunk}\n\ndata: [DONE]\n\n"))
}

/// A chunk of these looks like the whole.
fn completions(body: &[u8]) -> Option<String> {
    let whole = read(body, "choices")?;
    Some(format!("data: {whole}\n\ndata: [DONE]\n\n"))
}

fn generate(body: &[u8]) -> Option<String> {
    let whole = read(body, "candidates")?;
    Some(format!("data: {whole}\n\n"))
}

/// Some clients take the items from `output_item.done`, some the text from its deltas, some all from the last event.
fn responses(body: &[u8]) -> Option<String> {
    let response = read(body, "output")?;
    let mut begun = response.clone();
    begun["status"] = "in_progress".into();
    begun["output"] = json!([]);
    let mut told = Told::default();
    told.tell("response.created", json!({ "response": begun }));
    for (at, item) in response["output"].as_array()?.iter().enumerate() {
        told.tell(
            "response.output_item.added",
            json!({ "output_index": at, "item": item }),
        );
        let parts = item["content"].as_array().into_iter().flatten();
        for (part_at, part) in parts
            .enumerate()
            .filter(|(_, part)| part["type"] == "output_text")
        {
            let place = json!({ "item_id": item["id"], "output_index": at, "content_index": part_at });
            told.tell("response.output_text.delta", with(&place, "delta", &part["text"]));
            told.tell("response.output_text.done", with(&place, "text", &part["text"]));
        }
        told.tell(
            "response.output_item.done",
            json!({ "output_index": at, "item": item }),
        );
    }
    let is_short = response["status"] == "incomplete";
    let end = if is_short {
        "response.incomplete"
    } else {
        "response.completed"
    };
    told.tell(end, json!({ "response": response }));
    Some(told.text)
}

fn messages(body: &[u8]) -> Option<String> {
    let message = read(body, "content")?;
    let mut begun = message.clone();
    begun["content"] = json!([]);
    begun["stop_reason"] = Value::Null;
    let mut told = Told::default();
    told.tell("message_start", json!({ "message": begun }));
    for (at, block) in message["content"].as_array()?.iter().enumerate() {
        let mut empty = block.clone();
        let deltas = deltas(block);
        for (field, bare, _) in &deltas {
            empty[*field] = bare.clone();
        }
        told.tell(
            "content_block_start",
            json!({ "index": at, "content_block": empty }),
        );
        for (_, _, delta) in deltas {
            told.tell("content_block_delta", json!({ "index": at, "delta": delta }));
        }
        told.tell("content_block_stop", json!({ "index": at }));
    }
    let ended = json!({ "stop_reason": message["stop_reason"], "stop_sequence": message["stop_sequence"] });
    told.tell(
        "message_delta",
        json!({ "delta": ended, "usage": message["usage"] }),
    );
    told.tell("message_stop", json!({}));
    Some(told.text)
}

/// What of a block comes in deltas: the field, what stands in it at the start, and its delta.
fn deltas(block: &Value) -> Vec<(&'static str, Value, Value)> {
    let text = |field: &str| block[field].as_str().unwrap_or_default().to_owned();
    match block["type"].as_str() {
        Some("text") => vec![(
            "text",
            "".into(),
            json!({ "type": "text_delta", "text": text("text") }),
        )],
        Some("thinking") => vec![
            (
                "thinking",
                "".into(),
                json!({ "type": "thinking_delta", "thinking": text("thinking") }),
            ),
            (
                "signature",
                "".into(),
                json!({ "type": "signature_delta", "signature": text("signature") }),
            ),
        ],
        Some("tool_use" | "server_tool_use") => {
            let input = block["input"].to_string();
            vec![(
                "input",
                json!({}),
                json!({ "type": "input_json_delta", "partial_json": input }),
            )]
        }
        _ => Vec::new(),
    }
}

/// The body, if it has this array.
fn read(body: &[u8], array: &str) -> Option<Value> {
    let whole: Value = serde_json::from_slice(body).ok()?;
    whole.get(array)?.is_array().then_some(whole)
}

fn with(place: &Value, name: &str, value: &Value) -> Value {
    let mut fields = place.clone();
    fields[name] = value.clone();
    fields
}

/// Events that name themselves twice, as OpenAI's Responses and Anthropic's Messages do.
#[derive(Default)]
struct Told {
    text: String,
    count: u64,
}

impl Told {
    fn tell(&mut self, kind: &str, mut fields: Value) {
        fields["type"] = kind.into();
        if kind.starts_with("response.") {
            fields["sequence_number"] = self.count.into();
        }
        self.count += 1;
        let _ = write!(self.text, "event: {kind}\ndata: {fields}\n\n");
    }
}

#[cfg(test)]
mod tests {
    use nexdesk_protocol::reading::Reader;

    use super::*;

    /// What a reader of the stream hears: how much was written, and whether it ended well.
    fn heard(interface: Interface, body: &Value) -> (u64, bool) {
        let events = events(interface, body.to_string().as_bytes()).expect("events");
        let mut reader = Reader::new(interface);
        let text = String::from_utf8_lossy(&events).into_owned();
        for block in text.split_inclusive("\n\n") {
            reader.see(block.as_bytes());
        }
        assert!(reader.trouble().is_none(), "{text}");
        (reader.written().ascii, reader.is_finished())
    }

    #[test]
    fn every_dialect_that_writes_says_the_same_in_events_and_ends() {
        let chat = json!({ "id": "c", "object": "chat.completion", "model": "m",
            "choices": [{ "index": 0, "message": { "role": "assistant", "content": "Hello" }, "finish_reason": "stop" }] });
        let legacy = json!({ "id": "c", "object": "text_completion", "model": "m",
            "choices": [{ "index": 0, "text": "Hello", "finish_reason": "stop", "logprobs": null }] });
        let response = json!({ "id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [
            { "id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
              "content": [{ "type": "output_text", "text": "Hello", "annotations": [] }] }] });
        let message = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
            "content": [{ "type": "text", "text": "Hello" }], "stop_reason": "end_turn", "stop_sequence": null,
            "usage": { "input_tokens": 3, "output_tokens": 2 } });
        let generated = json!({ "candidates": [{ "finishReason": "STOP",
            "content": { "role": "model", "parts": [{ "text": "Hello" }] } }] });
        for (interface, body) in [
            (Interface::Chat, chat),
            (Interface::Completions, legacy),
            (Interface::Responses, response),
            (Interface::Messages, message),
            (Interface::Generate, generated),
        ] {
            assert_eq!(heard(interface, &body), (5, true), "{interface:?}");
        }
    }

    #[test]
    fn a_tool_called_in_a_whole_message_is_called_in_the_stream() {
        let body = json!({ "content": [{ "type": "tool_use", "id": "t", "name": "ls", "input": { "path": "/" } }],
            "stop_reason": "tool_use" });
        let told = events(Interface::Messages, body.to_string().as_bytes()).expect("events");
        let told = String::from_utf8_lossy(&told);
        assert!(
            told.contains(r#""content_block":{"type":"tool_use","id":"t","name":"ls","input":{}}"#),
            "{told}"
        );
        assert!(told.contains(r#""partial_json":"{\"path\":\"/\"}""#), "{told}");
    }

    #[test]
    fn what_has_nothing_of_its_dialect_is_no_stream_either() {
        assert_eq!(events(Interface::Responses, b"{\"ok\":true}"), None);
        assert_eq!(events(Interface::Images, b"{\"data\":[]}"), None);
    }
}
