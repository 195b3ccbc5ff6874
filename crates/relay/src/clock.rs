//! The time, as the relay sees it. Rules about time read it here, so that a test can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that can be set forward. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicU64>,
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    pub(crate) unix_ms: i64,
}

impl Clock {
    pub(crate) fn now(&self) -> Now {
        Now {
            instant: self.instant(),
            unix_ms: self.unix_ms(),
        }
    }

    /// For measuring how long something took.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's clock"
    )]
    pub fn instant(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    /// Unix milliseconds, for writing down when something happened.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's clock"
    )]
    pub fn unix_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + self.ahead();
        i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
    }

    /// Sets the clock forward, for tests.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(
            u64::try_from(by.as_millis()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed))
    }
}
