//! A body that passes by as it comes: sound, files, and JSON too large to be an error. Only its end is looked at.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use nexdesk_protocol::reading::Reader;
use nexdesk_upstream::{Body, Failure, Kind};

use super::{Ended, first_word, without_mark};
use crate::Clock;

/// Usage stands at the end of a large answer, or at its beginning.
const EXCERPT: usize = 8 * 1024;

pub(crate) struct Passing {
    body: Body,
    pub(crate) reader: Reader,
    pub(crate) first_token: Option<Instant>,
    ready: VecDeque<Bytes>,
    tail: Vec<u8>,
    is_opaque: bool,
    /// How much is still to come, where the gateway said how much it is.
    left: Option<u64>,
    /// The bracket that JSON must end with.
    closes_with: Option<u8>,
}

impl Passing {
    pub(super) fn new(
        head: Vec<Bytes>,
        body: Body,
        mut reader: Reader,
        is_opaque: bool,
        is_json: bool,
    ) -> Self {
        // That something came is all there is to say of it.
        reader.see_opaque();
        if let Some(first) = head.first().filter(|_| !is_opaque) {
            reader.see_excerpt(&first[..first.len().min(EXCERPT)]);
        }
        let closes_with = head.first().filter(|_| is_json).and_then(|first| {
            match without_mark(first).trim_ascii_start().first() {
                Some(b'[') => Some(b']'),
                Some(b'{') => Some(b'}'),
                _ => None,
            }
        });
        let mut passing = Self {
            body,
            reader,
            first_token: None,
            ready: VecDeque::new(),
            tail: Vec::new(),
            is_opaque,
            left: None,
            closes_with,
        };
        for piece in head {
            passing.look(&piece);
            passing.ready.push_back(piece);
        }
        passing
    }

    /// The caller is promised so many bytes.
    pub(crate) fn promise(&mut self, length: u64) {
        self.left = Some(length);
    }

    /// Whether the caller has been given all that it was promised.
    pub(crate) fn is_delivered(&self) -> bool {
        self.left == Some(0)
    }

    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>, clock: &Clock) -> Poll<Result<Bytes, Ended>> {
        let piece = match self.ready.pop_front() {
            Some(piece) => piece,
            None => match ready!(self.body.poll_next(cx)) {
                Some(Ok(piece)) => {
                    self.look(&piece);
                    piece
                }
                Some(Err(failure)) => return Poll::Ready(Err(Ended::Badly(failure))),
                None => {
                    self.look_back();
                    return Poll::Ready(Err(self.ending()));
                }
            },
        };
        first_word(true, &mut self.first_token, clock);
        self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
        if self.is_delivered() {
            self.look_back();
        }
        Poll::Ready(Ok(piece))
    }

    fn look_back(&mut self) {
        if !self.is_opaque {
            self.reader.see_excerpt(&self.tail);
        }
    }

    /// A gateway that hangs up in the middle of its JSON looks, without a length, as if it had finished.
    fn ending(&self) -> Ended {
        match self.closes_with {
            Some(bracket) if self.tail.trim_ascii_end().last() != Some(&bracket) => Ended::Badly(
                Failure::new(Kind::Interrupted, "The gateway ended its answer in the middle."),
            ),
            _ => Ended::Well,
        }
    }

    fn look(&mut self, piece: &[u8]) {
        if self.is_opaque {
            return;
        }
        let kept = EXCERPT.saturating_sub(piece.len());
        let drop = self.tail.len().saturating_sub(kept);
        self.tail.drain(..drop);
        self.tail
            .extend_from_slice(&piece[piece.len().saturating_sub(EXCERPT)..]);
    }
}
