//! Time, as both ends of the wire see it: the gateway's events carry the moment they left.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Nanoseconds since somebody first asked.
pub(crate) fn nanos() -> u64 {
    let since = now() - *BEGAN.get_or_init(now);
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A difference between two of [`nanos`], in microseconds.
pub(crate) fn micros_between(from: u64, to: u64) -> f64 {
    micros(Duration::from_nanos(to.saturating_sub(from)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "waiting for a process, outside of anything measured"
)]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}
