//! An answer on its way out: a head, and a body that is a short play of sends, pauses and accidents.
//!
//! Bodies are lists of steps and not tasks, so that nothing runs on when the client leaves: hyper drops the list.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::StreamBody;
use hyper::body::Frame;
use serde_json::Value;

use crate::record::Listening;

/// One step of a body.
pub(crate) enum Step {
    /// Bytes for the client.
    Send(Bytes),
    /// Flush what was sent, then wait; zero only flushes.
    Pause(Duration),
    /// Break the connection without ending the body.
    Break,
    /// Say nothing for ever, connection open.
    Silence,
}

impl Step {
    /// Whether the client has something to wait for in this step.
    fn is_owed(&self) -> bool {
        match self {
            Step::Send(bytes) => !bytes.is_empty(),
            Step::Silence => true,
            Step::Pause(_) | Step::Break => false,
        }
    }
}

/// An answer not yet sent.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// Boxed, because answers also travel as the error side of results.
    pub(crate) headers: Box<HeaderMap>,
    /// How long to keep the client waiting for the first byte of the head.
    pub(crate) delay: Duration,
    pub(crate) steps: VecDeque<Step>,
}

impl Reply {
    /// A whole body with its length.
    pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        Reply::steps(content_type, [Step::Send(body.clone())])
            .with(CONTENT_LENGTH, HeaderValue::from(body.len()))
            .with_status(status)
    }

    /// A JSON body.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Reply {
        Reply::bytes(status, "application/json", body.to_string())
    }

    /// A JSON body with status 200.
    pub(crate) fn ok(body: &Value) -> Reply {
        Reply::json(StatusCode::OK, body)
    }

    /// A body of unknown length.
    pub(crate) fn steps(content_type: &'static str, steps: impl IntoIterator<Item = Step>) -> Reply {
        let mut headers = Box::new(HeaderMap::new());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let steps = steps.into_iter().collect();
        Reply {
            status: StatusCode::OK,
            headers,
            delay: Duration::ZERO,
            steps,
        }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Reply {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Reply {
        self.status = status;
        self
    }

    /// The form hyper sends; `listening` learns whether the client stayed to the end.
    pub(crate) fn into_response(self, listening: Listening) -> Response<Body> {
        let mut response = Response::new(StreamBody::new(play(self.steps, listening)));
        *response.status_mut() = self.status;
        *response.headers_mut() = *self.headers;
        response
    }
}

/// The body type of every answer.
pub(crate) type Body = StreamBody<Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, io::Error>> + Send>>>;

fn play(
    steps: VecDeque<Step>,
    mut listening: Listening,
) -> Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, io::Error>> + Send>> {
    // hyper never polls an empty body, and may drop one of known length right after its last byte: so "done" is said
    // before the last byte, and for an empty body at once.
    if !steps.iter().any(Step::is_owed) {
        listening.done();
    }
    Box::pin(futures::stream::unfold(
        (steps, listening),
        |(mut steps, mut listening)| async move {
            while let Some(step) = steps.pop_front() {
                // hyper may drop a body of known length right after its last byte, so "done" is said before that byte.
                let owed = |step: &Step| matches!(step, Step::Send(_) | Step::Silence);
                match step {
                    Step::Send(bytes) => {
                        if !steps.iter().any(owed) {
                            listening.done();
                        }
                        return Some((Ok(Frame::data(bytes)), (steps, listening)));
                    }
                    // hyper flushes whenever the body has nothing ready.
                    Step::Pause(Duration::ZERO) => tokio::task::yield_now().await,
                    Step::Pause(wait) => tokio::time::sleep(wait).await,
                    Step::Break => {
                        listening.done();
                        let cut = io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose");
                        return Some((Err(cut), (steps, listening)));
                    }
                    Step::Silence => match std::future::pending::<Infallible>().await {},
                }
            }
            listening.done();
            None
        },
    ))
}
