//! A few counters for the relay's panel, since the start. They cost nothing worth saying, so they are always on.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nexdesk_ledger::ExchangeRow;

/// Delays remembered for the median.
const SAMPLES: usize = 1024;
const NONE: u32 = u32::MAX;

/// What happened since the relay was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Exchanges that have ended.
    pub ended: u64,
    /// Attempts after the first at the same gateway.
    pub retried: u64,
    /// Attempts after the first at another gateway.
    pub failed_over: u64,
    /// Half of the last thousand requests were held up by the relay itself for at most so many microseconds: from the
    /// whole request to the first attempt, and from the answer's beginning to the door.
    pub added_us: Option<u32>,
    /// Exchanges the collector has taken.
    pub reported: u64,
    /// Exchanges it will never see, because it could not be reached for too long.
    pub unreported: u64,
    /// Why it cannot be reached at the moment.
    pub collector_trouble: Option<String>,
    /// Bodies that were not kept, because too many came at once.
    pub uncaptured: u64,
}

/// The moments between which a request was ours alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    whole: Option<Instant>,
    /// When its first attempt left.
    pub(crate) left: Option<Instant>,
    /// When an answer had begun.
    pub(crate) came: Option<Instant>,
}

impl Held {
    pub(crate) fn since(whole: Option<Instant>) -> Self {
        Self {
            whole,
            ..Self::default()
        }
    }
}

#[derive(Debug)]
pub(crate) struct Counts {
    ended: AtomicU64,
    retried: AtomicU64,
    failed_over: AtomicU64,
    added: Box<[AtomicU32; SAMPLES]>,
    next: AtomicUsize,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            ended: AtomicU64::default(),
            retried: AtomicU64::default(),
            failed_over: AtomicU64::default(),
            added: Box::new([const { AtomicU32::new(NONE) }; SAMPLES]),
            next: AtomicUsize::default(),
        }
    }
}

impl Counts {
    pub(crate) fn ended(&self, row: &ExchangeRow) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        for (before, after) in row.attempts.iter().zip(row.attempts.iter().skip(1)) {
            let counter = if before.gateway == after.gateway {
                &self.retried
            } else {
                &self.failed_over
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How long one exchange was held up, where all of it is known.
    pub(crate) fn held_up(&self, held: &Held, now: Instant) {
        if let Held {
            whole: Some(whole),
            left: Some(left),
            came: Some(came),
        } = *held
        {
            self.sample(left.saturating_duration_since(whole) + now.saturating_duration_since(came));
        }
    }

    fn sample(&self, by: Duration) {
        let micros = u32::try_from(by.as_micros()).unwrap_or(NONE).min(NONE - 1);
        let place = self.next.fetch_add(1, Ordering::Relaxed) % SAMPLES;
        self.added[place].store(micros, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) -> (u64, u64) {
        (
            self.retried.load(Ordering::Relaxed),
            self.failed_over.load(Ordering::Relaxed),
        )
    }

    pub(crate) fn figures(&self) -> Figures {
        let (retried, failed_over) = self.retried();
        Figures {
            ended: self.ended.load(Ordering::Relaxed),
            retried,
            failed_over,
            added_us: self.median(),
            ..Figures::default()
        }
    }

    fn median(&self) -> Option<u32> {
        let samples = self.added.iter().map(|sample| sample.load(Ordering::Relaxed));
        let mut samples: Vec<u32> = samples.filter(|sample| *sample != NONE).collect();
        let middle = samples.len() / 2;
        (!samples.is_empty()).then(|| *samples.select_nth_unstable(middle).1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, SAMPLES};
    use std::time::Duration;

    #[test]
    fn the_median_is_of_the_last_thousand_and_none_before_the_first() {
        let counts = Counts::default();
        assert_eq!(counts.figures().added_us, None);
        for micros in [30, 10, 20] {
            counts.sample(Duration::from_micros(micros));
        }
        assert_eq!(counts.figures().added_us, Some(20));
        (0..SAMPLES).for_each(|_| counts.sample(Duration::from_micros(7)));
        assert_eq!(
            counts.figures().added_us,
            Some(7),
            "what was long ago is forgotten"
        );
    }
}
