//! The HTTP door: a socket on this computer, its guard, and the table of paths.

mod guard;
pub(crate) mod paths;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::reply::Reply;
use crate::{Door, Relay, refuse};

/// A prompt with pictures in base64 fits; what does not belongs in a file upload.
const BODY_CAP: usize = 64 * 1024 * 1024;
/// A caller that does not finish its headers in this time holds a socket for nothing.
const HEADER_TIME: Duration = Duration::from_secs(30);
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
    let graceful = GracefulShutdown::new();
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        let Ok((socket, _)) = socket else {
            // Out of file descriptors: the next moment may have some again, and a hot loop would not help.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        tasks.spawn(connection(relay.clone(), socket, &graceful, port));
    }
    drop(listener);
    graceful.shutdown().await;
}

fn connection(
    relay: Relay,
    socket: TcpStream,
    graceful: &GracefulShutdown,
    port: u16,
) -> impl Future<Output = ()> + use<> {
    let _ = socket.set_nodelay(true);
    let service = service_fn(move |request| {
        let relay = relay.clone();
        async move { Ok::<_, Infallible>(respond(&relay, request, port).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .serve_connection(TokioIo::new(socket), service);
    let served = graceful.watch(served);
    async move {
        // A caller that hangs up ends here; its exchange has been settled by the meter's drop.
        if let Err(error) = served.await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

async fn respond(
    relay: &Relay,
    request: Request<Incoming>,
    port: u16,
) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let reply = match guard::check(request.headers(), port) {
        Err(refusal) => Reply::from(refusal),
        Ok(()) => match collect(request).await {
            Err(refusal) => Reply::from(*refusal),
            Ok(request) => relay.answer(Door::Http, request).await,
        },
    };
    out(reply)
}

async fn collect(
    request: Request<Incoming>,
) -> Result<Request<Bytes>, Box<nexdesk_protocol::refusal::Refusal>> {
    let (parts, body) = request.into_parts();
    match Limited::new(body, BODY_CAP).collect().await {
        Ok(collected) => Ok(Request::from_parts(parts, collected.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(Box::new(refuse::too_large(BODY_CAP))),
        Err(_) => Err(Box::new(refuse::unreadable("it broke off"))),
    }
}

fn out(mut reply: Reply) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let body = match reply.body.take_whole() {
        Some(whole) => Full::new(whole).boxed_unsync(),
        None => {
            let pieces = stream::unfold(
                reply.body,
                |mut body| async move { Some((body.next().await?, body)) },
            );
            StreamBody::new(pieces.map(|bytes| Ok(Frame::data(bytes)))).boxed_unsync()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status.as_u16()).unwrap_or(StatusCode::OK);
    *response.headers_mut() = reply.headers;
    response
}
