//! Whether one more request may come in, and what it may cost. Every rule about who may ask how often belongs here.
//!
//! In order: `enter` before the body is read (endpoint, concurrency, rate); when it is known what is asked and who could
//! answer, `Permit::allowed` and `Permit::affordable`, which sets aside what the dearest of them may cost;
//! `Permit::extend` while a stream passes; `Permit::settle` once, at the end. A permit that is dropped gives everything back and counts nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use nexdesk_ledger::{Ledger, LedgerError, Unpriced};
use nexdesk_pricing::Money;
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::Refusal;
use smol_str::SmolStr;

use super::authenticate::Caller;
use super::plan::Candidate;
use crate::budget::{Budgets, Reservation, Standing, Wants};
use crate::estimate::Estimate;
use crate::rate::Rate;
use crate::token::{Token, Tokens, scope};
use crate::{Clock, Map, Relay, limited};

/// A tool with more requests than this under way is in a loop, not at work.
const AT_ONCE: usize = 1024;

/// Everything that is counted about the callers.
#[derive(Debug)]
pub(crate) struct Admission {
    gates: Mutex<Map<SmolStr, Arc<Gate>>>,
    budgets: Budgets,
    opened_at: i64,
}

/// What is under way for one token, and how fast it asks.
#[derive(Debug)]
struct Gate {
    under_way: AtomicUsize,
    rate: Mutex<Rate>,
}

/// The right to one request. Dropping it gives the place back, and the money.
#[derive(Debug)]
pub(crate) struct Permit {
    token: Arc<Token>,
    gate: Arc<Gate>,
    budgets: Budgets,
    clock: Clock,
    reservation: Option<Reservation>,
    most: Money,
    held_tokens: u64,
}

impl Admission {
    pub(crate) fn open(ledger: &Ledger, tokens: &Tokens, now: i64) -> Result<Self, LedgerError> {
        let admission = Self {
            gates: Mutex::default(),
            budgets: Budgets::default(),
            opened_at: now,
        };
        // Nothing of this process stands in the ledger yet, so whatever does is of the time before, even if a clock
        // that was wrong then says otherwise.
        admission.read(ledger, tokens, now, i64::MAX)?;
        Ok(admission)
    }

    /// The tokens, or what they may do, have changed.
    pub(crate) fn refresh(&self, ledger: &Ledger, tokens: &Tokens) -> Result<(), LedgerError> {
        self.read(ledger, tokens, self.opened_at, self.opened_at)
    }

    /// What this process sees is counted as it happens; what came before is read once, for accounts with a limit.
    fn read(&self, ledger: &Ledger, tokens: &Tokens, now: i64, before: i64) -> Result<(), LedgerError> {
        let mut new = Vec::new();
        let mut since = i64::MAX;
        for token in tokens.live() {
            let (limits, calendar) = token.budget();
            if limits.any() && self.budgets.wants_replay(&token.scope) {
                let month = calendar.month(now).start;
                since = since.min(if limits.total.is_some() { 0 } else { month });
                new.push(token);
            }
            self.budgets.limit(&token.scope, limits, calendar);
        }
        if new.is_empty() {
            return Ok(());
        }
        let spent = ledger.token_spending(since, before)?;
        for token in new {
            let own = spent.iter().filter(|spent| spent.caller == token.id);
            self.budgets
                .replay(&token.scope, own.map(|spent| (spent.at, Money(spent.nano))));
        }
        Ok(())
    }

    /// Counts what a request of long ago came to, for which nothing is set aside.
    pub(crate) fn count(&self, token: &str, cost: Money, at: i64) {
        self.budgets.count(&scope(token), cost, at);
    }

    pub(crate) fn taken(&self) -> usize {
        let under_way = |gate: &Arc<Gate>| gate.under_way.load(Ordering::Relaxed);
        lock(&self.gates).values().map(under_way).sum()
    }

    pub(crate) fn standing(&self, token: &str, now: i64) -> Vec<Standing> {
        self.budgets.standing(&scope(token), now)
    }

    fn gate(&self, token: &Token, clock: &Clock) -> Arc<Gate> {
        let mut gates = lock(&self.gates);
        if let Some(gate) = gates.get(&token.id) {
            return gate.clone();
        }
        let gate = Arc::new(Gate {
            under_way: AtomicUsize::new(0),
            rate: Mutex::new(Rate::new(clock.instant())),
        });
        gates.insert(token.id.clone(), gate.clone());
        gate
    }
}

/// One more request at an interface, or at none: everybody may list the models. The window has no limits and needs no
/// permit.
pub(crate) fn enter(
    relay: &Relay,
    caller: &Caller,
    interface: Option<Interface>,
) -> Result<Option<Permit>, Refusal> {
    let Caller::Tool(token) = caller else {
        return Ok(None);
    };
    let allowed = &token.limits.endpoints;
    if let Some(asked) = interface
        && !allowed.is_empty()
        && !allowed.iter().any(|word| word == asked.word())
    {
        return Err(limited::endpoint(token, asked));
    }
    let permit = place(relay, token)?;
    permit.count()?;
    Ok(Some(permit))
}

/// Puts the caller's `x-ratelimit-*` headers on an answer, a refusal too, over those of the gateway: they speak of its
/// key, not of this token. Nothing is said where nothing is limited.
pub(crate) fn tell(relay: &Relay, caller: &Caller, headers: &mut HeaderMap) {
    if let Caller::Tool(token) = caller
        && token.rates().any()
    {
        let gate = relay.0.admission.gate(token, &relay.0.clock);
        let told = lock(&gate.rate).headers(token.rates(), relay.0.clock.instant());
        for (name, value) in told {
            headers.insert(name, value);
        }
    }
}

fn place(relay: &Relay, token: &Arc<Token>) -> Result<Permit, Refusal> {
    let limit = token
        .limits
        .concurrency
        .map_or(AT_ONCE, |limit| usize::try_from(limit).unwrap_or(AT_ONCE));
    let gate = relay.0.admission.gate(token, &relay.0.clock);
    let taken = gate
        .under_way
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
            (count < limit).then_some(count + 1)
        });
    if taken.is_err() {
        return Err(limited::too_many(token, limit));
    }
    Ok(Permit {
        token: token.clone(),
        gate,
        budgets: relay.0.admission.budgets.clone(),
        clock: relay.0.clock.clone(),
        reservation: None,
        most: Money::ZERO,
        held_tokens: 0,
    })
}

impl Permit {
    fn count(&self) -> Result<(), Refusal> {
        let rates = self.token.rates();
        if !rates.any() {
            return Ok(());
        }
        lock(&self.gate.rate)
            .one_more(rates, self.clock.instant())
            .map_err(|why| limited::too_fast(&self.token, why))
    }

    /// Whether this model may be asked at this gateway: by the name the caller gave it (an alias is one), by its own,
    /// or as `gateway/model`.
    pub(crate) fn allows_model(&self, asked: &str, gateway: &str, model: &str) -> Result<(), Refusal> {
        let names = &self.token.limits.models;
        if names.is_empty() || self.token.allows(&[asked, model, &format!("{gateway}/{model}")]) {
            Ok(())
        } else {
            Err(limited::model(&self.token, asked))
        }
    }

    /// Those of the candidates that this token may ask. What names no model and costs nothing is held to no list.
    pub(crate) fn allowed(
        &self,
        name: &str,
        mut candidates: Vec<Candidate>,
        is_free: bool,
    ) -> Result<Vec<Candidate>, Refusal> {
        if !(is_free && name.is_empty()) {
            candidates.retain(|one| self.allows_model(name, &one.gateway.slug, &one.model).is_ok());
        }
        if candidates.is_empty() {
            return Err(limited::model(&self.token, name));
        }
        Ok(candidates)
    }

    /// Those of the candidates that this token can pay, having set aside what the dearest of them may cost: whichever
    /// answers in the end, it is covered.
    pub(crate) fn affordable(
        &mut self,
        name: &str,
        estimate: Estimate,
        mut candidates: Vec<Candidate>,
        unix_ms: i64,
    ) -> Result<Vec<Candidate>, Refusal> {
        let wanted = |one: &Candidate| {
            let price = one.gateway.price(&one.model);
            price.and_then(|price| estimate.at(&price))
        };
        if self.token.limits.has_budget() && self.token.limits.unpriced == Unpriced::Refuse {
            candidates.retain(|one| wanted(one).is_some());
        }
        let mut refusal = None;
        while !candidates.is_empty() {
            let dearest = candidates
                .iter()
                .filter_map(wanted)
                .max_by_key(|wants| wants.most);
            let dearest = dearest.unwrap_or(Wants::from(Money::ZERO));
            match self.reserve(dearest, &estimate, unix_ms) {
                Ok(()) => return Ok(candidates),
                Err(refused) => refusal = Some(refused),
            }
            // Who costs less may still be affordable.
            candidates.retain(|one| wanted(one).is_some_and(|wants| wants.most < dearest.most));
        }
        Err(refusal.unwrap_or_else(|| limited::unpriced(&self.token, name)))
    }

    /// Sets aside what an attempt may cost and the tokens it takes, in the place of what was set aside before.
    fn reserve(&mut self, wants: Wants, estimate: &Estimate, unix_ms: i64) -> Result<(), Refusal> {
        self.release();
        self.hold_tokens(estimate.least.input.unwrap_or(0))?;
        let scopes = [self.token.scope.clone()];
        let reservation = self.budgets.reserve(&scopes, wants, unix_ms);
        self.reservation = Some(reservation.map_err(|over| limited::over(&self.token, &over))?);
        self.most = wants.most;
        Ok(())
    }

    /// A stream has come to cost this much; refused, it must be cut. Costs nothing while what is set aside suffices.
    pub(crate) fn extend(&mut self, to: Money) -> Result<(), Refusal> {
        let Some(reservation) = &mut self.reservation else {
            return Ok(());
        };
        let wants = Wants {
            least: to,
            most: self.most.max(to),
        };
        reservation
            .grow(wants)
            .map_err(|over| limited::over(&self.token, &over))
    }

    /// The end: what it cost, `None` where nobody knows or nothing was said, and the tokens it took.
    pub(crate) fn settle(&mut self, cost: Option<Money>, tokens: u64) {
        match (self.reservation.take(), cost) {
            (Some(reservation), cost) => reservation.settle(cost),
            (None, Some(cost)) => self.budgets.count(&self.token.scope, cost, self.clock.unix_ms()),
            (None, None) => {}
        }
        self.came_to(tokens);
    }

    /// What is set aside outlives the request: it ordered something that is paid when it is done.
    pub(crate) fn set_apart(&mut self) -> Option<Reservation> {
        self.came_to(0);
        self.reservation.take()
    }

    fn hold_tokens(&mut self, tokens: u64) -> Result<(), Refusal> {
        if self.token.limits.tpm.is_some() {
            lock(&self.gate.rate)
                .hold(tokens, self.token.rates(), self.clock.instant())
                .map_err(|why| limited::too_fast(&self.token, why))?;
            self.held_tokens = tokens;
        }
        Ok(())
    }

    fn came_to(&mut self, tokens: u64) {
        let held = std::mem::take(&mut self.held_tokens);
        if self.token.limits.tpm.is_some() {
            lock(&self.gate.rate).came_to(held, tokens, self.clock.instant());
        }
    }

    fn release(&mut self) {
        self.reservation = None;
        self.came_to(0);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.release();
        self.gate.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
