//! Where events end in bytes that only pass through: nothing is copied, nothing is parsed, every byte is looked at once.

use memchr::memchr2;

use super::{Frame, MARK, parse};

/// Finds the end of the last complete event, however the network cuts the stream.
#[derive(Clone, Copy, Debug)]
pub struct Boundaries {
    /// Nothing stands on the current line yet.
    line_is_empty: bool,
    /// The last byte was a carriage return, whose line feed may still come.
    after_return: bool,
    /// That carriage return ended an event.
    ended: bool,
}

impl Default for Boundaries {
    fn default() -> Self {
        Self {
            line_is_empty: true,
            after_return: false,
            ended: false,
        }
    }
}

impl Boundaries {
    /// How many bytes of `piece` stand before the end of the last complete event; 0 if none was completed.
    pub fn push(&mut self, piece: &[u8]) -> usize {
        let (mut at, mut complete) = (0, 0);
        if std::mem::take(&mut self.after_return) && piece.first() == Some(&b'\n') {
            at = 1;
            complete = usize::from(self.ended);
        }
        if at < piece.len() {
            self.ended = false;
        }
        while let Some(found) = line_end(&piece[at..]) {
            let is_blank = found == 0 && self.line_is_empty;
            at += found + 1;
            if piece[at - 1] == b'\r' {
                match piece.get(at) {
                    Some(b'\n') => at += 1,
                    Some(_) => {}
                    None => (self.after_return, self.ended) = (true, is_blank),
                }
            }
            if is_blank {
                complete = at;
            }
            self.line_is_empty = true;
        }
        if at < piece.len() {
            self.line_is_empty = false;
        }
        complete
    }
}

/// The events of a contiguous slice, each with its blank line; what has none yet comes last. Blank lines alone are
/// handed out with the event behind them.
#[must_use]
pub fn blocks(bytes: &[u8]) -> Blocks<'_> {
    Blocks { rest: bytes }
}

/// See [`blocks`].
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Blocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut at = 0;
        let mut has_line = false;
        while let Some(found) = line_end(&self.rest[at..]) {
            let is_blank = found == 0;
            at += found + 1;
            if self.rest[at - 1] == b'\r' && self.rest.get(at) == Some(&b'\n') {
                at += 1;
            }
            if is_blank && has_line {
                let (block, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(block);
            }
            has_line |= !is_blank;
        }
        Some(std::mem::take(&mut self.rest))
    }
}

/// Where the first line ends. Every other line is the blank one behind an event, which needs no search.
#[inline]
fn line_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'\n' | b'\r' => Some(0),
        _ => memchr2(b'\n', b'\r', bytes),
    }
}

/// What stands behind `data:` in one block.
#[derive(Debug)]
pub(crate) enum Data<'a> {
    /// A comment, a bare `id:`, a blank line.
    None,
    /// One line, as almost always.
    Line(&'a [u8]),
    /// Several, joined.
    Lines(String),
}

/// Finds the data of one block; more than one line of them is the library's work.
pub(crate) fn data(block: &[u8]) -> Data<'_> {
    let block = block.strip_prefix(MARK).unwrap_or(block);
    let mut found = None;
    let mut rest = block;
    while !rest.is_empty() {
        let end = line_end(rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = &rest[rest.len().min(end + 1)..];
        let Some(value) = value(line) else { continue };
        if found.replace(value).is_some() {
            return several(block);
        }
    }
    found.map_or(Data::None, Data::Line)
}

fn value(line: &[u8]) -> Option<&[u8]> {
    let behind = line.strip_prefix(b"data")?;
    match behind {
        [] => Some(behind),
        [b':', value @ ..] => Some(value.strip_prefix(b" ").unwrap_or(value)),
        _ => None,
    }
}

fn several(block: &[u8]) -> Data<'_> {
    match parse(block) {
        Some(Frame::Event(event)) => Data::Lines(event.data),
        Some(Frame::Oversized { .. } | Frame::NotText) | None => Data::None,
    }
}
