//! What left equals what came, byte for byte: a gateway that records and answers with what it is told, at every
//! endpoint, and with ten thousand bodies that no person would think of.
//!
//! # What may differ, and nothing else
//!
//! In the request:
//! - headers that belong to one connection (`HOP_BY_HOP`) or to nobody upstream (`PRIVATE`), `?key=`, and
//!   `accept-encoding`, which is narrowed to what can be read for the books;
//! - the name of the model where an alias or a gateway's name stands in its place;
//! - `"stream_options":{"include_usage":true}` in streams of chats that do not ask for it.
//!
//! In the answer:
//! - headers of one connection, `set-cookie`, and ours (`x-nexdesk-*`, `x-ratelimit-*` where a token has limits);
//! - a byte-order mark goes, and an answer compressed unasked, or events at all, come in plain;
//! - of events: those without data go (`id:` or `retry:` alone), the usage chunk nobody asked for goes, the last blank
//!   line comes if it is missing, and so does the `message_stop` that a stopped message lacks;
//! - for Gemini's clients each event is one line behind `data: `, and there is nothing else.

mod every_endpoint;
mod generated;

use http::HeaderMap;
use nexdesk_tests::Request;

const HOP_BY_HOP: [&str; 11] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "expect",
];
const PRIVATE: [&str; 9] = [
    "authorization",
    "x-api-key",
    "x-goog-api-key",
    "cookie",
    "host",
    "origin",
    "referer",
    "accept-encoding",
    "set-cookie",
];

fn may_differ(name: &str) -> bool {
    HOP_BY_HOP.contains(&name) || PRIVATE.contains(&name) || name.starts_with("x-nexdesk-") || name == "date"
}

/// The headers that must be equal on both sides, in any order but with every value.
fn kept(headers: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let mut kept: Vec<_> = headers
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| !may_differ(name))
        .collect();
    kept.sort();
    kept
}

fn in_head(head: &str) -> Vec<(String, Vec<u8>)> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    kept(lines.map(|(name, value)| (name.to_owned(), value.trim().as_bytes().to_vec())))
}

fn of_request(request: &Request) -> Vec<(String, Vec<u8>)> {
    in_head(&request.head)
}

fn of_map(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    kept(
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())),
    )
}
