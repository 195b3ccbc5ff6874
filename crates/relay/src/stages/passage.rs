//! The answer as it passes to the caller, with the account open. Whichever way it ends, the account is settled.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use nexdesk_ledger::Outcome;
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::refusal::Refusal;
use nexdesk_upstream::{Failure, Tunnel};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep};

use super::flow::{Ended, Flow, Passing};
use super::meter::Entry;
use crate::refuse;
use crate::reply::Broken;

/// Proxies on the caller's side give up on a silent connection after a minute, some after thirty seconds.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// An answer under way.
pub(crate) struct Metered {
    /// Gone once the account is settled, or read on without the caller.
    under_way: Option<UnderWay>,
    /// The connection breaks with the next question.
    breaks: bool,
    heart: Option<Pin<Box<Sleep>>>,
    heard: Instant,
}

struct UnderWay {
    entry: Entry,
    content: Content,
    counted: u64,
}

pub(crate) enum Content {
    Events(Box<Flow>),
    Passing(Box<Passing>),
}

impl Content {
    fn reader(&self) -> &Reader {
        match self {
            Self::Events(flow) => &flow.reader,
            Self::Passing(passing) => &passing.reader,
        }
    }

    fn first_token(&self) -> Option<std::time::Instant> {
        match self {
            Self::Events(flow) => flow.first_token,
            Self::Passing(passing) => passing.first_token,
        }
    }
}

impl Metered {
    pub(crate) fn new(entry: Entry, content: Content) -> Self {
        Self {
            under_way: Some(UnderWay {
                entry,
                content,
                counted: 0,
            }),
            breaks: false,
            heart: None,
            heard: Instant::now(),
        }
    }

    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        let Some(under_way) = &mut self.under_way else {
            let broken = std::mem::take(&mut self.breaks).then_some(Err(Broken));
            return Poll::Ready(broken);
        };
        match under_way.poll_next(cx) {
            Poll::Ready(Step::Piece(bytes)) => {
                if self.heart.is_some() {
                    self.heard = Instant::now();
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            // What came before is the caller's: a pause, in which the door sends it, and then the break.
            Poll::Ready(Step::Over(Some(Err(Broken)))) => {
                (self.under_way, self.breaks) = (None, true);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(Step::Over(last)) => {
                self.under_way = None;
                Poll::Ready(last)
            }
            Poll::Pending => self.poll_heart(cx),
        }
    }

    /// A sign of life in the caller's idiom, between two events. One timer serves the whole answer.
    fn poll_heart(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        let Some(beat) = self.under_way.as_ref().and_then(UnderWay::heartbeat) else {
            return Poll::Pending;
        };
        if self.heart.is_none() {
            self.heard = Instant::now();
        }
        let until = self.heard + HEARTBEAT;
        let heart = self
            .heart
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        loop {
            if heart.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if heart.deadline() >= until {
                self.heard = Instant::now();
                heart.as_mut().reset(self.heard + HEARTBEAT);
                return Poll::Ready(Some(Ok(Bytes::from_static(beat))));
            }
            heart.as_mut().reset(until);
        }
    }
}

/// What came of asking for more.
enum Step {
    Piece(Bytes),
    /// The end, with what is still to be said.
    Over(Option<Result<Bytes, Broken>>),
}

impl UnderWay {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        let clock = &self.entry.relay().0.clock;
        let next = match &mut self.content {
            Content::Events(flow) => flow.poll_next(cx, clock),
            Content::Passing(passing) => passing.poll_next(cx, clock),
        };
        next.map(|next| match next {
            Ok(bytes) => self.account_for(bytes),
            Err(Ended::Well) => {
                self.close(Outcome::Ok, None);
                Step::Over(None)
            }
            Err(Ended::Badly(failure)) => Step::Over(self.broken(&failure)),
        })
    }

    fn account_for(&mut self, bytes: Bytes) -> Step {
        let tokens = self.content.reader().written().tokens();
        if tokens > self.counted {
            let relay = self.entry.relay();
            relay
                .0
                .traffic
                .arrived(tokens - self.counted, relay.0.clock.instant());
            self.counted = tokens;
            if let Err(refusal) = self.entry.covers(tokens) {
                let last = self.last_word(&refusal);
                self.close(Outcome::Interrupted, Some(refusal.code));
                return Step::Over(Some(last));
            }
        }
        self.entry.hear(&bytes);
        Step::Piece(bytes)
    }

    /// A clean end would be taken for success, and sends one client into an endless loop; so the end says what happened,
    /// unless the gateway has said it itself.
    fn broken(&mut self, failure: &Failure) -> Option<Result<Bytes, Broken>> {
        let was_told = matches!(&self.content, Content::Events(flow) if flow.was_told());
        let last = (!was_told).then(|| self.last_word(&refuse::failed(self.entry.gateway(), failure)));
        self.close(Outcome::Interrupted, Some(failure.kind.code()));
        last
    }

    fn last_word(&mut self, refusal: &Refusal) -> Result<Bytes, Broken> {
        match &self.content {
            Content::Events(flow) if !flow.is_torn() => {
                let event = Bytes::from(refusal.event(self.entry.interface()));
                self.entry.hear(&event);
                Ok(event)
            }
            Content::Events(_) | Content::Passing(_) => Err(Broken),
        }
    }

    fn heartbeat(&self) -> Option<&'static [u8]> {
        match (&self.content, self.entry.interface()) {
            // Their clients read events by hand, and a comment is none.
            (Content::Passing(_), _) | (Content::Events(_), Interface::Generate) => None,
            (Content::Events(_), Interface::Messages) => Some(b"event: ping\ndata: {\"type\": \"ping\"}\n\n"),
            (Content::Events(flow), _) => (!flow.is_torn()).then_some(b": keep-alive\n\n"),
        }
    }

    fn close(&mut self, outcome: Outcome, code: Option<&str>) {
        let first_token = self.content.first_token();
        self.entry
            .settle(outcome, code, Some(self.content.reader()), first_token);
    }

    /// The caller has left, and its person wants the exact bill: what comes is read and let go.
    async fn read_on(mut self) {
        loop {
            let step = std::future::poll_fn(|cx| self.poll_next(cx)).await;
            if matches!(step, Step::Over(_)) {
                return;
            }
        }
    }
}

impl Drop for Metered {
    /// The caller left: what had come by then was still paid for.
    fn drop(&mut self) {
        let Some(mut under_way) = self.under_way.take() else {
            return;
        };
        // The door asks for no more once it has sent the length that was announced.
        if matches!(&under_way.content, Content::Passing(passing) if passing.is_delivered()) {
            under_way.close(Outcome::Ok, None);
        } else if under_way.entry.reads_on() {
            under_way.entry.caller_left();
            under_way.entry.relay().clone().spawn(under_way.read_on());
        } else {
            under_way.close(Outcome::Cancelled, Some("cancelled"));
        }
    }
}

/// A switch of protocols: bytes both ways until one side hangs up.
pub(crate) struct Tunnelled {
    pub(crate) entry: Entry,
    pub(crate) tunnel: Tunnel,
}

impl Tunnelled {
    pub(crate) async fn join<C: AsyncRead + AsyncWrite + Unpin>(mut self, mut caller: C) {
        let first = caller.write_all(&self.tunnel.ahead).await;
        if first.is_ok() {
            // Either end may hang up; which one did is no error of anybody.
            let _ = tokio::io::copy_bidirectional(&mut caller, &mut self.tunnel.socket).await;
        }
        self.entry.settle(Outcome::Ok, None, None, None);
    }
}
