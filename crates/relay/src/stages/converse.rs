//! What leaves and what comes back. The dialect is the same on both sides, so bytes pass untouched but for the model's
//! name, and for three things gateways get wrong that break clients: a body where events were asked for, a last event
//! without its blank line, a stream that stops without having ended.

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderName,
    ORIGIN, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, REFERER, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue};
use nexdesk_protocol::refusal::Refusal;
use nexdesk_protocol::wire::openai::chat::Completion;
use nexdesk_protocol::wire::peek::{self, Asked};

use crate::refuse;

const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    CONTENT_LENGTH,
];

/// The caller's own credentials and whereabouts are nobody's business upstream.
const PRIVATE: [HeaderName; 8] = [
    AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
    COOKIE,
    HOST,
    ORIGIN,
    REFERER,
    ACCEPT_ENCODING,
];

pub(crate) fn read(body: &[u8]) -> Result<Asked, Refusal> {
    peek::request(body).map_err(|error| refuse::unreadable(&error.to_string()))
}

/// The caller's bytes, with the model's name spliced where the gateway knows it by another.
pub(crate) fn outgoing(body: &Bytes, asked: &Asked, model: &str) -> Bytes {
    if model == asked.model {
        return body.clone();
    }
    let name = serde_json::to_string(model).unwrap_or_default();
    let mut spliced = BytesMut::with_capacity(body.len() + name.len());
    spliced.extend_from_slice(&body[..asked.model_at.start]);
    spliced.extend_from_slice(name.as_bytes());
    spliced.extend_from_slice(&body[asked.model_at.end..]);
    spliced.freeze()
}

pub(crate) fn outgoing_headers(headers: &HeaderMap) -> HeaderMap {
    without(headers, |name| {
        HOP_BY_HOP.contains(name) || PRIVATE.contains(name)
    })
}

pub(crate) fn incoming_headers(headers: &HeaderMap) -> HeaderMap {
    without(headers, |name| HOP_BY_HOP.contains(name) || name == SET_COOKIE)
}

/// Events under another content type are still events; clients that look at it should not stumble.
pub(crate) fn as_events(headers: &mut HeaderMap) {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !said.starts_with("text/event-stream") {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        );
    }
}

/// A whole answer where a stream was asked for: the same answer as one delta, its usage, and the end.
pub(crate) fn whole_as_events(body: &[u8]) -> Option<Bytes> {
    let mut completion: Completion = serde_json::from_slice(body).ok()?;
    completion.object = Some("chat.completion.chunk".into());
    for choice in &mut completion.choices {
        choice.delta = choice.message.take();
        for (index, call) in choice
            .delta
            .iter_mut()
            .flat_map(|delta| delta.tool_calls.iter_mut().flatten())
            .enumerate()
        {
            call.index.get_or_insert(index);
        }
    }
    let chunk = serde_json::to_string(&completion).ok()?;
    (!completion.choices.is_empty()).then(|| format!("data: {chunk}\n\ndata: [DONE]\n\n").into())
}

fn without(headers: &HeaderMap, drop: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    // What `Connection` names is hop-by-hop too.
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let kept = headers
        .iter()
        .filter(|(name, _)| !drop(name) && !named.iter().any(|hop| hop == name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
