//! The stages of every exchange, in order. Nothing else decides what happens next.

use bytes::Bytes;
use http::{HeaderValue, Request};
use nexdesk_protocol::refusal::Refusal;

use crate::reply::{REQUEST_ID, Reply};
use crate::server::paths::{self, Endpoint};
use crate::stages::{admit, attempt, authenticate, converse, meter, plan};
use crate::{Door, Relay};

pub(crate) async fn run(relay: &Relay, door: Door, request: Request<Bytes>) -> Reply {
    stages(relay, door, request).await.unwrap_or_else(Reply::from)
}

async fn stages(relay: &Relay, door: Door, request: Request<Bytes>) -> Result<Reply, Refusal> {
    let endpoint = paths::read(request.method(), request.uri().path())?; // first: it needs nothing but the first line
    let caller = authenticate::caller(relay, &door, request.headers())?; // before limits: strangers must not fill a bucket
    let permit = admit::one_more(relay, &caller)?; // before the body is read: refusing must stay cheap
    match endpoint {
        Endpoint::Models => return Ok(plan::list_models(relay)),
        Endpoint::Model(id) => return plan::show_model(relay, &id),
        Endpoint::Chat => {}
    }
    let asked = converse::read(request.body())?; // before the entry: what names no model is no exchange
    let mut entry = meter::open(relay, &caller, &door, &asked, permit); // from here on, whatever happens is on record
    let id = entry.id();
    let mut reply = match plan::candidates(relay, &asked.model) {
        Ok(candidates) => {
            match attempt::until_one_answers(relay, &request, &asked, candidates, &mut entry).await {
                Ok(answered) => meter::watch(answered, entry), // last: it must see the bytes the caller sees
                Err(unanswered) => meter::give_up(unanswered, entry),
            }
        }
        Err(refusal) => meter::refuse(refusal, entry),
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        reply.headers.insert(REQUEST_ID, id);
    }
    Ok(reply)
}
