//! Every exchange as OpenTelemetry tells it, sent to a collector of somebody's own, so that many relays can report to
//! one place. Names are those of its GenAI conventions. Never a prompt, never an answer, never a key.
//!
//! What has ended is queued; the oldest go when the collector cannot keep up. No exchange ever waits for it.

mod measures;
mod write;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderMap, Uri};
use nexdesk_ledger::ExchangeRow;
use nexdesk_upstream::{Failure, Upstream};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Clock, Relay};
use measures::Measures;
use write::Spans;

/// Under which name the vault keeps what the collector's header says.
pub const COLLECTOR_SECRET: &str = "otlp-collector";

/// Spans in one message. An exchange has one, and one for each attempt.
const BATCH: usize = 512;
/// Exchanges that wait. About ten megabytes.
const QUEUE: usize = 8192;
/// A collector that takes longer is as good as gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages the same batch is sent in before it is given up.
const TRIES: u32 = 5;

/// Where exchanges are reported to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    endpoint: String,
    header: Option<HeaderName>,
    every: Duration,
}

/// What cannot be reported to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCollector {
    /// It is no address.
    #[error("“{0}” is no address of a collector. It looks like http://localhost:4318.")]
    Address(String),
    /// It is no header.
    #[error("“{0}” is no name of a header. The usual one is authorization.")]
    Header(String),
}

impl Reports {
    /// To the collector at `endpoint`, as in `http://localhost:4318`. `header` names the one that carries what the vault
    /// keeps as `COLLECTOR_SECRET`.
    ///
    /// # Errors
    /// When one of them cannot be understood.
    pub fn to(endpoint: &str, header: Option<&str>) -> Result<Self, NoCollector> {
        let wrong = || NoCollector::Address(crate::redact::text(endpoint).into_owned());
        let bare = endpoint.trim().trim_end_matches('/');
        let bare = bare
            .strip_suffix("/v1/traces")
            .unwrap_or(bare)
            .trim_end_matches('/');
        let uri: Uri = bare.parse().map_err(|_| wrong())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        // A password in an address ends up in logs and settings; the vault has a place for it.
        let is_plain =
            uri.authority().is_some_and(|host| !host.as_str().contains('@')) && uri.query().is_none();
        if !is_web || !is_plain {
            return Err(wrong());
        }
        let named = header.map(str::trim).filter(|name| !name.is_empty());
        let header = named.map(|name| name.parse().map_err(|_| NoCollector::Header(name.to_owned())));
        Ok(Self {
            endpoint: bare.to_owned(),
            header: header.transpose()?,
            every: Duration::from_secs(5),
        })
    }

    /// How often, where it is not every five seconds.
    #[must_use]
    pub fn every(self, every: Duration) -> Self {
        Self { every, ..self }
    }
}

/// An exchange that has ended.
pub(crate) struct Ended {
    row: Arc<ExchangeRow>,
    trace: Trace,
    provider: &'static str,
    server: Option<Server>,
}

struct Server {
    address: String,
    port: Option<u16>,
}

/// Where an exchange stands in its caller's own trace, and when its attempts ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    parent: Option<Parent>,
    is_left_out: bool,
    attempts: Vec<Duration>,
}

#[derive(Clone, Debug)]
struct Parent {
    trace: String,
    span: String,
}

impl Trace {
    /// Reads `traceparent`. What it says is only believed if all of it is as it should be.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let said = headers.get("traceparent").and_then(|value| value.to_str().ok());
        let Some([version, trace, span, flags]) = said.and_then(parts) else {
            return Self::default();
        };
        let is_hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_id = |text: &str, length: usize| is_hex(text, length) && text.bytes().any(|byte| byte != b'0');
        if version != "00" || !is_id(trace, 32) || !is_id(span, 16) || !is_hex(flags, 2) {
            return Self::default();
        }
        Self {
            parent: Some(Parent {
                trace: trace.to_owned(),
                span: span.to_owned(),
            }),
            is_left_out: u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 0),
            attempts: Vec::new(),
        }
    }

    pub(crate) fn tried(&mut self, after: Duration) {
        self.attempts.push(after);
    }
}

fn parts(text: &str) -> Option<[&str; 4]> {
    let mut parts = text.trim().split('-');
    let found = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

impl Ended {
    pub(crate) fn of(relay: &Relay, row: Arc<ExchangeRow>, trace: Trace) -> Self {
        let directory = relay.0.directory.load();
        let gateway = row.gateway_id.as_deref().and_then(|id| directory.gateway(id));
        let uri = gateway.and_then(|gateway| gateway.base.as_str().parse::<Uri>().ok());
        let server = uri.as_ref().and_then(|uri| {
            Some(Server {
                address: uri.host()?.trim_matches(['[', ']']).to_owned(),
                port: uri.port_u16(),
            })
        });
        Self {
            provider: gateway.map_or("nexdesk", |gateway| gateway.provider.id.as_str()),
            row,
            trace,
            server,
        }
    }

    fn spans(&self) -> usize {
        if self.trace.is_left_out {
            0
        } else {
            1 + self.row.attempts.len()
        }
    }
}

/// Sends what has ended to one collector, until it is told to end.
pub(crate) struct Exporter {
    reports: Reports,
    upstream: Upstream,
    clock: Clock,
    since: i64,
    queue: Mutex<Queue>,
    is_full: Notify,
    ending: CancellationToken,
    reported: AtomicU64,
    unreported: AtomicU64,
    trouble: Mutex<Option<String>>,
}

#[derive(Default)]
struct Queue {
    ended: VecDeque<Ended>,
    spans: usize,
    measures: Measures,
}

/// A batch that was not taken yet.
struct Batch {
    json: Bytes,
    exchanges: u64,
    tries: u32,
}

impl Exporter {
    pub(crate) fn new(reports: Reports, upstream: Upstream, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            since: clock.unix_ms(),
            reports,
            upstream,
            clock,
            queue: Mutex::default(),
            is_full: Notify::new(),
            ending: CancellationToken::new(),
            reported: AtomicU64::default(),
            unreported: AtomicU64::default(),
            trouble: Mutex::default(),
        })
    }

    pub(crate) fn push(&self, ended: Ended) {
        let mut queue = self.queue();
        if queue.ended.len() >= QUEUE
            && let Some(oldest) = queue.pop()
        {
            // It is not shown any more, but it still counts.
            queue.measures.add(&oldest);
            self.unreported.fetch_add(1, Ordering::Relaxed);
        }
        queue.spans += ended.spans();
        queue.ended.push_back(ended);
        if queue.spans >= BATCH {
            self.is_full.notify_one();
        }
    }

    pub(crate) fn end(&self) {
        self.ending.cancel();
    }

    /// Taken, given up, and what is wrong at the moment.
    pub(crate) fn standing(&self) -> (u64, u64, Option<String>) {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        (
            self.reported.load(Ordering::Relaxed),
            self.unreported.load(Ordering::Relaxed),
            trouble.clone(),
        )
    }

    pub(crate) async fn run(self: Arc<Self>) {
        let mut late = None;
        loop {
            let is_over = tokio::select! {
                () = self.ending.cancelled() => true,
                () = tokio::time::sleep(self.reports.every) => false,
                // A collector that is gone is not asked more often because more is waiting for it.
                () = self.is_full.notified(), if late.is_none() => false,
            };
            self.send(&mut late).await;
            if is_over {
                return;
            }
        }
    }

    async fn send(self: &Arc<Self>, late: &mut Option<Batch>) {
        while let Some(mut batch) = match late.take() {
            Some(batch) => Some(batch),
            None => self.batch().await,
        } {
            match self.post("traces", batch.json.clone()).await {
                Ok(rejected) => {
                    let taken = batch.exchanges.saturating_sub(rejected);
                    self.reported.fetch_add(taken, Ordering::Relaxed);
                    self.unreported
                        .fetch_add(batch.exchanges - taken, Ordering::Relaxed);
                }
                Err(failure) => {
                    batch.tries += 1;
                    if batch.tries < TRIES && passes(&failure) {
                        *late = Some(batch);
                    } else {
                        self.unreported.fetch_add(batch.exchanges, Ordering::Relaxed);
                    }
                    return;
                }
            }
        }
        let measures = self.queue().measures.changed();
        if let Some(measures) = measures {
            let (since, now) = (self.since, self.clock.unix_ms());
            let json = tokio::task::spawn_blocking(move || write::measures(&measures, since, now)).await;
            // They are sums: the next message makes up for one that is lost.
            if let Ok(json) = json
                && self.post("metrics", json).await.is_err()
            {
                self.queue().measures.unsent();
            }
        }
    }

    /// Written where no stream waits for it.
    async fn batch(self: &Arc<Self>) -> Option<Batch> {
        let exporter = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            let (mut spans, mut exchanges) = (Spans::default(), 0);
            while spans.len() < BATCH {
                // One at a time: whoever ends an exchange meanwhile waits for none of this.
                let mut queue = exporter.queue();
                let Some(ended) = queue.pop() else { break };
                queue.measures.add(&ended);
                drop(queue);
                spans.add(&ended);
                exchanges += u64::from(!ended.trace.is_left_out);
            }
            (spans.len() > 0).then(|| Batch {
                json: spans.into_json(),
                exchanges,
                tries: 0,
            })
        });
        written.await.ok().flatten()
    }

    /// How many spans were turned down, where it was taken at all.
    async fn post(&self, what: &str, json: Bytes) -> Result<u64, Failure> {
        let url = format!("{}/v1/{what}", self.reports.endpoint);
        let secret = self
            .reports
            .header
            .clone()
            .map(|name| (name, COLLECTOR_SECRET.to_owned()));
        let sent = tokio::time::timeout(PATIENCE, self.upstream.report(&url, secret, json)).await;
        let sent = sent.unwrap_or_else(|_| {
            let kind = nexdesk_upstream::Kind::Stalled;
            Err(Failure::new(
                kind,
                "The collector did not answer within 10 seconds.",
            ))
        });
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match sent {
            Ok(answer) => {
                *trouble = None;
                let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                let rejected = &said["partialSuccess"]["rejectedSpans"];
                Ok(rejected
                    .as_u64()
                    .or_else(|| rejected.as_str()?.parse().ok())
                    .unwrap_or(0))
            }
            Err(failure) => {
                let said = crate::redact::text(&failure.message).into_owned();
                if trouble.is_none() {
                    tracing::warn!(collector = %self.reports.endpoint, why = %said, "the collector takes no reports");
                }
                *trouble = Some(said);
                Err(failure)
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn pop(&mut self) -> Option<Ended> {
        let ended = self.ended.pop_front()?;
        self.spans = self.spans.saturating_sub(ended.spans());
        Some(ended)
    }
}

/// What OTLP says may be sent again.
fn passes(failure: &Failure) -> bool {
    failure
        .status
        .is_none_or(|status| matches!(status, 429 | 502 | 503 | 504))
}

#[cfg(test)]
mod tests;
