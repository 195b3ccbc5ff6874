//! A caller's connection: its socket, what has come over it and was not taken yet, and its one timer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::alarm::Alarm;
use super::body::Inflow;
use super::head::{self, Bad, Framing, Head, Scan};

/// Room for the head and the body of most requests.
const SMALL: usize = 4 * 1024;
/// Read at once of a large body.
pub(super) const LARGE: usize = 128 * 1024;
/// With less room than this a read is not worth it.
const LEAST: usize = 1024;
/// Of a caller that asks again before it is answered, so much is read ahead; the rest waits on its side.
const AHEAD: usize = 64 * 1024;
/// A body that is already there, up to this size, needs nobody to wait for it.
pub(super) const AT_ONCE: u64 = 256 * 1024;

/// What a caller comes in by.
pub(in crate::server) trait Socket:
    AsyncRead + AsyncWrite + Unpin + Send + 'static
{
    /// Ends it so that nobody can take what was sent for all there is.
    fn reset(&self);
}

impl Socket for tokio::net::TcpStream {
    fn reset(&self) {
        let _ = self.set_zero_linger();
    }
}

#[cfg(unix)]
impl Socket for tokio::net::UnixStream {
    fn reset(&self) {} // there is no such thing
}

/// A connection, shared by its task and a body that is still coming.
pub(super) type Shared<S> = Arc<Mutex<Line<S>>>;

pub(super) fn lock<S>(line: &Mutex<Line<S>>) -> MutexGuard<'_, Line<S>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Line<S> {
    pub(super) socket: S,
    pub(super) come: BytesMut,
    is_grown: bool,
    scan: Scan,
    pub(super) inflow: Inflow,
    pub(super) alarm: Alarm,
    pub(super) body_silence: Duration,
}

/// Why no further request is read.
pub(super) enum NoHead {
    /// It is no request, and is told so.
    Bad(Bad),
    /// It never came to an end.
    Slow,
    /// The caller hung up.
    Gone,
}

impl<S: Socket> Line<S> {
    pub(super) fn new(socket: S, body_silence: Duration) -> Self {
        Self {
            socket,
            come: BytesMut::new(),
            is_grown: false,
            scan: Scan::default(),
            inflow: Inflow::default(),
            alarm: Alarm::default(),
            body_silence,
        }
    }

    /// Nothing of a further request has come.
    pub(super) fn is_idle(&self) -> bool {
        self.come.is_empty()
    }

    /// Reads once what the socket holds, if it fits or there can be room for `wanted`; `0` at its end.
    pub(super) fn poll_more(&mut self, wanted: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.come.capacity() - self.come.len() < wanted.min(LEAST) {
            // What was handed out of the buffer is mostly let go by now, and its room is there again.
            self.come.reserve(wanted);
            self.is_grown |= wanted > SMALL;
        }
        poll_read_buf(Pin::new(&mut self.socket), cx, &mut self.come)
    }

    /// The next request's head; its body too, where that has come already. `spare` lends its room.
    pub(super) fn poll_head(
        &mut self,
        patience: Duration,
        spare: &mut HeaderMap,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Head, NoHead>> {
        loop {
            // After a body some clients send a line end that is none of it.
            while self.come.starts_with(b"\r\n") {
                self.come.advance(2);
            }
            if !self.come.is_empty() && self.come[..] != *b"\r" {
                match self.take_head(spare) {
                    Ok(None) => {}
                    Ok(Some(head)) => {
                        self.alarm.quiet();
                        self.read_at_once(&head, cx);
                        return Poll::Ready(Ok(head));
                    }
                    Err(bad) => return Poll::Ready(Err(NoHead::Bad(bad))),
                }
            }
            let room = if self.come.is_empty() {
                self.make_room();
                SMALL
            } else {
                self.come.len().clamp(SMALL, LARGE)
            };
            match self.poll_more(room, cx) {
                Poll::Ready(Ok(read)) if read > 0 => {}
                Poll::Ready(_) => return Poll::Ready(Err(NoHead::Gone)),
                Poll::Pending => {
                    ready!(self.alarm.poll(patience, cx));
                    return Poll::Ready(Err(NoHead::Slow));
                }
            }
        }
    }

    fn take_head(&mut self, spare: &mut HeaderMap) -> Result<Option<Head>, Bad> {
        let Some(end) = self.scan.end(&self.come)? else {
            return Ok(None);
        };
        self.scan = Scan::default();
        let bytes = self.come.split_to(end).freeze();
        head::read(&bytes, std::mem::take(spare)).map(Some)
    }

    /// Between two requests the buffer begins anew, and what a large body made of it is given back.
    fn make_room(&mut self) {
        if std::mem::take(&mut self.is_grown) {
            self.come = BytesMut::new();
        }
        self.come.reserve(SMALL);
    }

    /// What the system holds of a body that is not large goes on as one piece.
    fn read_at_once(&mut self, head: &Head, cx: &mut Context<'_>) {
        let Framing::Length(length @ 1..=AT_ONCE) = head.framing else {
            return;
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        while !head.expects && self.come.len() < length {
            let missing = length - self.come.len();
            if self.come.capacity() < length {
                self.come.reserve(missing);
                self.is_grown |= length > SMALL;
            }
            // An end, or trouble, is met again by whoever reads on.
            if !matches!(self.poll_more(missing, cx), Poll::Ready(Ok(read)) if read > 0) {
                return;
            }
        }
    }

    /// Ready when the caller has hung up. What it asks meanwhile is kept.
    pub(super) fn poll_hung_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.inflow.is_over() {
            return Poll::Pending; // its end stands behind the rest of its body, which is read by whoever wants it
        }
        while self.come.len() < AHEAD {
            let full = self.come.len() == self.come.capacity();
            match ready!(self.poll_more(if full { SMALL } else { 1 }, cx)) {
                Ok(read) if read > 0 => {}
                _ => return Poll::Ready(()),
            }
        }
        Poll::Pending
    }
}

impl<S: Socket> Line<S> {
    /// Whether nothing more is expected of the caller.
    pub(super) fn is_heard_out(&self) -> bool {
        self.come.is_empty() && self.inflow.is_over()
    }

    /// Reads what is of no use any more; ready at its end.
    pub(super) fn poll_let_go(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            self.come.clear();
            if !matches!(ready!(self.poll_more(LARGE, cx)), Ok(read) if read > 0) {
                return Poll::Ready(());
            }
        }
    }
}

/// After a switch of protocols: what was read ahead comes first.
impl<S: Socket> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        if line.come.is_empty() {
            return Pin::new(&mut line.socket).poll_read(cx, space);
        }
        let here = line.come.len().min(space.remaining());
        space.put_slice(&line.come.split_to(here));
        Poll::Ready(Ok(()))
    }
}

impl<S: Socket> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().socket).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}
