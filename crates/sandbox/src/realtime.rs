//! `GET /v1/realtime`: a WebSocket that greets as OpenAI's does and says every event back, so that a tunnel can be
//! tested with real frames.

use futures::{SinkExt, StreamExt};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::refusal;
use crate::reply::Reply;

/// Whether a request wants to become a WebSocket.
pub(crate) fn is_wanted(path: &str, headers: &HeaderMap) -> bool {
    path == "/v1/realtime" && headers.contains_key(SEC_WEBSOCKET_KEY)
}

/// The switch of protocols.
pub(crate) fn accept(headers: &HeaderMap) -> Reply {
    let Some(key) = headers.get(SEC_WEBSOCKET_KEY) else {
        return refusal::invalid("A WebSocket begins with Sec-WebSocket-Key", None);
    };
    let Ok(accepted) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) else {
        return refusal::broken();
    };
    let mut reply = Reply::steps("text/plain", [])
        .with_status(StatusCode::SWITCHING_PROTOCOLS)
        .with(CONNECTION, HeaderValue::from_static("upgrade"))
        .with(UPGRADE, HeaderValue::from_static("websocket"))
        .with(SEC_WEBSOCKET_ACCEPT, accepted);
    reply.headers.remove(http::header::CONTENT_TYPE);
    if let Some(asked) = headers
        .get(SEC_WEBSOCKET_PROTOCOL)
        .and_then(|asked| asked.to_str().ok())
    {
        let first = asked.split(',').next().unwrap_or_default().trim();
        if let Ok(first) = HeaderValue::try_from(first) {
            reply = reply.with(SEC_WEBSOCKET_PROTOCOL, first);
        }
    }
    reply
}

/// Talks until the other side leaves.
pub(crate) async fn talk(upgrade: OnUpgrade) {
    let Ok(upgraded) = upgrade.await else { return };
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
    let greeting = json!({"type": "session.created", "event_id": "event_1",
        "session": {"id": "sess_sandbox", "object": "realtime.session", "model": "sandbox-realtime"}});
    if socket.send(Message::text(greeting.to_string())).await.is_err() {
        return;
    }
    while let Some(Ok(message)) = socket.next().await {
        let echo = match message {
            Message::Text(_) | Message::Binary(_) => message,
            Message::Close(_) => return,
            _ => continue,
        };
        if socket.send(echo).await.is_err() {
            return;
        }
    }
}
