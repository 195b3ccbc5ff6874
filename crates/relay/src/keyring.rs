//! Which key goes next. A key rests after a 429, is passed over once refused or spent, and is never forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nexdesk_ledger::KeyState;
use nexdesk_upstream::{Failure, Kind};

use crate::directory::{Directory, Gateway, KeyEntry};

/// Without a Retry-After, a limit per minute is the likeliest.
const USUAL_REST: Duration = Duration::from_secs(20);
/// A gateway that says "tomorrow" is asked again sooner: another model may have its own limit.
const LONGEST_REST: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
pub(crate) struct Keyring(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    keys: HashMap<String, Standing>,
    turn: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    rests_until: Option<Instant>,
    /// Refused or spent: asked only when no better key is left, since a person may have mended it at the gateway.
    is_doubtful: bool,
}

impl Keyring {
    pub(crate) fn new(directory: &Directory) -> Self {
        let keyring = Self::default();
        keyring.refresh(directory);
        keyring
    }

    /// Forgets the standing of keys that are gone.
    pub(crate) fn refresh(&self, directory: &Directory) {
        let mut state = self.state();
        state.keys.retain(|id, _| {
            directory
                .gateways
                .iter()
                .any(|g| g.keys.iter().any(|key| key.id == *id))
        });
    }

    /// The keys to try, best first, or how long until the first has rested.
    pub(crate) fn order<'a>(
        &self,
        gateway: &'a Gateway,
        now: Instant,
    ) -> Result<Vec<&'a KeyEntry>, Duration> {
        let mut state = self.state();
        state.turn = state.turn.wrapping_add(1);
        let turn = state.turn;
        let standing = |key: &KeyEntry| state.keys.get(&key.id).copied().unwrap_or_default();
        let rest = |key: &KeyEntry| {
            standing(key)
                .rests_until
                .map(|until| until.saturating_duration_since(now))
        };
        let awake = |key: &&KeyEntry| rest(key).is_none_or(|rest| rest.is_zero());
        let mut ready: Vec<&KeyEntry> = gateway.keys.iter().filter(awake).collect();
        if ready.is_empty() {
            return Err(gateway.keys.iter().filter_map(rest).min().unwrap_or_default());
        }
        let share = turn % ready.len();
        ready.rotate_left(share);
        ready.sort_by_key(|key| standing(key).is_doubtful);
        Ok(ready)
    }

    /// Learns from an answer; returns what to write down of it.
    pub(crate) fn learn(
        &self,
        key: &str,
        outcome: Result<(), &Failure>,
        now: Instant,
    ) -> Option<(KeyState, Option<Duration>)> {
        let mut state = self.state();
        let was = state.keys.entry(key.to_owned()).or_default();
        let (standing, told) = match outcome.map_err(|failure| (failure.kind, failure.retry_after)) {
            Ok(()) => (Standing::default(), (KeyState::Healthy, None)),
            Err((Kind::RateLimited, after)) => {
                let rest = after.unwrap_or(USUAL_REST).min(LONGEST_REST);
                (
                    Standing {
                        rests_until: Some(now + rest),
                        ..*was
                    },
                    (KeyState::Resting, Some(rest)),
                )
            }
            Err((Kind::KeyRefused, _)) => (
                Standing {
                    is_doubtful: true,
                    ..*was
                },
                (KeyState::Refused, None),
            ),
            Err((Kind::QuotaExhausted, _)) => (
                Standing {
                    is_doubtful: true,
                    ..*was
                },
                (KeyState::Exhausted, None),
            ),
            Err(_) => return None,
        };
        *was = standing;
        Some(told)
    }

    pub(crate) fn wake(&self, key: &str) {
        self.state().keys.remove(key);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
