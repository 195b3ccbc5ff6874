//! How one key stands, and what each answer does to it.

use std::time::{Duration, Instant};

use nexdesk_ledger::KeyState;
use nexdesk_upstream::{Failure, Kind, Limits};

use crate::Map;

/// Without a word of the gateway's, a limit per minute is the likeliest.
const USUAL_REST: Duration = Duration::from_secs(20);
/// A gateway that says "tomorrow" is asked again sooner: it may have been about one model, or a person topped up.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);
/// How often an exhausted key is tried.
const PARKED: Duration = Duration::from_secs(60 * 60);
/// A 401 to a key that worked so shortly before is more likely a hiccup of the gateway than a key just revoked.
const HICCUP: Duration = Duration::from_secs(60);
/// How exactly the last use is known.
const USE_WRITTEN: Duration = Duration::from_secs(10);
const FAILURES: u32 = 3;
const FIRST_BREAK: Duration = Duration::from_secs(30);
const LONGEST_BREAK: Duration = Duration::from_secs(300);
/// Models with a rest of their own, a key.
const MODELS: usize = 200;

#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    rests_until: Option<Instant>,
    /// Rests that concern one model.
    models: Map<String, Instant>,
    failures: u32,
    tired_until: Option<Instant>,
    tired_for: Duration,
    /// No credit left.
    is_parked: bool,
    asked_again_at: Option<Instant>,
    balance: Option<i64>,
    is_refused: bool,
    /// It was refused once just after it had worked.
    is_doubted: bool,
    worked_at: Option<Instant>,
    /// How it stands in the ledger, where that is known: a busy key works a thousand times a second.
    written: Option<KeyState>,
    use_written_at: Option<Instant>,
}

/// Where a key stands in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Ready,
    /// It failed in a row: behind those that did not, but there. The failures may be the gateway's, and then resting
    /// the only key would turn a hiccup into half a minute of certain refusal.
    Tired,
    /// Exhausted, and its hourly try is due.
    Due,
    Resting(Duration),
    Parked,
    Refused,
}

/// What an answer taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// What to write down of it, and how long it rests.
    pub(crate) told: Option<(KeyState, Option<Duration>)>,
    /// Whether to ask the same key once more, right away.
    pub(crate) once_more: bool,
    /// Whether to write down that it was used.
    pub(crate) was_used: bool,
}

impl Learned {
    fn told(state: KeyState, rest: Option<Duration>) -> Self {
        Self {
            told: Some((state, rest)),
            ..Self::default()
        }
    }
}

impl Standing {
    /// Takes from the ledger what memory does not know better.
    pub(super) fn seeded(self, row: KeyState) -> Self {
        let knows_better = self.worked_at.is_some() || self.is_away() || self.rests_until.is_some();
        if knows_better {
            return self;
        }
        Self {
            is_refused: row == KeyState::Refused,
            is_parked: row == KeyState::Exhausted,
            written: Some(row),
            ..self
        }
    }

    /// Whether it waits for a person.
    pub(super) fn is_away(&self) -> bool {
        self.is_refused || self.is_parked
    }

    pub(super) fn place(&self, model: &str, now: Instant) -> Place {
        if self.is_refused {
            return Place::Refused;
        }
        if self.is_parked {
            let due = self.asked_again_at.is_none_or(|at| at <= now);
            return if due { Place::Due } else { Place::Parked };
        }
        let rests = [self.rests_until, self.models.get(model).copied()];
        if let Some(until) = rests.into_iter().flatten().filter(|until| *until > now).max() {
            return Place::Resting(until - now);
        }
        if self.tired_until.is_some_and(|until| until > now) {
            return Place::Tired;
        }
        Place::Ready
    }

    /// It is about to get its hourly try.
    pub(super) fn tried(&mut self, now: Instant) {
        self.asked_again_at = Some(now + PARKED);
    }

    pub(super) fn balance(&mut self, nano: i64) {
        if self.is_parked && nano > 0 && self.balance != Some(nano) {
            self.is_parked = false;
        }
        self.balance = Some(nano);
    }

    pub(super) fn answered(&mut self, model: &str, limits: &Limits, now: Instant) -> Learned {
        let mut models = std::mem::take(&mut self.models);
        if !models.is_empty() {
            models.retain(|_, until| *until > now);
        }
        *self = Self {
            models,
            // An answer that began before another's 429 does not end the rest.
            rests_until: self.rests_until.filter(|until| *until > now),
            failures: 0,
            tired_until: None,
            tired_for: Duration::ZERO,
            is_parked: false,
            asked_again_at: None,
            balance: self.balance,
            is_refused: false,
            is_doubted: false,
            worked_at: Some(now),
            written: self.written,
            use_written_at: self.use_written_at,
        };
        match (limits.rest(), self.rests_until) {
            (Some(rest), _) if !rest.is_zero() => self.rest(rest, now),
            (_, Some(_)) => Learned::default(),
            _ => {
                self.models.remove(model);
                Learned::told(KeyState::Healthy, None)
            }
        }
    }

    pub(super) fn failed(&mut self, model: &str, failure: &Failure, now: Instant) -> Learned {
        match failure.kind {
            Kind::RateLimited => {
                let rest = failure.retry_after.unwrap_or(USUAL_REST);
                if !model.is_empty() && failure.message.contains(model) {
                    self.rest_from(model, rest, now)
                } else {
                    self.rest(rest, now)
                }
            }
            Kind::KeyRefused => {
                let worked = self
                    .worked_at
                    .is_some_and(|at| now.saturating_duration_since(at) <= HICCUP);
                if worked && !self.is_doubted {
                    self.is_doubted = true;
                    return Learned {
                        once_more: true,
                        ..Learned::default()
                    };
                }
                self.is_refused = true;
                Learned::told(KeyState::Refused, None)
            }
            Kind::QuotaExhausted => {
                self.is_parked = true;
                self.tried(now);
                Learned::told(KeyState::Exhausted, None)
            }
            Kind::GatewayFailed | Kind::Interrupted | Kind::Stalled => {
                self.tire(now);
                Learned::default()
            }
            _ => Learned::default(),
        }
    }

    /// Whether the ledger has to be told that it was used.
    pub(super) fn is_used(&mut self, now: Instant) -> bool {
        let was_told = self
            .use_written_at
            .is_some_and(|at| now.saturating_duration_since(at) < USE_WRITTEN);
        if !was_told {
            self.use_written_at = Some(now);
        }
        !was_told
    }

    /// What the ledger has to be told of it: that it is well, once.
    pub(super) fn news(
        &mut self,
        told: Option<(KeyState, Option<Duration>)>,
    ) -> Option<(KeyState, Option<Duration>)> {
        let (state, _) = told?;
        let is_known = state == KeyState::Healthy && self.written == Some(state);
        self.written = Some(state);
        told.filter(|_| !is_known)
    }

    fn rest(&mut self, rest: Duration, now: Instant) -> Learned {
        let rest = rest.min(LONGEST_REST);
        let until = now + rest;
        self.rests_until = Some(self.rests_until.map_or(until, |other| other.max(until)));
        Learned::told(KeyState::Resting, Some(rest))
    }

    /// The key itself is well: only this model has to wait, so nothing is said of the key.
    fn rest_from(&mut self, model: &str, rest: Duration, now: Instant) -> Learned {
        if self.models.len() >= MODELS {
            self.models.retain(|_, until| *until > now);
        }
        if self.models.len() < MODELS {
            self.models.insert(model.to_owned(), now + rest.min(LONGEST_REST));
        }
        Learned::default()
    }

    /// Nothing is written down of it: it is more often the gateway that is unwell, and the key is still asked.
    fn tire(&mut self, now: Instant) {
        self.failures += 1;
        if self.failures < FAILURES || self.tired_until.is_some_and(|until| until > now) {
            return;
        }
        self.tired_for = (self.tired_for * 2).clamp(FIRST_BREAK, LONGEST_BREAK);
        self.tired_until = Some(now + self.tired_for);
    }
}
