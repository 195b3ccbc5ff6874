//! The socket side: accepts connections, reads whole requests, and sees answers out of the door.

use std::collections::HashSet;
use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use crate::account::Accounts;
use crate::call::Call;
use crate::files::Files;
use crate::record::Journal;
use crate::reply::{Body, Reply};
use crate::responses::Kept;
use crate::video::Jobs;
use crate::{Settings, clock, echo, realtime, refusal, routes};

const BODY_CAP: usize = 64 * 1024 * 1024;
/// A refused upload is still read so far, because a client that is cut off while sending never sees the 413.
const DRAIN_CAP: usize = 4 * BODY_CAP;

/// Everything the answers share.
pub(crate) struct Gateway {
    pub(crate) settings: Settings,
    pub(crate) journal: Journal,
    pub(crate) accounts: Accounts,
    pub(crate) jobs: Jobs,
    pub(crate) kept: Kept,
    pub(crate) files: Files,
    /// What has gone wrong once already, for the misbehaviours that do so only the first time.
    happened: Mutex<HashSet<(String, String)>>,
    pub(crate) sockets: TaskTracker,
    answered: AtomicU64,
    port: u16,
}

impl Gateway {
    pub(crate) fn new(settings: Settings, port: u16) -> Self {
        Gateway {
            journal: Journal::new(settings.record),
            settings,
            accounts: Accounts::default(),
            jobs: Jobs::default(),
            kept: Kept::default(),
            files: Files::default(),
            happened: Mutex::default(),
            sockets: TaskTracker::new(),
            answered: AtomicU64::new(0),
            port,
        }
    }

    /// Scheme, host and port: what links in answers start with.
    pub(crate) fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A name no other answer of this run has.
    pub(crate) fn fresh_id(&self, prefix: &str) -> String {
        format!("{prefix}{:08}", self.answered.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether this is the first time `key` meets `what`.
    pub(crate) fn first_time(&self, key: &str, what: &str) -> bool {
        let mut happened = self.happened.lock().unwrap_or_else(PoisonError::into_inner);
        happened.insert((key.to_owned(), what.to_owned()))
    }

    fn admits(&self, call: &Call) -> bool {
        let guarded = [
            "/v1/",
            "/v1beta/",
            "/v3/",
            "/queue/",
            "/bypass/",
            "/api/usage/",
            "/dashboard/",
        ]
        .iter()
        .any(|door| call.path.starts_with(door));
        match &self.settings.keys {
            Some(keys) if guarded => keys.contains(&call.key),
            _ => true,
        }
    }
}

/// Accepts until told to stop; connections that are still open then are dropped.
pub(crate) async fn run(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    mut stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => return Ok(()),
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Without this the kernel would glue the packets together that `sandbox-bad-split` takes apart.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(serve(stream, Arc::clone(&gateway)));
                }
                // Out of file handles, most likely: wait for some to close.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve(stream: tokio::net::TcpStream, gateway: Arc<Gateway>) {
    let service = service_fn(move |request| handle(Arc::clone(&gateway), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn handle(gateway: Arc<Gateway>, mut request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let wants_socket = realtime::is_wanted(request.uri().path(), request.headers());
    let upgrade = wants_socket.then(|| hyper::upgrade::on(&mut request));
    let (head, body) = request.into_parts();
    let echoes = echo::is_wanted(head.uri.path());
    let (body, weight) = if echoes {
        echo::read(body).await
    } else {
        (read(body).await, None)
    };
    let address = head.uri.path_and_query().map_or("/", |address| address.as_str());
    let heard = body.clone().unwrap_or_default();
    let listening = gateway
        .journal
        .note(head.method.as_str(), address, &head.headers, heard);
    let reply = match body {
        None => refusal::too_large(),
        Some(body) => {
            let call = Call::new(&head, body);
            let reply = match (gateway.admits(&call), weight) {
                (false, _) => refusal::wrong_key(),
                (true, Some(weight)) => echo::answer(&call, &weight),
                (true, None) if wants_socket => realtime::accept(&call.headers),
                (true, None) => routes::route(&gateway, &call).await,
            };
            dress(&gateway, &call, reply)
        }
    };
    if let Some(upgrade) = upgrade.filter(|_| reply.status == StatusCode::SWITCHING_PROTOCOLS) {
        gateway.sockets.spawn(realtime::talk(upgrade));
    }
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    Ok(reply.into_response(listening))
}

/// The whole body, or nothing if it is over the cap. A body that breaks off is taken as far as it came.
async fn read(mut body: Incoming) -> Option<Bytes> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(bytes) = frame.into_data() else { continue };
        seen += bytes.len();
        if seen <= BODY_CAP {
            kept.extend_from_slice(&bytes);
        } else if seen > DRAIN_CAP {
            return None;
        }
    }
    (seen <= BODY_CAP).then(|| kept.freeze())
}

/// Adds the headers every gateway sends, without overriding what the answer itself says.
fn dress(gateway: &Gateway, call: &Call, mut reply: Reply) -> Reply {
    let now = clock::unix_now();
    let mut headers = gateway.accounts.rate_headers(&call.key, now);
    headers.push((
        "x-oneapi-request-id",
        gateway.fresh_id(&format!("{now}-sandbox-")),
    ));
    headers.push(("x-new-api-version", env!("CARGO_PKG_VERSION").to_owned()));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            reply
                .headers
                .entry(HeaderName::from_static(name))
                .or_insert(value);
        }
    }
    reply
}
