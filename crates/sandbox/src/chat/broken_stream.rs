//! Streams, well-behaved and not: each fault is one arm that bends the plain stream a little.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::CONTENT_ENCODING;
use http::{HeaderValue, StatusCode};

use super::misbehave::Fault;
use super::wire::{EVENT_STREAM, Event, Script, frame};
use crate::reply::{Reply, Step};
use crate::{Pace, refusal};

/// Sends the script as `fault` would.
pub(crate) fn act(fault: Option<Fault>, script: &Script, pace: Pace) -> Reply {
    let Some(fault) = fault else {
        return stream(plain(script, pace));
    };
    match fault {
        Fault::Empty => stream([]),
        Fault::Html => refusal::web_page(StatusCode::OK),
        Fault::ErrorJson => Reply::ok(&script.trouble_body),
        Fault::ContentType => Reply::steps("text/plain; charset=utf-8", plain(script, pace)),
        Fault::ErrorFirst => stream(paced([frame(&script.trouble)], pace)),
        Fault::ErrorMid => stream(beginning(script, pace).chain(paced([frame(&script.trouble)], pace))),
        Fault::CleanEnd => stream(beginning(script, pace)),
        Fault::Cut => stream(beginning(script, pace).chain([Step::Break])),
        Fault::Stall => stream(beginning(script, pace).chain([Step::Silence])),
        Fault::NoDone => stream(paced(script.events().map(frame), pace)),
        Fault::Unterminated => stream(unterminated(script, pace)),
        Fault::Gzip => stream(gzipped(script, pace)).with(CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        // A pause of nothing flushes, so each byte leaves in a packet of its own.
        Fault::Split => stream(paced(
            text(script, frame)
                .into_bytes()
                .into_iter()
                .map(|byte| vec![byte]),
            Pace::NONE,
        )),
        framed => stream(paced(framing(framed, script), pace)),
    }
}

fn stream(steps: impl IntoIterator<Item = Step>) -> Reply {
    Reply::steps(EVENT_STREAM, steps)
}

/// Each piece, flushed, and the wait after it.
fn paced<T: Into<Bytes>>(pieces: impl IntoIterator<Item = T>, pace: Pace) -> impl Iterator<Item = Step> {
    pieces
        .into_iter()
        .flat_map(move |piece| [Step::Send(piece.into()), Step::Pause(pace.0)])
}

fn plain(script: &Script, pace: Pace) -> impl Iterator<Item = Step> {
    paced(framed(script, frame), pace)
}

fn beginning(script: &Script, pace: Pace) -> impl Iterator<Item = Step> {
    paced(
        script.deltas.iter().take(script.before_the_break).map(frame),
        pace,
    )
}

fn framed(script: &Script, frame: impl Fn(&Event) -> String) -> Vec<String> {
    script.events().chain(&script.done).map(frame).collect()
}

fn text(script: &Script, frame: impl Fn(&Event) -> String) -> String {
    framed(script, frame).concat()
}

/// Everything in order, the last event without its line end.
fn unterminated(script: &Script, pace: Pace) -> Vec<Step> {
    let mut events: Vec<String> = script.events().map(frame).collect();
    if let Some(last) = events.last_mut() {
        last.truncate(last.trim_end().len());
    }
    paced(events, pace).collect()
}

fn gzipped(script: &Script, pace: Pace) -> Vec<Step> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut steps = Vec::new();
    for event in framed(script, frame) {
        // Writing to memory cannot fail; were it to, the stream would end early and a test would say so.
        if encoder
            .write_all(event.as_bytes())
            .and_then(|()| encoder.flush())
            .is_err()
        {
            return steps;
        }
        steps.push(Step::Send(std::mem::take(encoder.get_mut()).into()));
        steps.push(Step::Pause(pace.0));
    }
    if let Ok(trailer) = encoder.finish() {
        steps.push(Step::Send(trailer.into()));
    }
    steps
}

/// The same events in the other framings the SSE standard allows.
fn framing(fault: Fault, script: &Script) -> Vec<String> {
    let ended = |end: &'static str| move |event: &Event| frame(event).replace('\n', end);
    match fault {
        Fault::Crlf => framed(script, ended("\r\n")),
        Fault::Cr => framed(script, ended("\r")),
        Fault::NoSpace => framed(script, |event| frame(event).replacen("data: ", "data:", 1)),
        Fault::MultiData => framed(script, multidata),
        Fault::Comments => {
            let kept_alive = framed(script, |event| format!(": keep-alive\n\n\n{}", frame(event)));
            [": OPENROUTER PROCESSING\n\n".to_owned()]
                .into_iter()
                .chain(kept_alive)
                .collect()
        }
        Fault::Bom => {
            let mut events = framed(script, frame);
            events[0].insert(0, '\u{feff}');
            events
        }
        _ => framed(script, frame),
    }
}

/// A reader joins the lines with newlines, which between JSON tokens change nothing.
fn multidata(event: &Event) -> String {
    let pretty = serde_json::from_str::<serde_json::Value>(&event.data)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| event.data.clone());
    let name = event.name.map(|name| format!("event: {name}\n"));
    name.into_iter()
        .chain(pretty.lines().map(|line| format!("data: {line}\n")))
        .chain(["\n".to_owned()])
        .collect()
}
