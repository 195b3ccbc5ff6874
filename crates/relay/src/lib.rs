//! The stages every request passes, in order, behind two doors: the window and HTTP on localhost.
//!
//! Begin at `pipeline.rs`. `server/` is the HTTP door; the window's door is `Relay::answer` itself.

mod affinity;
mod backoff;
mod budget;
mod calendar;
mod capture;
mod clock;
mod compat;
mod directory;
mod estimate;
mod figures;
mod health;
mod histogram;
mod intake;
pub mod jobs;
mod keyring;
mod limited;
mod metrics;
mod objects;
mod otlp;
mod pipeline;
mod rate;
pub mod redact;
mod refuse;
mod reply;
mod routes;
mod server;
mod stages;
mod token;
mod traffic;
mod watching;

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use nexdesk_ledger::{Capture, ExchangeRow, Ledger, LedgerError};
use nexdesk_upstream::Upstream;
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

pub use budget::{Period, Standing};
pub use clock::Clock;
pub use directory::slug;
pub use figures::Figures;
pub use keyring::KeyNews;
pub use otlp::{COLLECTOR_SECRET, NoCollector, Reports};
pub use reply::{Body, Broken, Reply};
pub use server::{Access, ListenError, Listening, NoAccess};
pub use stages::plan::Preview;
pub use token::token_hash;
pub use traffic::Load;

use affinity::Affinities;
use compat::Compat;
use directory::Directory;
use health::Health;
use jobs::Jobs;
use keyring::Keyring;
use objects::Objects;
use otlp::Exporter;
use stages::admit::Admission;
use stages::jobs::SetApart;
use traffic::Traffic;
use watching::Watching;

/// A map that every request looks into. The standard hasher costs more than all the rest of a look, and who could choose
/// names that collide has a token anyway.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::quality::RandomState>;

/// The relay. Cloning it is cheap; all clones are one relay.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    upstream: Upstream,
    clock: Clock,
    directory: ArcSwap<Directory>,
    keyring: Keyring,
    health: Health,
    affinities: Affinities,
    objects: Objects,
    jobs: Jobs,
    set_apart: SetApart,
    compat: Compat,
    admission: Admission,
    traffic: Traffic,
    watching: Watching,
    tasks: TaskTracker,
    exchanges: broadcast::Sender<Arc<ExchangeRow>>,
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
    /// A relay over `ledger`, calling out through `upstream`, with its long work in `jobs`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open(ledger: Ledger, upstream: Upstream, clock: Clock, jobs: Jobs) -> Result<Self, LedgerError> {
        let directory = Directory::read(&ledger)?;
        let keyring = Keyring::new(&directory);
        let admission = Admission::open(&ledger, &directory.tokens, clock.unix_ms())?;
        let compat = Compat::read(&ledger)?;
        let watching = Watching::default();
        watching.metrics.refresh(&ledger)?;
        let objects = Objects::new(ledger.clone(), clock.clone());
        Ok(Self(Arc::new(Inner {
            ledger,
            upstream,
            clock,
            directory: ArcSwap::from_pointee(directory),
            keyring,
            health: Health::default(),
            affinities: Affinities::default(),
            objects,
            jobs,
            set_apart: SetApart::default(),
            compat,
            admission,
            traffic: Traffic::default(),
            watching,
            tasks: TaskTracker::new(),
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
        self.0.health.keep(|id| directory.gateway(id).is_some());
        self.0.admission.refresh(&self.0.ledger, &directory.tokens)?;
        self.0.watching.metrics.refresh(&self.0.ledger)?;
        self.0.directory.store(Arc::new(directory));
        Ok(())
    }

    /// Takes one request through all stages. Whatever happens, there is an answer.
    pub async fn answer(&self, door: Door, request: http::Request<Bytes>) -> Reply {
        self.serve(door, request.map(intake::Intake::Whole))
            .await
            .signed()
    }

    pub(crate) async fn serve(&self, door: Door, request: http::Request<intake::Intake>) -> Reply {
        pipeline::run(self, door, request).await
    }

    /// Work that goes on when nobody waits for it any more. Outside of a runtime there is nobody to do it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.0.tasks.spawn_on(work, &runtime);
        }
    }

    /// Goes on with the jobs of the last life. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn start(&self) -> Result<(), LedgerError> {
        self.0.jobs.start()?;
        self.0.tasks.spawn(stages::jobs::follow(self.clone()));
        Ok(())
    }

    /// Films, and pictures that are drawn in tasks.
    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Opens the HTTP door. Runs until `Listening` is stopped; must be called within a tokio runtime.
    ///
    /// # Errors
    /// When no port of this computer can be listened on, or it is not clear who may come in.
    pub async fn listen(&self, port: u16, access: Access) -> Result<Listening, ListenError> {
        server::listen(self.clone(), port, access).await
    }

    /// Every exchange, when it begins and when it ends.
    #[must_use]
    pub fn exchanges(&self) -> broadcast::Receiver<Arc<ExchangeRow>> {
        self.0.exchanges.subscribe()
    }

    /// What is going on right now.
    #[must_use]
    pub fn load(&self) -> Load {
        self.0.traffic.load(self.0.clock.instant())
    }

    /// What happened since the relay was opened.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let watching = &self.0.watching;
        let reports = watching.exporter().map(|exporter| exporter.standing());
        let (reported, unreported, collector_trouble) = reports.unwrap_or_default();
        Figures {
            reported,
            unreported,
            collector_trouble,
            uncaptured: watching.shelf.lost(),
            ..watching.counts.figures()
        }
    }

    /// Whether the window's own exchanges are kept to be looked at. Those of a tool are as its token says.
    pub fn keep_of_window(&self, keeps: Capture) {
        self.0.watching.keep_of_window(keeps);
    }

    /// Whether `GET /metrics` tells tokens and money apart by model.
    pub fn tell_models(&self, by_model: bool) {
        self.0.watching.metrics.tell_models(by_model);
    }

    /// Reports every exchange to a collector from now on, or to none. Must be called within a tokio runtime.
    pub fn report(&self, to: Option<Reports>) {
        let exporter =
            to.map(|reports| Exporter::new(reports, self.0.upstream.clone(), self.0.clock.clone()));
        if let Some(exporter) = &exporter {
            self.0.watching.tasks.spawn(exporter.clone().run());
        }
        self.0.watching.replace_exporter(exporter);
    }

    /// Sends what the collector has not got yet and keeps the bodies under way, for at most `patience`. The last thing
    /// before the ledger is closed.
    pub async fn stop_watching(&self, patience: std::time::Duration) {
        self.0.watching.end(patience).await;
    }

    /// Requests of tools that hold a place right now. Zero when nothing is under way, whatever became of them.
    #[must_use]
    pub fn places_taken(&self) -> usize {
        self.0.admission.taken()
    }

    /// How each budget of a local token stands, what is set aside for requests under way included.
    #[must_use]
    pub fn budgets_of(&self, token: &str) -> Vec<Standing> {
        self.0.admission.standing(token, self.0.clock.unix_ms())
    }

    /// Every key that is laid aside until somebody does something about it, and every one that works again.
    #[must_use]
    pub fn key_news(&self) -> broadcast::Receiver<KeyNews> {
        self.0.keyring.news()
    }

    /// A key's balance was read, in nano-dollars. One that was out of credit is asked again once it has changed.
    pub fn balance_of_key(&self, key: &str, nano: i64) {
        self.0.keyring.balance(key, nano);
    }

    /// A gateway was checked or moved: what is held against it is forgotten.
    pub fn trust_gateway(&self, gateway: &str) {
        self.0.health.forget(gateway);
    }

    /// Lets a key work again at once: it was checked, replaced, or its person says so.
    pub fn wake_key(&self, key: &str) {
        self.0.keyring.wake(key);
        self.0.upstream.forget(key);
    }
}
