//! Writes the exchange down: once when it begins, once when it ends, however it ends.

use std::time::Instant;

use bytes::Bytes;
use nexdesk_ledger::{AttemptRow, Basis, ExchangeRow, Outcome, new_id};
use nexdesk_pricing::{Money, Price};
use nexdesk_protocol::refusal::Refusal;
use nexdesk_protocol::talk::Usage;
use nexdesk_protocol::wire::peek::{Asked, ScriptBytes};
use nexdesk_upstream::Failure;

use super::admit::Permit;
use super::attempt::{Answered, Content, Unanswered};
use super::authenticate::Caller;
use super::flow::{Ended, Flow};
use crate::directory::{Gateway, KeyEntry};
use crate::reply::{Body, Reply};
use crate::watch::Watch;
use crate::{Door, Relay, refuse};

/// One exchange on its way into the ledger. Dropping it unsettled means that the caller left.
pub(crate) struct Entry {
    relay: Relay,
    row: ExchangeRow,
    began: Instant,
    price: Option<Price>,
    prompt: ScriptBytes,
    settled: bool,
    _permit: Option<Permit>,
}

pub(crate) fn open(
    relay: &Relay,
    caller: &Caller,
    door: &Door,
    asked: &Asked,
    permit: Option<Permit>,
) -> Entry {
    let (door, message) = match door {
        Door::Inside { message, .. } => ("window", message.clone()),
        Door::Http => ("http", None),
    };
    let row = ExchangeRow {
        id: new_id(),
        started_at: relay.0.clock.unix_ms(),
        caller_id: caller.id().map(str::to_owned),
        caller: caller.name().to_owned(),
        door: door.into(),
        endpoint: "chat/completions".into(),
        stream: asked.stream,
        model_asked: asked.model.clone(),
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
        tokens_basis: Basis::Estimated,
        cost_nano: None,
        cost_basis: Basis::Estimated,
        price: None,
        first_token_ms: None,
        took_ms: None,
        message,
        attempts: Vec::new(),
    };
    relay.0.traffic.begin();
    let began = relay.0.clock.instant();
    Entry {
        relay: relay.clone(),
        row,
        began,
        price: None,
        prompt: asked.prompt,
        settled: false,
        _permit: permit,
    }
}

impl Entry {
    pub(crate) fn id(&self) -> String {
        self.row.id.clone()
    }

    /// Written down before the call is made, so that the row of a call that never returns says where it went.
    pub(crate) fn goes_to(&mut self, gateway: &Gateway, key: Option<&KeyEntry>, model: &str) {
        self.row.gateway = Some(gateway.name.clone());
        self.row.gateway_id = Some(gateway.id.clone());
        self.row.key = key.map(|key| key.name.clone());
        self.row.key_id = key.map(|key| key.id.clone());
        self.price = gateway.price(model);
        self.row.price = self
            .price
            .as_ref()
            .and_then(|price| serde_json::to_value(price).ok());
        self.tell();
    }

    pub(crate) fn tried(&mut self, attempt: AttemptRow) {
        self.row.attempts.push(attempt);
    }

    fn tell(&self) {
        self.relay.0.ledger.tell_exchange(self.row.clone());
        // Nobody listening is fine: headless, with no window open.
        let _ = self.relay.0.exchanges.send(self.row.clone());
    }

    fn settle(
        &mut self,
        outcome: Outcome,
        code: Option<&str>,
        watch: Option<&Watch>,
        first_token: Option<Instant>,
    ) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let since = |at: Instant| {
            u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
        };
        self.row.took_ms = Some(since(self.relay.0.clock.instant()));
        self.row.first_token_ms = first_token.map(since);
        self.row.outcome = outcome;
        self.row.code = code.map(str::to_owned);
        // Where nothing was said nothing is counted: an estimate would be a made-up charge.
        let usage = watch
            .filter(|watch| watch.spoke())
            .map(|watch| watch.usage(self.prompt))
            .unwrap_or_default();
        self.row.model_answered = watch.and_then(|watch| watch.model().map(str::to_owned));
        self.count(&usage);
        self.relay.0.traffic.end();
        self.tell();
    }

    fn count(&mut self, usage: &Usage) {
        self.row.input = usage.input;
        self.row.cached = usage.cached;
        self.row.output = usage.output;
        self.row.reasoning = usage.reasoning;
        self.row.tokens_basis = usage.basis;
        let (cost, basis) = match usage {
            Usage {
                input: None,
                output: None,
                ..
            } => (None, Basis::Estimated),
            _ => Price::settle(self.price.as_ref(), usage),
        };
        self.row.cost_nano = cost.map(|Money(nano)| nano);
        self.row.cost_basis = basis;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.settle(Outcome::Cancelled, Some("cancelled"), None, None);
    }
}

/// The answer as it passes to the caller.
pub(crate) struct Metered {
    entry: Entry,
    flow: Box<Flow>,
    counted: u64,
    over: bool,
}

pub(crate) fn watch(answered: Answered, mut entry: Entry) -> Reply {
    let Answered {
        status,
        headers,
        content,
    } = answered;
    entry.row.status = Some(status.as_u16());
    let body = match content {
        Content::Whole(body, watch) => {
            let now = entry.relay.0.clock.instant();
            entry.settle(Outcome::Ok, None, Some(&watch), Some(now));
            Body::whole(body)
        }
        Content::Events(flow) => Body::coming(Metered {
            entry,
            flow,
            counted: 0,
            over: false,
        }),
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
    let reply = match said {
        Some(said) => Reply {
            status: said.status,
            headers: said.headers,
            body: Body::whole(said.body),
        },
        None => Reply::from(refuse::failed(&gateway, &failure)),
    };
    entry.row.status = Some(reply.status.as_u16());
    entry.settle(Outcome::Failed, Some(failure.kind.code()), None, None);
    reply
}

/// No gateway was even asked.
pub(crate) fn refuse(refusal: Refusal, mut entry: Entry) -> Reply {
    entry.row.status = Some(refusal.status);
    entry.settle(Outcome::Failed, Some(refusal.code), None, None);
    Reply::from(refusal)
}

impl Metered {
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let relay = self.entry.relay.clone();
        match self.flow.next(&relay.0.clock).await {
            Ok(bytes) => {
                let tokens = self.flow.watch.written().tokens();
                relay
                    .0
                    .traffic
                    .arrived(tokens - self.counted, relay.0.clock.instant());
                self.counted = tokens;
                Some(bytes)
            }
            Err(Ended::Well) => {
                self.close(Outcome::Ok, None);
                None
            }
            Err(Ended::Badly(failure)) => self.broken(&failure),
        }
    }

    /// A clean end would be taken for success, and sends one client into an endless loop; so the end says what happened,
    /// unless the gateway has said it itself.
    fn broken(&mut self, failure: &Failure) -> Option<Bytes> {
        self.close(Outcome::Interrupted, Some(failure.kind.code()));
        let gateway = self.entry.row.gateway.clone().unwrap_or_default();
        let already_said = self.flow.watch.trouble().is_some();
        (!already_said).then(|| refuse::failed(&gateway, failure).openai_event().into())
    }

    fn close(&mut self, outcome: Outcome, code: Option<&str>) {
        self.over = true;
        self.entry
            .settle(outcome, code, Some(&self.flow.watch), self.flow.first_token);
    }
}

impl Drop for Metered {
    /// The caller left: what had come by then was still paid for.
    fn drop(&mut self) {
        self.close(Outcome::Cancelled, Some("cancelled"));
    }
}
