//! The stages every request passes, in order, behind two doors: the window and HTTP on localhost.
//!
//! Begin at `pipeline.rs`. `server/` is the HTTP door; the window's door is `Relay::answer` itself.

mod clock;
mod directory;
mod keyring;
mod pipeline;
mod refuse;
mod reply;
mod server;
mod stages;
mod traffic;
mod watch;

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use nexdesk_ledger::{ExchangeRow, Ledger, LedgerError};
use nexdesk_upstream::Upstream;
use tokio::sync::broadcast;

pub use clock::Clock;
pub use directory::{slug, token_hash};
pub use reply::{Body, Reply};
pub use server::{ListenError, Listening};
pub use traffic::Load;

use directory::Directory;
use keyring::Keyring;
use stages::admit::Admission;
use traffic::Traffic;

/// The relay. Cloning it is cheap; all clones are one relay.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    upstream: Upstream,
    clock: Clock,
    directory: ArcSwap<Directory>,
    keyring: Keyring,
    admission: Admission,
    traffic: Traffic,
    exchanges: broadcast::Sender<ExchangeRow>,
}

/// Who asks, and how they came in.
#[derive(Clone, Debug)]
pub enum Door {
    /// The window, or `nexd ask`: already trusted, because they hold the data directory.
    Inside {
        /// What the ledger calls them.
        caller: &'static str,
        /// The message that the answer will become.
        message: Option<String>,
    },
    /// A socket: the request must carry a local token.
    Http,
}

impl Relay {
    /// A relay over `ledger`, calling out through `upstream`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open(ledger: Ledger, upstream: Upstream, clock: Clock) -> Result<Self, LedgerError> {
        let directory = Directory::read(&ledger)?;
        let keyring = Keyring::new(&directory);
        Ok(Self(Arc::new(Inner {
            ledger,
            upstream,
            clock,
            directory: ArcSwap::from_pointee(directory),
            keyring,
            admission: Admission::default(),
            traffic: Traffic::default(),
            exchanges: broadcast::channel(1024).0,
        })))
    }

    /// Reads gateways, keys, models and tokens anew. Whoever changes them in the ledger calls this.
    ///
    /// # Errors
    /// When the ledger cannot be read; the relay then goes on with what it knew.
    pub fn refresh(&self) -> Result<(), LedgerError> {
        let directory = Directory::read(&self.0.ledger)?;
        self.0.keyring.refresh(&directory);
        self.0.directory.store(Arc::new(directory));
        Ok(())
    }

    /// Takes one request through all stages. Whatever happens, there is an answer.
    pub async fn answer(&self, door: Door, request: http::Request<Bytes>) -> Reply {
        pipeline::run(self, door, request).await
    }

    /// Opens the HTTP door. Runs until `Listening` is stopped; must be called within a tokio runtime.
    ///
    /// # Errors
    /// When no port of this computer can be listened on.
    pub async fn listen(&self, port: u16) -> Result<Listening, ListenError> {
        server::listen(self.clone(), port).await
    }

    /// Every exchange, when it begins and when it ends.
    #[must_use]
    pub fn exchanges(&self) -> broadcast::Receiver<ExchangeRow> {
        self.0.exchanges.subscribe()
    }

    /// What is going on right now.
    #[must_use]
    pub fn load(&self) -> Load {
        self.0.traffic.load(self.0.clock.instant())
    }

    /// Requests of tools that hold a place right now. Zero when nothing is under way, whatever became of them.
    #[must_use]
    pub fn places_taken(&self) -> usize {
        self.0.admission.taken()
    }

    /// Lets a key work again at once: it was checked, replaced, or its person says so.
    pub fn wake_key(&self, key: &str) {
        self.0.keyring.wake(key);
        self.0.upstream.forget(key);
    }
}
