//! Gemini's `generateContent`: every event is a whole response fragment. Without `alt=sse` a stream is one array.

use super::heard::{Heard, weight};
use crate::wire::walk::{Raw, Walk};

pub(super) fn read<'a>(data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    if data.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return fragment(data, heard);
    }
    let mut walk = Walk::new(data);
    let mut is_read = Some(());
    walk.array(|walk| {
        let one = walk.value()?;
        is_read = is_read.and(fragment(one.0, heard));
        Some(())
    })?;
    is_read
}

fn fragment<'a>(data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
    Walk::whole(data, |key, walk| match key {
        b"candidates" => {
            heard.is_answer = true;
            walk.array(|walk| candidate(walk, heard))
        }
        // A refused prompt is an answer without candidates.
        b"promptFeedback" | b"prompt_feedback" => {
            let feedback = walk.value()?;
            for name in [&b"blockReason"[..], b"block_reason"] {
                heard.finishes |= feedback.member(name)?.says();
            }
            heard.is_answer = true;
            Some(())
        }
        // `countTokens` and embeddings are asked under the same paths.
        b"totalTokens" | b"embedding" | b"embeddings" => {
            heard.is_answer = true;
            heard.finishes = true;
            walk.skip()
        }
        _ => heard.common(key, walk),
    })
}

fn candidate<'a>(walk: &mut Walk<'a>, heard: &mut Heard<'a>) -> Option<()> {
    walk.object(|key, walk| match key {
        b"content" => walk.object(|key, walk| match key {
            b"parts" => walk.array(|walk| part(walk, heard)),
            _ => walk.skip(),
        }),
        b"finishReason" | b"finish_reason" => {
            let reason = walk.value()?;
            heard.finishes |= reason.says() && reason.0 != b"\"FINISH_REASON_UNSPECIFIED\"";
            Some(())
        }
        _ => walk.skip(),
    })
}

fn part<'a>(walk: &mut Walk<'a>, heard: &mut Heard<'a>) -> Option<()> {
    walk.object(|key, walk| {
        let value = walk.value()?;
        match key {
            b"text" => heard.text(value),
            b"functionCall" | b"function_call" | b"executableCode" | b"executable_code" => {
                heard.sight(value);
                heard.written.add(weight(value));
            }
            b"inlineData" | b"inline_data" => {
                heard.sight(value);
                heard.images += u64::from(is_picture(value)?);
            }
            b"codeExecutionResult" | b"code_execution_result" | b"fileData" | b"file_data" => {
                heard.sight(value);
            }
            _ => {}
        }
        Some(())
    })
}

fn is_picture(data: Raw<'_>) -> Option<bool> {
    let mut is_picture = false;
    data.members(|key, value| {
        if matches!(key, b"mimeType" | b"mime_type") {
            is_picture = value.name()?.starts_with("image/");
        }
        Some(())
    })?;
    Some(is_picture)
}
