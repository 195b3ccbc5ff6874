//! Who is being served over the socket: an app that closes waits for them, as it does for streams.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::App;

/// The orders of other processes that are under way.
pub(crate) struct Guests {
    under_way: TaskTracker,
    leaving: CancellationToken,
}

impl Default for Guests {
    fn default() -> Self {
        let under_way = TaskTracker::new();
        // A closed tracker still takes tasks; it only means that waiting ends when it is empty.
        under_way.close();
        Self {
            under_way,
            leaving: CancellationToken::new(),
        }
    }
}

impl Guests {
    pub(super) fn under_way(&self) -> &TaskTracker {
        &self.under_way
    }

    /// Cancelled when nobody is let in any more.
    pub(super) fn leaving(&self) -> &CancellationToken {
        &self.leaving
    }

    /// Lets nobody in any more and waits, at most `patience` long, for those who are.
    pub(crate) async fn see_off(&self, patience: Duration) {
        self.leaving.cancel();
        let _ = tokio::time::timeout(patience, self.under_way.wait()).await;
    }
}

impl App {
    /// Waits until no order of another process is under way. A short-lived holder of the data directory waits here
    /// before it closes, so that whoever came in through it meanwhile is not cut off.
    pub async fn guests_gone(&self) {
        self.0.guests.under_way().wait().await;
    }
}
