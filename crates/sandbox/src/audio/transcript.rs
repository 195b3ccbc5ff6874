//! `POST /v1/audio/transcriptions` and `/translations`: a text that truthfully says what was uploaded.

use http::StatusCode;
use serde_json::{Value, json};

use super::{form, wav};
use crate::call::{Call, required};
use crate::chat::wire::{self, Event, Script};
use crate::chat::{broken_stream, misbehave};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{refusal, tokens};

/// Answers in the format asked for; `task` is `transcribe` or `translate`.
pub(crate) fn transcribe(gateway: &Gateway, call: &Call, task: &str) -> Result<Reply, Reply> {
    let form = form::read(call)?;
    let model = required(&form.fields, "model")?;
    let fault = admit(gateway, call, model, Kind::Transcription)?;
    let Some(file) = form.file("file") else {
        return Err(refusal::invalid(
            "Missing required parameter: 'file'",
            Some("file"),
        ));
    };
    let length = wav::seconds(&file.bytes);
    let mut text = format!(
        "The sandbox received \"{}\", {} bytes",
        file.name,
        file.bytes.len()
    );
    match length {
        Some(seconds) => text.push_str(&format!(", {seconds:.2} seconds of sound.")),
        None => text.push('.'),
    }
    let seconds = length.unwrap_or_default();
    gateway
        .accounts
        .charge(&call.key, model, 0, 0, tokens::count(&text));
    let usage = json!({"type": "duration", "seconds": seconds.ceil()});
    if form.fields["stream"] == "true" {
        let script = script(&text, &usage);
        let reply = broken_stream::act(fault, &script, gateway.settings.pace);
        return Ok(misbehave::late(reply, fault));
    }
    let plain = |content_type, text: String| Reply::bytes(StatusCode::OK, content_type, text);
    let reply = match form.fields["response_format"].as_str().unwrap_or("json") {
        "json" => Reply::ok(&json!({"text": text, "usage": usage})),
        "text" => plain("text/plain; charset=utf-8", format!("{text}\n")),
        "srt" => plain(
            "application/x-subrip; charset=utf-8",
            format!("1\n00:00:00,000 --> {}\n{text}\n\n", stamp(seconds, ',')),
        ),
        "vtt" => plain(
            "text/vtt; charset=utf-8",
            format!("WEBVTT\n\n00:00:00.000 --> {}\n{text}\n\n", stamp(seconds, '.')),
        ),
        "verbose_json" => Reply::ok(
            &json!({"task": task, "language": "english", "duration": seconds, "text": text,
            "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": seconds, "text": text, "tokens": [],
                "temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.0}],
            "words": words(&text, seconds), "usage": usage}),
        ),
        other => {
            let message = format!("'{other}' is not one of json, text, srt, vtt, verbose_json");
            return Err(refusal::invalid(&message, Some("response_format")));
        }
    };
    Ok(misbehave::late(reply, fault))
}

fn script(text: &str, usage: &Value) -> Script {
    let deltas = wire::pieces(text).into_iter();
    let deltas = deltas.map(|piece| Event::plain(json!({"type": "transcript.text.delta", "delta": piece})));
    let end = Event::plain(json!({"type": "transcript.text.done", "text": text, "usage": usage}));
    Script {
        done: None,
        ..Script::openai(deltas.collect(), 3, vec![end])
    }
}

/// The words spread evenly over the recording.
fn words(text: &str, seconds: f64) -> serde_json::Value {
    let words: Vec<&str> = text.split_whitespace().collect();
    let each = seconds / words.len() as f64;
    let timed = words
        .iter()
        .enumerate()
        .map(|(nth, word)| json!({"word": word, "start": nth as f64 * each, "end": (nth + 1) as f64 * each}));
    timed.collect()
}

fn stamp(seconds: f64, point: char) -> String {
    let milliseconds = (seconds * 1000.0).round() as u64;
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!(
        "{:02}:{:02}:{:02}{point}{rest:03}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
