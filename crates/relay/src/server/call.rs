//! One request that came through the door, and its way out again.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use http::header::UPGRADE;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use tokio_util::task::TaskTracker;

use super::guard::{self, Guard, Way};
use crate::intake::Intake;
use crate::reply::{Body, Reply};
use crate::{Door, Relay, metrics, refuse};

/// The only path that is not a gateway's. Without its own token there is nothing there.
const METRICS: &str = "/metrics";

/// What every request at one door is met with.
pub(super) struct Porter {
    pub(super) relay: Relay,
    pub(super) guard: Arc<Guard>,
    pub(super) tasks: TaskTracker,
    pub(super) body_silence: Duration,
    pub(super) way: Way,
}

impl Porter {
    pub(super) async fn respond(&self, request: Request<Incoming>) -> Response<Body> {
        let origin = match self.guard.check(request.headers(), request.uri(), self.way) {
            Ok(None) => return out(self.pass(request).await),
            Ok(Some(origin)) => origin,
            Err(refusal) => return out(refused(&refusal)),
        };
        let preflight = guard::preflight(request.method(), request.headers());
        let mut reply = match preflight {
            // The browser has no token yet, and gets nothing but an answer to its question.
            Some(headers) => Reply {
                status: StatusCode::NO_CONTENT,
                headers,
                body: Body::whole(""),
            },
            None => {
                let mut reply = self.pass(request).await;
                guard::without_cors(&mut reply.headers);
                reply
            }
        };
        // A refusal too: or the page's own console is all that says why.
        guard::let_read(&mut reply.headers, origin);
        out(reply)
    }

    async fn pass(&self, mut request: Request<Incoming>) -> Reply {
        if request.uri().path() == METRICS
            && let Some(figures) = metrics::serve(&self.relay, request.method(), request.headers())
        {
            return figures;
        }
        let upgrades = request.headers().contains_key(UPGRADE);
        // Codex tries a WebSocket first, and of all refusals takes only this one calmly (`reference/tools.md` fact 5).
        if upgrades && request.uri().path().trim_end_matches('/').ends_with("/responses") {
            return refused(&refuse::no_websocket());
        }
        let switched = upgrades.then(|| hyper::upgrade::on(&mut request));
        let silence = self.body_silence;
        let mut reply = self
            .relay
            .serve(Door::Http, request.map(|body| intake(body, silence)))
            .await;
        if let Some(tunnel) = reply.body.take_tunnel()
            && let Some(switched) = switched
        {
            self.tasks.spawn(async move {
                match switched.await {
                    Ok(caller) => tunnel.join(TokioIo::new(caller)).await,
                    Err(error) => tracing::debug!(%error, "a caller did not switch protocols"),
                }
            });
        }
        reply
    }
}

fn refused(refusal: &Refusal) -> Reply {
    Reply::refusal(refusal, Dialect::default())
}

/// The body as it comes, cut off where its sender falls asleep over it.
fn intake(body: Incoming, silence: Duration) -> Intake {
    let length = body.size_hint().exact();
    let pieces = stream::unfold(body, move |mut body| async move {
        loop {
            // Broken and not ended: half an upload must not pass for a whole one.
            let Ok(frame) = tokio::time::timeout(silence, body.frame()).await else {
                return Some((Err(io::ErrorKind::TimedOut.into()), body));
            };
            match frame?.map(Frame::into_data) {
                Ok(Ok(bytes)) => return Some((Ok(bytes), body)),
                // Trailers say nothing that anybody waits for.
                Ok(Err(_)) => {}
                Err(error) => return Some((Err(io::Error::other(error)), body)),
            }
        }
    });
    Intake {
        pieces: pieces.boxed(),
        length,
    }
}

fn out(reply: Reply) -> Response<Body> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
