//! The next rested key of the first gateway that could answer, until one does. After the caller has seen a byte there
//! is no other try: two halves of two answers are worse than one half.
//!
//! Everybody is asked once before anybody is asked again: another gateway now is better than this one in a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use nexdesk_ledger::AttemptRow;
use nexdesk_protocol::Interface;
use nexdesk_protocol::reading::Reader;
use nexdesk_protocol::wire::peek::Asked;
use nexdesk_upstream::{Answer, Auth, Call, Failure, Key, Kind, Limits, Outgoing, Retry, Tunnel, Whole};

use super::converse;
use super::flow::{self, Expected, Flow, Opened, Passing};
use super::meter::Entry;
use super::plan::Candidate;
use crate::affinity::Affinity;
use crate::compat::Refused;
use crate::directory::{Gateway, KeyEntry};
use crate::figures::Held;
use crate::intake::Payload;
use crate::server::paths::{Endpoint, Subject};
use crate::{Relay, backoff};

/// What is asked, of whomever.
pub(crate) struct Order<'a> {
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) asked: &'a Asked,
    pub(crate) payload: Payload,
    pub(crate) affinity: Option<Affinity>,
    pub(crate) held: Held,
}

/// An answer that has begun.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The gateway's own length, where the body is as it sent it.
    pub(crate) length: Option<HeaderValue>,
    pub(crate) content: Content,
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
    let keys = keys(relay, gateway, model, key.as_deref()).map_err(|failure| {
        let retry = failure.retry();
        (unanswered(Failed::plain(failure)), retry)
    })?;
    let mut outcome = None;
    for key in keys {
        let one = Try { gateway, key, model };
        let mut once_more = true;
        loop {
            entry.goes_to(gateway, key, model);
            let began = relay.0.clock.instant();
            let result = attempt(relay, order, &one).await;
            let again = note(relay, order, entry, &one, began, &result);
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
    let now = relay.0.clock.instant();
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
                format!("{}{}{}", &route[..*from], one.model, &route[*to..])
            }
            _ => route.clone(),
        };
        let url = if route.starts_with('/') {
            format!("{}{route}", one.gateway.base.root())
        } else {
            one.gateway.base.url(&route)
        };
        match query {
            Some(query) => format!("{url}?{query}"),
            None => url,
        }
    }
}

async fn attempt(relay: &Relay, order: &mut Order<'_>, one: &Try<'_>) -> Result<(Answered, Limits), Failed> {
    let wants_usage = order.wants_usage(relay, one);
    let edits = order
        .asked
        .edits(Some(one.model).filter(|name| !name.is_empty()), wants_usage);
    let used_up = || {
        Failed::plain(Failure::new(
            Kind::Interrupted,
            "The upload was used up by the first attempt.",
        ))
    };
    let mut body = order.payload.outgoing(&edits).await.ok_or_else(used_up)?;
    let mut sent = Bytes::new();
    if let Outgoing::Whole(bytes) = &mut body {
        if relay.0.compat.knows(&one.gateway.id, one.model) {
            *bytes = relay.0.compat.fitting(&one.gateway.id, one.model, bytes);
        }
        sent = bytes.clone();
    }
    let upgrades = order.headers.contains_key(UPGRADE);
    let call = Call {
        method: order.method.clone(),
        url: order.url(one),
        headers: converse::outgoing_headers(order.headers, order.streams(), upgrades),
        body,
        key: one.key.map(|key| Key {
            id: key.id.clone(),
            auth: one.gateway.provider.auth,
        }),
        once: order.is_job(),
    };
    order.held.left.get_or_insert_with(|| relay.0.clock.instant());
    let answer = relay.0.upstream.send(call).await.map_err(Failed::plain)?;
    let limits = Limits::read(&answer.headers, relay.0.clock.unix_ms());
    if answer.status == StatusCode::SWITCHING_PROTOCOLS {
        return tunnelled(answer, order)
            .map(|answered| (answered, limits))
            .map_err(Failed::plain);
    }
    if !answer.status.is_success() && answer.status != StatusCode::NOT_MODIFIED {
        return Err(refused(relay, one, answer, &sent).await);
    }
    let answered = begun(relay, answer, &order.expected(wants_usage))
        .await
        .map_err(Failed::plain)?;
    order.held.came = Some(relay.0.clock.instant());
    Ok((answered, limits))
}

fn tunnelled(answer: Answer, order: &Order<'_>) -> Result<Answered, Failure> {
    let headers = converse::switched(
        converse::incoming_headers(&answer.headers),
        order.headers.get(UPGRADE),
    );
    let status = answer.status;
    let tunnel = answer.body.into_tunnel();
    let tunnel = tunnel.ok_or_else(|| Failure::new(Kind::Interrupted, "The gateway hung up at once."))?;
    Ok(Answered {
        status,
        headers,
        length: None,
        content: Content::Tunnel(tunnel),
    })
}

async fn begun(relay: &Relay, answer: Answer, expected: &Expected) -> Result<Answered, Failure> {
    let (status, length) = (answer.status, answer.headers.get(CONTENT_LENGTH).cloned());
    let patience = relay.0.upstream.patience().first_token;
    let opened = tokio::time::timeout(patience, flow::open(answer, expected, &relay.0.clock)).await;
    let (headers, opened) = opened.unwrap_or_else(|_| {
        let waited = patience.as_secs_f32();
        Err(Failure::new(
            Kind::Stalled,
            format!("The gateway said nothing for {waited} seconds."),
        ))
    })?;
    let length = length.filter(|_| headers.contains_key(CONTENT_LENGTH));
    let mut headers = converse::incoming_headers(&headers);
    let content = match opened {
        Opened::Events(flow) => {
            converse::as_events(&mut headers);
            Content::Events(flow)
        }
        Opened::Whole(body, reader) => {
            if expected.stream
                && expected.interface.writes()
                && !body.is_empty()
                && !matches!(body[0], b'{' | b'[')
            {
                converse::as_events(&mut headers);
            }
            Content::Whole(body, reader)
        }
        Opened::Passing(passing) => Content::Passing(passing),
    };
    Ok(Answered {
        status,
        headers,
        length,
        content,
    })
}

async fn refused(relay: &Relay, one: &Try<'_>, answer: Answer, sent: &Bytes) -> Failed {
    let (status, headers) = (answer.status, answer.headers);
    let body = match answer.body.whole().await {
        Ok(body) => body,
        Err(failure) => return Failed::plain(failure),
    };
    let plain = flow::readable(&headers, &body);
    let failure = Failure::read_at(status, &headers, &plain, relay.0.clock.unix_ms());
    let refusal = Refused {
        status: status.as_u16(),
        body: &plain,
        said: &failure.message,
        sent,
    };
    let now = relay.0.clock.unix_ms();
    let was_taught = !sent.is_empty() && relay.0.compat.learn(&one.gateway.id, one.model, refusal, now);
    let is_own = is_worth_passing_on(status, &plain);
    let headers = converse::incoming_headers(&headers);
    Failed {
        failure,
        said: is_own.then_some(Whole {
            status,
            headers,
            body,
        }),
        was_taught,
    }
}

/// A proxy's page says nothing to a program, and whoever followed a redirect would carry a token to a stranger.
fn is_worth_passing_on(status: StatusCode, body: &[u8]) -> bool {
    let is_json = serde_json::from_slice::<&serde_json::value::RawValue>(body).is_ok();
    is_json && (status.is_client_error() || status.is_server_error())
}

/// Writes down what happened and lets everybody learn from it. Says whether the same key deserves one more try at once.
fn note(
    relay: &Relay,
    order: &Order<'_>,
    entry: &mut Entry,
    one: &Try<'_>,
    began: Instant,
    outcome: &Result<(Answered, Limits), Failed>,
) -> bool {
    if let Ok((answered, _)) = outcome {
        remember(relay, order, one, answered);
    }
    let heard = match outcome {
        Ok((answered, limits)) => Ok((answered.status, *limits)),
        Err(failed) => Err(&failed.failure),
    };
    learn(relay, order.endpoint.interface, entry, one, began, heard)
}

/// What everybody learns from one try, whatever was asked.
pub(super) fn learn(
    relay: &Relay,
    interface: Interface,
    entry: &mut Entry,
    one: &Try<'_>,
    began: Instant,
    heard: Result<(StatusCode, Limits), &Failure>,
) -> bool {
    let now = relay.0.clock.instant();
    let (status, failure) = match heard {
        Ok((status, _)) => (Some(status.as_u16()), None),
        Err(failure) => (failure.status, Some(failure)),
    };
    let took: Duration = now.saturating_duration_since(began);
    entry.tried(AttemptRow {
        gateway: one.gateway.name.clone(),
        key: one.key.map(|key| key.name.clone()),
        status,
        code: failure.map(|failure| failure.kind.code().to_owned()),
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    let health = &relay.0.health;
    match heard {
        Ok(_) => health.answered(&one.gateway.id, one.model, Some(took)),
        Err(failure) => health.failed(&one.gateway.id, one.model, interface, failure, now),
    }
    let Some(key) = one.key else { return false };
    let unix_ms = relay.0.clock.unix_ms();
    relay.0.ledger.tell_key_used(&key.id, unix_ms);
    let heard = heard
        .as_ref()
        .map(|(_, limits)| limits)
        .map_err(|failure| *failure);
    let learned = relay.0.keyring.learn_of(&key.id, one.model, heard, now);
    if let Some((state, rest)) = learned.told {
        let until = rest.map(|rest| unix_ms + i64::try_from(rest.as_millis()).unwrap_or(i64::MAX));
        relay.0.ledger.tell_key_state(&key.id, state, until);
    }
    learned.once_more
}

fn remember(relay: &Relay, order: &Order<'_>, one: &Try<'_>, answered: &Answered) {
    let key = one.key.map(|key| key.id.as_str());
    if let Some(affinity) = order.affinity {
        let now = relay.0.clock.instant();
        relay.0.affinities.remember(affinity, &one.gateway.id, key, now);
    }
    // Answers to chats name nothing that anybody asks for later.
    let makes = matches!(
        order.endpoint.interface,
        Interface::Responses | Interface::Video | Interface::Images | Interface::Other
    ) && *order.method != Method::GET;
    if !makes {
        return;
    }
    match &answered.content {
        Content::Whole(body, _) => relay.0.objects.remember_all(body, &one.gateway.id, key),
        Content::Events(flow) => {
            for block in flow.held() {
                let data = block
                    .split(|byte| *byte == b'\n')
                    .find_map(|line| line.strip_prefix(b"data:"));
                relay
                    .0
                    .objects
                    .remember_all(data.unwrap_or_default(), &one.gateway.id, key);
            }
        }
        Content::Passing(_) | Content::Tunnel(_) => {}
    }
}
