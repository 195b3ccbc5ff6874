//! A stream on its way through: pieces come in as the network cuts them, whole events go out.
//!
//! The unfinished end of a piece waits for its rest. It would be of no use to the caller yet, and if the gateway
//! breaks off there, the error that follows must not be glued to half an event.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use nexdesk_upstream::{Body, Failure, Kind};

use crate::Clock;
use crate::watch::Watch;

const MARK: &[u8] = b"\xEF\xBB\xBF";

pub(crate) struct Flow {
    body: Body,
    pub(crate) watch: Watch,
    pub(crate) first_token: Option<Instant>,
    ready: VecDeque<Bytes>,
    tail: BytesMut,
}

/// What a gateway sends when asked for a stream, whatever its content type says.
pub(crate) enum Opened {
    Events(Box<Flow>),
    Whole(Bytes),
}

/// How a stream came to its end.
pub(crate) enum Ended {
    Well,
    Badly(Failure),
}

/// Reads until the answer has begun in earnest. Until then any trouble is a failure that another key may mend.
pub(crate) async fn open(mut body: Body, clock: &Clock) -> Result<Opened, Failure> {
    let mut head = BytesMut::new();
    let first = loop {
        let Some(piece) = body.next().await else {
            return Err(Failure::new(
                Kind::Interrupted,
                "The gateway ended its answer before it had begun.",
            ));
        };
        head.extend_from_slice(&piece?);
        let text = head.strip_prefix(MARK).unwrap_or(&head);
        if let Some(byte) = text
            .iter()
            .find(|byte| !byte.is_ascii_whitespace() && !MARK.contains(byte))
        {
            break *byte;
        }
    };
    if matches!(first, b'{' | b'[' | b'<') {
        head.extend_from_slice(&body.whole().await?);
        return Ok(Opened::Whole(head.freeze()));
    }
    // Clients of OpenAI do not expect a byte-order mark: they would miss the first event.
    let head = without_mark(head.freeze());
    let mut flow = Flow {
        body,
        watch: Watch::default(),
        first_token: None,
        ready: VecDeque::new(),
        tail: BytesMut::new(),
    };
    flow.pass(head, clock);
    while !flow.watch.spoke() {
        if let Some(failure) = flow.watch.trouble() {
            return Err(failure.clone());
        }
        match flow.body.next().await {
            Some(piece) => flow.pass(piece?, clock),
            None if flow.pass_tail() && flow.watch.spoke() => break,
            None => {
                return Err(Failure::new(
                    Kind::Interrupted,
                    "The gateway ended the stream without saying anything.",
                ));
            }
        }
    }
    Ok(Opened::Events(Box::new(flow)))
}

pub(crate) fn without_mark(bytes: Bytes) -> Bytes {
    if bytes.starts_with(MARK) {
        bytes.slice(MARK.len()..)
    } else {
        bytes
    }
}

impl Flow {
    /// The next whole events, or how it ended. After the end it is not asked again.
    pub(crate) async fn next(&mut self, clock: &Clock) -> Result<Bytes, Ended> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Ok(bytes);
            }
            match self.body.next().await {
                Some(Ok(piece)) => self.pass(piece, clock),
                Some(Err(failure)) => return Err(Ended::Badly(failure)),
                None if self.pass_tail() => {}
                None => return Err(self.ending()),
            }
        }
    }

    fn pass(&mut self, piece: Bytes, clock: &Clock) {
        let complete = self.watch.see(&piece);
        if self.first_token.is_none() && self.watch.spoke() {
            self.first_token = Some(clock.instant());
        }
        if complete > 0 && self.tail.is_empty() {
            self.ready.push_back(piece.slice(..complete));
        } else if complete > 0 {
            self.tail.extend_from_slice(&piece[..complete]);
            self.ready.push_back(self.tail.split().freeze());
        }
        self.tail.extend_from_slice(&piece[complete..]);
    }

    /// A last event without its blank line is made whole: half of the clients would drop it.
    fn pass_tail(&mut self) -> bool {
        if self.tail.is_empty() || !self.watch.see_end() {
            return false;
        }
        self.tail.extend_from_slice(b"\n\n");
        self.ready.push_back(self.tail.split().freeze());
        true
    }

    fn ending(&self) -> Ended {
        match self.watch.trouble() {
            Some(failure) => Ended::Badly(failure.clone()),
            None if self.watch.is_finished() => Ended::Well,
            None => Ended::Badly(Failure::new(
                Kind::Interrupted,
                "The gateway ended the stream in the middle of its answer.",
            )),
        }
    }
}
