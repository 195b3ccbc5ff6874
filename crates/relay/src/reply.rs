//! An answer on its way out, whichever door it leaves by.

use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use nexdesk_protocol::refusal::{Dialect, Refusal};

use crate::jobs::{Given, Stored, Told};
use crate::stages::passage::{Metered, Tunnelled};

/// Begins the name of every header of a signature.
const SIGNED: &str = "x-nexdesk-";

/// Status, headers, and a body that may still be coming.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The gateway's own headers, hop-by-hop ones aside.
    pub headers: HeaderMap,
    /// Ours, which stand in the place of a gateway's of the same name: it may be a relay too.
    pub signature: Signature,
    /// The body.
    pub body: Body,
}

/// Who served an answer, as headers. They are written out at once: every answer bears them, and nobody looks them up.
#[derive(Clone, Debug, Default)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// Names the exchange, so that a person can find its row.
    pub(crate) fn of(exchange: &str) -> Self {
        let mut signature = Self(Vec::with_capacity(256));
        signature.add("request-id", exchange.as_bytes());
        signature
    }

    /// `value` holds no line end.
    pub(crate) fn add(&mut self, name: &str, value: &[u8]) {
        for part in [SIGNED.as_bytes(), name.as_bytes(), b": ", value, b"\r\n"] {
            self.0.extend_from_slice(part);
        }
    }

    /// As lines of a head.
    pub(crate) fn lines(&self) -> &[u8] {
        &self.0
    }

    /// Whether a gateway's header has to make way for one of these.
    pub(crate) fn replaces(&self, name: &HeaderName) -> bool {
        name.as_str().starts_with(SIGNED) && self.fields().any(|(own, _)| own == name.as_str().as_bytes())
    }

    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let lines = self.0.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        lines.filter_map(|line| {
            let at = memchr::memchr(b':', line)?;
            Some((&line[..at], line[at + 1..].trim_ascii_start()))
        })
    }
}

/// A body, whole or coming. Dropping it before its end hangs up on the gateway and settles the account.
pub struct Body(Inside);

enum Inside {
    Whole(Option<Bytes>),
    Coming(Box<Metered>),
    File(Box<Stored>),
    Tunnel(Option<Box<Tunnelled>>),
}

/// The answer broke off where nothing could be said about it any more: the connection must not end as if it were whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gateway's answer broke off")]
pub struct Broken;

impl Body {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self(Inside::Whole(Some(bytes.into())))
    }

    pub(crate) fn coming(metered: Metered) -> Self {
        Self(Inside::Coming(Box::new(metered)))
    }

    pub(crate) fn tunnel(tunnelled: Tunnelled) -> Self {
        Self(Inside::Tunnel(Some(Box::new(tunnelled))))
    }

    /// The next piece; `None` at the end. A stream of events that breaks ends with an event that says so.
    ///
    /// # Errors
    /// When an answer without events broke off.
    pub async fn next(&mut self) -> Option<Result<Bytes, Broken>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        match &mut self.0 {
            Inside::Whole(bytes) => Poll::Ready(bytes.take().filter(|bytes| !bytes.is_empty()).map(Ok)),
            Inside::Coming(metered) => metered.poll_next(cx),
            Inside::File(file) => file.poll_next(cx).map_err(|_| Broken),
            Inside::Tunnel(_) => Poll::Ready(None),
        }
    }

    /// How long it is, where that is known.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.0 {
            Inside::Whole(bytes) => Some(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inside::File(file) => Some(file.length),
            Inside::Coming(_) | Inside::Tunnel(_) => None,
        }
    }

    /// What is there already.
    pub(crate) fn held(&self) -> &[u8] {
        match &self.0 {
            Inside::Whole(Some(bytes)) => bytes,
            Inside::Whole(None) | Inside::Coming(_) | Inside::File(_) | Inside::Tunnel(_) => &[],
        }
    }

    pub(crate) fn take_tunnel(&mut self) -> Option<Box<Tunnelled>> {
        match &mut self.0 {
            Inside::Tunnel(tunnel) => tunnel.take(),
            Inside::Whole(_) | Inside::Coming(_) | Inside::File(_) => None,
        }
    }
}

impl Reply {
    /// With its signature among the headers, for a door at which no head is written out.
    pub(crate) fn signed(mut self) -> Self {
        for (name, value) in self.signature.fields() {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                self.headers.insert(name, value);
            }
        }
        self
    }

    pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            status,
            headers,
            signature: Signature::default(),
            body: Body::whole(body),
        }
    }

    pub(crate) fn refusal(refusal: &Refusal, dialect: Dialect) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut reply = Self::json(status, refusal.body(dialect));
        if let Some(seconds) = refusal.retry_after {
            reply.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}

impl From<Told> for Reply {
    fn from(told: Told) -> Self {
        let mut reply = match told.given {
            Given::Json(said) => Self::json(told.status, said.to_string()),
            Given::File(file) => {
                let mut headers = HeaderMap::new();
                let mime = HeaderValue::from_str(&file.mime);
                let mime = mime.unwrap_or(HeaderValue::from_static("application/octet-stream"));
                headers.insert(CONTENT_TYPE, mime);
                headers.insert(CONTENT_LENGTH, HeaderValue::from(file.length));
                Self {
                    status: told.status,
                    headers,
                    signature: Signature::default(),
                    body: Body(Inside::File(Box::new(file))),
                }
            }
        };
        reply.headers.extend(told.headers);
        reply
    }
}
