//! The transport a stranger's program would use.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use http::Request;
use http::header::AUTHORIZATION;

use crate::{Answer, ClientError, Transport};

/// HTTP to a base URL that ends in `/v1`.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    root: String,
    token: String,
}

impl Http {
    /// A transport to `base_url`, presenting `token` as the API key.
    ///
    /// # Errors
    /// When the system's TLS settings cannot be read.
    pub fn new(base_url: &str, token: &str) -> Result<Self, ClientError> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ClientError::Unreachable(cause(&error)))?;
        let root = base_url.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        Ok(Self {
            client,
            root,
            token: token.to_owned(),
        })
    }
}

impl Transport for Http {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Answer, ClientError>> {
        let (parts, body) = request.into_parts();
        let url = format!("{}{}", self.root, parts.uri);
        let sent = self.client.request(parts.method, url).headers(parts.headers);
        let sent = sent
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(body)
            .send();
        async move {
            let answer = sent
                .await
                .map_err(|error| ClientError::Unreachable(cause(&error)))?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer
                .bytes_stream()
                .map(|piece| piece.map_err(|_| ClientError::Interrupted))
                .boxed();
            Ok(Answer {
                status,
                headers,
                body,
            })
        }
        .boxed()
    }
}

/// The innermost cause: reqwest's own text repeats the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
