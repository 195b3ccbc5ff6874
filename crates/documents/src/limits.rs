//! How much a file may cost us: bytes, letters, unpacked bytes, seconds. What is given to a chat was written by
//! anybody, so it is read on a thread of its own, and whoever waits for it goes on when the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::Unreadable;

/// What reading one file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub size: u64,
    /// Bytes that may come out of everything packed inside it.
    pub unpacked: u64,
    /// Bytes of text that may come out.
    pub text: u64,
    /// Pixels of a picture that is opened to make a smaller copy.
    pub pixels: u64,
    /// A picture with a longer edge goes out as a smaller copy.
    pub edge: u32,
    /// A picture of more bytes does too.
    pub picture: u64,
    /// When to give up.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 200 << 20,
            unpacked: 512 << 20,
            text: 8_000_000,
            pixels: 100_000_000,
            edge: 2048,
            picture: 4 << 20,
            time: Duration::from_secs(30),
        }
    }
}

/// The limits of one reading, and what of them is left. Readers ask it in every loop that a file's author controls.
#[derive(Clone)]
pub(crate) struct Budget {
    pub(crate) limits: Limits,
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    unpacked: Arc<AtomicU64>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            stop: Arc::default(),
            written: Arc::default(),
            unpacked: Arc::default(),
        }
    }

    /// Whether there is time and room for more.
    pub(crate) fn check(&self) -> Result<(), Unreadable> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(self.too_slow());
        }
        if self.written.load(Ordering::Relaxed) > self.limits.text {
            return Err(Unreadable::TooMuchText {
                limit: self.limits.text.div_ceil(1_000_000),
            });
        }
        self.unpack(0)
    }

    /// Counts text; false if there is no room for it.
    pub(crate) fn write(&self, bytes: usize) -> bool {
        let before = self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        before + bytes as u64 <= self.limits.text
    }

    /// Counts what came out of something packed.
    pub(crate) fn unpack(&self, bytes: u64) -> Result<(), Unreadable> {
        let before = self.unpacked.fetch_add(bytes, Ordering::Relaxed);
        let limit = self.limits.unpacked;
        if before.saturating_add(bytes) > limit {
            return Err(Unreadable::Bomb { limit });
        }
        Ok(())
    }

    fn too_slow(&self) -> Unreadable {
        let seconds = self.limits.time.as_secs();
        Unreadable::TooSlow { seconds }
    }
}

/// Parsers of others recurse; what overflows a stack takes the whole process along.
const STACK: usize = 64 << 20;

/// Does `work` on its own thread. If it panics the file is to blame; if it does not end in time it is told to through
/// its budget, and left alone.
pub(crate) fn bounded<T: Send + 'static>(
    budget: &Budget,
    what: &'static str,
    work: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Unreadable> {
    let (answer, wait) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new()
        .name("document".to_owned())
        .stack_size(STACK)
        // Nobody listens any more if the time was up.
        .spawn(move || drop(answer.send(work())));
    if thread.is_err() {
        return Err(budget.too_slow());
    }
    match wait.recv_timeout(budget.limits.time) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => {
            budget.stop.store(true, Ordering::Relaxed);
            Err(budget.too_slow())
        }
        Err(RecvTimeoutError::Disconnected) => Err(Unreadable::Damaged { what }),
    }
}
