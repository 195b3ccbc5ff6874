//! A typed client for OpenAI-compatible APIs: one method per endpoint, over any `Transport`.
//!
//! `Http` speaks to a gateway or to the relay like any program would; the desktop brings a second transport that enters
//! the relay without a socket, so its panels make the same calls as a stranger's code.

mod chat;
mod error;
mod http;

use std::pin::Pin;

use ::http::{HeaderMap, Method, Request, StatusCode};
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::{Stream, StreamExt};
use nexdesk_protocol::wire::openai::models::ModelList;

pub use chat::ChatStream;
pub use error::ClientError;
pub use http::Http;

/// Carries one request to whoever answers it.
pub trait Transport: Send + Sync {
    /// Sends a request whose path is a route such as `/v1/models`. Any status is an answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Answer, ClientError>>;
}

/// A body as it comes. Dropping it hangs up.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, ClientError>> + Send>>;

/// An answer whose body is still coming.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The rest.
    pub body: Pieces,
}

/// The client.
#[derive(Clone, Debug)]
pub struct Client<T> {
    transport: T,
}

impl<T: Transport> Client<T> {
    /// A client over `transport`.
    pub fn new(transport: T) -> Self {
        Self { transport }
    }

    /// `GET /v1/models`: what can be asked for.
    ///
    /// # Errors
    /// When nobody answers, or with a refusal.
    pub async fn models(&self) -> Result<ModelList, ClientError> {
        let answer = self.call(Method::GET, "/v1/models", Bytes::new()).await?;
        let body = whole(answer.body).await?;
        serde_json::from_slice(&body).map_err(|_| ClientError::NotUnderstood)
    }

    /// Sends, and turns every refusal into an error.
    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<Answer, ClientError> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|_| ClientError::NotUnderstood)?;
        let json = ::http::HeaderValue::from_static("application/json");
        request.headers_mut().insert(::http::header::CONTENT_TYPE, json);
        let answer = self.transport.send(request).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let (status, headers) = (answer.status, answer.headers);
        let body = whole(answer.body).await.unwrap_or_default();
        Err(ClientError::refused(status, &headers, &body))
    }
}

async fn whole(mut pieces: Pieces) -> Result<Bytes, ClientError> {
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole.freeze())
}
