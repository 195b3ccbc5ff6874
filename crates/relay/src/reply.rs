//! An answer on its way out, whichever door it leaves by.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use nexdesk_protocol::refusal::Refusal;

use crate::stages::meter::Metered;

/// Names the exchange in every answer, so that a person can find its row.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-nexdesk-request-id");

/// Status, headers, and a body that may still be coming.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The gateway's own headers, hop-by-hop ones aside, and ours.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// A body, whole or coming. Dropping it before its end hangs up on the gateway and settles the account.
pub struct Body(Inside);

enum Inside {
    Whole(Option<Bytes>),
    Coming(Box<Metered>),
}

impl Body {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self(Inside::Whole(Some(bytes.into())))
    }

    pub(crate) fn coming(metered: Metered) -> Self {
        Self(Inside::Coming(Box::new(metered)))
    }

    /// The next piece; `None` at the end. A stream that breaks ends with an event that says so.
    pub async fn next(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Inside::Whole(bytes) => bytes.take(),
            Inside::Coming(metered) => metered.next().await,
        }
    }

    /// The whole of it where it is whole already: such an answer has a length.
    pub(crate) fn take_whole(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Inside::Whole(bytes) => bytes.take(),
            Inside::Coming(_) => None,
        }
    }
}

impl Reply {
    pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            status,
            headers,
            body: Body::whole(body),
        }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut reply = Self::json(status, refusal.openai_body());
        if let Some(seconds) = refusal.retry_after {
            reply.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}
