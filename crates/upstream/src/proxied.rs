//! Calls that a proxy stands before: reqwest knows every kind of proxy.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{Method, StatusCode, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use crate::answer::{Answer, Body};
use crate::outgoing::Outgoing;
use crate::send::To;
use crate::{Failure, Kind};

/// The proxies this computer is set to use, and the client that knows how to talk to them.
pub(crate) struct Proxied {
    matcher: Matcher,
    client: reqwest::Client,
}

impl Proxied {
    /// `None` where not even a host that nobody can have would be reached through one: the client would read the
    /// system's certificates a second time for nothing.
    pub(crate) fn from_system(connect: Duration) -> Result<Option<Arc<Self>>, Failure> {
        let matcher = Matcher::from_system();
        let anywhere = ["http://nobody.invalid", "https://nobody.invalid"].map(Uri::from_static);
        if anywhere.iter().all(|url| matcher.intercept(url).is_none()) {
            return Ok(None);
        }
        let client = reqwest::Client::builder()
            // A redirect would carry the key to a host nobody chose.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect)
            .tcp_nodelay(true)
            .http1_only()
            .pool_idle_timeout(Duration::from_secs(50))
            .build()
            .map_err(|error| Failure::new(Kind::Unreachable, format!("TLS cannot be set up: {error}.")))?;
        Ok(Some(Arc::new(Self { matcher, client })))
    }

    pub(crate) fn want(&self, url: &Uri) -> bool {
        self.matcher.intercept(url).is_some()
    }

    /// Sends one request; `silence` is how long the body of its answer may be waited for.
    pub(crate) async fn send(
        &self,
        to: &To<'_>,
        body: &mut Outgoing,
        silence: Duration,
    ) -> Result<Answer, Failure> {
        let mut request = self
            .client
            .request(to.method.clone(), to.url.to_string())
            .headers(to.headers.clone());
        if let Some(secret) = to.secret {
            request = request.header(AUTHORIZATION, secret);
        }
        let request = match body {
            Outgoing::Whole(bytes)
                if bytes.is_empty() && matches!(*to.method, Method::GET | Method::HEAD) =>
            {
                request
            }
            Outgoing::Whole(bytes) => request.body(bytes.clone()),
            Outgoing::Coming { length, pieces } => {
                let coming = std::mem::replace(pieces, futures::stream::empty().boxed());
                let request = match length {
                    Some(length) => request.header(CONTENT_LENGTH, *length),
                    None => request,
                };
                request.body(reqwest::Body::wrap_stream(coming))
            }
        };
        let answer = request.send().await.map_err(|error| {
            let host = to.url.authority().map_or("", |authority| authority.as_str());
            Failure {
                unsent: error.is_connect(),
                ..Failure::new(
                    Kind::Unreachable,
                    format!(
                        "Nothing answers at {host} through the proxy: {}.",
                        deepest(&error)
                    ),
                )
            }
        })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = if status == StatusCode::SWITCHING_PROTOCOLS {
            let tunnel = answer.upgrade().await;
            Body::proxied_tunnel(tunnel.map_err(|_| Failure::new(Kind::Interrupted, "The proxy broke off."))?)
        } else {
            Body::proxied(answer, silence)
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

fn deepest(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
        .to_string()
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}
