//! What is learned from a try: who answers, who rests, who made what.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use nexdesk_ledger::AttemptRow;
use nexdesk_protocol::Interface;
use nexdesk_upstream::{Failure, Limits};

use super::super::meter::Entry;
use super::{Answered, Content, Failed, Order, Try};
use crate::Relay;
use crate::clock::Now;

/// Writes down what happened and lets everybody learn from it. Says whether the same key deserves one more try at once.
pub(super) fn note(
    relay: &Relay,
    order: &mut Order<'_>,
    entry: &mut Entry,
    one: &Try<'_>,
    outcome: &Result<(Answered, Limits), Failed>,
) -> bool {
    if let Ok((answered, _)) = outcome {
        remember(relay, order, one, answered);
    }
    let heard = match outcome {
        Ok((answered, limits)) => {
            order.now.instant = answered.came;
            Ok((answered.status, *limits))
        }
        Err(failed) => {
            order.now = relay.0.clock.now();
            Err(&failed.failure)
        }
    };
    let when = (order.left, order.now);
    learn(relay, order.endpoint.interface, entry, one, when, heard)
}

/// What everybody learns from one try, whatever was asked.
pub(in crate::stages) fn learn(
    relay: &Relay,
    interface: Interface,
    entry: &mut Entry,
    one: &Try<'_>,
    (began, now): (Instant, Now),
    heard: Result<(StatusCode, Limits), &Failure>,
) -> bool {
    let (now, unix_ms) = (now.instant, now.unix_ms);
    let (status, failure) = match heard {
        Ok((status, _)) => (Some(status.as_u16()), None),
        Err(failure) => (failure.status, Some(failure)),
    };
    let took: Duration = now.saturating_duration_since(began);
    entry.tried(AttemptRow {
        gateway: one.gateway.label.name.clone(),
        key: one.key.map(|key| key.label.name.clone()),
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
    let heard = heard
        .as_ref()
        .map(|(_, limits)| limits)
        .map_err(|failure| *failure);
    let learned = relay.0.keyring.learn_of(&key.id, one.model, heard, now);
    if learned.was_used {
        relay.0.ledger.tell_key_used(&key.id, unix_ms);
    }
    if let Some((state, rest)) = learned.told {
        let until = rest.map(|rest| unix_ms + i64::try_from(rest.as_millis()).unwrap_or(i64::MAX));
        relay.0.ledger.tell_key_state(&key.id, state, until);
    }
    learned.once_more
}

fn remember(relay: &Relay, order: &Order<'_>, one: &Try<'_>, answered: &Answered) {
    let key = one.key.map(|key| key.id.as_str());
    if let Some(affinity) = order.affinity {
        relay
            .0
            .affinities
            .remember(affinity, &one.gateway.id, key, answered.came);
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
