//! Who looks on: the figures of the window, of `GET /metrics`, of a collector, and bodies kept to be looked at. But for
//! a few counters all of it is off until a person wants it, and then costs an exchange one branch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use http::HeaderMap;
use nexdesk_ledger::{Capture as Keeps, ExchangeRow, Outcome};
use tokio_util::task::TaskTracker;

use crate::Relay;
use crate::capture::{Capture, Shelf};
use crate::figures::Counts;
use crate::intake::Payload;
use crate::metrics::Metrics;
use crate::otlp::{Ended, Exporter, Trace};
use crate::reply::Signature;
use crate::stages::authenticate::Caller;

#[derive(Default)]
pub(crate) struct Watching {
    pub(crate) counts: Counts,
    pub(crate) metrics: Metrics,
    pub(crate) shelf: Shelf,
    pub(crate) tasks: TaskTracker,
    exporter: ArcSwapOption<Exporter>,
    is_reporting: AtomicBool,
    /// What is kept of the window's own exchanges.
    of_window: AtomicU8,
}

/// What is seen of one exchange beyond its row.
pub(crate) struct Watched {
    capture: Option<Capture>,
    trace: Option<Trace>,
}

impl Watching {
    /// Looks at a request, if anybody wants to.
    pub(crate) fn begin(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        payload: &Payload,
    ) -> Option<Box<Watched>> {
        let keeps = match caller {
            Caller::Tool(token) => token.limits.capture,
            Caller::Inside(_) => self.of_window(),
        };
        let reports = self.is_reporting.load(Ordering::Relaxed);
        if keeps == Keeps::Off && !reports {
            return None;
        }
        Some(Box::new(Watched {
            capture: (keeps != Keeps::Off).then(|| Capture::of(keeps, headers, payload)),
            trace: reports.then(|| Trace::of(headers)),
        }))
    }

    /// An exchange has ended.
    pub(crate) fn ended(&self, relay: &Relay, row: &Arc<ExchangeRow>, watched: Option<Box<Watched>>) {
        self.counts.ended(row);
        self.metrics.ended(row);
        let Some(watched) = watched else { return };
        if let Some(capture) = watched.capture {
            capture.keep(relay, row);
        }
        if let Some(trace) = watched.trace
            && let Some(exporter) = &*self.exporter.load()
        {
            exporter.push(Ended::of(relay, row.clone(), trace));
        }
    }

    pub(crate) fn keep_of_window(&self, keeps: Keeps) {
        self.of_window.store(keeps as u8, Ordering::Relaxed);
    }

    fn of_window(&self) -> Keeps {
        let kept = self.of_window.load(Ordering::Relaxed);
        let all = [Keeps::Off, Keeps::Errors, Keeps::All];
        all.into_iter()
            .find(|keeps| *keeps as u8 == kept)
            .unwrap_or_default()
    }

    pub(crate) fn exporter(&self) -> Option<Arc<Exporter>> {
        self.exporter.load_full()
    }

    /// Puts one in the place of another, which sends what it still has.
    pub(crate) fn replace_exporter(&self, exporter: Option<Arc<Exporter>>) {
        self.is_reporting.store(exporter.is_some(), Ordering::Relaxed);
        if let Some(before) = self.exporter.swap(exporter) {
            before.end();
        }
    }

    /// Sends and keeps what is still under way.
    pub(crate) async fn end(&self, patience: Duration) {
        self.replace_exporter(None);
        self.tasks.close();
        let _ = tokio::time::timeout(patience, self.tasks.wait()).await;
        self.tasks.reopen();
    }
}

impl Watched {
    pub(crate) fn hear_head(&mut self, headers: &HeaderMap, signature: &Signature) {
        if let Some(capture) = &mut self.capture {
            capture.hear_head(headers, signature);
        }
    }

    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        if let Some(capture) = &mut self.capture {
            capture.hear(bytes);
        }
    }

    /// An attempt is over, that long after the exchange began.
    pub(crate) fn tried(&mut self, began: Instant, now: Instant) {
        if let Some(trace) = &mut self.trace {
            trace.tried(now.saturating_duration_since(began));
        }
    }
}

/// Whether an exchange went wrong for another reason than that its caller left.
pub(crate) fn went_wrong(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::Interrupted)
}
