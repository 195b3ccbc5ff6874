//! Anthropic's Messages: events named by their `type`, and the whole message.

use super::heard::{Heard, weight};
use crate::wire::walk::{Raw, Walk};

pub(super) fn read<'a>(data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    let (mut kind, mut content) = (Raw::NULL, None);
    let (mut delta, mut block, mut message) = (Raw::NULL, Raw::NULL, Raw::NULL);
    Walk::whole(data, |key, walk| {
        match key {
            b"type" => kind = walk.value()?,
            b"delta" => delta = walk.value()?,
            b"content_block" => block = walk.value()?,
            b"message" => message = walk.value()?,
            b"content" => content = Some(walk.value()?),
            _ => return heard.common(key, walk),
        }
        Some(())
    })?;
    heard.is_answer = true;
    match if kind.is_null() { "message" } else { kind.word()? } {
        "message_start" => started(message, heard),
        "content_block_start" => block_started(block, heard),
        "content_block_delta" => grown(delta, heard),
        "message_delta" => {
            heard.finishes = delta.member(b"stop_reason")?.says();
            Some(())
        }
        "message_stop" => {
            heard.finishes = true;
            Some(())
        }
        "error" => {
            heard.error = heard.error.or(Some(Raw(data)));
            Some(())
        }
        "message" => whole(content, heard),
        _ => Some(()),
    }
}

fn started<'a>(message: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    message.members(|key, value| {
        match key {
            b"model" => heard.model = Some(value),
            b"usage" if !value.is_null() => heard.usage = Some(value),
            _ => {}
        }
        Some(())
    })
}

/// Text begins empty and says nothing yet; everything else announces itself.
fn block_started<'a>(block: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    match block.member(b"type")?.name()? {
        "text" => heard.text(block.member(b"text")?),
        "thinking" => heard.text(block.member(b"thinking")?),
        _ => heard.says = true,
    }
    Some(())
}

fn grown<'a>(delta: Raw<'a>, heard: &mut Heard<'a>) -> Option<()> {
    delta.members(|key, value| {
        match key {
            b"text" | b"thinking" | b"partial_json" => heard.text(value),
            b"citation" => heard.sight(value),
            _ => {}
        }
        Some(())
    })
}

fn whole<'a>(content: Option<Raw<'a>>, heard: &mut Heard<'a>) -> Option<()> {
    heard.is_answer = content.is_some();
    heard.finishes = heard.is_answer;
    let Some(content) = content else { return Some(()) };
    heard.says = content.is_something();
    content.items(|block| {
        block.members(|key, value| {
            if matches!(key, b"text" | b"thinking" | b"input") {
                heard.written.add(weight(value));
            }
            Some(())
        })
    })
}
