//! The fast reader and the slow one, shown the same events: odd spacing, escapes, nulls, any order of fields, any line
//! ends, several `data:` lines, no space behind `data:`, and the network cutting it all anywhere.

use nexdesk_protocol::Interface::{self, Chat, Generate, Messages, Responses};
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::sse::{Boundaries, Frame, Framer, blocks};
use nexdesk_protocol::wire::peek::ScriptBytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::oracle::{Known, events};

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        2 => Just(json!("")),
        6 => "[a-z \"\\\\/\n\r\t{}:,\\[\\]灯é🚣]{1,20}".prop_map(Value::from),
        1 => Just(json!("\"usage\":{\"prompt_tokens\":9},\"finish_reason\":\"stop\",\"error\":{\"a\":1}")),
        1 => Just(json!("usage")),
    ]
}

fn usage(names: [&'static str; 3]) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => Just(Value::Null),
        1 => (0..9999_u32, 0..9999_u32, 0..99_u32).prop_map(move |(one, two, three)| {
            json!({names[0]: one, names[1]: two, names[2]: three})
        }),
    ]
}

fn reason() -> impl Strategy<Value = Value> {
    select(vec![
        Value::Null,
        Value::Null,
        json!(""),
        json!("stop"),
        json!("length"),
    ])
}

fn error() -> impl Strategy<Value = Value> {
    let said = json!({"message": "no \"luck\"", "code": 429});
    select(vec![
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Null,
        said,
        json!("text"),
    ])
}

fn calls() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(Value::Null),
        1 => Just(json!([])),
        2 => (text(), text()).prop_map(|(name, arguments)| {
            json!([{"index": 0, "id": "call_1", "function": {"name": name, "arguments": arguments}}])
        }),
    ]
}

fn chat() -> impl Strategy<Value = Value> {
    let choice = (text(), text(), text(), calls(), reason()).prop_map(|(content, one, other, calls, reason)| {
        json!({"index": 0, "finish_reason": reason, "logprobs": {"content": [{"token": "no"}]}, "delta": {
            "role": "assistant", "content": content, "reasoning_content": one, "reasoning": other, "tool_calls": calls}})
    });
    let counts = usage(["prompt_tokens", "completion_tokens", "total_tokens"]);
    let choices = prop_oneof![9 => vec(choice, 0..3).prop_map(Value::from), 1 => Just(Value::Null)];
    (choices, counts, error(), text()).prop_map(|(choices, usage, error, pad)| {
        json!({"id": "chatcmpl-1", "model": "m/灯", "choices": choices, "usage": usage, "error": error, "obfuscation": pad})
    })
}

fn responses() -> impl Strategy<Value = Value> {
    let kinds = select(vec![
        "response.created",
        "response.output_text.delta",
        "response.reasoning_summary_text.delta",
        "response.function_call_arguments.delta",
        "response.content_part.added",
        "response.completed",
        "response.incomplete",
        "response.failed",
        "error",
    ]);
    let counts = usage(["input_tokens", "output_tokens", "total_tokens"]);
    (kinds, text(), counts, error()).prop_map(|(kind, delta, usage, error)| {
        let response = json!({"id": "resp_1", "model": "m", "usage": usage, "error": error, "instructions": "\"delta\""});
        let carries = matches!(kind, "response.created" | "response.completed" | "response.incomplete" | "response.failed");
        if carries { json!({"response": response, "type": kind}) } else { json!({"delta": delta, "type": kind, "item_id": "x"}) }
    })
}

fn messages() -> impl Strategy<Value = Value> {
    let counts = || usage(["input_tokens", "output_tokens", "cache_read_input_tokens"]);
    prop_oneof![
        counts().prop_map(|usage| json!({"type": "message_start", "message": {"model": "claude", "content": [], "usage": usage}})),
        text().prop_map(|text| json!({"type": "content_block_start", "content_block": {"type": "text", "text": text}})),
        Just(json!({"type": "content_block_start", "content_block": {"type": "tool_use", "name": "x", "input": {}}})),
        text().prop_map(|text| json!({"delta": {"text": text, "type": "text_delta"}, "type": "content_block_delta"})),
        text().prop_map(|text| json!({"type": "content_block_delta", "delta": {"type": "x", "partial_json": text, "signature": "sig"}})),
        (counts(), reason()).prop_map(|(usage, reason)| json!({"type": "message_delta", "usage": usage, "delta": {"stop_reason": reason}})),
        Just(json!({"type": "message_stop"})),
        Just(json!({"type": "ping"})),
        Just(json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}})),
    ]
}

fn generate() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        text().prop_map(|text| json!({"text": text, "thought": true})),
        text().prop_map(|text| json!({"functionCall": {"name": "f", "args": {"x": text}}})),
        Just(json!({"thoughtSignature": "c2ln"})),
    ];
    let counts = usage(["promptTokenCount", "candidatesTokenCount", "totalTokenCount"]);
    (vec(part, 0..3), reason(), counts, error(), reason()).prop_map(|(parts, reason, usage, error, block)| {
        json!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": reason}],
               "promptFeedback": {"blockReason": block}, "usageMetadata": usage, "modelVersion": "gemini", "error": error})
    })
}

/// JSON as nobody formats it, decided by `dice`.
fn write(value: &Value, dice: &mut dyn FnMut(u32) -> u32, out: &mut String) {
    let space = |dice: &mut dyn FnMut(u32) -> u32, out: &mut String| {
        if dice(5) == 0 {
            out.push_str([" ", "\t", "  "][dice(3) as usize]);
        }
    };
    match value {
        Value::String(text) => string(text, dice, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                space(dice, out);
                write(item, dice, out);
            }
            space(dice, out);
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            if dice(2) == 0 {
                members.reverse();
            }
            out.push('{');
            for (at, (key, member)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                space(dice, out);
                if dice(40) == 0 {
                    string(key, dice, out)
                } else {
                    out.push_str(&json!(key).to_string())
                }
                space(dice, out);
                out.push(':');
                space(dice, out);
                write(member, dice, out);
            }
            space(dice, out);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn string(text: &str, dice: &mut dyn FnMut(u32) -> u32, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        if dice(6) == 0 || letter.is_control() {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            let plain = json!(letter.to_string()).to_string();
            out.push_str(&plain[1..plain.len() - 1]);
        }
    }
    out.push('"');
}

/// One event as gateways frame them.
fn frame(json: &str, line: &str, dice: &mut dyn FnMut(u32) -> u32) -> String {
    let mut block = String::new();
    match dice(8) {
        0 => block.push_str(&format!(": PING{line}")),
        1 => block.push_str(&format!("event: x{line}id: 7{line}")),
        2 => block.push_str(&format!(": a comment of its own{line}{line}")),
        _ => {}
    }
    let name = if dice(3) == 0 { "data:" } else { "data: " };
    // A space in JSON may as well be a line end, which makes two data lines of it.
    match json.find("\t:").filter(|_| dice(2) == 0) {
        Some(at) => block.push_str(&format!("{name}{}{line}{name}{}{line}", &json[..at], &json[at..])),
        None => block.push_str(&format!("{name}{json}{line}")),
    }
    block + line
}

fn dice(seed: u64) -> impl FnMut(u32) -> u32 {
    let mut state = seed | 1;
    move |sides| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as u32) % sides
    }
}

fn said(interface: Interface) -> BoxedStrategy<Value> {
    match interface {
        Chat => chat().boxed(),
        Responses => responses().boxed(),
        Messages => messages().boxed(),
        _ => generate().boxed(),
    }
}

fn stream(interface: Interface) -> impl Strategy<Value = (String, u64)> {
    let lines = select(vec!["\n", "\r\n", "\r"]);
    (vec(said(interface), 1..6), lines, any::<u64>()).prop_map(|(events, line, seed)| {
        let mut dice = dice(seed);
        let mut bytes = String::new();
        for event in events {
            let mut json = String::new();
            write(&event, &mut dice, &mut json);
            bytes.push_str(&frame(&json, line, &mut dice));
            if dice(9) == 0 {
                bytes.push_str(&frame("[DONE]", line, &mut dice));
            }
        }
        (bytes, seed)
    })
}

fn agree(interface: Interface, bytes: &str) -> Result<(), TestCaseError> {
    let slow: Vec<Known> = events(bytes)
        .iter()
        .map(|data| Known::of(interface, data))
        .collect();
    let mut fast = Reader::new(interface);
    let seen: Vec<_> = blocks(bytes.as_bytes())
        .map(|block| fast.see(block))
        .filter(|seen| seen.is_event)
        .collect();
    prop_assert_eq!(
        &seen,
        &slow.iter().map(|known| known.seen).collect::<Vec<_>>(),
        "{}",
        bytes
    );
    let mut written = ScriptBytes::default();
    slow.iter().for_each(|known| written.add(known.written));
    prop_assert_eq!(fast.written(), written);
    prop_assert_eq!(fast.model(), slow.iter().find_map(|known| known.model.as_deref()));
    let counted = fast.usage(&nexdesk_protocol::wire::peek::request(Interface::Other, None, b"{}").unwrap());
    let Some(last) = slow.iter().rev().find_map(|known| known.usage.as_ref()) else {
        return Ok(());
    };
    let [input, output] = match interface {
        Chat => ["prompt_tokens", "completion_tokens"],
        Generate => ["promptTokenCount", "candidatesTokenCount"],
        // Anthropic's halves are added up; `messages` below has them by hand.
        Messages => return Ok(()),
        _ => ["input_tokens", "output_tokens"],
    };
    prop_assert_eq!(counted.input, last[input].as_u64());
    prop_assert!(counted.output >= last[output].as_u64());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn about_chat((bytes, _) in stream(Chat)) { agree(Chat, &bytes)?; }

    #[test]
    fn about_responses((bytes, _) in stream(Responses)) { agree(Responses, &bytes)?; }

    #[test]
    fn about_messages((bytes, _) in stream(Messages)) { agree(Messages, &bytes)?; }

    #[test]
    fn about_generate((bytes, _) in stream(Generate)) { agree(Generate, &bytes)?; }

    #[test]
    fn about_where_events_end((bytes, seed) in stream(Chat), cuts in vec(any::<prop::sample::Index>(), 0..12)) {
        let bytes = bytes.as_bytes();
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let (mut boundaries, mut framer) = (Boundaries::default(), Framer::default());
        let (mut from, mut complete, mut held, mut out) = (0, 0, Vec::new(), Vec::new());
        for end in ends {
            let piece = &bytes[from..end];
            let found = boundaries.push(piece);
            // The framer is the older way to the same answer.
            let frames = framer.push(piece, &mut Vec::<Frame>::new());
            prop_assert_eq!(found, frames, "{:?} at {}, seed {}", bytes, from, seed);
            if found > 0 {
                complete = from + found;
                held.extend_from_slice(&piece[..found]);
                out.extend(blocks(&held).map(<[u8]>::to_vec));
                held = piece[found..].to_vec();
            } else {
                held.extend_from_slice(piece);
            }
            from = end;
        }
        prop_assert_eq!(complete, bytes.len(), "every event was closed");
        prop_assert_eq!(out.concat(), bytes, "no byte is lost");
        let read = |blocks: Vec<Vec<u8>>| {
            let mut reader = Reader::new(Chat);
            blocks.iter().for_each(|block| { reader.see(block); });
            (reader.written(), reader.is_finished(), reader.trouble().cloned())
        };
        prop_assert_eq!(read(out), read(blocks(bytes).map(<[u8]>::to_vec).collect()));
    }

    // What the last event taught must not change how the next one is read.
    #[test]
    fn about_events_that_differ_in_their_text_alone(
        shape in select(vec![
            r#"{"choices":[{"delta":{"content":"@"},"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"delta":{"content":null,"reasoning":"@","reasoning_content":""}}]}"#,
            r#"{"choices":[{"delta":{"content":"@"},"finish_reason":""}],"b":"@"}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"@"}}]}}]}"#,
        ]),
        texts in vec(r#"[a\"灯,:]{0,5}|","finish_reason":"stop|\\|\"|","error":"e|a"\},"usage":\{"x":"1"#, 2..8),
    ) {
        let mut one = Reader::new(Chat);
        let mut sum = ScriptBytes::default();
        for text in texts {
            let block = format!("data: {}\n\n", shape.replace('@', &text));
            let mut fresh = Reader::new(Chat);
            prop_assert_eq!(one.see(block.as_bytes()), fresh.see(block.as_bytes()), "{}", block);
            sum.add(fresh.written());
            prop_assert_eq!(one.written(), sum, "{}", block);
        }
    }

    #[test]
    fn about_nothing_at_all(bytes in vec(any::<u8>(), 0..200), piece in vec(select(b"{}[]\":,\\ndatu\r \xFF1".to_vec()), 0..80)) {
        for interface in Interface::ALL {
            let mut reader = Reader::new(interface);
            for bytes in [&bytes, &piece] {
                reader.see(bytes);
                reader.see(&[b"data: ", &bytes[..], b"\n\n"].concat());
                reader.see_whole(bytes);
                reader.see_whole(&[b"{", &bytes[..]].concat());
                reader.see_excerpt(&[b"\"usage\":{", &bytes[..]].concat());
            }
        }
    }
}
