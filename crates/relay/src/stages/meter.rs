//! Writes the exchange down: once when it begins, once when it ends, however it ends.

mod jobs;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};
use nexdesk_ledger::{AttemptRow, Basis, ExchangeId, ExchangeRow, Outcome};
use nexdesk_pricing::{Money, Price};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_protocol::talk::Usage;
use nexdesk_protocol::wire::peek::Asked;
use smol_str::SmolStr;

use super::admit::Permit;
use super::attempt::{Answered, Content, Unanswered};
use super::authenticate::Caller;
use super::passage::{self, Metered, Tunnelled};
use super::plan::Candidate;
use crate::directory::{Gateway, KeyEntry, as_header};
use crate::estimate::Estimate;
use crate::reply::{ATTEMPTS, Body, GATEWAY, KEY, MODEL, REQUEST_ID, Reply};
use crate::server::paths::Endpoint;
use crate::watching::Watched;
use crate::{Door, Relay, refuse};

/// One exchange on its way into the ledger. Dropping it unsettled means that the caller left.
pub(crate) struct Entry {
    relay: Relay,
    /// Shared with the ledger from the first attempt on, which seldom writes it down before it ends.
    row: Arc<ExchangeRow>,
    /// The gateway that was asked last and its key, as the caller is told.
    signature: [Option<HeaderValue>; 2],
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
        started_at: relay.0.clock.unix_ms(),
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
    let began = relay.0.clock.instant();
    Entry {
        relay: relay.clone(),
        row: Arc::new(row),
        signature: [None, None],
        asked,
        interface: endpoint.interface,
        dialect: endpoint.dialect,
        began,
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

    fn hear_all(&mut self, headers: &HeaderMap, bytes: &[u8]) {
        if let Some(watched) = &mut self.watched {
            watched.hear_head(headers);
            watched.hear(bytes);
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
        self.signature = [
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
    ) -> Result<Vec<Candidate>, Refusal> {
        let Some(permit) = &mut self.permit else {
            return Ok(candidates);
        };
        let candidates = permit.allowed(&self.row.model_asked, candidates, is_free)?;
        if is_free {
            return Ok(candidates);
        }
        let estimate = Estimate::of(self.interface, &self.asked);
        permit.affordable(&self.row.model_asked, estimate, candidates)
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
        self.row().attempts.push(attempt);
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
        self.row().model_answered = reader.and_then(|reader| reader.model().map(SmolStr::new));
        self.count(&usage);
        self.end(outcome, code, first_token);
    }

    fn end(&mut self, outcome: Outcome, code: Option<&str>, first_token: Option<Instant>) {
        self.settled = true;
        let since = |at: Instant| {
            u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
        };
        let (took_ms, first_token_ms) = (since(self.relay.0.clock.instant()), first_token.map(since));
        let (outcome, code) = match (self.caller_left, outcome) {
            (true, Outcome::Ok) => (Outcome::Cancelled, Some("cancelled")),
            _ => (outcome, code),
        };
        let row = self.row();
        row.took_ms = Some(took_ms);
        row.first_token_ms = first_token_ms;
        row.outcome = outcome;
        row.code = code.map(str::to_owned);
        self.relay.0.traffic.end();
        self.tell();
        let watched = self.watched.take();
        self.relay.0.watching.ended(&self.relay, &self.row, watched);
    }

    fn count(&mut self, usage: &Usage) {
        let (cost, basis) = if usage.is_empty() && usage.cost_nano.is_none() && usage.requests.is_none() {
            (None, Basis::Estimated)
        } else {
            Price::settle(self.price.as_ref(), usage)
        };
        write(self.row(), usage, cost, basis);
        if let Some(permit) = &mut self.permit {
            permit.settle(cost, usage.input.unwrap_or(0) + usage.output.unwrap_or(0));
        }
    }

    /// Who served it, for whoever wants to know.
    fn sign(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.row.id) {
            headers.insert(REQUEST_ID, id);
        }
        let [gateway, key] = self.signature.clone();
        let model = self.row.model_answered.as_deref().and_then(as_header);
        for (name, value) in [(GATEWAY, gateway), (KEY, key), (MODEL, model)] {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        if self.row.gateway.is_some() {
            let attempts = match self.row.attempts.len() {
                1 => HeaderValue::from_static("1"),
                number => number.into(),
            };
            headers.insert(ATTEMPTS, attempts);
        }
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

pub(crate) fn watch(answered: Answered, mut entry: Entry) -> Reply {
    let Answered {
        status,
        mut headers,
        length,
        content,
    } = answered;
    entry.row().status = Some(status.as_u16());
    entry.sign(&mut headers);
    entry.hear_all(&headers, &[]);
    let body = match content {
        Content::Whole(body, reader) => {
            entry.hear(&body);
            let now = entry.relay.0.clock.instant();
            entry.settle(Outcome::Ok, None, Some(&reader), Some(now));
            Body::whole(body)
        }
        Content::Events(flow) => Body::coming(Metered::new(entry, passage::Content::Events(flow))),
        Content::Passing(mut passing) => {
            if let Some(length) = length {
                if let Some(length) = length.to_str().ok().and_then(|length| length.parse().ok()) {
                    passing.promise(length);
                }
                headers.insert(CONTENT_LENGTH, length);
            }
            Body::coming(Metered::new(entry, passage::Content::Passing(passing)))
        }
        Content::Tunnel(tunnel) => Body::tunnel(Tunnelled { entry, tunnel }),
    };
    Reply {
        status,
        headers,
        body,
    }
}

/// Nobody answered: the last gateway's own words if it had any, else ours.
pub(crate) fn give_up(unanswered: Unanswered, mut entry: Entry) -> Reply {
    let Unanswered {
        gateway,
        failure,
        said,
    } = unanswered;
    let mut reply = match said {
        Some(said) => Reply {
            status: said.status,
            headers: said.headers,
            body: Body::whole(said.body),
        },
        None => Reply::refusal(&refuse::failed(&gateway, &failure), entry.dialect),
    };
    entry.row().status = Some(reply.status.as_u16());
    entry.sign(&mut reply.headers);
    entry.hear_all(&reply.headers, reply.body.held());
    entry.settle(Outcome::Failed, Some(failure.kind.code()), None, None);
    reply
}

/// No gateway was even asked.
pub(crate) fn refuse(refusal: &Refusal, mut entry: Entry) -> Reply {
    entry.row().status = Some(refusal.status);
    let mut reply = Reply::refusal(refusal, entry.dialect);
    entry.sign(&mut reply.headers);
    entry.hear_all(&reply.headers, reply.body.held());
    entry.settle(Outcome::Failed, Some(refusal.code), None, None);
    reply
}
