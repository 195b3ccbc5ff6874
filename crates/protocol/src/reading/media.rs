//! Pictures, speech, transcripts, and the lists that embeddings, rerank and moderations answer with.

use super::heard::Heard;
use crate::Interface;
use crate::wire::walk::{Raw, Walk};

pub(super) fn read<'a>(interface: Interface, data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    let (mut kind, mut delta, mut list, mut text) = (None, None, None, None);
    Walk::whole(data, |key, walk| {
        match key {
            b"type" => kind = Some(walk.value()?),
            b"delta" => delta = Some(walk.value()?),
            b"data" | b"results" | b"embeddings" | b"images" => list = Some(walk.value()?),
            b"text" => text = Some(walk.value()?),
            b"duration" => heard.seconds = Some(walk.value()?),
            // What Cohere bills, and SiliconFlow after it.
            b"meta" => {
                let meta = walk.value()?;
                for name in [&b"billed_units"[..], b"tokens"] {
                    let counts = meta.member(name)?;
                    heard.usage = heard.usage.or((!counts.is_null()).then_some(counts));
                }
            }
            // Kling draws later: the answer is a job.
            b"task_id" | b"embedding" => {
                walk.skip()?;
                heard.is_answer = true;
            }
            _ => return heard.common(key, walk),
        }
        Some(())
    })?;
    match kind {
        Some(kind) => event(kind.word()?, delta, heard),
        None => whole(interface, list, text, heard),
    }
    Some(())
}

fn event<'a>(kind: &str, delta: Option<Raw<'a>>, heard: &mut Heard<'a>) {
    heard.is_answer = true;
    match kind {
        "image_generation.partial_image" | "image_edit.partial_image" | "speech.audio.delta" => {
            heard.says = true;
        }
        "image_generation.completed" | "image_edit.completed" => {
            (heard.says, heard.finishes) = (true, true);
            heard.images = 1;
        }
        "transcript.text.delta" => heard.text(delta.unwrap_or(Raw(b"null"))),
        "transcript.text.segment" => heard.says = true,
        "transcript.text.done" | "speech.audio.done" => heard.finishes = true,
        _ => heard.is_answer = false,
    }
}

fn whole<'a>(interface: Interface, list: Option<Raw<'a>>, text: Option<Raw<'a>>, heard: &mut Heard<'a>) {
    if interface == Interface::Images {
        heard.images = list.map_or(0, Raw::length);
    }
    if let Some(text) = text {
        heard.text(text);
    }
    let is_answer = list.is_some() || text.is_some();
    heard.is_answer |= is_answer;
    heard.says |= is_answer;
    heard.finishes |= heard.is_answer;
}
