//! The HTTP door: a socket on this computer, its guard, and the table of paths.

mod guard;
pub(crate) mod paths;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures::{StreamExt, stream};
use http::header::UPGRADE;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use nexdesk_protocol::refusal::Dialect;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::intake::Intake;
use crate::reply::{Body, Reply};
use crate::{Door, Relay, refuse};

/// A caller that does not finish its headers in this time holds a socket for nothing.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// A caller that stops in the middle of its body holds more than a socket.
const BODY_SILENCE: Duration = Duration::from_secs(60);
/// Claude Code sends thirty headers, of 8 KB at most.
const MOST_HEADERS: usize = 128;
const HEAD_CAP: usize = 256 * 1024;
/// Tried in order when the wanted port is taken, so that the address stays near the known one.
const NEXT_PORTS: u16 = 20;

/// No port could be listened on.
#[derive(Debug, thiserror::Error)]
#[error("The relay cannot listen on 127.0.0.1:{port}: {source}.")]
pub struct ListenError {
    /// The port that was wanted.
    pub port: u16,
    /// Why not.
    pub source: io::Error,
}

/// An open HTTP door.
pub struct Listening {
    address: SocketAddr,
    wanted: u16,
    stop: watch::Sender<bool>,
    tasks: TaskTracker,
}

impl Listening {
    /// What to point tools at.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The port in use.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The port that was wanted and was taken, if another is in use.
    #[must_use]
    pub fn moved_from(&self) -> Option<u16> {
        (self.wanted != 0 && self.wanted != self.address.port()).then_some(self.wanted)
    }

    /// Takes no new requests and waits for running answers to end, at most `patience` long.
    pub async fn stop(self, patience: Duration) {
        let _ = self.stop.send(true);
        self.tasks.close();
        let _ = tokio::time::timeout(patience, self.tasks.wait()).await;
    }
}

pub(crate) async fn listen(relay: Relay, wanted: u16) -> Result<Listening, ListenError> {
    let listener = bind(wanted)
        .await
        .map_err(|source| ListenError { port: wanted, source })?;
    let address = listener
        .local_addr()
        .map_err(|source| ListenError { port: wanted, source })?;
    let (stop, stopped) = watch::channel(false);
    let tasks = TaskTracker::new();
    tasks.spawn(accept(relay, listener, stopped, tasks.clone(), address.port()));
    Ok(Listening {
        address,
        wanted,
        stop,
        tasks,
    })
}

/// The wanted port, one of its neighbours, or any. Only "taken" moves on: "not permitted" would not get better.
async fn bind(wanted: u16) -> io::Result<TcpListener> {
    let near = (0..=NEXT_PORTS).map_while(|step| wanted.checked_add(step));
    for port in near.chain([0]) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            bound => return bound,
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

async fn accept(
    relay: Relay,
    listener: TcpListener,
    mut stopped: watch::Receiver<bool>,
    tasks: TaskTracker,
    port: u16,
) {
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((socket, _)) = socket else {
            // Out of file descriptors: the next moment may have some again, and a hot loop would not help.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        tasks.spawn(connection(relay.clone(), socket, stopped.clone(), tasks.clone(), port));
    }
}

async fn connection(
    relay: Relay,
    socket: TcpStream,
    mut stopped: watch::Receiver<bool>,
    tasks: TaskTracker,
    port: u16,
) {
    let _ = socket.set_nodelay(true);
    let service = service_fn(move |request| {
        let (relay, tasks) = (relay.clone(), tasks.clone());
        async move { Ok::<_, Infallible>(respond(&relay, request, &tasks, port).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEAD_CAP)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        _ = stopped.changed() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    // A caller that hangs up ends here; its exchange has been settled by the meter's drop.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn respond(
    relay: &Relay,
    mut request: Request<Incoming>,
    tasks: &TaskTracker,
    port: u16,
) -> Response<Body> {
    if let Err(refusal) = guard::check(request.headers(), port) {
        return out(Reply::refusal(&refusal, Dialect::default()));
    }
    let upgrades = request.headers().contains_key(UPGRADE);
    // Codex tries a WebSocket first, and of all refusals takes only this one calmly (`reference/tools.md` fact 5).
    if upgrades && request.uri().path().trim_end_matches('/').ends_with("/responses") {
        return out(Reply::refusal(&refuse::no_websocket(), Dialect::default()));
    }
    let switched = upgrades.then(|| hyper::upgrade::on(&mut request));
    let mut reply = relay.serve(Door::Http, request.map(intake)).await;
    if let Some(tunnel) = reply.body.take_tunnel()
        && let Some(switched) = switched
    {
        tasks.spawn(async move {
            match switched.await {
                Ok(caller) => tunnel.join(TokioIo::new(caller)).await,
                Err(error) => tracing::debug!(%error, "a caller did not switch protocols"),
            }
        });
    }
    out(reply)
}

/// The body as it comes, cut off where its sender falls asleep over it.
fn intake(body: Incoming) -> Intake {
    let length = body.size_hint().exact();
    let pieces = stream::unfold(body, |mut body| async move {
        loop {
            let frame = tokio::time::timeout(BODY_SILENCE, body.frame()).await;
            let frame = frame.unwrap_or_else(|_| None)?;
            match frame.map(Frame::into_data) {
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
