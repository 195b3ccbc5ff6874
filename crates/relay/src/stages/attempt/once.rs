//! One try: what leaves, and what comes back before the caller has seen a byte.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, UPGRADE};
use nexdesk_upstream::{Answer, Call, Failure, Key, Kind, Limits, Outgoing, Whole};

use super::super::converse;
use super::super::flow::{self, Expected, Opened};
use super::{Answered, Content, Failed, Order, Try};
use crate::Relay;
use crate::compat::Refused;

pub(super) async fn attempt(
    relay: &Relay,
    order: &mut Order<'_>,
    one: &Try<'_>,
) -> Result<(Answered, Limits), Failed> {
    order.left = order.now.instant; // until it has left
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
    let mut body = order.payload.outgoing(&edits).ok_or_else(used_up)?;
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
    order.left = relay.0.clock.instant();
    order.held.left.get_or_insert(order.left);
    let answer = relay.0.upstream.send(call).await.map_err(Failed::plain)?;
    order.now = relay.0.clock.now();
    let limits = Limits::read(&answer.headers, order.now.unix_ms);
    if answer.status == StatusCode::SWITCHING_PROTOCOLS {
        return tunnelled(answer, order)
            .map(|answered| (answered, limits))
            .map_err(Failed::plain);
    }
    if !answer.status.is_success() && answer.status != StatusCode::NOT_MODIFIED {
        return Err(Box::pin(refused(relay, one, answer, &sent, order.now.unix_ms)).await);
    }
    let answered = begun(relay, answer, &order.expected(wants_usage))
        .await
        .map_err(Failed::plain)?;
    order.held.came = Some(answered.came);
    Ok((answered, limits))
}

fn tunnelled(answer: Answer, order: &Order<'_>) -> Result<Answered, Failure> {
    let headers = converse::switched(
        converse::incoming_headers(answer.headers),
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
        came: order.now.instant,
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
    let came = relay.0.clock.instant();
    let length = length.filter(|_| headers.contains_key(CONTENT_LENGTH));
    let mut headers = converse::incoming_headers(headers);
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
        came,
    })
}

async fn refused(relay: &Relay, one: &Try<'_>, answer: Answer, sent: &Bytes, now: i64) -> Failed {
    let (status, headers) = (answer.status, answer.headers);
    let body = match answer.body.whole().await {
        Ok(body) => body,
        Err(failure) => return Failed::plain(failure),
    };
    let plain = flow::readable(&headers, &body);
    let failure = Failure::read_at(status, &headers, &plain, now);
    let refusal = Refused {
        status: status.as_u16(),
        body: &plain,
        said: &failure.message,
        sent,
    };
    let was_taught = !sent.is_empty() && relay.0.compat.learn(&one.gateway.id, one.model, refusal, now);
    let is_own = is_worth_passing_on(status, &plain);
    let headers = converse::incoming_headers(headers);
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
