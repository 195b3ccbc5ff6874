//! A tool: it knows the relay's address and a local token, and writes down everything it is sent.

use bytes::Bytes;
use futures::StreamExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::Streamed;
use crate::events::{delivered_events, text_of};

/// A caller over HTTP.
#[derive(Clone)]
pub struct Cursor {
    http: reqwest::Client,
    root: String,
    token: String,
}

/// An answer from its first to its last byte.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as the network cut it.
    pub pieces: Vec<Bytes>,
    /// Whether the body had its proper end; the opposite is a broken connection.
    pub whole: bool,
}

/// An answer that is still coming. Dropping it hangs up.
pub struct Hearing {
    response: futures::stream::BoxStream<'static, reqwest::Result<Bytes>>,
    heard: Heard,
}

/// The body of a chat request with one message.
#[must_use]
pub fn question(model: &str, text: &str, stream: bool) -> Value {
    let mut body = json!({ "model": model, "messages": [{ "role": "user", "content": text }] });
    if stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
    }
    body
}

impl Cursor {
    /// A caller that speaks to `root` (an address without `/v1`) with `token`.
    ///
    /// # Panics
    /// When there is no TLS on this computer.
    #[must_use]
    pub fn new(root: &str, token: &str) -> Self {
        // Nothing is inflated here, so that what is heard is what was sent.
        let http = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .no_deflate()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().unwrap(),
            root: root.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The same caller with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// A request with nothing in it yet, not even the token.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.root))
    }

    /// A request that carries the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    /// `GET`, with the token.
    pub async fn gets(&self, path: &str) -> Heard {
        Heard::of(self.request(Method::GET, path)).await
    }

    /// Asks one thing as a stream, usage included, and listens to the end.
    pub async fn streams(&self, model: &str, text: &str) -> Heard {
        self.posts(question(model, text, true).to_string()).await
    }

    /// Asks one thing and gets the answer whole.
    pub async fn asks(&self, model: &str, text: &str) -> Heard {
        self.posts(question(model, text, false).to_string()).await
    }

    /// Sends these bytes as a chat request and listens to the end.
    pub async fn posts(&self, body: impl Into<Bytes>) -> Heard {
        Heard::of(self.chat(body)).await
    }

    /// Posts JSON to any path and listens to the end.
    pub async fn sends(&self, path: &str, body: impl Into<Bytes>) -> Heard {
        let request = self.request(Method::POST, path);
        Heard::of(request.header(CONTENT_TYPE, "application/json").body(body.into())).await
    }

    /// Sends what is all made up, and listens to the end.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn runs(&self, request: reqwest::Request) -> Heard {
        Hearing::new(self.http.execute(request).await.unwrap())
            .rest()
            .await
    }

    /// Asks for a stream of this kind and listens to the end.
    pub async fn hears(&self, stream: &Streamed) -> Heard {
        let request = self.request(Method::POST, stream.path);
        Heard::of(
            request
                .header(CONTENT_TYPE, stream.content_type())
                .body(stream.ask),
        )
        .await
    }

    /// Begins to stream and leaves the rest to be asked for.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn begins(&self, model: &str, text: &str) -> Hearing {
        let response = self.chat(question(model, text, true).to_string()).send().await;
        Hearing::new(response.unwrap())
    }

    fn chat(&self, body: impl Into<Bytes>) -> RequestBuilder {
        let request = self.request(Method::POST, "/v1/chat/completions");
        request.header(CONTENT_TYPE, "application/json").body(body.into())
    }
}

impl Hearing {
    fn new(response: Response) -> Self {
        let heard = Heard {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            pieces: Vec::new(),
            whole: false,
        };
        Self {
            response: response.bytes_stream().boxed(),
            heard,
        }
    }

    /// Listens until that much text has come.
    ///
    /// # Panics
    /// When the answer ends first.
    pub async fn until(&mut self, characters: usize) -> String {
        while self.heard.text().chars().count() < characters {
            assert!(self.one_more().await, "the answer ended first: {:?}", self.heard);
        }
        self.heard.text()
    }

    /// Listens to the end.
    pub async fn rest(mut self) -> Heard {
        while self.one_more().await {}
        self.heard
    }

    async fn one_more(&mut self) -> bool {
        match self.response.next().await {
            Some(Ok(piece)) => self.heard.pieces.push(piece),
            Some(Err(_)) => return false,
            None => {
                self.heard.whole = true;
                return false;
            }
        }
        true
    }
}

impl Heard {
    /// Sends the request and listens to the end.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn of(request: RequestBuilder) -> Self {
        Hearing::new(request.send().await.unwrap()).rest().await
    }

    /// The whole body.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    /// The whole body as text.
    #[must_use]
    pub fn plain(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The last event as JSON; null if it is none.
    #[must_use]
    pub fn last_event(&self) -> Value {
        let last = self.events().pop().unwrap_or_default();
        serde_json::from_str(&last).unwrap_or_default()
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes()).unwrap_or_default()
    }

    /// A header as text; empty if it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// What a strict client is told, event by event.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        delivered_events(&self.bytes())
    }

    /// What was said: the deltas of a stream joined, or the message of a whole answer.
    #[must_use]
    pub fn text(&self) -> String {
        match self.json()["choices"][0]["message"]["content"].as_str() {
            Some(text) => text.to_owned(),
            None => text_of(&self.events()),
        }
    }

    /// The code of the error in the body, or in the last event.
    #[must_use]
    pub fn error_code(&self) -> Option<String> {
        let last = self.events().pop().unwrap_or_default();
        let event: Value = serde_json::from_str(&last).unwrap_or_default();
        let body = self.json();
        let code = [&body["error"]["code"], &event["error"]["code"]];
        code.iter().find_map(|code| code.as_str()).map(str::to_owned)
    }

    /// Whether the stream said that it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.events().last().is_some_and(|last| last == "[DONE]")
    }

    /// Why the model stopped, where it said so.
    #[must_use]
    pub fn finish_reason(&self) -> Option<String> {
        let chunks = self.events().into_iter();
        let chunks = chunks.filter_map(|data| serde_json::from_str(&data).ok());
        let mut all = std::iter::once(self.json()).chain(chunks);
        all.find_map(|chunk: Value| chunk["choices"][0]["finish_reason"].as_str().map(str::to_owned))
    }

    /// The tokens the gateway reported, where it did: in, cached, out.
    #[must_use]
    pub fn usage(&self) -> Option<(u64, u64, u64)> {
        let chunks = self.events().into_iter();
        let chunks = chunks.filter_map(|data| serde_json::from_str(&data).ok());
        let mut all = std::iter::once(self.json()).chain(chunks);
        all.find_map(|chunk: Value| {
            let usage = chunk.get("usage")?;
            let cached = usage["prompt_tokens_details"]["cached_tokens"].as_u64();
            Some((
                usage["prompt_tokens"].as_u64()?,
                cached.unwrap_or(0),
                usage["completion_tokens"].as_u64()?,
            ))
        })
    }
}
