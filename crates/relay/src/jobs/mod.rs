//! Work that takes minutes: films in every family, and pictures of models that draw in tasks.
//!
//! A gateway that speaks what the caller speaks (`Family::speaks`) is not for here: such a request passes through byte
//! for byte, its ids are the gateway's own, and `objects` remembers who made them, because a tool must not be able to
//! tell us from the gateway itself. Everything else becomes a job of ours, with an id of ours:
//!
//! 1. `create` writes the row as *submitting* before the order leaves, and as *submitted* when the gateway has named
//!    it. What fails in between may have been taken and may be billed: it is shown as failed, and never sent again.
//! 2. One timer (`clockwork.rs`) asks the gateways, less and less often, and goes on after a restart.
//! 3. What was made is fetched at once (`store.rs`), because links expire.
//! 4. `answers.rs` tells callers in OpenAI's or new-api's words.

mod answers;
mod bill;
mod clockwork;
mod follow;
mod order;
mod pictures;
mod store;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexdesk_ledger::{JobRow, Ledger};
use nexdesk_upstream::jobs::{Downloads, Families, Family, What};
use nexdesk_upstream::{Base, Failure, Key, Upstream, Whole};
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;

pub use answers::{Asked, Given, Told};
pub(crate) use answers::{page, queried, unknown};
pub(crate) use bill::Bill;
pub use store::Stored;

/// How many gateways are asked, or files fetched, at a time.
const AT_ONCE: usize = 16;

/// All jobs. Cloning it is cheap; all clones are one.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    upstream: Upstream,
    clock: Clock,
    media: PathBuf,
    families: Families,
    downloads: Downloads,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// When each open job wants to be looked after.
    due: Mutex<HashMap<String, i64>>,
    busy: Mutex<HashSet<String>>,
    woken: Notify,
    places: Semaphore,
    changes: broadcast::Sender<JobRow>,
    /// Gateways that were taken for OpenAI's kind and have no `/v1/videos`.
    learned: Mutex<HashSet<String>>,
}

/// Who is to make it: the lead has chosen gateway, key and model.
#[derive(Clone, Debug)]
pub struct Target {
    /// The gateway's id.
    pub gateway_id: String,
    /// Its name.
    pub gateway: String,
    /// Where it answers.
    pub base: Base,
    /// The key, `None` where it wants none.
    pub key: Option<Key>,
    /// How it wants such work asked for.
    pub family: Family,
    /// The model as it calls it.
    pub model: String,
}

/// Who ordered it.
#[derive(Clone, Debug, Default)]
pub struct Orderer {
    /// The local token; none from the window, which sees everybody's jobs.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The exchange that the order came in.
    pub exchange: Option<String>,
}

/// An order that was not taken, for certain. It may go to another key or gateway.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub failure: Failure,
    /// The gateway's own answer, where it gave one.
    pub said: Option<Whole>,
}

impl Jobs {
    /// Jobs over `ledger`, with their files below `media`.
    ///
    /// # Errors
    /// When the system's TLS settings cannot be read.
    pub fn open(
        ledger: Ledger,
        upstream: Upstream,
        clock: Clock,
        media: PathBuf,
        families: Families,
    ) -> Result<Self, Failure> {
        Ok(Self(Arc::new(Inner {
            ledger,
            upstream,
            clock,
            media,
            families,
            downloads: Downloads::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            due: Mutex::default(),
            busy: Mutex::default(),
            woken: Notify::new(),
            places: Semaphore::new(AT_ONCE),
            changes: broadcast::channel(256).0,
            learned: Mutex::default(),
        })))
    }

    /// The family a gateway speaks for a model at an endpoint.
    #[must_use]
    pub fn family(&self, preset: &str, gateway_id: &str, what: What, model: &str) -> Family {
        let family = self.0.families.family(preset, what, model);
        let learned = family == Family::OpenAi && lock(&self.0.learned).contains(gateway_id);
        if learned { Family::NewApi } else { family }
    }

    /// Remembers that a gateway has no `/v1/videos`: it answered one with *not served*. Then it is asked as new-api.
    pub fn learn_new_api(&self, gateway_id: &str) {
        lock(&self.0.learned).insert(gateway_id.to_owned());
    }

    /// Every job, whenever something about it changes.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<JobRow> {
        self.0.changes.subscribe()
    }

    /// Whether it is one of ours, whoever ordered it.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.ledger.job(&own(id)).is_ok_and(|row| row.is_some())
    }

    /// The job, if it is one of ours and this caller's. An id of a gateway's own is none.
    #[must_use]
    pub fn find(&self, id: &str, caller: Option<&str>) -> Option<JobRow> {
        let row = self.0.ledger.job(&own(id)).ok().flatten()?;
        (caller.is_none() || row.caller_id.as_deref() == caller).then_some(row)
    }

    /// Notes what a job cost, once the price is known.
    pub async fn settle(&self, id: &str, cost_nano: i64) {
        // A job that was deleted meanwhile needs no price.
        let _ = self.0.ledger.settle_job(id, cost_nano).await;
    }

    /// Waits until the jobs are stopped.
    pub(crate) async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }

    /// Asks and fetches no more. Orders under way have `patience` long to be named; then they are in doubt.
    pub async fn stop(&self, patience: Duration) {
        self.0.stop.cancel();
        self.0.tasks.close();
        let _ = tokio::time::timeout(patience, self.0.tasks.wait()).await;
    }

    /// Writes a row down and tells who listens. Whether it is still there.
    async fn keep(&self, mut row: JobRow) -> bool {
        row.updated_at = self.0.clock.unix_ms();
        match self.0.ledger.put_job(row.clone()).await {
            Ok(()) => {
                // Nobody listening is fine.
                let _ = self.0.changes.send(row);
                true
            }
            Err(error) => {
                tracing::warn!(job = row.id, %error, "a job could not be written down");
                false
            }
        }
    }
}

/// new-api's callers know a job as `task_…`.
fn own(id: &str) -> Cow<'_, str> {
    match id.strip_prefix("task_") {
        Some(bare) => format!("video_{bare}").into(),
        None => id.into(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
