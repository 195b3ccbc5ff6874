//! The next rested key of the first gateway that could answer, until one does. After the caller has seen a byte there
//! is no other try: two halves of two answers are worse than one half.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use nexdesk_ledger::AttemptRow;
use nexdesk_protocol::wire::peek::Asked;
use nexdesk_upstream::{Answer, Auth, Call, Failure, Key, Kind, Whole};

use super::converse;
use super::flow::{self, Flow, Opened};
use super::meter::Entry;
use super::plan::Candidate;
use crate::Relay;
use crate::directory::{Gateway, KeyEntry};
use crate::watch::Watch;

/// An answer that has begun.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Whole(Bytes, Box<Watch>),
    Events(Box<Flow>),
}

/// Nobody answered. `said` is the last gateway's own answer, where it gave one worth passing on.
pub(crate) struct Unanswered {
    pub(crate) gateway: String,
    pub(crate) failure: Failure,
    pub(crate) said: Option<Whole>,
}

pub(crate) async fn until_one_answers(
    relay: &Relay,
    request: &Request<Bytes>,
    asked: &Asked,
    candidates: Vec<Candidate>,
    entry: &mut Entry,
) -> Result<Answered, Unanswered> {
    let mut last = None;
    'gateways: for Candidate { gateway, model } in candidates {
        let keys = match keys(relay, &gateway) {
            Ok(keys) => keys,
            Err(failure) => {
                last = last.or(Some(Unanswered {
                    gateway: gateway.name.clone(),
                    failure,
                    said: None,
                }));
                continue;
            }
        };
        for key in keys {
            entry.goes_to(&gateway, key, &model);
            let began = relay.0.clock.instant();
            let outcome = once(relay, request, asked, &gateway, key, &model).await;
            note(relay, entry, &gateway, key, began, &outcome);
            match outcome {
                Ok(answered) => return Ok(answered),
                Err(unanswered) => {
                    let hopeless = !unanswered.failure.kind.another_may_answer();
                    last = Some(unanswered);
                    if hopeless {
                        break 'gateways;
                    }
                }
            }
        }
    }
    Err(last.unwrap_or_else(|| Unanswered {
        gateway: "Nexdesk".into(),
        failure: Failure::new(Kind::NoKey, "there was nobody to ask"),
        said: None,
    }))
}

/// The keys to try; one `None` where the gateway wants none.
fn keys<'a>(relay: &Relay, gateway: &'a Gateway) -> Result<Vec<Option<&'a KeyEntry>>, Failure> {
    if gateway.keys.is_empty() {
        if gateway.provider.auth == Auth::None {
            return Ok(vec![None]);
        }
        return Err(Failure::new(
            Kind::NoKey,
            "this gateway has no key yet; add one under Keys",
        ));
    }
    let ordered = relay.0.keyring.order(gateway, relay.0.clock.instant());
    ordered
        .map(|keys| keys.into_iter().map(Some).collect())
        .map_err(|rest| Failure {
            retry_after: Some(rest),
            ..Failure::new(
                Kind::RateLimited,
                format!(
                    "every key is resting after a rate limit, for {} s more",
                    rest.as_secs() + 1
                ),
            )
        })
}

async fn once(
    relay: &Relay,
    request: &Request<Bytes>,
    asked: &Asked,
    gateway: &Arc<Gateway>,
    key: Option<&KeyEntry>,
    model: &str,
) -> Result<Answered, Unanswered> {
    let failed = |failure, said| Unanswered {
        gateway: gateway.name.clone(),
        failure,
        said,
    };
    let call = Call {
        method: request.method().clone(),
        url: gateway.base.url("chat/completions"),
        headers: converse::outgoing_headers(request.headers()),
        body: converse::outgoing(request.body(), asked, model),
        key: key.map(|key| Key {
            id: key.id.clone(),
            auth: gateway.provider.auth,
        }),
    };
    let Answer {
        status,
        headers,
        body,
    } = relay
        .0
        .upstream
        .send(call)
        .await
        .map_err(|failure| failed(failure, None))?;
    let headers = converse::incoming_headers(&headers);
    if status.is_success() && asked.stream {
        let opened = flow::open(body, &relay.0.clock)
            .await
            .map_err(|failure| failed(failure, None))?;
        return match opened {
            Opened::Events(flow) => Ok(events(status, headers, flow)),
            Opened::Whole(body) => {
                whole(status, headers, body, true).map_err(|failure| failed(failure, None))
            }
        };
    }
    let body = body.whole().await.map_err(|failure| failed(failure, None))?;
    if status.is_success() {
        return whole(status, headers, body, false).map_err(|failure| failed(failure, None));
    }
    let failure = Failure::read(status, &headers, &body);
    let said = is_worth_passing_on(status, &body).then_some(Whole {
        status,
        headers,
        body,
    });
    Err(failed(failure, said))
}

/// A proxy's page says nothing to a program, and whoever followed a redirect would carry a token to a stranger.
fn is_worth_passing_on(status: StatusCode, body: &[u8]) -> bool {
    let is_json = serde_json::from_slice::<&serde_json::value::RawValue>(body).is_ok();
    is_json && (status.is_client_error() || status.is_server_error())
}

fn events(status: StatusCode, mut headers: HeaderMap, flow: Box<Flow>) -> Answered {
    converse::as_events(&mut headers);
    Answered {
        status,
        headers,
        content: Content::Events(flow),
    }
}

/// A body under a 200 may still be an error, or a web page: SDKs take both for an empty answer.
fn whole(status: StatusCode, mut headers: HeaderMap, body: Bytes, stream: bool) -> Result<Answered, Failure> {
    // JSON has no byte-order mark; half of the parsers stumble over one.
    let body = flow::without_mark(body);
    let mut watch = Watch::default();
    if !watch.see_whole(&body) {
        return Err(Failure::no_answer(status, &headers, &body));
    }
    if let Some(failure) = watch.trouble() {
        return Err(failure.clone());
    }
    let body = match stream {
        true => {
            converse::as_events(&mut headers);
            converse::whole_as_events(&body).ok_or_else(|| {
                Failure::new(Kind::GatewayFailed, "The gateway answered without any choice.")
            })?
        }
        false => body,
    };
    Ok(Answered {
        status,
        headers,
        content: Content::Whole(body, Box::new(watch)),
    })
}

fn note(
    relay: &Relay,
    entry: &mut Entry,
    gateway: &Gateway,
    key: Option<&KeyEntry>,
    began: Instant,
    outcome: &Result<Answered, Unanswered>,
) {
    let now = relay.0.clock.instant();
    let (status, failure) = match outcome {
        Ok(answered) => (Some(answered.status.as_u16()), None),
        Err(unanswered) => (unanswered.failure.status, Some(&unanswered.failure)),
    };
    entry.tried(AttemptRow {
        gateway: gateway.name.clone(),
        key: key.map(|key| key.name.clone()),
        status,
        code: failure.map(|failure| failure.kind.code().to_owned()),
        took_ms: u64::try_from(now.saturating_duration_since(began).as_millis()).unwrap_or(u64::MAX),
    });
    let Some(key) = key else { return };
    let unix_ms = relay.0.clock.unix_ms();
    relay.0.ledger.tell_key_used(&key.id, unix_ms);
    if let Some((state, rest)) = relay.0.keyring.learn(&key.id, failure.map_or(Ok(()), Err), now) {
        let until = rest.map(|rest| unix_ms + i64::try_from(rest.as_millis()).unwrap_or(i64::MAX));
        relay.0.ledger.tell_key_state(&key.id, state, until);
    }
}
