//! Films, and pictures that are drawn in tasks: whether whoever is asked speaks what the caller speaks, so that the
//! request passes through, or the order becomes a job of ours; and what is told about those. See `crate::jobs`.

mod list;
mod order;
mod settle;

use http::Method;
use http::header::{CONTENT_TYPE, HOST};
use nexdesk_protocol::Interface;
use nexdesk_upstream::jobs::{Family, Tongue, What};

use super::attempt::Order;
use super::authenticate::Caller;
use super::meter::Entry;
use super::plan::Candidate;
use crate::Relay;
use crate::jobs::{Asked, Orderer};
use crate::reply::Reply;
use crate::server::paths::Endpoint;

pub(crate) use order::order;
pub(crate) use settle::{SetApart, follow};

/// What a request has to do with jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Called<'a> {
    /// Makes one, or passes through.
    Orders(Work),
    /// Is about those there are, ours or a gateway's own.
    Asks(Ask<'a>),
}

/// What is to be made, and how the caller said it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    what: What,
    tongue: Tongue,
}

/// What a caller wants of jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    /// To know something about one.
    About(&'a str, Asked<'a>, Tongue),
    /// Another film out of one.
    Remix(&'a str),
    /// To see them all.
    List(&'a str),
}

/// None for everything else, which must not pay for this.
pub(crate) fn called<'a>(method: &Method, endpoint: &'a Endpoint) -> Option<Called<'a>> {
    if !matches!(
        endpoint.interface,
        Interface::Video | Interface::Images | Interface::Other
    ) {
        return None;
    }
    let orders = |what, tongue| Some(Called::Orders(Work { what, tongue }));
    let about = |id, asked| Some(Called::Asks(Ask::About(id, asked, Tongue::OpenAiVideos)));
    let query = endpoint.query.as_deref().unwrap_or_default();
    let mut parts = endpoint.route.split('/');
    let path = [parts.next(), parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
    match (method.as_str(), path) {
        ("POST", ["videos", "", ..]) => orders(What::Film, Tongue::OpenAiVideos),
        ("POST", ["video", "generations", "", _]) => orders(What::Film, Tongue::NewApiVideos),
        ("POST", ["images", "generations", "", _]) => orders(What::Picture, Tongue::OpenAiImages),
        ("POST", ["images", "edits", "", _]) => orders(What::Edit, Tongue::OpenAiImages),
        ("POST", ["images", "variations", "", _]) => orders(What::Variation, Tongue::OpenAiImages),
        ("POST", ["videos", id, "remix", ""]) => Some(Called::Asks(Ask::Remix(id))),
        ("GET", ["videos", "", ..]) => Some(Called::Asks(Ask::List(query))),
        ("GET", ["videos", id, "", _]) => about(id, Asked::Show(id)),
        ("GET", ["videos", id, "content", ""]) => about(id, Asked::Content(id, query)),
        ("DELETE", ["videos", id, "", _]) => about(id, Asked::Delete(id)),
        ("GET", ["video", "generations", id, ""]) => {
            let asked = Ask::About(id, Asked::Show(id), Tongue::NewApiVideos);
            Some(Called::Asks(asked))
        }
        _ => None,
    }
}

/// Whether it is ours to answer. Somebody else's job is, too: to say that it is not there.
pub(crate) fn is_ours(relay: &Relay, caller: &Caller, ask: Ask<'_>) -> bool {
    match ask {
        Ask::About(id, ..) | Ask::Remix(id) => relay.0.jobs.has(id),
        Ask::List(query) => list::is_ours(relay, caller.id(), query),
    }
}

/// Answers a caller about jobs of ours.
pub(crate) async fn tell(
    relay: &Relay,
    caller: &Caller,
    ask: Ask<'_>,
    order: &mut Order<'_>,
    mut entry: Entry,
) -> Reply {
    let orderer = orderer(caller, &entry);
    match ask {
        Ask::List(query) => list::list(relay, query, orderer, order, entry).await,
        Ask::Remix(id) => order::remix(relay, id, orderer, order, entry).await,
        Ask::About(id, asked, tongue) => {
            let job = relay.0.jobs.find(id, orderer.id.as_deref());
            if let Some(job) = &job {
                entry.is_about(&job.id);
            }
            let told = relay.0.jobs.answer(asked, orderer, tongue, &root(order)).await;
            if let (Asked::Delete(_), Some(job)) = (asked, &job)
                && told.status.is_success()
            {
                settle::abandon(relay, job);
            }
            entry.tells(told.into())
        }
    }
}

/// Whether one of those who could be asked makes a job of it. Where all speak what the caller speaks, pictures have
/// nothing to do with jobs; whether a gateway has `/v1/videos` is only known once it was asked.
pub(crate) fn makes(relay: &Relay, work: Work, order: &Order<'_>, candidates: &[Candidate]) -> bool {
    let is_named = candidates.iter().any(|one| !one.model.is_empty());
    is_named && (work.what == What::Film || candidates.iter().any(|one| !passes(relay, work, order, one)))
}

/// Whether a request passes through to this one. Nobody knows what a gateway without a row of its own speaks: then the
/// caller is believed, who was told to speak like this to somebody.
fn passes(relay: &Relay, work: Work, order: &Order<'_>, one: &Candidate) -> bool {
    let family = family(relay, work, one);
    let guessed = family == Family::OpenAi && work.tongue == Tongue::NewApiVideos;
    one.model.is_empty() || guessed || family.speaks(work.tongue, content_type(order))
}

fn family(relay: &Relay, work: Work, one: &Candidate) -> Family {
    let gateway = &one.gateway;
    relay
        .0
        .jobs
        .family(gateway.provider.id.as_ref(), &gateway.id, work.what, &one.model)
}

fn content_type<'a>(order: &Order<'a>) -> &'a str {
    let said = order.headers.get(CONTENT_TYPE);
    said.and_then(|said| said.to_str().ok()).unwrap_or_default()
}

fn orderer(caller: &Caller, entry: &Entry) -> Orderer {
    Orderer {
        id: caller.id().map(str::to_owned),
        name: caller.name().to_owned(),
        exchange: Some(entry.id().to_owned()),
    }
}

/// The address the caller reached us at, for links to what is kept here.
fn root(order: &Order<'_>) -> String {
    let host = order.headers.get(HOST).and_then(|host| host.to_str().ok());
    host.map(|host| format!("http://{host}")).unwrap_or_default()
}
