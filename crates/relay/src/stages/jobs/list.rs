//! `GET /v1/videos` where some films are ours and some a gateway's own: ours first, then those of whoever made the
//! others. Sorted together they could not be paged through: each side knows only its own ids.

use http::header::ACCEPT_ENCODING;
use nexdesk_upstream::jobs::Tongue;
use serde_json::{Value, json};

use super::super::attempt::{self, Content, Order};
use super::super::meter::Entry;
use super::super::plan::{Candidate, Why};
use super::root;
use crate::Relay;
use crate::figures::Held;
use crate::intake::Payload;
use crate::jobs::{Asked, Given, Orderer, queried};
use crate::reply::Reply;
use crate::server::paths::Endpoint;

/// Whether this caller has films of ours, and is not yet past them.
pub(super) fn is_ours(relay: &Relay, caller: Option<&str>, query: &str) -> bool {
    let has_any = || {
        let newest = relay.0.ledger.jobs("video", caller, None, 1);
        newest.is_ok_and(|jobs| !jobs.is_empty())
    };
    queried(query, "after").is_none_or(|after| relay.0.jobs.has(after)) && has_any()
}

pub(super) async fn list(
    relay: &Relay,
    query: &str,
    orderer: Orderer,
    order: &mut Order<'_>,
    mut entry: Entry,
) -> Reply {
    let asked = Asked::List(query);
    let mut told = relay
        .0
        .jobs
        .answer(asked, orderer, Tongue::OpenAiVideos, &root(order))
        .await;
    if let Given::Json(ours) = &mut told.given
        && ours["has_more"] == false
    {
        let room = crate::jobs::page(query).saturating_sub(ours["data"].as_array().map_or(0, Vec::len));
        if let Some(theirs) = of_gateways(relay, query, room, order, &mut entry).await {
            append(ours, theirs, room);
        }
    }
    entry.tells(told.into())
}

fn append(ours: &mut Value, mut theirs: Value, room: usize) {
    let Some(Value::Array(films)) = theirs.get_mut("data").map(Value::take) else {
        return;
    };
    ours["has_more"] = (films.len() > room || (theirs["has_more"] == true && !films.is_empty())).into();
    if let Some(data) = ours["data"].as_array_mut() {
        data.extend(films.into_iter().take(room));
        let edge = |film: Option<&Value>| film.map(|film| film["id"].clone());
        let (first, last) = (edge(data.first()), edge(data.last()));
        (ours["first_id"], ours["last_id"]) = (json!(first), json!(last));
    }
}

/// The list of the first gateway that made films in its own name.
async fn of_gateways(
    relay: &Relay,
    query: &str,
    room: usize,
    order: &mut Order<'_>,
    entry: &mut Entry,
) -> Option<Value> {
    let directory = relay.0.directory.load_full();
    let makers = relay.0.ledger.makers_of("video").ok()?;
    let makers: Vec<Candidate> = makers
        .iter()
        .filter_map(|id| directory.gateway(id))
        .map(|gateway| Candidate {
            gateway: gateway.clone(),
            model: String::new(),
            key: None,
            why: Why::Made,
        })
        .collect();
    if makers.is_empty() {
        return None;
    }
    let order_of = queried(query, "order").map(|order| format!("&order={order}"));
    let endpoint = Endpoint {
        query: Some(format!("limit={}{}", room.max(1), order_of.unwrap_or_default())),
        ..order.endpoint.clone()
    };
    let mut headers = order.headers.clone();
    headers.remove(ACCEPT_ENCODING);
    let mut asks = Order {
        method: order.method,
        headers: &headers,
        endpoint: &endpoint,
        asked: order.asked,
        payload: Payload::none(),
        affinity: None,
        held: Held::since(None),
        now: order.now,
        left: order.now.instant,
    };
    let answered = attempt::until_one_answers(relay, &mut asks, makers, entry)
        .await
        .ok()?;
    match answered.content {
        Content::Whole(body, _) => serde_json::from_slice(&body).ok(),
        Content::Events(_) | Content::Passing(_) | Content::Tunnel(_) => None,
    }
}
