//! Bytes in, complete server-sent events out.
//!
//! Gateways split events anywhere (inside a character, inside `\r\n`), begin with a byte-order mark, forget the last
//! blank line, or send eight megabytes at once. `eventsource-stream` 0.2.3 panics on the mark, is quadratic on an
//! event that arrives in pieces and drops an unterminated tail, so it is only ever shown one complete event.

mod blocks;

pub use blocks::{Blocks, Boundaries, blocks};
pub(crate) use blocks::{Data, data};

use eventsource_stream::Eventsource;
use futures::{FutureExt, StreamExt, stream};
use memchr::memchr2;

/// The largest event kept by default. A picture in base64 fits; a stream without line ends does not eat the memory.
pub const DEFAULT_CAP: usize = 32 * 1024 * 1024;

/// The byte-order mark some gateways begin with.
pub const MARK: &[u8] = b"\xEF\xBB\xBF";

/// One complete event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The `event:` field, empty when the gateway sent none.
    pub name: String,
    /// The `data:` lines, joined by line feeds.
    pub data: String,
}

/// What the framer found between two blank lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// An event with data.
    Event(Event),
    /// An event larger than the cap; its bytes were dropped, the ones behind it were not.
    Oversized {
        /// How many bytes it had.
        bytes: usize,
    },
    /// An event that is not UTF-8. What is behind it is still read.
    NotText,
}

/// Carries the unfinished end of one chunk over to the next. Every byte is looked at once.
#[derive(Debug)]
pub struct Framer {
    event: Vec<u8>,
    cap: usize,
    dropped: usize,
    at_start: bool,
    line_is_empty: bool,
    skip_line_feed: bool,
}

impl Default for Framer {
    fn default() -> Self {
        Self::with_cap(DEFAULT_CAP)
    }
}

impl Framer {
    /// A framer that drops events larger than `cap` bytes.
    #[must_use]
    pub fn with_cap(cap: usize) -> Self {
        Self {
            event: Vec::new(),
            cap,
            dropped: 0,
            at_start: true,
            line_is_empty: true,
            skip_line_feed: false,
        }
    }

    /// Takes the next bytes of the stream and appends what they complete to `found`. Returns how many of `bytes` stand
    /// before the end of the last blank line: what is behind it belongs to an event that is not whole yet.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<Frame>) -> usize {
        let mut rest = bytes;
        if self.at_start {
            let Some(unmarked) = self.without_mark(bytes) else {
                return 0;
            };
            self.at_start = false;
            let held = std::mem::take(&mut self.event);
            self.scan(&held, found);
            rest = unmarked;
        }
        match self.scan(rest, found) {
            0 => 0,
            complete => bytes.len() - rest.len() + complete,
        }
    }

    /// The stream is over: an event whose blank line never came is still an event.
    pub fn finish(&mut self) -> Option<Frame> {
        self.at_start = false;
        self.take()
    }

    /// `None` while what came so far could still be the beginning of a byte-order mark.
    fn without_mark<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let held = self.event.len();
        let need = &MARK[held..];
        let seen = bytes.len().min(need.len());
        if bytes[..seen] != need[..seen] {
            return Some(bytes);
        }
        if seen < need.len() {
            self.event.extend_from_slice(bytes);
            return None;
        }
        self.event.clear();
        Some(&bytes[seen..])
    }

    fn scan(&mut self, whole: &[u8], found: &mut Vec<Frame>) -> usize {
        let (mut bytes, mut complete) = (whole, 0);
        while !bytes.is_empty() {
            if std::mem::take(&mut self.skip_line_feed) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                if self.line_is_empty && self.event.is_empty() {
                    complete = whole.len() - bytes.len();
                }
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else {
                self.keep(bytes);
                self.line_is_empty = false;
                return complete;
            };
            self.keep(&bytes[..end]);
            // A carriage return ends the line now; if a line feed follows, in this chunk or the next, it belongs to it.
            self.skip_line_feed = bytes[end] == b'\r';
            if end == 0 && self.line_is_empty {
                found.extend(self.take());
                complete = whole.len() - bytes.len() + 1;
            } else {
                self.keep(b"\n");
            }
            self.line_is_empty = true;
            bytes = &bytes[end + 1..];
        }
        complete
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.dropped > 0 || self.event.len() + bytes.len() > self.cap {
            self.dropped += self.event.len() + bytes.len();
            self.event = Vec::new();
        } else {
            self.event.extend_from_slice(bytes);
        }
    }

    fn take(&mut self) -> Option<Frame> {
        let block = std::mem::take(&mut self.event);
        match std::mem::take(&mut self.dropped) {
            0 => parse(&block),
            bytes => Some(Frame::Oversized { bytes }),
        }
    }
}

/// A block of comments, or of `id:` and `retry:` alone, is no event.
fn parse(block: &[u8]) -> Option<Frame> {
    if block.is_empty() {
        return None;
    }
    let Ok(text) = std::str::from_utf8(block) else {
        return Some(Frame::NotText);
    };
    // The comment in front keeps a mark inside the stream from being the first thing the parser sees: it would panic.
    let whole = format!(":\n{text}\n\n");
    let parsed = stream::iter([Ok::<_, std::convert::Infallible>(whole)])
        .eventsource()
        .next()
        .now_or_never();
    let event = parsed.flatten()?.ok()?;
    // The parser says "message" both for that name and for none; nobody we know sends the former.
    let name = if event.event == "message" {
        String::new()
    } else {
        event.event
    };
    Some(Frame::Event(Event {
        name,
        data: event.data,
    }))
}
