//! What a gateway answers: a head, and a body as it comes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZstdDecoder};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_util::io::{ReaderStream, StreamReader};

use crate::wire::{Alarm, Socket, WireBody};
use crate::{Failure, Kind};

/// Error bodies and price lists are read whole; nobody needs more of them than this.
const WHOLE_CAP: usize = 64 * 1024 * 1024;

/// An answer whose body is still coming.
pub struct Answer {
    /// The gateway's status.
    pub status: StatusCode,
    /// The gateway's headers.
    pub headers: HeaderMap,
    /// The rest, as it comes.
    pub body: Body,
}

/// An answer that has come whole.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The gateway's status.
    pub status: StatusCode,
    /// The gateway's headers.
    pub headers: HeaderMap,
    /// All of it.
    pub body: Bytes,
}

/// Bytes both ways, after a switch of protocols.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// The two ways of a tunnel to a gateway, and what it has already said.
pub struct Tunnel {
    /// The connection.
    pub socket: Box<dyn Duplex>,
    /// What was read ahead of the switch.
    pub ahead: Vec<u8>,
}

/// The body of an answer, piece by piece. Dropping it hangs up on the gateway.
pub struct Body {
    inside: Inside,
    silence: Duration,
    /// Since when the next piece has been waited for.
    since: Option<Instant>,
    alarm: Alarm,
}

enum Inside {
    Wire(Box<WireBody>),
    Other(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>),
    Tunnel(Option<Tunnel>),
}

impl Answer {
    /// The same answer in plain bytes, where the gateway compressed it and we can read it.
    #[must_use]
    pub fn inflated(mut self) -> Self {
        let Some(coding) = self.headers.get(CONTENT_ENCODING) else {
            return self;
        };
        let coding = coding.to_str().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(coding.as_str(), "gzip" | "x-gzip" | "deflate" | "br" | "zstd") {
            return self;
        }
        self.headers.remove(CONTENT_ENCODING);
        self.headers.remove(CONTENT_LENGTH);
        self.body = self.body.inflated(&coding);
        self
    }
}

/// Reads `coding` from `pieces`. Plain bytes come out.
#[must_use]
pub fn inflate<S>(coding: &str, pieces: S) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>
where
    S: Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
{
    fn plain(
        reader: impl AsyncRead + Send + 'static,
    ) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>> {
        Box::pin(ReaderStream::new(reader))
    }
    let reader = StreamReader::new(pieces);
    fn buffered<R: AsyncBufRead + Send>(reader: R) -> R {
        reader
    }
    let reader = buffered(reader);
    match coding {
        "br" => plain(BrotliDecoder::new(reader)),
        "zstd" => plain(ZstdDecoder::new(reader)),
        "deflate" => plain(DeflateDecoder::new(reader)),
        _ => plain(GzipDecoder::new(reader)),
    }
}

impl Body {
    fn new(inside: Inside, silence: Duration) -> Self {
        Self {
            inside,
            silence,
            since: None,
            alarm: Alarm::default(),
        }
    }

    pub(crate) fn wire(body: Box<WireBody>, silence: Duration) -> Self {
        Self::new(Inside::Wire(body), silence)
    }

    pub(crate) fn proxied(answer: reqwest::Response, silence: Duration) -> Self {
        let pieces = answer.bytes_stream().map(|piece| piece.map_err(io::Error::other));
        Self::new(Inside::Other(Box::pin(pieces)), silence)
    }

    pub(crate) fn tunnel(socket: Socket, ahead: Vec<u8>) -> Self {
        let tunnel = Tunnel {
            socket: Box::new(socket),
            ahead,
        };
        Self::new(Inside::Tunnel(Some(tunnel)), Duration::MAX)
    }

    pub(crate) fn proxied_tunnel(socket: reqwest::Upgraded) -> Self {
        let tunnel = Tunnel {
            socket: Box::new(socket),
            ahead: Vec::new(),
        };
        Self::new(Inside::Tunnel(Some(tunnel)), Duration::MAX)
    }

    /// The tunnel, if the gateway switched protocols.
    #[must_use]
    pub fn into_tunnel(self) -> Option<Tunnel> {
        match self.inside {
            Inside::Tunnel(tunnel) => tunnel,
            Inside::Wire(_) | Inside::Other(_) => None,
        }
    }

    fn inflated(self, coding: &str) -> Self {
        let silence = self.silence;
        let pieces = stream::unfold(self, |mut body| async move {
            let piece = std::future::poll_fn(|cx| body.poll_raw(cx)).await?;
            Some((piece, body))
        });
        Self::new(Inside::Other(inflate(coding, Box::pin(pieces))), silence)
    }

    fn poll_raw(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match &mut self.inside {
            Inside::Wire(body) => body.poll_next(cx),
            Inside::Other(pieces) => pieces.as_mut().poll_next(cx),
            Inside::Tunnel(_) => Poll::Ready(None),
        }
    }

    /// The next piece, `None` at the proper end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Failure>>> {
        if let Poll::Ready(piece) = self.poll_raw(cx) {
            self.since = None;
            return Poll::Ready(piece.map(|piece| piece.map_err(|_| broke_off())));
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        let Some(until) = since.checked_add(self.silence) else {
            return Poll::Pending;
        };
        ready!(self.alarm.poll(until, cx));
        let waited = self.silence.as_secs_f32();
        let said = format!("The gateway sent nothing for {waited} seconds.");
        Poll::Ready(Some(Err(Failure::new(Kind::Stalled, said))))
    }

    /// The next piece, `None` at the proper end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Everything that is left.
    ///
    /// # Errors
    /// When the gateway breaks off, falls silent, or sends more than 64 MB.
    pub async fn whole(mut self) -> Result<Bytes, Failure> {
        let Some(first) = self.next().await.transpose()? else {
            return Ok(Bytes::new());
        };
        let mut whole = BytesMut::new();
        let mut pieces = Some(first);
        while let Some(piece) = pieces.take() {
            let next = self.next().await.transpose()?;
            // One piece is most answers: it is handed on as it is.
            if next.is_none() && whole.is_empty() {
                return Ok(piece);
            }
            whole.extend_from_slice(&piece);
            if whole.len() > WHOLE_CAP {
                let said = "The gateway's answer is larger than 64 MB.";
                return Err(Failure::new(Kind::GatewayFailed, said));
            }
            pieces = next;
        }
        Ok(whole.freeze())
    }
}

fn broke_off() -> Failure {
    Failure::new(
        Kind::Interrupted,
        "The gateway broke off before its answer was complete.",
    )
}
