//! One request that came through the door, and its way out again.

use std::sync::Arc;

use http::header::UPGRADE;
use http::{Request, StatusCode};
use nexdesk_protocol::refusal::{Dialect, Refusal};

use super::guard::{self, Guard, Way};
use super::http::Dates;
use crate::intake::Intake;
use crate::reply::{Body, Reply, Signature};
use crate::{Door, Relay, metrics, refuse};

/// The only path that is not a gateway's. Without its own token there is nothing there.
const METRICS: &str = "/metrics";

/// What every request at one door is met with.
pub(super) struct Porter {
    pub(super) relay: Relay,
    pub(super) guard: Arc<Guard>,
    pub(super) dates: Arc<Dates>,
    pub(super) way: Way,
}

impl Porter {
    pub(super) async fn respond(&self, request: Request<Intake>) -> Reply {
        let origin = match self.guard.check(request.headers(), request.uri(), self.way) {
            Ok(None) => return self.pass(request).await,
            Ok(Some(origin)) => origin,
            Err(refusal) => return refused(&refusal),
        };
        let preflight = guard::preflight(request.method(), request.headers());
        let mut reply = match preflight {
            // The browser has no token yet, and gets nothing but an answer to its question.
            Some(headers) => Reply {
                status: StatusCode::NO_CONTENT,
                headers,
                signature: Signature::default(),
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
        reply
    }

    async fn pass(&self, request: Request<Intake>) -> Reply {
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
        self.relay.serve(Door::Http, request).await
    }
}

fn refused(refusal: &Refusal) -> Reply {
    Reply::refusal(refusal, Dialect::default())
}
