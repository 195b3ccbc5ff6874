//! The HTTP door: sockets on this computer, their guard, and the table of paths.

mod access;
mod bind;
mod call;
mod guard;
mod http;
pub(crate) mod paths;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::task::TaskTracker;

use crate::Relay;
pub use access::{Access, NoAccess};
use bind::{Caller, Listener};
use call::Porter;
use guard::{Guard, Way};
use http::{Dates, Patience, Socket};

/// The door could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// No port could be listened on.
    #[error("The relay cannot listen on 127.0.0.1:{port}: {source}.")]
    Port {
        /// The port that was wanted.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// It is not clear who may come in.
    #[error(transparent)]
    Access(#[from] NoAccess),
}

/// An open HTTP door.
pub struct Listening {
    address: SocketAddr,
    wanted: u16,
    lan: Option<IpAddr>,
    socket: Option<PathBuf>,
    socket_trouble: Option<String>,
    stop: watch::Sender<bool>,
    tasks: TaskTracker,
    listeners: TaskTracker,
}

impl Listening {
    /// What to point tools at.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What to point tools on other computers at, where they may come in.
    #[must_use]
    pub fn lan_url(&self) -> Option<String> {
        let address = SocketAddr::new(self.lan?, self.port());
        Some(format!("http://{address}/v1"))
    }

    /// The Unix socket, where there is one.
    #[must_use]
    pub fn socket(&self) -> Option<&std::path::Path> {
        self.socket.as_deref()
    }

    /// Why there is no Unix socket, where there was to be one.
    #[must_use]
    pub fn socket_trouble(&self) -> Option<&str> {
        self.socket_trouble.as_deref()
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

    /// Takes no new requests. The port can be listened on again then.
    pub async fn shut(&self) {
        if self.stop.send_replace(true) {
            return; // It may be somebody else's port and socket by now.
        }
        if let Some(path) = &self.socket {
            let _ = std::fs::remove_file(path);
        }
        self.listeners.close();
        self.listeners.wait().await;
    }

    /// Takes no new requests and waits for running answers to end, at most `patience` long.
    pub async fn stop(self, patience: Duration) {
        self.shut().await;
        self.tasks.close();
        let _ = tokio::time::timeout(patience, self.tasks.wait()).await;
    }
}

pub(crate) async fn listen(relay: Relay, wanted: u16, access: Access) -> Result<Listening, ListenError> {
    let access = access.checked()?;
    let no_port = |source| ListenError::Port { port: wanted, source };
    let listeners = bind::port(wanted, access.lan).await.map_err(no_port)?;
    let port = listeners
        .first()
        .ok_or_else(|| io::ErrorKind::AddrInUse.into())
        .and_then(TcpListener::local_addr)
        .map_err(no_port)?
        .port();
    let (stop, stopped) = watch::channel(false);
    let tasks = TaskTracker::new();
    let hall = Hall {
        relay,
        guard: Arc::new(Guard::new(&access, port)),
        seats: Arc::new(Semaphore::new(access.connections)),
        access: Arc::new(access),
        dates: Arc::default(),
        stopped,
        tasks: tasks.clone(),
        listeners: TaskTracker::new(),
    };
    for listener in listeners {
        hall.listeners.spawn(hall.clone().accept(Listener::Net(listener)));
    }
    let (socket, socket_trouble) = hall.open_file();
    Ok(Listening {
        address: (Ipv4Addr::LOCALHOST, port).into(),
        wanted,
        lan: hall.access.lan.then(bind::lan_address).flatten(),
        socket,
        socket_trouble,
        stop,
        tasks,
        listeners: hall.listeners,
    })
}

/// What all connections of a door share.
#[derive(Clone)]
struct Hall {
    relay: Relay,
    guard: Arc<Guard>,
    access: Arc<Access>,
    seats: Arc<Semaphore>,
    dates: Arc<Dates>,
    stopped: watch::Receiver<bool>,
    tasks: TaskTracker,
    listeners: TaskTracker,
}

impl Hall {
    async fn accept(mut self, listener: Listener) {
        loop {
            let accepted = async {
                let caller = listener.accept().await;
                // Who finds no seat waits, and behind them the others, outside, where waiting costs nothing.
                (caller, self.seats.clone().acquire_owned().await)
            };
            let (caller, seat) = tokio::select! {
                accepted = accepted => accepted,
                _ = self.stopped.changed() => return,
            };
            let (Ok(caller), Ok(seat)) = (caller, seat) else {
                // Out of file descriptors: the next moment may have some again, and a hot loop would not help.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            self.welcome(caller, seat);
        }
    }

    fn welcome(&self, caller: Caller, seat: OwnedSemaphorePermit) {
        match caller {
            Caller::Net(socket) => {
                let _ = socket.set_nodelay(true);
                let address = socket
                    .local_addr()
                    .map_or(Ipv4Addr::LOCALHOST.into(), |own| own.ip());
                self.tasks
                    .spawn(self.clone().connection(socket, Way::Net(address), seat));
            }
            #[cfg(unix)]
            Caller::File(socket) => {
                self.tasks
                    .spawn(self.clone().connection(socket, Way::Socket, seat));
            }
        }
    }

    /// The Unix socket, if one is wanted; without it the port still works.
    fn open_file(&self) -> (Option<PathBuf>, Option<String>) {
        let Some(path) = &self.access.socket else {
            return (None, None);
        };
        match bind::file(path) {
            Ok(listener) => {
                self.listeners.spawn(self.clone().accept(listener));
                (Some(path.clone()), None)
            }
            Err(error) => (
                None,
                Some(format!("There is no socket at {}: {error}.", path.display())),
            ),
        }
    }

    async fn connection<S: Socket>(self, socket: S, way: Way, seat: OwnedSemaphorePermit) {
        let porter = Porter {
            relay: self.relay,
            guard: self.guard,
            dates: self.dates,
            way,
        };
        let patience = Patience {
            head: self.access.head_time,
            body_silence: self.access.body_silence,
        };
        // A caller that hangs up ends here; its exchange has been settled by the meter's drop.
        if let Err(error) = http::serve(socket, &porter, patience, self.stopped).await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(seat);
    }
}
