//! OpenAI's chat and legacy completions: chunks and whole answers, which differ in `delta` and `message`.

use super::heard::{Heard, weight};
use crate::wire::script::ScriptBytes;
use crate::wire::walk::{Raw, Walk};

pub(super) fn read<'a>(data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    Walk::whole(data, |key, walk| match key {
        b"choices" => {
            let is_list = walk.is_list();
            let mut is_empty = is_list;
            walk.array(|walk| {
                is_empty = false;
                choice(walk, heard)
            })?;
            heard.is_hollow = is_empty;
            heard.is_answer |= is_list;
            Some(())
        }
        // Groq counts here when nobody asked for usage.
        b"x_groq" => {
            let usage = walk.value()?.member(b"usage")?;
            heard.usage = heard.usage.or((!usage.is_null()).then_some(usage));
            Some(())
        }
        _ => heard.common(key, walk),
    })
}

fn choice<'a>(walk: &mut Walk<'a>, heard: &mut Heard<'a>) -> Option<()> {
    walk.object(|key, walk| {
        match key {
            b"delta" | b"message" => return piece(walk, heard),
            b"text" => heard.text(walk.value()?),
            // Empty in all chunks but the last at some gateways, which is no reason.
            b"finish_reason" => heard.finishes |= walk.value()?.says(),
            // Moonshot counts inside the last choice.
            b"usage" => {
                let usage = walk.value()?;
                if !usage.is_null() && heard.usage.is_none() {
                    heard.usage = Some(usage);
                }
            }
            _ => walk.skip()?,
        }
        Some(())
    })
}

/// Thinking comes under two names, and at some gateways under both at once: it was written once.
fn piece<'a>(walk: &mut Walk<'a>, heard: &mut Heard<'a>) -> Option<()> {
    let mut thought = [ScriptBytes::default(); 2];
    walk.object(|key, walk| {
        let value = walk.value()?;
        match key {
            b"content" | b"refusal" => heard.text(value),
            b"reasoning_content" => thought[0] = heard.weighed(value),
            b"reasoning" => thought[1] = heard.weighed(value),
            b"tool_calls" => {
                heard.sight(value);
                value.items(|call| called(call, heard))?;
            }
            b"function_call" => heard.text(value),
            b"images" | b"reasoning_details" => heard.sight(value),
            b"audio" => {
                heard.sight(value);
                heard.text(value.member(b"transcript")?);
            }
            _ => {}
        }
        Some(())
    })?;
    let [content, other] = thought;
    heard
        .written
        .add(if content.is_empty() { other } else { content });
    Some(())
}

/// A model writes the name and the arguments; the ids are the gateway's.
fn called<'a>(call: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    call.members(|key, value| {
        if matches!(key, b"function" | b"custom") {
            heard.written.add(weight(value));
        }
        Some(())
    })
}
