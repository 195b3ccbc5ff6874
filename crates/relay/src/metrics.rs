//! The figures behind `GET /metrics`, for a Prometheus of somebody's own. They are counted from the moment there is a
//! token to look at them with, which is none of the tools' tokens.
//!
//! One lock and one look-up an exchange; everything else is done when somebody looks. Names come from the person's own
//! gateways and models, which are few, and are capped all the same: a tool may ask for a million models.

mod scrape;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use nexdesk_ledger::{ExchangeRow, Ledger, LedgerError, Outcome};
use subtle::ConstantTimeEq;

use crate::Map;
use crate::histogram::Histogram;
use crate::reply::{Body, Reply, Signature};
use crate::token::token_hash;
use crate::watching::went_wrong;
use crate::{Relay, stages};

/// Seconds to the end of an exchange: a refusal takes milliseconds, a film minutes.
const TOOK: &[f64] = &[
    0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];
/// Seconds to the first token.
const FIRST: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0,
];
/// Different names a label may take; what comes on top is `other`.
const NAMES: usize = 200;
const OTHER: &str = "other";

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    is_on: AtomicBool,
    by_model: AtomicBool,
    token: ArcSwapOption<Vec<u8>>,
    sums: Mutex<Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    gateways: Map<String, Gateway>,
    refusals: Map<String, u64>,
}

#[derive(Clone, Debug, Default)]
struct Gateway {
    counted: Vec<Counted>,
    timed: Vec<Timed>,
    models: Map<String, Spent>,
}

#[derive(Clone, Debug)]
struct Counted {
    interface: String,
    outcome: Outcome,
    status: Option<u16>,
    requests: u64,
}

#[derive(Clone, Debug)]
struct Timed {
    interface: String,
    took: Histogram,
    first: Histogram,
}

#[derive(Clone, Debug, Default)]
struct Spent {
    input: u64,
    cached: u64,
    output: u64,
    reasoning: u64,
    cost_nano: u64,
    unpriced: u64,
}

impl Metrics {
    /// Takes the token from the ledger; without one nothing is counted.
    pub(crate) fn refresh(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let token = ledger.metrics_token()?.map(|row| row.hash);
        self.is_on.store(token.is_some(), Ordering::Relaxed);
        self.token.store(token.map(Into::into));
        Ok(())
    }

    /// Whether tokens and money are told apart by model.
    pub(crate) fn tell_models(&self, by_model: bool) {
        if self.by_model.swap(by_model, Ordering::Relaxed) != by_model {
            // Sums of the one kind must not be told as the other.
            self.sums()
                .gateways
                .values_mut()
                .for_each(|gateway| gateway.models.clear());
        }
    }

    pub(crate) fn ended(&self, row: &ExchangeRow) {
        if !self.is_on.load(Ordering::Relaxed) {
            return;
        }
        let by_model = self.by_model.load(Ordering::Relaxed);
        let mut sums = self.sums();
        if let Some(code) = row.code.as_deref().filter(|_| was_refused(row)) {
            sums.refuse(code);
        }
        let gateway = row.gateway.as_deref().unwrap_or_default();
        let gateway = capped(&mut sums.gateways, gateway);
        gateway.count(row);
        let model = if by_model { row.model_asked.as_str() } else { "" };
        capped(&mut gateway.models, model).add(row);
    }

    /// A request that never became an exchange.
    pub(crate) fn refused(&self, code: &str) {
        if self.is_on.load(Ordering::Relaxed) {
            self.sums().refuse(code);
        }
    }

    /// The token may stand where tools put theirs. Any other, or none, and there is nothing at this address.
    fn opens(&self, method: &Method, headers: &HeaderMap) -> bool {
        let token = self.token.load();
        let Some(hash) = token.as_deref().filter(|_| *method == Method::GET) else {
            return false;
        };
        let presented = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret = presented.map(stages::authenticate::bare);
        secret.is_some_and(|secret| token_hash(secret).ct_eq(hash).into())
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures, for whoever has the token.
pub(crate) fn serve(relay: &Relay, method: &Method, headers: &HeaderMap) -> Option<Reply> {
    if !relay.0.watching.metrics.opens(method, headers) {
        return None;
    }
    let text = scrape::of(relay)?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(scrape::CONTENT));
    Some(Reply {
        status: StatusCode::OK,
        headers,
        signature: Signature::default(),
        body: Body::whole(text),
    })
}

/// Refused by us: no gateway was asked, or a budget ended in the middle of an answer.
fn was_refused(row: &ExchangeRow) -> bool {
    let was_cut = row.outcome == Outcome::Interrupted && row.code.as_deref() == Some("budget_exhausted");
    was_cut || (went_wrong(row.outcome) && row.attempts.is_empty())
}

/// The entry of a name, made if there is room.
fn capped<'a, T: Default>(map: &'a mut Map<String, T>, name: &str) -> &'a mut T {
    let name = if map.len() < NAMES || map.contains_key(name) {
        name
    } else {
        OTHER
    };
    if !map.contains_key(name) {
        map.insert(name.to_owned(), T::default());
    }
    map.entry(name.to_owned()).or_default()
}

impl Sums {
    fn refuse(&mut self, code: &str) {
        *capped(&mut self.refusals, code) += 1;
    }
}

impl Gateway {
    fn count(&mut self, row: &ExchangeRow) {
        let known = self.counted.iter_mut().find(|one| {
            one.status == row.status && one.outcome == row.outcome && *one.interface == *row.interface
        });
        match known {
            Some(counted) => counted.requests += 1,
            None => self.counted.push(Counted {
                interface: row.interface.to_string(),
                outcome: row.outcome,
                status: row.status,
                requests: 1,
            }),
        }
        let known = self.timed.iter().position(|one| *one.interface == *row.interface);
        let place = known.unwrap_or_else(|| {
            self.timed.push(Timed {
                interface: row.interface.to_string(),
                took: Histogram::new(TOOK),
                first: Histogram::new(FIRST),
            });
            self.timed.len() - 1
        });
        let timed = &mut self.timed[place];
        if let Some(took) = row.took_ms {
            timed.took.see(seconds(took));
        }
        if let Some(first) = row.first_token_ms {
            timed.first.see(seconds(first));
        }
    }
}

impl Spent {
    fn add(&mut self, row: &ExchangeRow) {
        let add = |sum: &mut u64, more: Option<u64>| *sum = sum.saturating_add(more.unwrap_or(0));
        add(&mut self.input, row.input);
        add(&mut self.cached, row.cached);
        add(&mut self.output, row.output);
        add(&mut self.reasoning, row.reasoning);
        add(
            &mut self.cost_nano,
            row.cost_nano.and_then(|nano| u64::try_from(nano).ok()),
        );
        let is_unpriced = row.cost_nano.is_none() && row.output.is_some();
        self.unpriced += u64::from(is_unpriced);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no exchange lasts three hundred thousand years"
)]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
