//! `POST /v1/chat/completions`, streamed or whole.

use std::collections::VecDeque;

use bytes::Bytes;
use futures::StreamExt;
use http::Method;
use nexdesk_protocol::sse::{Frame, Framer};
use nexdesk_protocol::talk::Delta;
use nexdesk_protocol::translate::openai_chat::{StreamError, StreamReader};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Completion, StreamOptions};

use crate::error::request_id;
use crate::{Client, ClientError, Pieces, Transport, whole};

impl<T: Transport> Client<T> {
    /// Asks for a whole answer.
    ///
    /// # Errors
    /// When nobody answers, or with a refusal.
    pub async fn chat(&self, request: &ChatRequest) -> Result<Completion, ClientError> {
        let body = body(&ChatRequest {
            stream: None,
            stream_options: None,
            ..request.clone()
        })?;
        let answer = self.call(Method::POST, "/v1/chat/completions", body).await?;
        serde_json::from_slice(&whole(answer.body).await?).map_err(|_| ClientError::NotUnderstood)
    }

    /// Asks for a stream, with the token counts at its end.
    ///
    /// # Errors
    /// When nobody answers, or with a refusal.
    pub async fn chat_stream(&self, request: &ChatRequest) -> Result<ChatStream, ClientError> {
        let options = StreamOptions {
            include_usage: Some(true),
            ..request.stream_options.clone().unwrap_or_default()
        };
        let body = body(&ChatRequest {
            stream: Some(true),
            stream_options: Some(options),
            ..request.clone()
        })?;
        let answer = self.call(Method::POST, "/v1/chat/completions", body).await?;
        Ok(ChatStream {
            request_id: request_id(&answer.headers),
            pieces: answer.body,
            framer: Framer::default(),
            reader: StreamReader::default(),
            ready: VecDeque::new(),
            over: false,
        })
    }
}

/// An answer as it comes. Dropping it hangs up, and the model stops.
pub struct ChatStream {
    request_id: Option<String>,
    pieces: Pieces,
    framer: Framer,
    reader: StreamReader,
    ready: VecDeque<Result<Delta, ClientError>>,
    over: bool,
}

impl ChatStream {
    /// What the relay calls this exchange.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The next delta; `None` at the proper end. After an error there is nothing more.
    pub async fn next(&mut self) -> Option<Result<Delta, ClientError>> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                self.over |= ready.is_err();
                return Some(ready);
            }
            if self.over {
                return None;
            }
            match self.pieces.next().await {
                Some(Ok(piece)) => self.read(&piece),
                Some(Err(error)) => self.ready.push_back(Err(error)),
                None => self.end(),
            }
        }
    }

    fn read(&mut self, piece: &[u8]) {
        let mut frames = Vec::new();
        self.framer.push(piece, &mut frames);
        for frame in frames {
            self.frame(frame);
        }
    }

    fn end(&mut self) {
        if let Some(frame) = self.framer.finish() {
            self.frame(frame);
        }
        if !self.reader.is_finished() && self.ready.iter().all(Result::is_ok) {
            self.ready.push_back(Err(ClientError::Interrupted));
        }
        self.over = self.ready.is_empty();
    }

    fn frame(&mut self, frame: Frame) {
        let Frame::Event(event) = frame else { return };
        let mut deltas = Vec::new();
        let read = self.reader.read(&event.data, &mut deltas);
        self.ready.extend(deltas.into_iter().map(Ok));
        match read {
            Ok(()) => {}
            Err(StreamError::Said { message, code }) => {
                let request_id = self.request_id.clone();
                self.ready.push_back(Err(ClientError::Refused {
                    status: 200,
                    code,
                    message,
                    request_id,
                }));
            }
            Err(StreamError::NotJson) => self.ready.push_back(Err(ClientError::NotUnderstood)),
        }
    }
}

fn body(request: &ChatRequest) -> Result<Bytes, ClientError> {
    serde_json::to_vec(request)
        .map(Bytes::from)
        .map_err(|_| ClientError::NotUnderstood)
}
