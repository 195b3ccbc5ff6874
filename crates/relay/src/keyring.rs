//! Which key goes next. Keys take turns by weight; one rests after a 429, goes last after failures in a row, is parked
//! when its credit is gone and laid aside when it is refused. Everything is a key's own, or a key's and a model's.

mod standing;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use nexdesk_ledger::KeyState;
use nexdesk_upstream::{Failure, Kind, Limits};
use tokio::sync::broadcast;

use crate::Map;
use crate::directory::{Directory, Gateway, KeyEntry};
pub(crate) use standing::Learned;
use standing::{Place, Standing};

#[derive(Debug)]
pub(crate) struct Keyring {
    state: Mutex<State>,
    news: broadcast::Sender<KeyNews>,
}

#[derive(Debug, Default)]
struct State {
    keys: Map<String, Standing>,
    /// What each key is owed of its gateway's turns: all weights together, less one whole round whenever it had one.
    credits: Map<String, i64>,
}

/// A key that will not be asked any more until somebody does something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNews {
    /// Its id.
    pub key: String,
    /// Refused or exhausted; healthy when it works again.
    pub state: KeyState,
    /// What the gateway said.
    pub said: String,
}

impl Keyring {
    pub(crate) fn new(directory: &Directory) -> Self {
        let keyring = Self {
            state: Mutex::default(),
            news: broadcast::channel(64).0,
        };
        keyring.refresh(directory);
        keyring
    }

    pub(crate) fn news(&self) -> broadcast::Receiver<KeyNews> {
        self.news.subscribe()
    }

    /// Forgets keys that are gone, and takes from the ledger how new ones stand: what was refused before a restart, or
    /// by a person's check, is not asked again.
    pub(crate) fn refresh(&self, directory: &Directory) {
        let mut state = self.state();
        let keys = directory.gateways.iter().flat_map(|gateway| &gateway.keys);
        let mut old = std::mem::take(&mut state.keys);
        for key in keys {
            let standing = old.remove(&key.id).unwrap_or_default();
            state.keys.insert(key.id.clone(), standing.seeded(key.state));
        }
        // New weights, new rounds.
        state.credits.clear();
    }

    /// The keys to try for `model`, best first; else why none can be asked. `preferred` holds the conversation's cache,
    /// or made the object that is asked for.
    pub(crate) fn choose<'a>(
        &self,
        gateway: &'a Gateway,
        model: &str,
        preferred: Option<&str>,
        now: Instant,
    ) -> Result<Vec<&'a KeyEntry>, Failure> {
        let mut state = self.state();
        let enabled = gateway.keys.iter().filter(|key| key.enabled);
        let placed: Vec<(&KeyEntry, Place)> = enabled
            .map(|key| (key, state.place(&key.id, model, now)))
            .collect();
        let at = |wanted: Place| {
            let here = placed.iter().filter(move |(_, place)| *place == wanted);
            here.map(|(key, _)| *key)
        };
        let mut order: Vec<&KeyEntry> = at(Place::Ready).collect();
        let known = order.iter().position(|key| preferred == Some(key.id.as_str()));
        match known {
            // It is nobody's turn then: the others are owed nothing for it.
            Some(index) => order.rotate_left(index),
            None => state.turn(&mut order),
        }
        order.extend(at(Place::Tired));
        if known.is_none()
            && let Some(spent) = at(Place::Due).next()
        {
            // Its one try an hour. Last in the row it would never get it.
            state.change(&spent.id, |standing| standing.tried(now));
            order.insert(0, spent);
        }
        if order.is_empty() {
            Err(nobody(placed.iter().map(|(_, place)| *place)))
        } else {
            Ok(order)
        }
    }

    /// How each of a gateway's keys stands, in a word.
    pub(crate) fn words(&self, gateway: &Gateway, now: Instant) -> Vec<&'static str> {
        let state = self.state();
        let word = |key: &KeyEntry| match state.place(&key.id, "", now) {
            _ if !key.enabled => "off",
            Place::Ready => "ready",
            Place::Tired => "failing",
            Place::Due | Place::Parked => "exhausted",
            Place::Resting(_) => "resting",
            Place::Refused => "refused",
        };
        gateway.keys.iter().map(word).collect()
    }

    /// Learns from an answer, or from its failure.
    pub(crate) fn learn_of(
        &self,
        key: &str,
        model: &str,
        outcome: Result<&Limits, &Failure>,
        now: Instant,
    ) -> Learned {
        let mut state = self.state();
        let (learned, was_away, is_away) = state.change(key, |standing| {
            let was_away = standing.is_away();
            let mut learned = match outcome {
                Ok(limits) => standing.answered(model, limits, now),
                Err(failure) => standing.failed(model, failure, now),
            };
            learned.was_used = standing.is_used(now);
            learned.told = standing.news(learned.told);
            (learned, was_away, standing.is_away())
        });
        drop(state);
        if was_away != is_away {
            let told = learned.told.map_or(KeyState::Healthy, |(told, _)| told);
            // Nobody listening is fine: the row in the ledger says it too.
            let _ = self.news.send(KeyNews {
                key: key.to_owned(),
                state: told,
                said: outcome
                    .err()
                    .map(|failure| failure.message.clone())
                    .unwrap_or_default(),
            });
        }
        learned
    }

    /// A balance was read. A parked key whose balance changed can be asked again.
    pub(crate) fn balance(&self, key: &str, nano: i64) {
        let mut state = self.state();
        state.change(key, |standing| standing.balance(nano));
    }

    pub(crate) fn wake(&self, key: &str) {
        self.state().keys.insert(key.to_owned(), Standing::default());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn place(&self, key: &str, model: &str, now: Instant) -> Place {
        let standing = self.keys.get(key);
        standing.map_or(Place::Ready, |standing| standing.place(model, now))
    }

    fn change<R>(&mut self, key: &str, change: impl FnOnce(&mut Standing) -> R) -> R {
        if let Some(standing) = self.keys.get_mut(key) {
            return change(standing);
        }
        change(self.keys.entry(key.to_owned()).or_default())
    }

    /// The one whose turn it is comes first, the others behind it in their own order from there on. Turns are spread:
    /// with weights of 3 and 1 they go `a a b a`.
    fn turn(&mut self, keys: &mut [&KeyEntry]) {
        if keys.len() < 2 {
            return;
        }
        let mut best: Option<(usize, i64)> = None;
        for (index, key) in keys.iter().enumerate() {
            let credit = self.credits.entry(key.id.clone()).or_default();
            *credit += i64::from(key.weight);
            if best.is_none_or(|(_, most)| *credit > most) {
                best = Some((index, *credit));
            }
        }
        let Some((index, _)) = best else { return };
        let round: i64 = keys.iter().map(|key| i64::from(key.weight)).sum();
        if let Some(credit) = self.credits.get_mut(&keys[index].id) {
            *credit -= round;
        }
        keys.rotate_left(index);
    }
}

/// Why no key can be asked: what passes soonest comes first.
fn nobody(places: impl Iterator<Item = Place> + Clone) -> Failure {
    let resting = places.clone().filter_map(|place| match place {
        Place::Resting(rest) => Some(rest),
        _ => None,
    });
    if let Some(rest) = resting.min() {
        return Failure {
            retry_after: Some(rest),
            ..Failure::new(
                Kind::RateLimited,
                format!(
                    "every key is resting after a rate limit, for {} s more",
                    rest.as_secs() + 1
                ),
            )
        };
    }
    if places.clone().any(|place| place == Place::Parked) {
        return Failure::new(
            Kind::QuotaExhausted,
            "no key has any credit left; top up at the gateway, then check the key under Keys",
        );
    }
    if places.clone().any(|place| place == Place::Refused) {
        return Failure::new(
            Kind::KeyRefused,
            "every key was refused by the gateway; check or replace them under Keys",
        );
    }
    Failure::new(
        Kind::NoKey,
        "every key of this gateway is switched off; switch one on under Keys",
    )
}

#[cfg(test)]
mod tests;
