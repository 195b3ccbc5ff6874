//! Ten thousand requests and answers that no person would think of, through one relay. Each is made from its number
//! alone, by the caller and by the gateway, so that a failure names everything that is needed to see it again.

mod dice;
mod json;
mod streams;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream;
use http::Method;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use nexdesk_tests::{Cursor, Framing, Heard, Recorder, Request, STREAMS, Said, Streamed, World};

use super::{in_head, of_map};
use dice::Dice;

const CASES: u64 = 10_000;
/// How many are under way at a time.
const AT_ONCE: usize = 8;
/// What the relay writes into a stream of a chat that does not ask for usage.
const WISH: &str = "\"stream_options\":{\"include_usage\":true},";

/// One request, its answer, and what shall be left of both.
struct Case {
    path: String,
    content_type: String,
    ask: Vec<u8>,
    /// The pieces it is sent in; with its length where there is one.
    cuts: Option<Vec<Bytes>>,
    accepts: Option<&'static str>,
    /// Whether the wish for usage is written into it on its way.
    gains_wish: bool,
    said: Said,
    /// The body of the answer as a person can read it.
    told: String,
    /// The body of the answer as the caller gets it.
    heard: Vec<u8>,
    /// Whether the gateway's compression is undone.
    is_inflated: bool,
}

impl Case {
    fn of(number: u64) -> Self {
        let mut dice = Dice::of(number);
        let mut case = match dice.below(10) {
            0..4 => Self::streamed(&mut dice),
            4..8 => Self::whole(&mut dice),
            8 => Self::form(&mut dice),
            _ => Self::opaque(&mut dice),
        };
        case.said.pieces = dice.cut(&case.said.pieces.concat());
        case.said.framing = *dice.one_of(&[
            Framing::Length,
            Framing::Length,
            Framing::Chunks,
            Framing::Chunks,
            Framing::Close,
        ]);
        case.cuts = dice.chance(4).then(|| dice.cut(&case.ask));
        case
    }

    fn new(path: &str, ask: Vec<u8>, said: Said, heard: Vec<u8>) -> Self {
        Self {
            told: String::from_utf8_lossy(&said.pieces.concat()).into_owned(),
            path: path.to_owned(),
            content_type: "application/json".to_owned(),
            ask,
            cuts: None,
            accepts: None,
            gains_wish: false,
            said,
            heard,
            is_inflated: false,
        }
    }

    fn streamed(dice: &mut Dice) -> Self {
        let stream: Streamed = *dice.one_of(&STREAMS);
        let has_wish = matches!(stream.interface, "chat" | "completions");
        let gains_wish = has_wish && dice.chance(3);
        let ask = if stream.ask.starts_with("--") {
            stream.ask.as_bytes().to_vec()
        } else {
            json::ask(dice, stream.interface, true, !gains_wish)
        };
        let (sent, heard) = streams::events(dice, &stream, gains_wish);
        let kind = *dice.one_of(&["text/event-stream", "text/event-stream; charset=utf-8"]);
        let mut case = Self {
            content_type: stream.content_type().to_owned(),
            gains_wish,
            is_inflated: dice.chance(10),
            ..Self::new(stream.path, ask, Said::ok(kind, sent), heard)
        };
        if case.is_inflated {
            case.said = gzipped(case.said);
        }
        case
    }

    fn whole(dice: &mut Dice) -> Self {
        let (interface, path) = *dice.one_of(&[
            ("chat", "/v1/chat/completions"),
            ("completions", "/v1/completions"),
            ("responses", "/v1/responses"),
            ("messages", "/v1/messages"),
            ("messages", "/bypass/anthropic/v1/messages"),
            ("generate", "/v1beta/models/m:generateContent"),
            ("embeddings", "/v1/embeddings"),
            ("rerank", "/v1/rerank"),
            ("moderations", "/v1/moderations"),
            ("images", "/v1/images/generations"),
            ("other", "/v1/something/new"),
            ("other", "/v3/else"),
        ]);
        let ask = json::ask(dice, interface, false, false);
        let body = json::answer(dice, interface);
        let mut case = Self::new(path, ask, Said::json(body.clone()), body);
        if dice.chance(4) {
            case.said = gzipped(case.said);
            case.accepts = *dice.one_of(&[
                Some("gzip"),
                Some("br;q=1.0, gzip;q=0.8, *;q=0.1"),
                Some("identity"),
                None,
            ]);
            case.is_inflated = matches!(case.accepts, Some("identity") | None);
            if !case.is_inflated {
                case.heard = case.said.pieces.concat();
            }
        }
        case
    }

    fn form(dice: &mut Dice) -> Self {
        let (path, interface) = *dice.one_of(&[
            ("/v1/images/edits", "images"),
            ("/v1/audio/transcriptions", "transcription"),
            ("/v1/files", "other"),
            ("/v1/uploads/new", "other"),
        ]);
        let length = 1 + dice.below(60);
        let boundary = dice.word(length);
        let ask = dice.form(&boundary);
        let body = json::answer(dice, interface);
        Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            ..Self::new(path, ask, Said::json(body.clone()), body)
        }
    }

    fn opaque(dice: &mut Dice) -> Self {
        let ask = dice.bytes();
        let body = dice.bytes();
        let kind = *dice.one_of(&["audio/mpeg", "application/octet-stream", "image/png", "video/mp4"]);
        Self {
            content_type: "application/octet-stream".into(),
            ..Self::new("/v1/things/new", ask, Said::ok(kind, body.clone()), body)
        }
    }

    fn request(&self, cursor: &Cursor, number: u64) -> reqwest::Request {
        let mut asked = cursor
            .request(Method::POST, &self.path)
            .header("x-case", number)
            .header("accept", "*/*")
            .header(CONTENT_TYPE, &self.content_type);
        if let Some(accepts) = self.accepts {
            asked = asked.header(ACCEPT_ENCODING, accepts);
        }
        let body = match &self.cuts {
            Some(cuts) => reqwest::Body::wrap_stream(stream::iter(
                cuts.clone().into_iter().map(Ok::<_, std::io::Error>),
            )),
            None => self.ask.clone().into(),
        };
        asked.body(body).build().unwrap()
    }

    fn check(&self, number: u64, recorded: &Request, sent: &[(String, Vec<u8>)], heard: &Heard) {
        let what = format!(
            "case {number}, {} ({:?}, cut: {})",
            self.path,
            self.said.framing,
            self.cuts.is_some()
        );
        assert_eq!(
            heard.status,
            200,
            "{what}: {}\n{}",
            heard.plain(),
            String::from_utf8_lossy(&self.ask)
        );
        assert!(heard.whole, "{what}");
        let mut came = recorded.body.clone();
        if self.gains_wish {
            let at = came.windows(WISH.len()).position(|part| part == WISH.as_bytes());
            let at = at.unwrap_or_else(|| unreachable!("{what}: usage is asked for"));
            came.drain(at..at + WISH.len());
        }
        same(&format!("{what}: the request"), &self.ask, &came);
        same(
            &format!("{what}: the answer to {}", self.told),
            &self.heard,
            &heard.bytes(),
        );
        assert_eq!(
            in_head(&recorded.head),
            sent,
            "{what}: the headers of the request"
        );
        let mut said = in_head(&self.said.head);
        said.retain(|(name, _)| name != "content-encoding" || !self.is_inflated);
        assert_eq!(of_map(&heard.headers), said, "{what}: the headers of the answer");
    }
}

fn same(what: &str, wanted: &[u8], came: &[u8]) {
    if wanted != came {
        let at = wanted.iter().zip(came).position(|(one, other)| one != other);
        let at = at.unwrap_or(wanted.len().min(came.len()));
        let near = |bytes: &[u8]| {
            String::from_utf8_lossy(&bytes[at.saturating_sub(80)..bytes.len().min(at + 80)]).into_owned()
        };
        assert_eq!(
            near(wanted),
            near(came),
            "{what}: differs at byte {at} of {} and {}",
            wanted.len(),
            came.len()
        );
        unreachable!("{what}: the same but for bytes that are no text");
    }
}

fn gzipped(said: Said) -> Said {
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&said.pieces.concat()).unwrap();
    Said {
        head: format!("{}\r\nContent-Encoding: gzip", said.head),
        pieces: vec![encoder.finish().unwrap().into()],
        ..said
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_generated_bodies_pass_byte_for_byte_both_ways() {
    let recorder = Recorder::start(&["m"], |request| match request.header("x-case").parse() {
        Ok(number) => Case::of(number).said,
        Err(_) => Said::json("{}"), // the app asks for prices
    });
    let world = World::around(&recorder).await;
    let cursor = world.cursor().await;
    let next = Arc::new(AtomicU64::new(0));
    let recorder = Arc::new(recorder);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (cursor, next, recorder) = (cursor.clone(), Arc::clone(&next), Arc::clone(&recorder));
        callers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= CASES {
                    return;
                }
                let case = Case::of(number);
                let request = case.request(&cursor, number);
                let sent = of_map(request.headers());
                let heard = cursor.runs(request).await;
                let recorded = recorder.take("x-case", &number.to_string());
                assert_eq!(
                    recorded.len(),
                    1,
                    "case {number}: {} of {} to {}",
                    heard.plain(),
                    case.path,
                    case.told
                );
                case.check(number, &recorded[0], &sent, &heard);
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    world.app().ledger().flush().await.unwrap();
    let kept = world.app().list_exchanges(None, 1).unwrap();
    assert_eq!(kept.total, CASES, "each of them is in the ledger");
}
