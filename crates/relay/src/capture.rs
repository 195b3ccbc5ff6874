//! What a tool asked and got, kept to be looked at later: by default nothing. Kept to a cap, without secrets, for as long
//! as the ledger's housekeeping leaves it.
//!
//! What passes is only copied here. Striking out secrets takes milliseconds, so that is done where no stream waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};
use nexdesk_ledger::{BodyRow, Capture as Keeps, ExchangeRow, Ledger, Outcome, Side};
use nexdesk_upstream::Upstream;

use crate::intake::Payload;
use crate::reply::Signature;
use crate::stages::flow;
use crate::watching::went_wrong;
use crate::{Relay, redact};

/// What is kept of one body.
const CAP: usize = 256 * 1024;
/// Held beyond it until secrets are struck out, so that none is cut in two and passes for something else.
const MARGIN: usize = 4 * 1024;
/// Of bodies on their way to the ledger. What comes on top is let go: looking on must not cost the relay its memory.
const WAITING: usize = 16 * 1024 * 1024;

/// One exchange's bodies while it is under way.
pub(crate) struct Capture {
    errors_only: bool,
    request: Heard,
    response: Heard,
}

#[derive(Default)]
struct Heard {
    head: String,
    coding: Option<HeaderValue>,
    bytes: Vec<u8>,
    size: u64,
}

/// Bodies between the relay and the ledger.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    waiting: Arc<AtomicUsize>,
    lost: AtomicU64,
}

impl Capture {
    pub(crate) fn of(keeps: Keeps, headers: &HeaderMap, payload: &Payload) -> Self {
        let mut request = Heard::default();
        request.hear_head(headers);
        request.hear(payload.beginning());
        request.size = payload.size().unwrap_or(request.size);
        Self {
            errors_only: keeps == Keeps::Errors,
            request,
            response: Heard::default(),
        }
    }

    pub(crate) fn hear_head(&mut self, headers: &HeaderMap, signature: &Signature) {
        self.response.hear_head(headers);
        let lines = String::from_utf8_lossy(signature.lines()).replace("\r\n", "\n");
        self.response.head.push_str(&redact::text(&lines));
    }

    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        self.response.hear(bytes);
    }

    /// Hands both bodies over, if this exchange is one that is kept.
    pub(crate) fn keep(self, relay: &Relay, row: &ExchangeRow) {
        if row.outcome == Outcome::Running || (self.errors_only && !went_wrong(row.outcome)) {
            return;
        }
        let shelf = &relay.0.watching.shelf;
        let weight = self.request.bytes.len() + self.response.bytes.len();
        if shelf.waiting.fetch_add(weight, Ordering::Relaxed) > WAITING {
            shelf.waiting.fetch_sub(weight, Ordering::Relaxed);
            shelf.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let (ledger, upstream, waiting) = (
            relay.0.ledger.clone(),
            relay.0.upstream.clone(),
            shelf.waiting.clone(),
        );
        let (exchange, at) = (row.id.clone(), row.started_at);
        let work = move || {
            for (side, heard) in [(Side::Request, self.request), (Side::Response, self.response)] {
                heard.tell(&ledger, &upstream, &exchange, side, at);
            }
            waiting.fetch_sub(weight, Ordering::Relaxed);
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(relay.0.watching.tasks.spawn_blocking_on(work, &runtime)),
            Err(_) => work(),
        }
    }
}

impl Shelf {
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Heard {
    fn hear_head(&mut self, headers: &HeaderMap) {
        self.head = redact::head(headers);
        self.coding = headers.get(CONTENT_ENCODING).cloned();
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        let room = (CAP + MARGIN).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn tell(self, ledger: &Ledger, upstream: &Upstream, exchange: &str, side: Side, at: i64) {
        if self.size == 0 && self.head.is_empty() {
            return;
        }
        let was_cut = self.size > self.bytes.len() as u64;
        let plain = self.plain();
        let (bytes, was_cut_again) = struck(upstream, plain);
        ledger.tell_body(BodyRow {
            exchange: exchange.to_owned(),
            side,
            at,
            head: self.head,
            size: self.size,
            truncated: was_cut || was_cut_again,
            bytes,
        });
    }

    /// No secret is found in what is compressed, and nobody could read it.
    fn plain(&self) -> Vec<u8> {
        let Some(coding) = &self.coding else {
            return self.bytes.clone();
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, coding.clone());
        let coded = Bytes::copy_from_slice(&self.bytes);
        let plain = flow::readable(&headers, &coded);
        // What could not be inflated comes back as it was.
        if plain == coded {
            Vec::new()
        } else {
            plain.to_vec()
        }
    }
}

/// Without secrets, and to the cap. The ones in use are known to the letter, whatever their shape.
fn struck(upstream: &Upstream, mut plain: Vec<u8>) -> (Vec<u8>, bool) {
    plain.truncate(CAP + MARGIN);
    let known = upstream.without_secrets(&plain, redact::STRUCK);
    let mut bytes = redact::bytes(&known).into_owned();
    let is_cut = bytes.len() > CAP;
    bytes.truncate(CAP);
    (bytes, is_cut)
}
