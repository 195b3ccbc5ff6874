//! The stages of every exchange, in order. Nothing else decides what happens next.

use std::sync::Arc;

use http::Request;
use http::request::Parts;
use nexdesk_protocol::refusal::Refusal;

use crate::clock::Now;
use crate::figures::Held;
use crate::intake::{self, Intake};
use crate::reply::Reply;
use crate::server::paths::{self, Endpoint, Subject};
use crate::stages::attempt::{self, Order};
use crate::stages::authenticate::{self, Caller};
use crate::stages::jobs::{self, Called};
use crate::stages::meter::Entry;
use crate::stages::{admit, meter, plan};
use crate::{Door, Relay, affinity, objects, refuse};

pub(crate) async fn run(relay: &Relay, door: Door, request: Request<Intake>) -> Reply {
    let (parts, intake) = request.into_parts();
    let mut endpoint = match paths::read(&parts.method, &parts.uri) {
        Ok(endpoint) => endpoint, // first: it needs nothing but the first line
        Err(refusal) => return Reply::refusal(&refusal, Default::default()),
    };
    if let Subject::Models | Subject::Model(_) = endpoint.subject {
        endpoint.dialect = plan::listing_dialect(&parts.headers, &parts.uri); // three APIs share this path
    }
    // Before limits: strangers must not fill a bucket.
    let caller = match authenticate::caller(relay, &door, &parts.uri, &parts.headers) {
        Ok(caller) => caller,
        Err(refusal) => return Reply::refusal(&refusal, endpoint.dialect),
    };
    let reply = stages(relay, &door, &caller, &endpoint, &parts, intake).await;
    let mut reply = reply.unwrap_or_else(|refusal| {
        relay.0.watching.metrics.refused(refusal.code);
        Reply::refusal(&refusal, endpoint.dialect)
    });
    admit::tell(relay, &caller, &mut reply.headers); // last: a refusal says too how much is left
    reply
}

async fn stages(
    relay: &Relay,
    door: &Door,
    caller: &Caller,
    endpoint: &Endpoint,
    parts: &Parts,
    intake: Intake,
) -> Result<Reply, Refusal> {
    let permit = admit::enter(relay, caller, endpoint.billed())?; // before the body is read: refusing must stay cheap
    match &endpoint.subject {
        Subject::Models => return Ok(plan::list_models(relay, caller, endpoint.dialect)),
        Subject::Model(id) => {
            match plan::show_model(relay, caller, id, endpoint.dialect) {
                // What is not in our list may still be in a gateway's.
                Err(_) if caller.sees(&[id]) => {}
                shown => return shown,
            }
        }
        _ => {}
    }
    let (asked, payload) = intake::read(endpoint.interface, &parts.headers, intake, &relay.0.clock).await?;
    let asked = Arc::new(asked);
    let now = Now {
        instant: payload.whole_at.unwrap_or_else(|| relay.0.clock.instant()),
        unix_ms: relay.0.clock.unix_ms(),
    };
    if endpoint.subject == Subject::Needed && endpoint.model(&asked).is_empty() {
        return Err(refuse::unreadable("missing field `model`")); // before the entry: what names no model is no exchange
    }
    let mut entry = meter::open(relay, caller, door, endpoint, asked.clone(), permit, now); // from here on, whatever happens is on record
    entry.watch(relay.0.watching.begin(caller, &parts.headers, &payload));
    let affinity = affinity::of(
        caller.name(),
        endpoint.model(&asked),
        &parts.headers,
        payload.beginning(),
    );
    let order = Order {
        method: &parts.method,
        headers: &parts.headers,
        endpoint,
        asked: &asked,
        held: Held::since(payload.whole_at),
        payload,
        affinity,
        now,
        left: now.instant,
    };
    Ok(answer(relay, caller, parts, order, entry).await)
}

/// From here on whatever happens is on record, so that every way out closes the entry.
async fn answer(
    relay: &Relay,
    caller: &Caller,
    parts: &Parts,
    mut order: Order<'_>,
    mut entry: Entry,
) -> Reply {
    let endpoint = order.endpoint;
    let called = jobs::called(&parts.method, endpoint); // of a chat nothing: films and pictures may take minutes
    if let Some(Called::Asks(ask)) = called
        && jobs::is_ours(relay, caller, ask)
    {
        return Box::pin(jobs::tell(relay, caller, ask, &mut order, entry)).await; // before the plan: its gateway may be gone
    }
    let leaned_on = order.payload.bytes().and_then(|body| objects::leaned_on(body));
    let wanted = plan::Wanted {
        model: endpoint.model(order.asked),
        token: caller.id(),
        interface: endpoint.interface,
        affinity: order.affinity,
        object: endpoint.object().or(leaned_on.as_deref()),
        now: order.now.instant,
    };
    let candidates = plan::choose(relay, &wanted)
        .and_then(|found| entry.narrow(found, endpoint.is_free(parts), order.now.unix_ms)); // what it may cost is set aside
    let candidates = match candidates {
        Ok(candidates) => candidates,
        Err(refusal) => return meter::refuse(&refusal, entry),
    };
    if let Some(Called::Orders(work)) = called
        && jobs::makes(relay, work, &order, &candidates)
    {
        return Box::pin(jobs::order(relay, caller, work, &mut order, candidates, entry)).await;
    }
    match attempt::until_one_answers(relay, &mut order, candidates, &mut entry).await {
        Ok(answered) => {
            let reply = meter::watch(answered, entry); // last: it must see the bytes the caller sees
            relay
                .0
                .watching
                .counts
                .held_up(&order.held, relay.0.clock.instant());
            reply
        }
        Err(unanswered) => meter::give_up(unanswered, entry),
    }
}
