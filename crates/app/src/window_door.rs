//! The client's second transport: into the relay without a socket, as the caller `window` or `nexd`.

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use http::Request;
use nexdesk_client::{Answer, ClientError, Transport};
use nexdesk_relay::{Door, Relay};

#[derive(Clone)]
pub(crate) struct WindowDoor {
    relay: Relay,
    caller: &'static str,
    message: Option<String>,
}

impl WindowDoor {
    pub(crate) fn new(relay: Relay, caller: &'static str, message: Option<String>) -> Self {
        Self {
            relay,
            caller,
            message,
        }
    }
}

impl Transport for WindowDoor {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Answer, ClientError>> {
        async move {
            let reply = self
                .relay
                .answer(
                    Door::Inside {
                        caller: self.caller,
                        message: self.message.clone(),
                    },
                    request,
                )
                .await;
            let pieces = stream::unfold(reply.body, |mut body| async move {
                let piece = body.next().await?;
                Some((piece.map_err(|_| ClientError::Interrupted), body))
            });
            Ok(Answer {
                status: reply.status,
                headers: reply.headers,
                body: pieces.boxed(),
            })
        }
        .boxed()
    }
}
