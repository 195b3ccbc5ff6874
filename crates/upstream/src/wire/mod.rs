//! HTTP/1.1 to a gateway, by hand: the bytes of an answer go from the socket to the caller in one step.
//!
//! hyper's client and reqwest on top of it pass every piece of a body through a channel to another task; that alone
//! costs more than accounting, routing and metering together (`reference/performance.md`). What is hard about HTTP
//! (names, happy eyeballs, TLS, header syntax) is done by libraries all the same.

mod alarm;
mod chunks;
mod dial;
mod head;
mod line;
mod sending;

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use tokio::time::Instant;

pub(crate) use alarm::Alarm;
pub use chunks::Chunks;
use dial::Dialer;
pub(crate) use dial::Socket;
pub(crate) use head::Announced;
use head::{Framing, Head};
use line::{Line, Origin, Pool};
use sending::Sending;

use crate::Outgoing;

#[derive(Clone)]
pub(crate) struct Wire {
    dialer: Dialer,
    pool: Arc<Pool>,
}

/// A request, borrowed from the call.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) secret: Option<(&'a HeaderName, &'a HeaderValue)>,
    /// A connection that lay idle may be dead without our knowing; what goes out once is not trusted to it.
    pub(crate) once: bool,
    pub(crate) now: Instant,
    /// When the head of the answer has to be there; `None` for never.
    pub(crate) until: Option<Instant>,
}

/// An answer: its head, and where the rest comes from.
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) rest: Rest,
}

pub(crate) enum Rest {
    Body(Box<WireBody>),
    /// The gateway switched protocols: from here on bytes go both ways. What was read ahead comes first.
    Tunnel(Socket, Vec<u8>),
}

/// Why there is no answer.
pub(crate) enum Broke {
    /// Nobody opened the door.
    Connect(io::Error),
    /// The connection broke, or what came is no HTTP.
    Wire(io::Error),
    /// There is no answer yet, and there was time enough for one.
    Late,
    /// The caller's own body broke off.
    Source,
}

impl Wire {
    pub(crate) fn new(connect: Duration) -> Result<Self, tokio_rustls::rustls::Error> {
        Ok(Self {
            dialer: Dialer::new(connect)?,
            pool: Arc::default(),
        })
    }

    pub(crate) async fn ask(&self, asked: Asked<'_>, body: &mut Outgoing) -> Result<Heard, Broke> {
        let origin = Origin::of(asked.url);
        let origin = origin.ok_or_else(|| Broke::Connect(io::Error::other("the address names no host")))?;
        if let Some(line) = self.pool.take(&origin, asked.now).filter(|_| !asked.once) {
            match self.exchange(line, &asked, body, &origin).await {
                // The gateway hung up while the line lay idle: nothing was heard, and nothing was lost.
                Err(Broke::Wire(error)) if is_hang_up(&error) && body.can_go_again() => {}
                outcome => return outcome,
            }
        }
        // In a box: a handshake is large and rare, and whoever waits for it is copied with it.
        let dialled = Box::pin(self.dialer.dial(asked.url));
        let socket = match asked.until {
            Some(until) => tokio::time::timeout_at(until, dialled)
                .await
                .map_err(|_| Broke::Late)?,
            None => dialled.await,
        };
        let socket = socket.map_err(Broke::Connect)?;
        self.exchange(Line::new(socket), &asked, body, &origin).await
    }

    async fn exchange(
        &self,
        mut line: Line,
        asked: &Asked<'_>,
        body: &mut Outgoing,
        origin: &Origin,
    ) -> Result<Heard, Broke> {
        let Asked {
            method,
            url,
            headers,
            secret,
            until,
            ..
        } = *asked;
        let head = head::request(method, url, headers, secret, body.announced(method));
        let mut sending = Sending::new(head, body);
        let Head {
            status,
            headers,
            framing,
            keeps,
            size,
        } = std::future::poll_fn(|cx| {
            let answer = sending.poll_answer(&mut line, method, cx);
            match until {
                Some(until) if answer.is_pending() => line.alarm.poll(until, cx).map(|()| Err(Broke::Late)),
                _ => answer,
            }
        })
        .await?;
        let keeps = keeps && sending.is_over();
        line.take(size);
        if status == StatusCode::SWITCHING_PROTOCOLS {
            let (socket, ahead) = line.into_parts();
            return Ok(Heard {
                status,
                headers,
                rest: Rest::Tunnel(socket, ahead),
            });
        }
        let mut body = Box::new(WireBody {
            line: Some(line),
            framing: Left::of(framing),
            keeps,
            pool: self.pool.clone(),
            origin: origin.clone(),
        });
        body.end_if_over();
        Ok(Heard {
            status,
            headers,
            rest: Rest::Body(body),
        })
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

enum Left {
    Length(u64),
    Chunks(Chunks),
    UntilClose,
}

impl Left {
    fn of(framing: Framing) -> Self {
        match framing {
            Framing::None => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunks(Chunks::lenient()),
            Framing::UntilClose => Self::UntilClose,
        }
    }
}

/// The body of an answer. Dropping it before its end closes the connection, which is how a gateway hears of it.
pub(crate) struct WireBody {
    line: Option<Line>,
    framing: Left,
    keeps: bool,
    pool: Arc<Pool>,
    origin: Origin,
}

impl WireBody {
    /// The next piece: all that the socket holds. `None` at the proper end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        while self.line.is_some() {
            match self.take_what_came() {
                Ok(piece) if piece.is_empty() => {}
                Ok(piece) => return Poll::Ready(Some(Ok(piece))),
                Err(error) => return self.broken(error),
            }
            let Some(line) = &mut self.line else { break };
            // What is left in the buffer, if anything, is half a chunk's size: it needs its rest.
            match ready!(line.poll_more(cx)) {
                Ok(0) if matches!(self.framing, Left::UntilClose) => self.line = None,
                Ok(0) => return self.broken(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                // Half of all servers leave out TLS's goodbye; a body without a length has no other end.
                Err(error) if matches!(self.framing, Left::UntilClose) && is_hang_up(&error) => {
                    self.line = None;
                }
                Err(error) => return self.broken(error),
            }
        }
        Poll::Ready(None)
    }

    fn take_what_came(&mut self) -> io::Result<Bytes> {
        let Some(line) = &mut self.line else {
            return Ok(Bytes::new());
        };
        let come = line.come();
        if come.is_empty() {
            return Ok(Bytes::new());
        }
        let (used, piece) = match &mut self.framing {
            Left::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(come.len());
                *left -= here as u64;
                (here, Bytes::copy_from_slice(&come[..here]))
            }
            Left::Chunks(chunks) => chunks.piece(come)?,
            Left::UntilClose => (come.len(), Bytes::copy_from_slice(come)),
        };
        line.take(used);
        self.end_if_over();
        Ok(piece)
    }

    fn broken(&mut self, error: io::Error) -> Poll<Option<io::Result<Bytes>>> {
        self.line = None;
        Poll::Ready(Some(Err(error)))
    }

    /// Gives the connection back as soon as the last byte has come, which may be long before the caller asks again.
    fn end_if_over(&mut self) {
        let is_over = match &self.framing {
            Left::Length(left) => *left == 0,
            Left::Chunks(chunks) => chunks.is_over(),
            Left::UntilClose => false,
        };
        if !is_over {
            return;
        }
        if let Some(line) = self
            .line
            .take()
            .filter(|line| self.keeps && line.come().is_empty())
        {
            self.pool.put(&self.origin, line);
        }
    }
}
