//! Writes the exchange down: once when it begins, once when it ends, however it ends.

mod handing;
mod jobs;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::HeaderValue;
use nexdesk_ledger::{AttemptRow, Basis, ExchangeId, ExchangeRow, Outcome};
use nexdesk_pricing::{Money, Price};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_protocol::talk::Usage;
use nexdesk_protocol::wire::peek::Asked;
use smol_str::SmolStr;

use super::admit::Permit;
use super::authenticate::Caller;
use super::plan::Candidate;
use crate::clock::Now;
use crate::directory::{Gateway, KeyEntry, as_header};
use crate::estimate::Estimate;
use crate::reply::{Reply, Signature};
use crate::server::paths::Endpoint;
use crate::watching::Watched;
use crate::{Door, Relay};

pub(crate) use handing::{give_up, refuse, watch};

/// One exchange on its way into the ledger. Dropping it unsettled means that the caller left.
pub(crate) struct Entry {
    relay: Relay,
    /// Shared with the ledger from the first attempt on, which seldom writes it down before it ends: what comes to be
    /// known meanwhile stands below until then.
    row: Arc<ExchangeRow>,
    attempts: Vec<AttemptRow>,
    status: Option<u16>,
    /// The gateway that was asked last and its key, as the caller is told.
    served_by: [Option<HeaderValue>; 2],
    asked: Arc<Asked>,
    interface: Interface,
    dialect: Dialect,
    began: Instant,
    price: Option<Price>,
    permit: Option<Permit>,
    reads_on: bool,
    settled: bool,
    caller_left: bool,
    watched: Option<Box<Watched>>,
}

pub(crate) fn open(
    relay: &Relay,
    caller: &Caller,
    door: &Door,
    endpoint: &Endpoint,
    asked: Arc<Asked>,
    permit: Option<Permit>,
    now: Now,
) -> Entry {
    let (door, message) = match door {
        Door::Inside { message, .. } => ("window", message.clone()),
        Door::Http => ("http", None),
    };
    let (caller_id, caller) = match caller {
        Caller::Inside(name) => (None, SmolStr::new_static(name)),
        Caller::Tool(token) => (Some(token.id.clone()), token.name.clone()),
    };
    let row = ExchangeRow {
        id: ExchangeId::fresh(),
        started_at: now.unix_ms,
        caller_id,
        caller,
        door: SmolStr::new_static(door),
        endpoint: endpoint.route.trim_start_matches('/').into(),
        interface: SmolStr::new_static(endpoint.interface.word()),
        stream: endpoint.streams(&asked),
        model_asked: endpoint.model(&asked).into(),
        model_answered: None,
        gateway: None,
        gateway_id: None,
        key: None,
        key_id: None,
        status: None,
        outcome: Outcome::Running,
        code: None,
        input: None,
        cached: None,
        output: None,
        reasoning: None,
        units: None,
        tokens_basis: Basis::Estimated,
        cost_nano: None,
        cost_basis: Basis::Estimated,
        price: None,
        first_token_ms: None,
        took_ms: None,
        message,
        job: None,
        attempts: Vec::new(),
    };
    relay.0.traffic.begin();
    Entry {
        relay: relay.clone(),
        row: Arc::new(row),
        attempts: Vec::new(),
        status: None,
        served_by: [None, None],
        asked,
        interface: endpoint.interface,
        dialect: endpoint.dialect,
        began: now.instant,
        price: None,
        permit,
        reads_on: false,
        settled: false,
        caller_left: false,
        watched: None,
    }
}

impl Entry {
    pub(crate) fn relay(&self) -> &Relay {
        &self.relay
    }

    pub(crate) fn interface(&self) -> Interface {
        self.interface
    }

    /// Somebody looks on.
    pub(crate) fn watch(&mut self, watched: Option<Box<Watched>>) {
        self.watched = watched;
    }

    /// What the caller is about to get.
    #[inline]
    pub(crate) fn hear(&mut self, bytes: &Bytes) {
        if let Some(watched) = &mut self.watched {
            watched.hear(bytes);
        }
    }

    fn hear_all(&mut self, reply: &Reply) {
        if let Some(watched) = &mut self.watched {
            watched.hear_head(&reply.headers, &reply.signature);
            watched.hear(reply.body.held());
        }
    }

    /// The gateway that was asked last.
    pub(crate) fn gateway(&self) -> &str {
        self.row.gateway.as_deref().unwrap_or("Nexdesk")
    }

    /// Whether an answer is read to its end for the exact bill though nobody hears it any more.
    pub(crate) fn reads_on(&self) -> bool {
        self.reads_on && !self.settled
    }

    pub(crate) fn caller_left(&mut self) {
        self.caller_left = true;
    }

    /// Written down before the call is made, so that the row of a call that never returns says where it went.
    pub(crate) fn goes_to(&mut self, gateway: &Gateway, key: Option<&KeyEntry>, model: &str) {
        let (gateway_label, key_label) = (&gateway.label, key.map(|key| &key.label));
        self.served_by = [
            gateway_label.header.clone(),
            key_label.and_then(|label| label.header.clone()),
        ];
        self.reads_on = key.is_some_and(|key| key.reads_on);
        let priced = gateway.priced(model);
        let units = &self.asked.units;
        // A picture's price depends on its size: then what is written down is the price of this size.
        let fitted = priced.map(|(price, _)| price.fitted(units.size.as_deref(), units.quality.as_deref()));
        let row = Arc::make_mut(&mut self.row);
        row.gateway = Some(gateway_label.name.clone());
        row.gateway_id = Some(gateway_label.id.clone());
        row.key = key_label.map(|label| label.name.clone());
        row.key_id = key_label.map(|label| label.id.clone());
        row.attempts.clone_from(&self.attempts);
        row.price = match (&fitted, priced) {
            (Some(fitted), Some((price, _))) if fitted != price => {
                serde_json::to_string(fitted).ok().map(Into::into)
            }
            (_, priced) => priced.map(|(_, written)| written.clone()),
        };
        self.price = fitted;
        self.tell();
    }

    /// Those of the candidates that the caller may ask and can pay.
    pub(crate) fn narrow(
        &mut self,
        candidates: Vec<Candidate>,
        is_free: bool,
        unix_ms: i64,
    ) -> Result<Vec<Candidate>, Refusal> {
        let Some(permit) = &mut self.permit else {
            return Ok(candidates);
        };
        let candidates = permit.allowed(&self.row.model_asked, candidates, is_free)?;
        if is_free {
            return Ok(candidates);
        }
        let estimate = Estimate::of(self.interface, &self.asked);
        permit.affordable(&self.row.model_asked, estimate, candidates, unix_ms)
    }

    /// What has been said so far must be covered before more of it passes.
    pub(crate) fn covers(&mut self, written: u64) -> Result<(), Refusal> {
        let (Some(permit), Some(price)) = (&mut self.permit, &self.price) else {
            return Ok(());
        };
        let usage = Usage {
            input: Some(self.asked.prompt.tokens()),
            output: Some(written),
            ..Usage::default()
        };
        price.cost(&usage).map_or(Ok(()), |cost| permit.extend(cost))
    }

    pub(crate) fn tried(&mut self, attempt: AttemptRow) {
        self.attempts.push(attempt);
        if let Some(watched) = &mut self.watched {
            watched.tried(self.began, self.relay.0.clock.instant());
        }
    }

    /// The row to write in, which is copied if the ledger still holds it.
    fn row(&mut self) -> &mut ExchangeRow {
        Arc::make_mut(&mut self.row)
    }

    fn tell(&self) {
        self.relay.0.ledger.tell_exchange(self.row.clone());
        self.show();
    }

    fn show(&self) {
        // Headless, with no window open, nobody listens.
        if self.relay.0.exchanges.receiver_count() > 0 {
            let _ = self.relay.0.exchanges.send(self.row.clone());
        }
    }

    pub(crate) fn settle(
        &mut self,
        outcome: Outcome,
        code: Option<&str>,
        reader: Option<&Reader>,
        first_token: Option<Instant>,
    ) {
        if self.settled {
            return;
        }
        // Where nothing was said nothing is counted: an estimate would be a made-up charge.
        let usage = reader
            .filter(|reader| reader.spoke())
            .map(|reader| reader.usage(&self.asked))
            .unwrap_or_default();
        let model = reader.and_then(|reader| reader.model().map(SmolStr::new));
        let (cost, basis) = self.cost(&usage);
        self.end(outcome, code, first_token, |row| {
            row.model_answered = model;
            write(row, &usage, cost, basis);
        });
    }

    fn end(
        &mut self,
        outcome: Outcome,
        code: Option<&str>,
        first_token: Option<Instant>,
        counted: impl FnOnce(&mut ExchangeRow),
    ) {
        self.settled = true;
        let since = |at: Instant| {
            u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
        };
        let (took_ms, first_token_ms) = (since(self.relay.0.clock.instant()), first_token.map(since));
        let (outcome, code) = match (self.caller_left, outcome) {
            (true, Outcome::Ok) => (Outcome::Cancelled, Some("cancelled")),
            _ => (outcome, code),
        };
        let (status, attempts) = (self.status, std::mem::take(&mut self.attempts));
        self.relay.0.ledger.tell_exchange_ended(&mut self.row, |row| {
            row.took_ms = Some(took_ms);
            row.first_token_ms = first_token_ms;
            row.outcome = outcome;
            row.code = code.map(str::to_owned);
            row.status = status;
            row.attempts = attempts;
            counted(row);
        });
        self.show();
        self.relay.0.traffic.end();
        let watched = self.watched.take();
        self.relay.0.watching.ended(&self.relay, &self.row, watched);
    }

    /// What that comes to, which is taken from what was set aside.
    fn cost(&mut self, usage: &Usage) -> (Option<Money>, Basis) {
        let (cost, basis) = if usage.is_empty() && usage.cost_nano.is_none() && usage.requests.is_none() {
            (None, Basis::Estimated)
        } else {
            Price::settle(self.price.as_ref(), usage)
        };
        if let Some(permit) = &mut self.permit {
            permit.settle(cost, usage.input.unwrap_or(0) + usage.output.unwrap_or(0));
        }
        (cost, basis)
    }

    /// Who served it, for whoever wants to know.
    fn sign(&self, model: Option<&str>) -> Signature {
        let mut signature = Signature::of(&self.row.id);
        let [gateway, key] = &self.served_by;
        let model = model.and_then(as_header);
        for (name, value) in [("gateway", gateway), ("key", key), ("model", &model)] {
            if let Some(value) = value {
                signature.add(name, value.as_bytes());
            }
        }
        if self.row.gateway.is_some() {
            match self.attempts.len() {
                1 => signature.add("attempts", b"1"),
                number => signature.add("attempts", number.to_string().as_bytes()),
            }
        }
        signature
    }
}

/// What an exchange used, and what that cost.
pub(super) fn write(row: &mut ExchangeRow, usage: &Usage, cost: Option<Money>, basis: Basis) {
    row.input = usage.input;
    row.cached = usage.cached;
    row.output = usage.output;
    row.reasoning = usage.reasoning;
    row.units = usage.units();
    row.tokens_basis = usage.basis;
    row.cost_nano = cost.map(|Money(nano)| nano);
    row.cost_basis = basis;
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.settle(Outcome::Cancelled, Some("cancelled"), None, None);
    }
}
