//! What is going on right now: how many answers are streaming, and how fast tokens arrive.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Long enough to be steady, short enough to fall to zero soon after the last token.
const WINDOW: Duration = Duration::from_secs(2);

/// A glance at the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Answers under way.
    pub streaming: usize,
    /// Tokens a second over the last two seconds, estimated from the text as it passes.
    pub tokens_per_second: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Traffic {
    streaming: AtomicUsize,
    arrivals: Mutex<VecDeque<(Instant, u64)>>,
}

impl Traffic {
    pub(crate) fn begin(&self) {
        self.streaming.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.streaming.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn arrived(&self, tokens: u64, now: Instant) {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        match arrivals.back_mut() {
            // A hundred streams at a hundred events a second are still only twenty entries a second.
            Some((at, sum)) if now.saturating_duration_since(*at) < Duration::from_millis(50) => {
                *sum += tokens
            }
            _ => arrivals.push_back((now, tokens)),
        }
        while arrivals
            .front()
            .is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW)
        {
            arrivals.pop_front();
        }
    }

    pub(crate) fn load(&self, now: Instant) -> Load {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = arrivals
            .iter()
            .filter(|(at, _)| now.saturating_duration_since(*at) <= WINDOW);
        let tokens: u64 = fresh.map(|(_, tokens)| tokens).sum();
        let tokens_per_second = u32::try_from(tokens / WINDOW.as_secs()).unwrap_or(u32::MAX);
        Load {
            streaming: self.streaming.load(Ordering::Relaxed),
            tokens_per_second,
        }
    }
}
