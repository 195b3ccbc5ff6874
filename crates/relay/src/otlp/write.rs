//! Spans and sums in OTLP's JSON: ids in hex, times in nanoseconds as text, numbers of 64 bits as text.

use std::sync::LazyLock;

use bytes::Bytes;
use nexdesk_ledger::{Basis, ExchangeRow, Outcome};
use serde_json::{Value, json};

use super::measures::{Of, Sums};
use super::{Ended, Server};
use crate::histogram::Histogram;
use crate::redact;

const CLIENT: u8 = 3;
const ERROR: u8 = 2;
/// Each message says how it stands since the start.
const CUMULATIVE: u8 = 2;

#[derive(Default)]
pub(super) struct Spans(Vec<Value>);

impl Spans {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn add(&mut self, ended: &Ended) {
        if ended.trace.is_left_out {
            return;
        }
        let row = &ended.row;
        let ids = Ids::of(ended);
        let ends = row.started_at + milliseconds(row.took_ms.unwrap_or(0));
        let mut span = json!({
            "traceId": ids.trace,
            "spanId": ids.span(0),
            "name": format!("{} {}", operation(&row.interface), redact::text(&row.model_asked)).trim_end(),
            "kind": CLIENT,
            "startTimeUnixNano": nanoseconds(row.started_at),
            "endTimeUnixNano": nanoseconds(ends),
            "attributes": of_exchange(ended),
            "status": status(row.code.as_deref().filter(|_| row.outcome != Outcome::Ok)),
        });
        if let Some(parent) = &ended.trace.parent {
            span["parentSpanId"] = parent.span.as_str().into();
        }
        self.0.push(span);
        for index in 0..row.attempts.len() {
            self.0.push(attempt(ended, &ids, index, ends));
        }
    }

    pub(super) fn into_json(self) -> Bytes {
        written(&json!({ "resourceSpans": [{
            "resource": *RESOURCE,
            "scopeSpans": [{ "scope": *SCOPE, "spans": self.0 }],
        }] }))
    }
}

/// Who reports: the collector tells many relays apart by it.
static RESOURCE: LazyLock<Value> = LazyLock::new(|| {
    let mut attributes = Attributes::default();
    attributes.text("service.name", "nexdesk");
    attributes.text("service.version", env!("CARGO_PKG_VERSION"));
    attributes.text("service.instance.id", &nexdesk_ledger::new_id());
    attributes.text("host.name", &gethostname::gethostname().to_string_lossy());
    json!({ "attributes": attributes.0 })
});

static SCOPE: LazyLock<Value> =
    LazyLock::new(|| json!({ "name": "nexdesk.relay", "version": env!("CARGO_PKG_VERSION") }));

/// An exchange is found by its id: it is the trace's, unless the caller brought one.
struct Ids {
    trace: String,
    first: u64,
}

impl Ids {
    fn of(ended: &Ended) -> Self {
        let hex: String = ended.row.id.chars().filter(char::is_ascii_hexdigit).collect();
        let own = format!("{hex:0>32}");
        // The end of an id is random, its beginning is the time.
        let first = u64::from_str_radix(&own[own.len() - 16..], 16).unwrap_or(1);
        let parent = ended.trace.parent.as_ref();
        Self {
            trace: parent.map_or_else(|| own[..32].to_owned(), |parent| parent.trace.clone()),
            first,
        }
    }

    fn span(&self, number: usize) -> String {
        let number = u64::try_from(number).unwrap_or_default();
        format!(
            "{:016x}",
            (self.first ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)).max(1)
        )
    }
}

fn attempt(ended: &Ended, ids: &Ids, index: usize, ends: i64) -> Value {
    let row = &ended.row;
    let tried = &row.attempts[index];
    let known = ended.trace.attempts.get(index);
    let after = known.map_or(0, |after| i64::try_from(after.as_millis()).unwrap_or_default());
    let over = row.started_at + after;
    let began = (over - milliseconds(tried.took_ms)).max(row.started_at);
    // Of the one that answered, all of the answer is part.
    let is_last = index + 1 == row.attempts.len() && tried.code.is_none();
    let mut attributes = Attributes::default();
    attributes.text("nexdesk.gateway", &tried.gateway);
    attributes.maybe("nexdesk.key", tried.key.as_deref());
    attributes.number("nexdesk.attempt", i64::try_from(index + 1).unwrap_or(i64::MAX));
    if let Some(status) = tried.status {
        attributes.number("http.response.status_code", i64::from(status));
    }
    attributes.maybe("error.type", tried.code.as_deref());
    json!({
        "traceId": ids.trace,
        "spanId": ids.span(index + 1),
        "parentSpanId": ids.span(0),
        "name": format!("attempt {}", redact::text(&tried.gateway)),
        "kind": CLIENT,
        "startTimeUnixNano": nanoseconds(began),
        "endTimeUnixNano": nanoseconds(if is_last { ends.max(over) } else { over.max(began) }),
        "attributes": attributes.0,
        "status": status(tried.code.as_deref()),
    })
}

fn of_exchange(ended: &Ended) -> Vec<Value> {
    let row = &ended.row;
    let mut attributes = Attributes::default();
    attributes.text("gen_ai.operation.name", operation(&row.interface));
    attributes.text("gen_ai.provider.name", ended.provider);
    // Its name before 2026; collectors of both ages read it.
    attributes.text("gen_ai.system", ended.provider);
    attributes.maybe(
        "gen_ai.request.model",
        Some(row.model_asked.as_str()).filter(|model| !model.is_empty()),
    );
    attributes.maybe("gen_ai.response.model", row.model_answered.as_deref());
    attributes.count("gen_ai.usage.input_tokens", row.input);
    attributes.count("gen_ai.usage.output_tokens", row.output);
    attributes.count("gen_ai.usage.cache_read.input_tokens", row.cached);
    attributes.maybe(
        "error.type",
        row.code.as_deref().filter(|_| row.outcome != Outcome::Ok),
    );
    if let Some(Server { address, port }) = &ended.server {
        attributes.text("server.address", address);
        attributes.count("server.port", port.map(u64::from));
    }
    if let Some(status) = row.status {
        attributes.number("http.response.status_code", i64::from(status));
    }
    of_ours(row, &mut attributes);
    attributes.0
}

fn of_ours(row: &ExchangeRow, attributes: &mut Attributes) {
    attributes.text("nexdesk.caller", &row.caller);
    attributes.text("nexdesk.door", &row.door);
    attributes.text("nexdesk.interface", &row.interface);
    attributes.text("nexdesk.outcome", row.outcome.as_str());
    attributes.text("nexdesk.exchange", &row.id);
    attributes.maybe("nexdesk.gateway", row.gateway.as_deref());
    attributes.flag("nexdesk.stream", row.stream);
    attributes.flag(
        "nexdesk.usage.estimated",
        row.input.is_some() && row.tokens_basis == Basis::Estimated,
    );
    attributes.count("nexdesk.first_token_ms", row.first_token_ms);
    if let Some(nano) = row.cost_nano {
        attributes.number("nexdesk.cost_nano_usd", nano);
        attributes.flag("nexdesk.cost.estimated", row.cost_basis == Basis::Estimated);
    }
}

/// What the conventions call it, and what the ledger does where they have no word.
pub(super) fn operation(interface: &str) -> &str {
    match interface {
        "chat" | "messages" | "responses" => "chat",
        "completions" => "text_completion",
        "generate" => "generate_content",
        other => other,
    }
}

/// All sums in one message.
pub(super) fn measures(all: &[(Of, Sums)], since: i64, now: i64) -> Bytes {
    let (since, now) = (nanoseconds(since), nanoseconds(now));
    let point = |mut attributes: Attributes, of: &Of, histogram: &Histogram| {
        attributes.of(of);
        json!({
            "attributes": attributes.0, "startTimeUnixNano": since, "timeUnixNano": now,
            "count": histogram.count.to_string(), "sum": histogram.sum,
            "bucketCounts": histogram.counts.iter().map(u64::to_string).collect::<Vec<_>>(),
            "explicitBounds": histogram.bounds,
        })
    };
    let took = all
        .iter()
        .map(|(of, sums)| point(Attributes::default(), of, &sums.took));
    let tokens = all.iter().flat_map(|(of, sums)| {
        [("input", &sums.input), ("output", &sums.output)].map(|(kind, histogram)| {
            let mut attributes = Attributes::default();
            attributes.text("gen_ai.token.type", kind);
            point(attributes, of, histogram)
        })
    });
    let cost = all.iter().map(|(of, sums)| {
        let mut attributes = Attributes::default();
        attributes.of(of);
        json!({
            "attributes": attributes.0, "startTimeUnixNano": since, "timeUnixNano": now,
            "asInt": sums.cost_nano.to_string(),
        })
    });
    let histogram = |name: &str, unit: &str, points: Vec<Value>| json!({ "name": name, "unit": unit, "histogram": { "aggregationTemporality": CUMULATIVE, "dataPoints": points } });
    written(&json!({ "resourceMetrics": [{
        "resource": *RESOURCE,
        "scopeMetrics": [{ "scope": *SCOPE, "metrics": [
            histogram("gen_ai.client.operation.duration", "s", took.collect()),
            histogram("gen_ai.client.token.usage", "{token}", tokens.collect()),
            {
                "name": "nexdesk.cost_nano_usd", "unit": "{nUSD}",
                "sum": { "aggregationTemporality": CUMULATIVE, "isMonotonic": true, "dataPoints": cost.collect::<Vec<_>>() },
            },
        ] }],
    }] }))
}

#[derive(Default)]
struct Attributes(Vec<Value>);

impl Attributes {
    fn put(&mut self, key: &str, value: Value) {
        self.0.push(json!({ "key": key, "value": value }));
    }

    /// Names come from tools and people, and somebody will put a key into one.
    fn text(&mut self, key: &str, text: &str) {
        self.put(key, json!({ "stringValue": redact::text(text) }));
    }

    fn maybe(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn number(&mut self, key: &str, number: i64) {
        self.put(key, json!({ "intValue": number.to_string() }));
    }

    fn count(&mut self, key: &str, count: Option<u64>) {
        if let Some(count) = count {
            self.number(key, i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        self.put(key, json!({ "boolValue": flag }));
    }

    fn of(&mut self, of: &Of) {
        self.text("gen_ai.operation.name", &of.operation);
        self.text("gen_ai.provider.name", of.provider);
        self.text("gen_ai.request.model", &of.model);
        self.maybe("server.address", of.server.as_deref());
        self.maybe("error.type", of.error.as_deref());
    }
}

fn status(code: Option<&str>) -> Value {
    code.map_or_else(|| json!({}), |code| json!({ "code": ERROR, "message": code }))
}

fn nanoseconds(unix_ms: i64) -> String {
    format!("{}000000", unix_ms.max(0))
}

fn milliseconds(count: u64) -> i64 {
    i64::try_from(count).unwrap_or_default()
}

fn written(message: &Value) -> Bytes {
    serde_json::to_vec(message).unwrap_or_default().into()
}
