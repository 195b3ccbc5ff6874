//! A connection with its read buffer, and the connections that wait to be used again.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::FutureExt;
use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::alarm::Alarm;
use super::dial::Socket;

/// What one read takes at first, and at most: most answers are small, and a thousand streams wait at once.
const SMALL: usize = 4 * 1024;
const LARGE: usize = 128 * 1024;
/// Gateways close idle connections after a minute or more; ours go first.
const IDLE: Duration = Duration::from_secs(50);
const IDLE_AT_MOST: usize = 256;

/// A connection to a gateway.
pub(crate) struct Line {
    socket: Socket,
    buffer: Vec<u8>,
    /// What of the buffer has been read and not yet been taken.
    from: usize,
    to: usize,
    /// Whether it has served an exchange before: such a line may have been closed at the other end meanwhile.
    pub(crate) is_used: bool,
    /// Rings when an answer takes too long, whichever of the answers that come on this line.
    pub(crate) alarm: Alarm,
}

impl Line {
    pub(crate) fn new(socket: Socket) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
            from: 0,
            to: 0,
            is_used: false,
            alarm: Alarm::default(),
        }
    }

    /// What has come and was not taken.
    pub(crate) fn come(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    pub(crate) fn take(&mut self, bytes: usize) {
        self.from += bytes;
        if self.from >= self.to {
            (self.from, self.to) = (0, 0);
        }
    }

    /// Reads once what the socket holds; `0` at its end.
    pub(crate) fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
        }
        if self.to == self.buffer.len() {
            // A full buffer means that more is coming than fits: the next read takes more at once.
            let grown = (self.buffer.len() * 4).clamp(SMALL, LARGE.max(self.to + SMALL));
            self.buffer.resize(grown, 0);
        }
        let mut space = ReadBuf::new(&mut self.buffer[self.to..]);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut space))?;
        let read = space.filled().len();
        self.to += read;
        Poll::Ready(Ok(read))
    }

    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A plain socket has nothing to flush, and asking costs a call on every request.
        match &mut self.socket {
            Socket::Plain(_) => Poll::Ready(Ok(())),
            Socket::Tls(_) => Pin::new(&mut self.socket).poll_flush(cx),
        }
    }

    /// The socket and what was read ahead: after a switch of protocols the bytes are nobody's business.
    pub(crate) fn into_parts(self) -> (Socket, Vec<u8>) {
        let ahead = self.buffer[self.from..self.to].to_vec();
        (self.socket, ahead)
    }

    /// Whether nothing has come and nobody hung up while it lay idle.
    fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        if let Socket::Plain(socket) = &self.socket {
            return socket
                .try_read(&mut byte)
                .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        }
        let peek =
            std::future::poll_fn(|cx| Pin::new(&mut self.socket).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        peek.now_or_never().is_none()
    }
}

struct Idle {
    line: Line,
    since: Instant,
}

/// Where a connection leads.
#[derive(Clone)]
pub(crate) struct Origin {
    scheme: Scheme,
    authority: Authority,
}

impl PartialEq for Origin {
    /// As written: `http` would fold letters, one by one, on every request, and whoever writes one gateway in two ways
    /// has two pools.
    fn eq(&self, other: &Self) -> bool {
        self.authority.as_str() == other.authority.as_str() && self.scheme.as_str() == other.scheme.as_str()
    }
}

impl Origin {
    /// `None` for what is no address of a host.
    pub(crate) fn of(url: &Uri) -> Option<Self> {
        Some(Self {
            scheme: url.scheme()?.clone(),
            authority: url.authority()?.clone(),
        })
    }
}

/// Connections between two exchanges, by origin, of which there are a handful; the one used last goes first.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<(Origin, Vec<Idle>)>>);

impl Pool {
    pub(crate) fn take(&self, origin: &Origin, now: Instant) -> Option<Line> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, lines) = pool.iter_mut().find(|(other, _)| other == origin)?;
        while let Some(Idle { mut line, since }) = lines.pop() {
            if now.saturating_duration_since(since) < IDLE && line.is_quiet() {
                return Some(line);
            }
        }
        None
    }

    pub(crate) fn put(&self, origin: &Origin, mut line: Line) {
        line.is_used = true;
        let since = Instant::now();
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, lines)) = pool.iter_mut().find(|(other, _)| other == origin) {
            // The oldest lie in front: one look is enough where nothing has aged.
            let is_old = |idle: &Idle| since.saturating_duration_since(idle.since) >= IDLE;
            if lines.first().is_some_and(is_old) {
                lines.retain(|idle| !is_old(idle));
            }
            if lines.len() < IDLE_AT_MOST {
                lines.push(Idle { line, since });
            }
        } else {
            pool.push((origin.clone(), vec![Idle { line, since }]));
        }
    }
}
