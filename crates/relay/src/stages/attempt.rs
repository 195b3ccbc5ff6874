//! The next rested key of the first gateway that could answer, until one does. After the caller has seen a byte there
//! is no other try: two halves of two answers are worse than one half.
//!
//! Everybody is asked once before anybody is asked again: another gateway now is better than this one in a second.

mod learn;
mod once;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::wire::peek::Asked;
use nexdesk_upstream::{Auth, Failure, Kind, Retry, Tunnel, Whole};

use super::flow::{Expected, Flow, Passing};
use super::meter::Entry;
use super::plan::Candidate;
use crate::affinity::Affinity;
use crate::clock::Now;
use crate::directory::{Gateway, KeyEntry};
use crate::figures::Held;
use crate::intake::Payload;
use crate::server::paths::{Endpoint, Subject};
use crate::{Relay, backoff};

pub(super) use learn::learn;

/// What is asked, of whomever.
pub(crate) struct Order<'a> {
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) asked: &'a Asked,
    pub(crate) payload: Payload,
    pub(crate) affinity: Option<Affinity>,
    pub(crate) held: Held,
    /// As of the last time anything was waited for.
    pub(crate) now: Now,
    /// When the last try left.
    pub(crate) left: Instant,
}

/// An answer that has begun.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The gateway's own length, where the body is as it sent it.
    pub(crate) length: Option<HeaderValue>,
    pub(crate) content: Content,
    /// When it had begun.
    pub(crate) came: Instant,
}

pub(crate) enum Content {
    Whole(Bytes, Box<Reader>),
    Events(Box<Flow>),
    Passing(Box<Passing>),
    Tunnel(Tunnel),
}

/// Nobody answered, and why the last one did not.
pub(crate) struct Unanswered {
    pub(crate) gateway: String,
    pub(crate) failure: Failure,
    pub(crate) said: Option<Whole>,
}

/// One try.
pub(super) struct Try<'a> {
    pub(super) gateway: &'a Arc<Gateway>,
    pub(super) key: Option<&'a KeyEntry>,
    pub(super) model: &'a str,
}

/// What came of one, and what is to be done about it.
struct Failed {
    failure: Failure,
    said: Option<Whole>,
    /// The gateway said which field it cannot take: the same again, without it.
    was_taught: bool,
}

impl Failed {
    fn plain(failure: Failure) -> Self {
        Self {
            failure,
            said: None,
            was_taught: false,
        }
    }
}

pub(crate) async fn until_one_answers(
    relay: &Relay,
    order: &mut Order<'_>,
    candidates: Vec<Candidate>,
    entry: &mut Entry,
) -> Result<Answered, Unanswered> {
    let mut last: Option<Unanswered> = None;
    // Who may be asked in which round: everybody in the first.
    let mut again = vec![u32::MAX; candidates.len()];
    for round in 0.. {
        let mut wait = None;
        for (candidate, again) in candidates.iter().zip(&mut again) {
            if *again < round {
                continue;
            }
            let (unanswered, retry) = match gateway(relay, order, candidate, entry).await {
                Ok(answered) => return Ok(answered),
                Err(failed) => failed,
            };
            *again = u32::from(retry.same_key);
            if *again > round {
                wait = Some(unanswered.failure.retry_after);
            }
            // What nobody was asked says less than what somebody answered.
            if last.is_none() || unanswered.failure.kind != Kind::NoKey {
                last = Some(unanswered);
            }
            if !retry.other_gateway || !order.payload.can_go_again() {
                return Err(nobody(last));
            }
        }
        let wait = wait.and_then(|after| backoff::wait(round, backoff::chance(), after));
        let Some(wait) = wait else { break };
        tokio::time::sleep(relay.0.upstream.patience().scaled(wait)).await;
        order.now = relay.0.clock.now();
    }
    Err(nobody(last))
}

fn nobody(last: Option<Unanswered>) -> Unanswered {
    last.unwrap_or_else(|| Unanswered {
        gateway: "Nexdesk".into(),
        failure: Failure::new(Kind::NoKey, "there was nobody to ask"),
        said: None,
    })
}

/// One gateway, with its keys in turn.
async fn gateway(
    relay: &Relay,
    order: &mut Order<'_>,
    candidate: &Candidate,
    entry: &mut Entry,
) -> Result<Answered, (Unanswered, Retry)> {
    let Candidate {
        gateway, model, key, ..
    } = candidate;
    let unanswered = |failed: Failed| Unanswered {
        gateway: gateway.name.clone(),
        failure: failed.failure,
        said: failed.said,
    };
    let keys = keys(relay, gateway, model, key.as_deref(), order.now.instant).map_err(|failure| {
        let retry = failure.retry();
        (unanswered(Failed::plain(failure)), retry)
    })?;
    let mut outcome = None;
    for key in keys {
        let one = Try { gateway, key, model };
        let mut once_more = true;
        loop {
            entry.goes_to(gateway, key, model);
            let result = once::attempt(relay, order, &one).await;
            let again = learn::note(relay, order, entry, &one, &result);
            match result {
                Ok((answered, _)) => return Ok(answered),
                Err(failed) => {
                    let retry = order.retry(&failed.failure);
                    let repeats = (failed.was_taught || (again && once_more)) && order.payload.can_go_again();
                    if again {
                        once_more = false;
                    }
                    outcome = Some((unanswered(failed), retry));
                    if !repeats {
                        break;
                    }
                }
            }
        }
        let stops = outcome.as_ref().is_some_and(|(_, retry)| !retry.other_key);
        if stops || !order.payload.can_go_again() {
            break;
        }
    }
    Err(outcome.unwrap_or_else(|| {
        let failure = Failure::new(Kind::NoKey, "this gateway has no key that may be asked");
        let retry = failure.retry();
        (unanswered(Failed::plain(failure)), retry)
    }))
}

/// The keys to try; one `None` where the gateway wants none.
pub(super) fn keys<'a>(
    relay: &Relay,
    gateway: &'a Gateway,
    model: &str,
    preferred: Option<&str>,
    now: Instant,
) -> Result<Vec<Option<&'a KeyEntry>>, Failure> {
    if gateway.keys.is_empty() {
        if gateway.provider.auth == Auth::None {
            return Ok(vec![None]);
        }
        return Err(Failure::new(
            Kind::NoKey,
            "this gateway has no key yet; add one under Keys",
        ));
    }
    let ordered = relay.0.keyring.choose(gateway, model, preferred, now)?;
    Ok(ordered.into_iter().map(Some).collect())
}

impl Order<'_> {
    /// Pictures and clips are jobs at some gateways: what was accepted once must not be ordered twice.
    pub(super) fn retry(&self, failure: &Failure) -> Retry {
        if self.is_job() {
            failure.retry_job()
        } else {
            failure.retry()
        }
    }

    /// Pictures are paid for by their answer; clips are ordered, and the bill comes whether or not we heard.
    fn is_job(&self) -> bool {
        *self.method == Method::POST && self.endpoint.interface == Interface::Video
    }

    fn expected(&self, wants_usage: bool) -> Expected {
        let mut expected = Expected::of(self.endpoint.interface, self.streams(), self.headers);
        expected.hides_usage = wants_usage;
        expected.is_about_object = matches!(self.endpoint.subject, Subject::Object(_));
        expected
    }

    fn streams(&self) -> bool {
        self.endpoint.streams(self.asked)
    }

    /// A stream is metered by its usage chunk, which has to be asked for. Who asks for it gets to see it.
    fn wants_usage(&self, relay: &Relay, one: &Try<'_>) -> bool {
        let may_ask = matches!(self.endpoint.interface, Interface::Chat | Interface::Completions);
        may_ask
            && self.asked.stream
            && self.asked.include_usage != Some(true)
            // What is too large to be held is not rewritten.
            && !self.asked.edits(None, true).is_empty()
            && relay
                .0
                .compat
                .takes(&one.gateway.id, one.model, "stream_options.include_usage")
    }

    fn url(&self, one: &Try<'_>) -> String {
        let Endpoint {
            route,
            query,
            subject,
            ..
        } = self.endpoint;
        let route = match subject {
            Subject::InPath { model, from, to } if model != one.model => {
                Cow::Owned(format!("{}{}{}", &route[..*from], one.model, &route[*to..]))
            }
            _ => Cow::Borrowed(route.as_str()),
        };
        let mut url = if route.starts_with('/') {
            [one.gateway.base.root(), &route].concat()
        } else {
            one.gateway.base.url(&route)
        };
        if let Some(query) = query {
            url.push('?');
            url.push_str(query);
        }
        url
    }
}
