//! Keeping the ledger within its limits: a little every minute, on a thread that answers nobody.

use std::sync::PoisonError;
use std::time::Duration;

use nexdesk_ledger::{LedgerError, Limits, Tended};
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::problem::{Problem, ProblemCode};

const EVERY: Duration = Duration::from_secs(60);
const TOO_BIG: &str = "ledger-too-big";

pub(crate) async fn keep_small(app: App) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first is at once, and a start has better things to do.
    ticks.tick().await;
    loop {
        tokio::select! {
            () = app.0.engine.ending().cancelled() => return,
            _ = ticks.tick() => {}
        }
        let tending = app.clone();
        match tokio::task::spawn_blocking(move || tending.tidy_up()).await {
            Ok(Ok(_)) => {}
            // Whoever writes next says so to the person.
            Ok(Err(error)) => tracing::warn!("the ledger could not be tidied: {error}"),
            Err(error) => tracing::error!("tidying the ledger failed: {error}"),
        }
    }
}

impl App {
    /// Says how much the ledger may keep from now on.
    pub fn limit_ledger(&self, limits: Limits) {
        *self.0.limits.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// Brings the ledger within its limits as far as that goes in a few seconds, and tells the person if it cannot be.
    /// Blocks.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn tidy_up(&self) -> Result<Tended, LedgerError> {
        let limits = *self.0.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let tended = self.ledger().tend(self.clock().unix_ms(), &limits)?;
        match tended.over {
            Some(over) => self.0.notices.raise(TOO_BIG, too_big(limits.size, over)),
            None => self.0.notices.lower(TOO_BIG),
        }
        Ok(tended)
    }
}

fn too_big(limit: u64, over: u64) -> Problem {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    let sentence = format!(
        "The history takes {} MB more than the {} MB it may, and no captured body is left to drop. Allow it more, or keep \
         exchanges for fewer days.",
        megabytes(over),
        megabytes(limit)
    );
    Problem::told(ProblemCode::StorageFull, sentence)
}
