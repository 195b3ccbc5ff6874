//! `POST /v1/audio/speech`: a melody instead of a voice, one note per word, so that its length follows the text.

use std::f32::consts::TAU;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::wav;
use crate::call::{Call, number, required};
use crate::chat::wire::{Event, Script};
use crate::chat::{broken_stream, misbehave};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{refusal, tokens};

const LONGEST: usize = 4096;
const NOTE_SECONDS: f64 = 0.24;
/// A pentatonic scale, in which no two notes clash.
const SCALE: [f32; 7] = [261.63, 293.66, 329.63, 392.0, 440.0, 523.25, 587.33];

/// Answers with WAV whatever format is asked for, and says so; `pcm` gets the bare samples.
pub(crate) async fn speak(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let model = required(&body, "model")?;
    let fault = admit(gateway, call, model, Kind::Speech)?;
    let input = required(&body, "input")?.to_owned();
    if input.chars().count() > LONGEST {
        return Err(refusal::invalid(
            "'input' must be at most 4096 characters",
            Some("input"),
        ));
    }
    let speed = number(&body["speed"]).unwrap_or(1.0);
    if !(0.25..=4.0).contains(&speed) {
        return Err(refusal::invalid(
            "'speed' must be between 0.25 and 4",
            Some("speed"),
        ));
    }
    let voice = required(&body, "voice")?.to_owned();
    gateway
        .accounts
        .charge(&call.key, model, tokens::count(&input), 0, 0);
    let spoken = input.clone();
    // Minutes of sound take a moment to compute: not on the thread that serves streams.
    let samples = tokio::task::spawn_blocking(move || melody(&input, &voice, speed)).await;
    let samples = samples.map_err(|_| refusal::broken())?;
    if body["stream_format"] == "sse" {
        let script = script(&samples, tokens::count(&spoken));
        let reply = broken_stream::act(fault, &script, gateway.settings.pace);
        return Ok(misbehave::late(reply, fault));
    }
    let reply = match body["response_format"].as_str() {
        Some("pcm") => Reply::bytes(StatusCode::OK, "audio/pcm", samples),
        _ => Reply::bytes(StatusCode::OK, "audio/wav", wav::write(&samples)),
    };
    Ok(misbehave::late(reply, fault))
}

/// Half a second of sound an event.
fn script(samples: &[u8], asked: u64) -> Script {
    let event = |name: &str, mut data: Value| {
        data["type"] = json!(name);
        Event::plain(data)
    };
    let pieces = samples.chunks(wav::RATE as usize);
    let deltas: Vec<Event> = pieces
        .map(|piece| event("speech.audio.delta", json!({"audio": STANDARD.encode(piece)})))
        .collect();
    let usage = json!({"input_tokens": asked, "output_tokens": deltas.len(), "total_tokens": asked + deltas.len() as u64});
    Script {
        before_the_break: 1,
        done: None,
        end: vec![event("speech.audio.done", json!({"usage": usage}))],
        ..Script::openai(deltas, 1, Vec::new())
    }
}

/// Samples, 16 bit little-endian. A voice is a key: three fifths of an octave apart at most.
fn melody(text: &str, voice: &str, speed: f64) -> Vec<u8> {
    let key = 0.8 + 0.4 * (tokens::hash(voice.as_bytes()) % 8) as f32 / 7.0;
    let length = (f64::from(wav::RATE) * NOTE_SECONDS / speed) as usize;
    let mut words = tokens::words(text);
    if words.is_empty() {
        words.push(text.to_owned());
    }
    let mut samples = Vec::with_capacity(words.len() * length * 2);
    for word in &words {
        let pitch = SCALE[(tokens::hash(word.as_bytes()) % SCALE.len() as u64) as usize] * key;
        for at in 0..length {
            samples.extend_from_slice(&note(
                pitch,
                at as f32 / wav::RATE as f32,
                at as f32 / length as f32,
            ));
        }
    }
    samples
}

/// One sample of a soft bell: two overtones, a quick rise, a fall to silence so that notes do not click.
fn note(pitch: f32, seconds: f32, share: f32) -> [u8; 2] {
    let wave = (seconds * pitch * TAU).sin()
        + 0.35 * (seconds * pitch * 2.0 * TAU).sin()
        + 0.12 * (seconds * pitch * 3.0 * TAU).sin();
    let envelope = (share * 25.0).min(1.0) * (1.0 - share) * (1.0 - share);
    ((wave * envelope * 0.4 * f32::from(i16::MAX)) as i16).to_le_bytes()
}
