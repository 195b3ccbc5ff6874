//! Events as they pass: pieces come in as the network cuts them, whole events go out, byte for byte.
//!
//! The unfinished end of a piece waits for its rest. It would be of no use to the caller yet, and if the gateway
//! breaks off there, the error that follows must not be glued to half an event.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, Bytes, BytesMut};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::{Reader, Seen};
use nexdesk_protocol::sse::{Boundaries, blocks};
use nexdesk_upstream::{Body, Failure, Kind};

use super::{Ended, Expected, first_word, without_mark, wording};
use crate::Clock;

/// A larger event is let go as it comes: it is read by nobody, and holds up no memory.
const EVENT_CAP: usize = 32 * 1024 * 1024;

/// Where a line feed belongs that comes in another piece than its carriage return: with the block before it.
#[derive(Clone, Copy, Default)]
enum LineFeed {
    #[default]
    None,
    Passes,
    Stays,
}

impl LineFeed {
    fn behind(block: &[u8], is_as_it_came: bool) -> Self {
        match (block.ends_with(b"\r"), is_as_it_came) {
            (false, _) => Self::None,
            (true, true) => Self::Passes,
            (true, false) => Self::Stays,
        }
    }
}

pub(crate) struct Flow {
    body: Body,
    pub(crate) reader: Reader,
    pub(crate) first_token: Option<Instant>,
    interface: Interface,
    hides_usage: bool,
    boundaries: Boundaries,
    ready: VecDeque<Bytes>,
    tail: BytesMut,
    is_torn: bool,
    was_told: bool,
    /// The last block ended with a carriage return, whose line feed may still come.
    line_feed: LineFeed,
    /// The model has stopped, and the dialect's own last event has not come.
    lacks_end: bool,
}

impl Flow {
    pub(super) async fn open(
        head: Bytes,
        body: Body,
        expected: &Expected,
        clock: &Clock,
    ) -> Result<Self, Failure> {
        let mut flow = Self {
            body,
            reader: Reader::new(expected.interface),
            first_token: None,
            interface: expected.interface,
            hides_usage: expected.hides_usage,
            boundaries: Boundaries::default(),
            ready: VecDeque::new(),
            tail: BytesMut::new(),
            is_torn: false,
            was_told: false,
            line_feed: LineFeed::None,
            lacks_end: false,
        };
        // Clients of OpenAI do not expect a byte-order mark: they would miss the first event.
        let head = head.slice(head.len() - without_mark(&head).len()..);
        flow.pass(head, clock);
        while !flow.reader.spoke() {
            if let Some(said) = flow.reader.trouble() {
                return Err(Failure::read_inside(said));
            }
            match flow.body.next().await {
                Some(piece) => flow.pass(piece?, clock),
                None if flow.pass_tail() && flow.reader.spoke() => break,
                None => {
                    return Err(Failure::new(
                        Kind::Interrupted,
                        "The gateway ended the stream without saying anything.",
                    ));
                }
            }
        }
        Ok(flow)
    }

    /// What has come before anything was sent: an answer's own id stands here.
    pub(crate) fn held(&self) -> impl Iterator<Item = &[u8]> {
        self.ready.iter().flat_map(|bytes| blocks(bytes))
    }

    /// The next whole events, or how it ended. After the end it is not asked again.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>, clock: &Clock) -> Poll<Result<Bytes, Ended>> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Poll::Ready(Ok(bytes));
            }
            match ready!(self.body.poll_next(cx)) {
                Some(Ok(piece)) => self.pass(piece, clock),
                Some(Err(failure)) => {
                    let said = self.reader.trouble().map(Failure::read_inside);
                    return Poll::Ready(Err(Ended::Badly(said.unwrap_or(failure))));
                }
                None if self.pass_tail() => {}
                None if self.reader.trouble().is_none() && std::mem::take(&mut self.lacks_end) => {
                    self.ready.push_back(Bytes::from_static(wording::LAST_OF_MESSAGE));
                }
                None => return Poll::Ready(Err(self.ending())),
            }
        }
    }

    /// Whether the caller has half an event: nothing of ours may be put behind it.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Whether the gateway has told of its trouble in words that this caller's client understands.
    pub(crate) fn was_told(&self) -> bool {
        self.was_told
    }

    fn pass(&mut self, piece: Bytes, clock: &Clock) {
        let complete = self.boundaries.push(&piece);
        if complete == 0 {
            self.hold(piece);
            return;
        }
        let whole = if self.tail.is_empty() {
            piece.slice(..complete)
        } else {
            self.tail.extend_from_slice(&piece[..complete]);
            self.tail.split().freeze()
        };
        if std::mem::take(&mut self.is_torn) {
            self.ready.push_back(whole);
        } else {
            self.see(whole);
        }
        first_word(self.reader.spoke(), &mut self.first_token, clock);
        if complete < piece.len() {
            self.hold(piece.slice(complete..));
        }
    }

    fn hold(&mut self, piece: Bytes) {
        if self.is_torn {
            self.ready.push_back(piece);
            return;
        }
        self.tail.extend_from_slice(&piece);
        if self.tail.len() > EVENT_CAP {
            self.reader.see_oversized(self.tail.len());
            self.is_torn = true;
            self.ready.push_back(self.tail.split().freeze());
        }
    }

    /// Reads whole events and passes on what is the caller's: nearly always all of them, as they are.
    fn see(&mut self, mut whole: Bytes) {
        let mut seen_to = 0;
        match std::mem::take(&mut self.line_feed) {
            LineFeed::Passes if whole.starts_with(b"\n") => seen_to = 1,
            LineFeed::Stays if whole.starts_with(b"\n") => whole.advance(1),
            LineFeed::None | LineFeed::Passes | LineFeed::Stays => {}
        }
        let mut kept: Option<BytesMut> = None;
        for block in blocks(&whole[seen_to..]) {
            let seen = self.reader.see(block);
            let from = seen_to;
            seen_to += block.len();
            let passed = self.passed(block, seen);
            let is_as_it_came = matches!(passed, Some(Cow::Borrowed(_)));
            self.line_feed = LineFeed::behind(block, is_as_it_came);
            if !is_as_it_came && kept.is_none() {
                kept = Some(BytesMut::from(&whole[..from]));
            }
            if let (Some(kept), Some(passed)) = (&mut kept, passed) {
                kept.extend_from_slice(&passed);
            }
        }
        let passed = kept.map_or(whole, BytesMut::freeze);
        if !passed.is_empty() {
            self.ready.push_back(passed);
        }
    }

    fn passed<'a>(&mut self, block: &'a [u8], seen: Seen) -> Option<Cow<'a, [u8]>> {
        if seen.is_error {
            self.was_told |= wording::is_understood(self.interface, block);
        }
        if self.interface == Interface::Messages && seen.finishes {
            self.lacks_end = !wording::is_last_of_message(block);
        }
        if self.hides_usage && seen.is_only_usage {
            return None;
        }
        // Nearly every block of nearly every stream: it is not looked at twice.
        if seen.is_event && self.interface != Interface::Generate {
            return Some(Cow::Borrowed(block));
        }
        wording::worded(self.interface, block)
    }

    /// A last event without its blank line is made whole: half of the clients would drop it.
    fn pass_tail(&mut self) -> bool {
        let tail = std::mem::take(&mut self.tail);
        if tail.is_empty() || self.is_torn {
            return false;
        }
        if tail.iter().all(u8::is_ascii_whitespace) {
            return false;
        }
        let mut whole = tail;
        whole.extend_from_slice(b"\n\n");
        // Half an event is no event: it goes nowhere.
        let mut probe = Reader::new(self.interface);
        if !probe.see(&whole).is_event {
            return false;
        }
        self.see(whole.freeze());
        !self.ready.is_empty()
    }

    fn ending(&self) -> Ended {
        match self.reader.trouble() {
            Some(said) => Ended::Badly(Failure::read_inside(said)),
            None if self.reader.is_finished() => Ended::Well,
            None => Ended::Badly(Failure::new(
                Kind::Interrupted,
                "The gateway ended the stream in the middle of its answer.",
            )),
        }
    }
}
