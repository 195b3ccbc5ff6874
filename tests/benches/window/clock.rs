//! Time by the clock on the wall, which the page and the kernel's figures are laid beside.

use std::time::{Duration, SystemTime};

/// Milliseconds since 1970, with their fractions: what `performance.timeOrigin + performance.now()` is in the page.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(crate) fn wall() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs_f64() * 1e3
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date fit")]
pub(crate) fn unix_ms() -> i64 {
    wall() as i64
}

#[expect(
    clippy::disallowed_methods,
    reason = "a thread that looks at something every so often"
)]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}
