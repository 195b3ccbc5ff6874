//! Which gateways could answer, in the order they are asked; and the list of models callers choose from.
//!
//! A name leads, in this order: to the gateway it names itself (`gateway/model`), along the route its person laid, to
//! every gateway that lists it, to gateways whose list could never be fetched. Within that, whoever is broken or does
//! not have the endpoint goes last, and whoever holds the conversation's cache goes first.

mod listing;

use std::sync::Arc;
use std::time::Instant;

use nexdesk_ledger::{RouteTarget, Strategy};
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::Refusal;
use nexdesk_protocol::talk::Usage;

use crate::affinity::Affinity;
use crate::directory::{Directory, Gateway};
use crate::health::Standing;
use crate::routes::{Route, route};
use crate::{Relay, refuse};

pub(crate) use listing::{dialect as listing_dialect, list_models, show_model};

/// A gateway, and what it calls the model.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) model: String,
    /// The key to ask with first: it made the object, or holds the conversation's cache.
    pub(crate) key: Option<String>,
    pub(crate) why: Why,
}

/// How somebody came to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The caller named the gateway.
    Named,
    /// A route of this pattern leads there.
    Route(String),
    /// It lists the model.
    Offers,
    /// Its list was never fetched, so it may have it.
    Unlisted,
    /// It made the object that is asked for.
    Made,
    /// No model is named, and it has the endpoint as far as is known.
    Serves,
}

/// What is asked for, by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The model as the caller names it; empty where there is none.
    pub(crate) model: &'a str,
    /// The id of the caller's token.
    pub(crate) token: Option<&'a str>,
    pub(crate) interface: Interface,
    pub(crate) affinity: Option<Affinity>,
    /// An object that the request is about, or leans on.
    pub(crate) object: Option<&'a str>,
    pub(crate) now: Instant,
}

/// Who could answer, best first; never empty.
pub(crate) fn choose(relay: &Relay, wanted: &Wanted<'_>) -> Result<Vec<Candidate>, Refusal> {
    let found = look(relay, wanted, false)?;
    if let Some(first) = found.first() {
        relay
            .0
            .health
            .is_asked(&first.gateway.id, &first.model, wanted.now);
    }
    Ok(found)
}

/// The same without taking anybody's turn.
fn look(relay: &Relay, wanted: &Wanted<'_>, looks_only: bool) -> Result<Vec<Candidate>, Refusal> {
    let directory = relay.0.directory.load();
    if directory.gateways.is_empty() {
        return Err(refuse::no_gateway());
    }
    if wanted.model.is_empty() {
        return Ok(without_model(relay, &directory, wanted));
    }
    let (found, strategy) = find(relay, &directory, wanted, looks_only)?;
    Ok(ordered(relay, wanted, found, strategy))
}

fn find(
    relay: &Relay,
    directory: &Directory,
    wanted: &Wanted<'_>,
    looks_only: bool,
) -> Result<(Vec<Candidate>, Option<Strategy>), Refusal> {
    let model = wanted.model;
    let named = named(directory, model);
    let as_named = |(gateway, rest): (&Arc<Gateway>, &str)| vec![candidate(gateway, rest, Why::Named)];
    if let Some(sure) = named.filter(|(gateway, rest)| gateway.offers(rest)) {
        return Ok((as_named(sure), None));
    }
    if let Some(route) = route(&directory.routes, model, wanted.token) {
        let found = follow(relay, directory, route, model, looks_only);
        return if found.is_empty() {
            Err(leads_nowhere(&route.pattern))
        } else {
            Ok((found, Some(route.strategy)))
        };
    }
    // Ids hold a `/` at some gateways (`openai/gpt-5`): a whole id that somebody lists comes before a guess.
    let offering = offering(directory, model);
    if !offering.is_empty() {
        return Ok((offering, None));
    }
    if let Some(guess) = named {
        // Its list may be old, or not list everything: the gateway itself has the last word.
        return Ok((as_named(guess), None));
    }
    let unlisted = unlisted(directory, model);
    if unlisted.is_empty() {
        Err(refuse::no_such_model(model))
    } else {
        Ok((unlisted, None))
    }
}

fn offering(directory: &Directory, model: &str) -> Vec<Candidate> {
    let fitting = directory.gateways.iter().filter(|gateway| gateway.offers(model));
    fitting
        .map(|gateway| candidate(gateway, model, Why::Offers))
        .collect()
}

/// A gateway whose list could never be fetched may still have it.
fn unlisted(directory: &Directory, model: &str) -> Vec<Candidate> {
    let fitting = directory
        .gateways
        .iter()
        .filter(|gateway| gateway.models.is_empty());
    fitting
        .map(|gateway| candidate(gateway, model, Why::Unlisted))
        .collect()
}

fn follow(
    relay: &Relay,
    directory: &Directory,
    route: &Route,
    name: &str,
    looks_only: bool,
) -> Vec<Candidate> {
    let mut targets: Vec<&RouteTarget> = route.targets.iter().collect();
    if route.strategy == Strategy::Weighted && !targets.is_empty() {
        targets.rotate_left(route.turn(looks_only));
    }
    let mut found: Vec<Candidate> = targets
        .into_iter()
        .flat_map(|target| led_to(directory, route, target, name))
        .collect();
    match route.strategy {
        Strategy::Order | Strategy::Weighted => {}
        Strategy::Cheapest => found.sort_by_cached_key(|one| {
            let cost = cost(&one.gateway, &one.model);
            (cost.is_none(), cost)
        }),
        // Who was never asked comes first, or it would never be known.
        Strategy::Fastest => {
            found.sort_by_cached_key(|one| relay.0.health.first_word(&one.gateway.id, &one.model))
        }
    }
    found
}

fn led_to(directory: &Directory, route: &Route, target: &RouteTarget, name: &str) -> Vec<Candidate> {
    let model = route.model(target, name);
    let found = match &target.gateway {
        Some(id) => {
            let gateway = directory.gateway(id).into_iter();
            gateway
                .map(|gateway| candidate(gateway, &model, Why::Offers))
                .collect()
        }
        None => {
            let offering = offering(directory, &model);
            if offering.is_empty() {
                unlisted(directory, &model)
            } else {
                offering
            }
        }
    };
    let by_route = |one| Candidate {
        why: Why::Route(route.pattern.clone()),
        ..one
    };
    found.into_iter().map(by_route).collect()
}

/// What a usual exchange costs: three times as much is read as is written.
fn cost(gateway: &Gateway, model: &str) -> Option<i64> {
    let usual = Usage {
        input: Some(3_000_000),
        output: Some(1_000_000),
        ..Usage::default()
    };
    Some(gateway.price(model)?.cost(&usual)?.0)
}

fn ordered(
    relay: &Relay,
    wanted: &Wanted<'_>,
    mut found: Vec<Candidate>,
    strategy: Option<Strategy>,
) -> Vec<Candidate> {
    let now = wanted.now;
    let made = wanted.object.and_then(|id| relay.0.objects.find(id));
    let held = wanted
        .affinity
        .and_then(|affinity| relay.0.affinities.find(affinity, now));
    for one in &mut found {
        let is_there = |gateway: &str| *gateway == one.gateway.id;
        one.key = made
            .as_ref()
            .filter(|made| is_there(&made.gateway))
            .and_then(|made| made.key.clone())
            .or_else(|| held.as_ref().filter(|held| is_there(&held.gateway))?.key.clone());
    }
    // An order that a person gave is kept to, whatever cache it costs.
    let held = held.filter(|_| strategy != Some(Strategy::Order));
    if found.len() < 2 {
        return found;
    }
    found.sort_by_cached_key(|one| {
        let id = &one.gateway.id;
        (
            made.as_ref().is_none_or(|made| made.gateway != *id),
            standing(relay, one, wanted.interface, now),
            held.as_ref().is_none_or(|held| held.gateway != *id),
        )
    });
    found
}

fn standing(relay: &Relay, one: &Candidate, interface: Interface, now: Instant) -> Standing {
    relay
        .0
        .health
        .standing(&one.gateway.id, &one.model, interface, now)
}

/// Whoever made the object, alone: nobody else knows of it. Where it is not known, everybody, in the usual order.
fn without_model(relay: &Relay, directory: &Directory, wanted: &Wanted<'_>) -> Vec<Candidate> {
    let made = wanted.object.and_then(|id| relay.0.objects.find(id));
    if let Some(made) = made
        && let Some(gateway) = directory.gateway(&made.gateway)
    {
        return vec![Candidate {
            key: made.key,
            ..candidate(gateway, "", Why::Made)
        }];
    }
    let all = directory.gateways.iter();
    let all = all.map(|gateway| candidate(gateway, "", Why::Serves)).collect();
    ordered(relay, wanted, all, None)
}

fn candidate(gateway: &Arc<Gateway>, model: &str, why: Why) -> Candidate {
    Candidate {
        gateway: gateway.clone(),
        model: model.to_owned(),
        key: None,
        why,
    }
}

/// `gateway/model`.
fn named<'a>(directory: &'a Directory, model: &'a str) -> Option<(&'a Arc<Gateway>, &'a str)> {
    let (name, rest) = model.split_once('/')?;
    let gateway = directory
        .gateways
        .iter()
        .find(|gateway| gateway.slug.eq_ignore_ascii_case(name))?;
    (!rest.is_empty()).then_some((gateway, rest))
}

fn leads_nowhere(pattern: &str) -> Refusal {
    let said = format!(
        "The route “{pattern}” leads to no gateway that is set up here. Change it in Nexdesk, or with `nexd routes`."
    );
    Refusal::new(404, "model_not_found", said)
}

/// One gateway that would be asked, for a person who wants to know beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The gateway's id.
    pub gateway: String,
    /// The gateway's name.
    pub name: String,
    /// What it would be asked for.
    pub model: String,
    /// How it came to be asked, as a sentence.
    pub why: String,
    /// Why it stands further back than it would, where it does.
    pub held_back: Option<String>,
}

impl Relay {
    /// Who would be asked for `model`, in which order, and why; nobody's turn is taken. `token` is a local token's id.
    ///
    /// # Errors
    /// With the sentence a caller would get.
    pub fn preview(&self, model: &str, token: Option<&str>) -> Result<Vec<Preview>, String> {
        let wanted = Wanted {
            model,
            token,
            interface: Interface::Chat,
            affinity: None,
            object: None,
            now: self.0.clock.instant(),
        };
        let found = look(self, &wanted, true).map_err(|refusal| refusal.message)?;
        let shown = |one: Candidate| Preview {
            why: one.why.sentence(),
            held_back: match standing(self, &one, wanted.interface, wanted.now) {
                Standing::Healthy => None,
                Standing::Broken => Some("It failed several times in a row just now.".into()),
                Standing::Lacking => Some("It said that it does not have this endpoint.".into()),
            },
            gateway: one.gateway.id.clone(),
            name: one.gateway.name.clone(),
            model: one.model,
        };
        Ok(found.into_iter().map(shown).collect())
    }
}

impl Why {
    fn sentence(&self) -> String {
        match self {
            Self::Named => "The name says so.".into(),
            Self::Route(pattern) => format!("The route “{pattern}” leads there."),
            Self::Offers => "It lists this model.".into(),
            Self::Unlisted => "Its list of models is not known, so it may have it.".into(),
            Self::Made => "It made what is asked for.".into(),
            Self::Serves => "It may have this endpoint.".into(),
        }
    }
}
