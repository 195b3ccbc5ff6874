//! One request as the endpoints see it: who asks, for what path, with what body.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use serde_json::Value;

use crate::refusal;
use crate::reply::Reply;

/// A request, read to the end.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The key; empty when there is none. It tells accounts apart even when every key is welcome.
    pub(crate) key: String,
    pub(crate) content_type: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(head: &Parts, body: Bytes) -> Call {
        let text = |name| {
            head.headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        Call {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            key: key(head).to_owned(),
            content_type: text(CONTENT_TYPE).to_owned(),
            headers: head.headers.clone(),
            body,
        }
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<Value, Reply> {
        match serde_json::from_slice(&self.body) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(refusal::invalid("The request body must be a JSON object", None)),
            Err(error) => Err(refusal::invalid(
                &format!("The request body is not valid JSON: {error}"),
                None,
            )),
        }
    }

    /// Whether the query holds this pair.
    pub(crate) fn asks(&self, pair: &str) -> bool {
        self.query.split('&').any(|part| part == pair)
    }
}

/// The key in any of the places where one may stand: OpenAI's, Anthropic's, and Gemini's two.
fn key(head: &Parts) -> &str {
    let text = |name: &str| head.headers.get(name)?.to_str().ok();
    let bearer = text(AUTHORIZATION.as_str()).and_then(|said| said.strip_prefix("Bearer "));
    let asked = || {
        let mut pairs = head.uri.query().unwrap_or_default().split('&');
        pairs.find_map(|pair| pair.strip_prefix("key="))
    };
    bearer
        .or_else(|| text("x-api-key"))
        .or_else(|| text("x-goog-api-key"))
        .or_else(asked)
        .unwrap_or_default()
}

/// A text field that must be there.
pub(crate) fn required<'a>(body: &'a Value, field: &str) -> Result<&'a str, Reply> {
    match body[field].as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(refusal::invalid(
            &format!("Missing required parameter: '{field}'"),
            Some(field),
        )),
    }
}

/// A number that may come as a JSON number or, as forms and video models have it, as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}
