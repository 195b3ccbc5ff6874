//! An answer on its way through, and the moment before: nothing is sent to the caller until the answer has begun in
//! earnest. Until then any trouble is a failure that another key or gateway may mend.

mod events;
mod passing;
mod wording;

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use futures::{FutureExt, StreamExt, stream};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::{Reader, Whole};
use nexdesk_upstream::{Answer, Body, Failure, Kind, inflate};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(crate) use events::Flow;
pub(crate) use passing::Passing;

use super::{converse, unfold};
use crate::Clock;

const MARK: &[u8] = b"\xEF\xBB\xBF";
/// No error is larger. A JSON body that is passes by, and its end is read for usage.
const HELD: usize = 1024 * 1024;

/// Sound, pictures and clips are no errors, and nobody wants to wait for their end.
const OPAQUE: [&str; 6] = [
    "audio/",
    "video/",
    "image/",
    "application/octet-stream",
    "application/pdf",
    "application/zip",
];

/// What was asked for, as far as it tells how to read the answer.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) interface: Interface,
    pub(crate) stream: bool,
    /// Usage was asked for on our behalf: the chunk with nothing else is not the caller's.
    pub(crate) hides_usage: bool,
    pub(crate) accepts: Option<HeaderValue>,
    /// It is about a thing that may itself have failed: an error inside is part of the answer.
    pub(crate) is_about_object: bool,
}

/// What a gateway sends, whatever its content type says.
pub(crate) enum Opened {
    Events(Box<Flow>),
    Whole(Bytes, Box<Reader>),
    Passing(Box<Passing>),
}

/// How an answer came to its end.
pub(crate) enum Ended {
    Well,
    Badly(Failure),
}

impl Expected {
    pub(crate) fn of(interface: Interface, stream: bool, headers: &HeaderMap) -> Self {
        Self {
            interface,
            stream,
            hides_usage: false,
            accepts: headers.get(ACCEPT_ENCODING).cloned(),
            is_about_object: false,
        }
    }
}

/// Reads until the answer has begun in earnest.
pub(crate) async fn open(
    answer: Answer,
    expected: &Expected,
    clock: &Clock,
) -> Result<(HeaderMap, Opened), Failure> {
    let is_events = converse::is(&answer.headers, "text/event-stream");
    let is_plain = answer.headers.get(CONTENT_ENCODING).is_none_or(|coding| {
        // What nobody asked to be compressed is inflated: some clients cannot.
        !is_events && !expected.stream && converse::accepts(expected.accepts.as_ref(), coding)
    });
    let answer = if is_plain { answer } else { answer.inflated() };
    let (status, headers, body) = (answer.status, answer.headers, answer.body);
    // Where nobody streams but some do (pictures, transcripts), one body is an answer like any other.
    let may_stream = is_events || expected.stream && speaks(expected.interface);
    if !may_stream {
        return whole_or_passing(status, headers, body, expected, clock).await;
    }
    let (first, head, body) = beginning(body).await?;
    if !matches!(first, b'{' | b'[' | b'<') {
        let flow = Box::pin(Flow::open(head, body, expected, clock)).await?;
        return Ok((headers, Opened::Events(Box::new(flow))));
    }
    // Gemini streams a JSON array to whoever does not ask for events.
    if expected.interface == Interface::Generate && first == b'[' {
        let passing = Passing::new(vec![head], body, reader(expected), false, true);
        return Ok((headers, Opened::Passing(Box::new(passing))));
    }
    let rest = body.whole().await?;
    let whole = if rest.is_empty() {
        head
    } else {
        [head, rest].concat().into()
    };
    let reader = checked(status, &headers, &whole, &whole, expected)?;
    if !speaks(expected.interface) {
        return Ok((headers, Opened::Whole(whole, Box::new(reader))));
    }
    let events = unfold::events(expected.interface, without_mark(&whole)).ok_or_else(|| {
        Failure::new(
            Kind::GatewayFailed,
            "The gateway sent one body where a stream was asked for, with no answer in it.",
        )
    })?;
    Ok((headers, Opened::Whole(events, Box::new(reader))))
}

/// The first byte that is no space, and everything up to and behind it that has come.
async fn beginning(mut body: Body) -> Result<(u8, Bytes, Body), Failure> {
    let mut head = Bytes::new();
    loop {
        let Some(piece) = body.next().await else {
            return Err(Failure::new(
                Kind::Interrupted,
                "The gateway ended its answer before it had begun.",
            ));
        };
        let piece = piece?;
        head = if head.is_empty() {
            piece
        } else {
            [head, piece].concat().into()
        };
        let text = without_mark(&head);
        let first = text
            .iter()
            .find(|byte| !byte.is_ascii_whitespace() && !MARK.contains(byte));
        if let Some(first) = first {
            return Ok((*first, head, body));
        }
    }
}

async fn whole_or_passing(
    status: http::StatusCode,
    headers: HeaderMap,
    mut body: Body,
    expected: &Expected,
    clock: &Clock,
) -> Result<(HeaderMap, Opened), Failure> {
    let kind = said(&headers);
    let is_opaque = OPAQUE.iter().any(|opaque| kind.starts_with(opaque));
    let mut pieces = Vec::with_capacity(1);
    let mut size = 0;
    loop {
        if size > if is_opaque { 0 } else { HELD } {
            let is_opaque = is_opaque || is_coded(&headers);
            let is_json = !is_opaque && converse::is(&headers, "application/json");
            let passing = Passing::new(pieces, body, reader(expected), is_opaque, is_json);
            return Ok((headers, Opened::Passing(Box::new(passing))));
        }
        let Some(piece) = body.next().await.transpose()? else {
            break;
        };
        // Events under another content type, where one body would have been as good an answer.
        if size == 0 && expected.stream && looks_like_events(&piece) {
            let flow = Box::pin(Flow::open(piece, body, expected, clock)).await?;
            return Ok((headers, Opened::Events(Box::new(flow))));
        }
        size += piece.len();
        pieces.push(piece);
    }
    let whole = if pieces.len() == 1 {
        pieces.swap_remove(0)
    } else {
        joined(pieces, size)
    };
    // JSON has no byte-order mark; half of the parsers stumble over one.
    let whole = whole.slice(whole.len() - without_mark(&whole).len()..);
    let plain = readable(&headers, &whole);
    let reader = checked(status, &headers, &whole, &plain, expected)?;
    Ok((headers, Opened::Whole(whole, Box::new(reader))))
}

/// A body under a 200 may still be an error, or a web page: SDKs take both for an empty answer.
fn checked(
    status: http::StatusCode,
    headers: &HeaderMap,
    whole: &Bytes,
    plain: &[u8],
    expected: &Expected,
) -> Result<Reader, Failure> {
    let mut reader = reader(expected);
    let is_lenient =
        matches!(expected.interface, Interface::Other | Interface::Video) || expected.is_about_object;
    if whole.is_empty() && is_lenient {
        return Ok(reader);
    }
    // Silence is written down as nothing; sound, pictures and numbers never are.
    if whole.is_empty() && expected.interface != Interface::Transcription {
        return Err(Failure::new(
            Kind::GatewayFailed,
            "The gateway's answer is empty.",
        ));
    }
    match reader.see_whole(without_mark(plain)) {
        Whole::Answer => Ok(reader),
        // A job that has failed tells of its error; that it does so is an answer. So is what was written before one.
        Whole::Error if is_lenient && is_a_thing(plain) || is_written(expected.interface, plain) => {
            reader.see_opaque();
            Ok(reader)
        }
        Whole::Error => Err(reader.trouble().map_or_else(
            || Failure::no_answer(status, headers, plain),
            Failure::read_inside,
        )),
        Whole::Opaque | Whole::Strange if Failure::is_page(plain) => {
            Err(Failure::no_answer(status, headers, plain))
        }
        Whole::Opaque if answers_in_json(expected.interface) => {
            Err(Failure::no_answer(status, headers, plain))
        }
        Whole::Strange if speaks(expected.interface) => Err(Failure::no_answer(status, headers, plain)),
        Whole::Opaque | Whole::Strange => Ok(reader),
    }
}

fn looks_like_events(head: &[u8]) -> bool {
    let text = without_mark(head).trim_ascii_start();
    let fields = [&b"data:"[..], b"event:", b"id:", b": "];
    fields.iter().any(|field| text.starts_with(field))
}

/// Interfaces whose answers are JSON, whatever it holds: half of one, or nothing, is none.
fn answers_in_json(interface: Interface) -> bool {
    use Interface::{Embeddings, Images, Moderations, Rerank};
    speaks(interface) || matches!(interface, Embeddings | Images | Moderations | Rerank)
}

/// Interfaces that answer in JSON of a shape we know; whatever else comes from them is no answer.
fn speaks(interface: Interface) -> bool {
    interface.writes()
}

/// Whether a body has the marks of an object of its own: `id`, or `object`.
fn is_a_thing(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Thing {
        id: Option<IgnoredAny>,
        object: Option<IgnoredAny>,
        task_id: Option<IgnoredAny>,
        request_id: Option<IgnoredAny>,
    }
    serde_json::from_slice::<Thing>(body).is_ok_and(|thing| {
        thing.id.is_some() || thing.object.is_some() || thing.task_id.is_some() || thing.request_id.is_some()
    })
}

/// Whether it is a response with something in it, whatever error stands beside that.
fn is_written(interface: Interface, body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Response {
        output: Vec<IgnoredAny>,
        status: Option<String>,
    }
    interface == Interface::Responses
        && serde_json::from_slice::<Response>(body)
            .is_ok_and(|response| !response.output.is_empty() && response.status.as_deref() != Some("failed"))
}

/// The same body without its compression, for the books; what cannot be read stays as it is.
pub(crate) fn readable(headers: &HeaderMap, body: &Bytes) -> Bytes {
    let Some(coding) = headers
        .get(CONTENT_ENCODING)
        .and_then(|coding| coding.to_str().ok())
    else {
        return body.clone();
    };
    let coded = stream::iter([Ok(body.clone())]);
    let plain = inflate(coding.trim(), coded).fold(BytesMut::new(), |mut plain, piece| {
        if let Ok(piece) = piece
            && plain.len() < 16 * HELD
        {
            plain.extend_from_slice(&piece);
        }
        std::future::ready(plain)
    });
    // Everything is in memory, so nothing is waited for.
    plain
        .now_or_never()
        .map_or_else(|| body.clone(), BytesMut::freeze)
}

pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

fn reader(expected: &Expected) -> Reader {
    Reader::new(expected.interface)
}

fn is_coded(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_ENCODING)
}

fn said(headers: &HeaderMap) -> &str {
    let said = headers.get(http::header::CONTENT_TYPE);
    said.and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim_start()
}

fn joined(pieces: Vec<Bytes>, size: usize) -> Bytes {
    let mut whole = BytesMut::with_capacity(size);
    pieces.iter().for_each(|piece| whole.extend_from_slice(piece));
    whole.freeze()
}

/// When something was first said.
pub(crate) fn first_word(spoke: bool, at: &mut Option<Instant>, clock: &Clock) {
    if spoke && at.is_none() {
        *at = Some(clock.instant());
    }
}
