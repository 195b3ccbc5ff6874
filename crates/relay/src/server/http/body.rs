//! The body of a request as it comes in: whole where it is already there, otherwise piece by piece to whoever asks.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures::Stream;
use nexdesk_upstream::Chunks;

use super::head::{Framing, Head};
use super::line::{AT_ONCE, LARGE, Line, Shared, Socket, lock};
use crate::intake::Intake;

/// A rest as small as this is read and let go, so that the connection can be used again.
const SMALL_REST: u64 = 64 * 1024;
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Where in its request's body a connection stands.
#[derive(Default)]
pub(super) struct Inflow {
    /// Tells this body from the next, should somebody keep it too long.
    number: u64,
    left: Left,
    /// So much is gathered before any is handed on: nobody can do anything with less of a body that is not large.
    gathered: usize,
    /// What is still to be said before the caller sends it.
    unsaid: &'static [u8],
    /// What has been taken out of chunks and not been handed on.
    data: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
enum Left {
    #[default]
    Nothing,
    Length(u64),
    Chunks(Chunks),
    /// What would come next cannot be known.
    Broken,
}

impl Inflow {
    pub(super) fn is_over(&self) -> bool {
        matches!(self.left, Left::Nothing) && self.data.is_empty()
    }

    /// Whether what is left of it is so little that reading it is better than hanging up.
    pub(super) fn can_be_drained(&self) -> bool {
        self.unsaid.is_empty()
            && match self.left {
                Left::Nothing => true,
                Left::Length(left) => left <= SMALL_REST,
                Left::Chunks(_) | Left::Broken => false,
            }
    }

    /// From here on nobody can read it any more.
    pub(super) fn close(&mut self) {
        self.number += 1;
        self.data.clear();
    }
}

/// The body that `head` announces.
pub(super) fn begin<S: Socket>(shared: &Shared<S>, head: &Head) -> Intake {
    let mut line = lock(shared);
    let length = match head.framing {
        Framing::Length(length) => {
            line.inflow.left = Left::Length(length);
            Some(length)
        }
        Framing::Chunked => {
            line.inflow.left = Left::Chunks(Chunks::strict());
            None
        }
    };
    if length.is_none_or(|length| line.come.len() as u64 >= length) {
        // What is wrong with a body is told to whoever reads it, and never before its head was judged.
        let first = line.take_piece().unwrap_or_default().unwrap_or_default();
        if matches!(line.inflow.left, Left::Nothing) {
            return Intake::Whole(first);
        }
        line.inflow.data = first.into();
    }
    line.inflow.gathered = length
        .filter(|length| *length <= AT_ONCE)
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or_default();
    line.inflow.unsaid = if head.expects && line.come.is_empty() && line.inflow.data.is_empty() {
        CONTINUE
    } else {
        &[]
    };
    Intake::Coming {
        length,
        pieces: Box::pin(Coming {
            line: Arc::downgrade(shared),
            number: line.inflow.number,
        }),
    }
}

impl<S: Socket> Line<S> {
    /// What of the body has come and was not handed on.
    fn take_piece(&mut self) -> io::Result<Option<Bytes>> {
        let inflow = &mut self.inflow;
        match &mut inflow.left {
            Left::Nothing => {}
            Left::Broken => return Err(io::ErrorKind::InvalidData.into()),
            Left::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(self.come.len());
                *left -= here as u64;
                if *left == 0 {
                    inflow.left = Left::Nothing;
                }
                return Ok((here > 0).then(|| self.come.split_to(here).freeze()));
            }
            Left::Chunks(chunks) => match chunks.read(&self.come, &mut inflow.data) {
                Ok(used) => {
                    self.come.advance(used);
                    if chunks.is_over() {
                        inflow.left = Left::Nothing;
                    }
                }
                Err(error) => {
                    inflow.left = Left::Broken;
                    return Err(error);
                }
            },
        }
        Ok((!inflow.data.is_empty()).then(|| std::mem::take(&mut inflow.data).into()))
    }

    /// The next piece; `None` at the end. A sender that falls silent has broken off: half an upload must not pass for a
    /// whole one.
    pub(super) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if self.come.len() >= self.inflow.gathered {
                self.inflow.gathered = 0;
                match self.take_piece() {
                    Err(error) => return Poll::Ready(Some(Err(error))),
                    Ok(Some(piece)) => {
                        self.alarm.quiet();
                        return Poll::Ready(Some(Ok(piece)));
                    }
                    Ok(None) if self.inflow.is_over() => return Poll::Ready(None),
                    Ok(None) => {}
                }
            }
            let more = match self.poll_ask(cx) {
                Poll::Ready(Ok(())) => self.poll_more(self.inflow.wants(), cx),
                asked => asked.map_ok(|()| 0),
            };
            let error = match more {
                Poll::Ready(Ok(0)) => io::ErrorKind::UnexpectedEof.into(),
                Poll::Ready(Ok(_)) => {
                    self.alarm.quiet();
                    continue;
                }
                Poll::Ready(Err(error)) => error,
                Poll::Pending => {
                    ready!(self.alarm.poll(self.body_silence, cx));
                    io::ErrorKind::TimedOut.into()
                }
            };
            self.alarm.quiet();
            (self.inflow.left, self.inflow.gathered) = (Left::Broken, 0);
            return Poll::Ready(Some(Err(error)));
        }
    }

    /// Says that the body may come, to a caller that waits for it.
    fn poll_ask(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.inflow.unsaid.is_empty() {
            let said = ready!(Pin::new(&mut self.socket).poll_write(cx, self.inflow.unsaid))?;
            self.inflow.unsaid = &self.inflow.unsaid[said..];
        }
        Poll::Ready(Ok(()))
    }
}

impl Inflow {
    fn wants(&self) -> usize {
        match self.left {
            Left::Length(left) => usize::try_from(left).unwrap_or(LARGE).min(LARGE),
            _ => LARGE / 8,
        }
    }
}

/// A body that is still coming. Whoever keeps it does not keep the connection.
struct Coming<S> {
    line: Weak<Mutex<Line<S>>>,
    number: u64,
}

impl<S: Socket> Stream for Coming<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(line) = self.line.upgrade() {
            let mut line = lock(&line);
            if line.inflow.number == self.number {
                return line.poll_body(cx);
            }
        }
        Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())))
    }
}
