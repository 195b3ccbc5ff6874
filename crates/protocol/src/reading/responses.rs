//! OpenAI's Responses: events named by their `type`, and the whole response.

use super::heard::{Heard, weight};
use crate::wire::walk::{Raw, Walk};

pub(super) fn read<'a>(data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    let mut kind = None;
    let (mut delta, mut response, mut item) = (Raw::NULL, Raw::NULL, Raw::NULL);
    let (mut output, mut status) = (Raw::NULL, Raw::NULL);
    Walk::whole(data, |key, walk| {
        match key {
            b"type" => kind = Some(walk.value()?),
            b"delta" => delta = walk.value()?,
            b"response" => response = walk.value()?,
            b"item" => item = walk.value()?,
            b"output" => output = walk.value()?,
            b"status" => status = walk.value()?,
            _ => return heard.common(key, walk),
        }
        Some(())
    })?;
    let Some(kind) = kind else {
        return whole(output, status, heard);
    };
    let kind = kind.word()?;
    heard.is_answer = kind.starts_with("response.");
    match kind {
        "error" => heard.error = heard.error.or(Some(Raw(data))),
        // The text of the deltas again, for those who came late; a gateway that sends no deltas says it here first.
        "response.output_text.done" | "response.output_item.done" => heard.says = true,
        "response.image_generation_call.partial_image" => heard.says = true,
        "response.output_item.added" => {
            heard.says = !matches!(item.member(b"type")?.name()?, "" | "message" | "reasoning");
        }
        kind if kind.ends_with("audio.delta") => heard.sight(delta),
        kind if kind.ends_with(".delta") => heard.text(delta),
        kind => return about_all(kind, response, heard),
    }
    Some(())
}

/// The events that carry the response as a whole.
fn about_all<'a>(kind: &str, response: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    match kind {
        "response.created" | "response.in_progress" | "response.queued" => {
            heard.model = Some(response.member(b"model")?);
        }
        "response.completed" | "response.incomplete" | "response.cancelled" | "response.done" => {
            heard.finishes = true;
            ending(response, heard)?;
        }
        "response.failed" => {
            ending(response, heard)?;
            heard.error = heard.error.or(Some(response));
        }
        _ => {}
    }
    Some(())
}

fn ending<'a>(response: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    response.members(|key, value| {
        match key {
            b"model" => heard.model = Some(value),
            b"usage" if !value.is_null() => heard.usage = Some(value),
            b"error" if value.is_something() => heard.error = Some(value),
            _ => {}
        }
        Some(())
    })
}

fn whole<'a>(output: Raw<'a>, status: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    // What runs in the background is answered at once, with nothing in it yet.
    heard.is_answer = !output.is_null() || !status.is_null();
    heard.finishes = heard.is_answer;
    heard.says = output.is_something();
    output.items(|item| {
        item.members(|key, value| {
            if matches!(key, b"content" | b"summary" | b"arguments" | b"input") {
                heard.written.add(weight(value));
            }
            Some(())
        })
    })
}
