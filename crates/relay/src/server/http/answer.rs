//! An answer on its way out: its head, and its body as it comes. What is there already goes out in one write; nothing
//! waits for more.

use std::io::{self, Write};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};

use super::date::Dates;
use super::line::{Shared, Socket, lock};
use super::outbox::Outbox;
use crate::reply::{Body, Reply};

/// More than this is not taken from a gateway while the caller takes nothing from us.
const UNSENT: usize = 64 * 1024;

/// What of a request its answer has to know.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// Whether only the head is wanted.
    pub(super) is_head: bool,
    /// Whether the caller speaks HTTP/1.1.
    pub(super) is_new: bool,
    /// Whether the connection may serve again.
    pub(super) keeps: bool,
}

/// How the caller tells where the body ends.
enum Framing {
    /// There is none.
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

pub(super) struct Answer {
    body: Body,
    framing: Framing,
    pub(super) keeps: bool,
    ended: Option<Ended>,
}

/// How an answer ended that was not hung up on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    /// It broke off, and must not look whole.
    Broken,
}

impl Answer {
    /// Writes the head. The room of the reply's headers is lent to the next request's.
    pub(super) fn begin(
        reply: Reply,
        asked: Asked,
        now: (&Dates, i64),
        outbox: &mut Outbox,
    ) -> (Self, HeaderMap) {
        let Reply {
            status,
            mut headers,
            signature,
            body,
        } = reply;
        let framing = framing(status, &headers, &body, asked);
        let keeps = asked.keeps && !matches!(framing, Framing::UntilClose);
        let out = &mut outbox.small;
        first_line(status, asked.is_new, out);
        let is_switch = status == StatusCode::SWITCHING_PROTOCOLS;
        for (name, value) in &headers {
            // How the bytes are told apart is this connection's business, whatever it was at the gateway's.
            let is_framing = matches!(*name, CONTENT_LENGTH | TRANSFER_ENCODING | CONNECTION);
            if (is_switch || !is_framing) && !signature.replaces(name) {
                put(out, &[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
            }
        }
        out.extend_from_slice(signature.lines());
        let shown = match framing {
            Framing::Length(length) => Some(length),
            Framing::None if asked.is_head => {
                announced(&headers).or(body.length().filter(|length| *length > 0))
            }
            _ => None,
        };
        if let Some(length) = shown {
            // Writing into memory does not fail.
            let _ = write!(out, "content-length: {length}\r\n");
        }
        if matches!(framing, Framing::Chunked) {
            put(out, &[b"transfer-encoding: chunked\r\n"]);
        }
        if !is_switch && keeps != asked.is_new {
            put(
                out,
                &[if keeps {
                    b"connection: keep-alive\r\n"
                } else {
                    b"connection: close\r\n"
                }],
            );
        }
        if !headers.contains_key(DATE) {
            now.0.write(now.1, out);
        }
        put(out, &[b"\r\n"]);
        headers.clear();
        let answer = Self {
            body,
            framing,
            keeps,
            ended: None,
        };
        (answer, headers)
    }

    /// Sends what can be sent; ready when all of it is, or the caller has hung up.
    pub(super) fn poll<S: Socket>(
        &mut self,
        shared: &Shared<S>,
        outbox: &mut Outbox,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Ended>> {
        loop {
            let is_waiting = self.poll_gather(outbox, cx).is_pending();
            let mut line = lock(shared);
            let flushed = outbox.poll_flush(&mut line.socket, cx)?;
            match (flushed, self.ended) {
                (Poll::Ready(()), Some(ended)) => return Poll::Ready(Ok(ended)),
                (Poll::Ready(()), None) if !is_waiting => continue,
                // Who hangs up while nothing is left to come may still want what is on its way.
                (_, None) if line.poll_hung_up(cx).is_ready() => {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                _ => return Poll::Pending,
            }
        }
    }

    /// Takes what the body has ready. Pending when it has no more for now.
    fn poll_gather(&mut self, outbox: &mut Outbox, cx: &mut Context<'_>) -> Poll<()> {
        while self.ended.is_none() && outbox.unsent() < UNSENT {
            if matches!(self.framing, Framing::Length(0)) {
                self.ended = Some(Ended::Well); // it is not asked for more than was announced
                break;
            }
            let Poll::Ready(piece) = self.body.poll_next(cx) else {
                if matches!(self.framing, Framing::None) {
                    self.ended = Some(Ended::Well);
                }
                return Poll::Pending;
            };
            match piece {
                Some(Ok(piece)) => self.put(piece, outbox),
                Some(Err(_)) => self.ended = Some(Ended::Broken),
                None => self.end(outbox),
            }
        }
        Poll::Ready(())
    }

    fn put(&mut self, mut piece: Bytes, outbox: &mut Outbox) {
        match &mut self.framing {
            Framing::None => self.ended = Some(Ended::Well),
            Framing::Length(left) => {
                piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= piece.len() as u64;
                outbox.put(piece);
            }
            Framing::Chunked => outbox.put_chunk(piece),
            Framing::UntilClose => outbox.put(piece),
        }
    }

    fn end(&mut self, outbox: &mut Outbox) {
        self.ended = Some(match self.framing {
            Framing::Length(1..) => Ended::Broken,
            Framing::Chunked => {
                outbox.small.extend_from_slice(b"0\r\n\r\n");
                Ended::Well
            }
            Framing::None | Framing::Length(0) | Framing::UntilClose => Ended::Well,
        });
    }

    /// Whether only the connection's end says that the answer is whole.
    pub(super) fn ends_with_the_connection(&self) -> bool {
        matches!(self.framing, Framing::UntilClose)
    }
}

fn framing(status: StatusCode, headers: &HeaderMap, body: &Body, asked: Asked) -> Framing {
    let is_bare =
        status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if asked.is_head || is_bare {
        return Framing::None;
    }
    match body.length().or_else(|| announced(headers)) {
        Some(length) => Framing::Length(length),
        None if asked.is_new => Framing::Chunked,
        None => Framing::UntilClose,
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn first_line(status: StatusCode, is_new: bool, out: &mut Vec<u8>) {
    if is_new && status == StatusCode::OK {
        return put(out, &[b"HTTP/1.1 200 OK\r\n"]);
    }
    let version: &[u8] = if is_new { b"HTTP/1.1 " } else { b"HTTP/1.0 " };
    let reason = status.canonical_reason().unwrap_or("Unknown");
    put(
        out,
        &[
            version,
            status.as_str().as_bytes(),
            b" ",
            reason.as_bytes(),
            b"\r\n",
        ],
    );
}

fn put(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}
