//! Which gateways could answer, in the order they are asked; and the list of models callers choose from.

use std::sync::Arc;

use http::StatusCode;
use nexdesk_protocol::refusal::Refusal;
use nexdesk_protocol::wire::openai::models::{Model, ModelList};

use crate::directory::{Directory, Gateway};
use crate::reply::Reply;
use crate::{Relay, refuse};

/// A gateway, and what it calls the model.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) model: String,
}

pub(crate) fn candidates(relay: &Relay, model: &str) -> Result<Vec<Candidate>, Refusal> {
    let directory = relay.0.directory.load();
    if directory.gateways.is_empty() {
        return Err(refuse::no_gateway());
    }
    let named = named(&directory, model);
    let as_named = |(gateway, rest): (&Arc<Gateway>, &str)| {
        vec![Candidate {
            gateway: gateway.clone(),
            model: rest.into(),
        }]
    };
    if let Some(sure) = named.filter(|(gateway, rest)| gateway.offers(rest)) {
        return Ok(as_named(sure));
    }
    // Ids hold a `/` at some gateways (`openai/gpt-5`): a whole id that somebody lists comes before a guess.
    let offering = select(&directory, model, |gateway| gateway.offers(model));
    if !offering.is_empty() {
        return Ok(offering);
    }
    if let Some(guess) = named {
        // Its list may be old, or not list everything: the gateway itself has the last word.
        return Ok(as_named(guess));
    }
    // A gateway whose list could never be fetched may still have it.
    let unlisted = select(&directory, model, |gateway| gateway.models.is_empty());
    if unlisted.is_empty() {
        Err(refuse::no_such_model(model))
    } else {
        Ok(unlisted)
    }
}

fn select(directory: &Directory, model: &str, fits: impl Fn(&Gateway) -> bool) -> Vec<Candidate> {
    let fitting = directory.gateways.iter().filter(|gateway| fits(gateway));
    fitting
        .map(|gateway| Candidate {
            gateway: gateway.clone(),
            model: model.to_owned(),
        })
        .collect()
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

/// Every model once under its own name, and again as `gateway/model` where two gateways offer it.
pub(crate) fn list_models(relay: &Relay) -> Reply {
    let list = ModelList {
        object: "list".into(),
        data: listed(&relay.0.directory.load()),
        ..ModelList::default()
    };
    Reply::json(StatusCode::OK, serde_json::to_vec(&list).unwrap_or_default())
}

pub(crate) fn show_model(relay: &Relay, id: &str) -> Result<Reply, Refusal> {
    let directory = relay.0.directory.load();
    let known = listed(&directory).into_iter().find(|model| model.id == id);
    let model = known.or_else(|| {
        let (gateway, rest) = named(&directory, id)?;
        gateway.offers(rest).then(|| entry(id.to_owned(), gateway))
    });
    let model = model.ok_or_else(|| refuse::no_such_model(id))?;
    Ok(Reply::json(
        StatusCode::OK,
        serde_json::to_vec(&model).unwrap_or_default(),
    ))
}

fn listed(directory: &Directory) -> Vec<Model> {
    let mut list: Vec<Model> = Vec::new();
    for gateway in &directory.gateways {
        for model in &gateway.models {
            let shared = directory
                .gateways
                .iter()
                .filter(|other| other.offers(&model.name))
                .count()
                > 1;
            if !list.iter().any(|known| known.id == model.name) {
                list.push(entry(model.name.clone(), gateway));
            }
            if shared {
                list.push(entry(format!("{}/{}", gateway.slug, model.name), gateway));
            }
        }
    }
    list
}

fn entry(id: String, gateway: &Gateway) -> Model {
    Model {
        id,
        object: "model".into(),
        owned_by: gateway.slug.clone(),
        ..Model::default()
    }
}
