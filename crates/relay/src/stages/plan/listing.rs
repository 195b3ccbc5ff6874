//! The list of models callers choose from: what gateways offer, and the names their person made up. It is told in the
//! words of whoever asks, because three APIs have it under one path.

use std::collections::{HashMap, HashSet};

use http::{HeaderMap, StatusCode, Uri};
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_protocol::wire::openai::models::{Model, ModelList};
use serde_json::{Value, json};

use super::super::authenticate::Caller;
use super::named;
use crate::directory::Directory;
use crate::reply::Reply;
use crate::{Relay, refuse};

/// Who made up an alias.
const OURS: &str = "nexdesk";

/// In whose words somebody asks for a list of models: only the headers tell (`reference/tools.md` fact 2).
pub(crate) fn dialect(headers: &HeaderMap, uri: &Uri) -> Dialect {
    let has_key = |query: &str| query.split('&').any(|pair| pair.starts_with("key="));
    if headers.contains_key("anthropic-version") {
        Dialect::Anthropic
    } else if headers.contains_key("x-goog-api-key")
        || uri.query().is_some_and(has_key)
        || uri.path().starts_with("/v1beta/")
    {
        Dialect::Gemini
    } else {
        Dialect::OpenAi
    }
}

/// Every alias and every model once under its own name, and again as `gateway/model` where two gateways offer it.
pub(crate) fn list_models(relay: &Relay, caller: &Caller, dialect: Dialect) -> Reply {
    let mut data = listed(&relay.0.directory.load(), caller);
    data.retain(|model| sees(caller, model));
    let told =
        |data: &[Model]| -> Vec<Value> { data.iter().map(|model| in_words_of(dialect, model)).collect() };
    let list = match dialect {
        Dialect::OpenAi => {
            let list = ModelList {
                object: "list".into(),
                data,
                ..ModelList::default()
            };
            return Reply::json(StatusCode::OK, serde_json::to_vec(&list).unwrap_or_default());
        }
        Dialect::Anthropic => {
            let id = |model: Option<&Model>| model.map(|model| model.id.clone());
            let (first, last) = (id(data.first()), id(data.last()));
            json!({ "data": told(&data), "has_more": false, "first_id": first, "last_id": last })
        }
        Dialect::Gemini => json!({ "models": told(&data) }),
    };
    Reply::json(StatusCode::OK, list.to_string())
}

pub(crate) fn show_model(
    relay: &Relay,
    caller: &Caller,
    id: &str,
    dialect: Dialect,
) -> Result<Reply, Refusal> {
    let directory = relay.0.directory.load();
    let known = listed(&directory, caller)
        .into_iter()
        .find(|model| model.id == id);
    let model = known.or_else(|| {
        let (gateway, rest) = named(&directory, id)?;
        gateway.offers(rest).then(|| entry(id.to_owned(), &gateway.slug))
    });
    let model = model.filter(|model| sees(caller, model));
    let model = model.ok_or_else(|| refuse::no_such_model(id))?;
    Ok(Reply::json(
        StatusCode::OK,
        in_words_of(dialect, &model).to_string(),
    ))
}

/// One entry. Of what a gateway does not say nothing is made up: when it was made, how much it reads.
fn in_words_of(dialect: Dialect, model: &Model) -> Value {
    let id = &model.id;
    match dialect {
        Dialect::OpenAi => serde_json::to_value(model).unwrap_or_default(),
        // Anthropic gives this date where it knows none.
        Dialect::Anthropic => {
            json!({ "type": "model", "id": id, "display_name": id, "created_at": "1970-01-01T00:00:00Z" })
        }
        Dialect::Gemini => json!({
            "name": format!("models/{id}"),
            "displayName": id,
            "supportedGenerationMethods": ["generateContent"],
        }),
    }
}

/// By every name that `Permit::allows_model` would be asked for.
fn sees(caller: &Caller, model: &Model) -> bool {
    let (id, slug) = (model.id.as_str(), &model.owned_by);
    let bare = id
        .strip_prefix(slug.as_str())
        .and_then(|rest| rest.strip_prefix('/'));
    caller.sees(&[id, bare.unwrap_or(id), &format!("{slug}/{id}")])
}

fn listed(directory: &Directory, caller: &Caller) -> Vec<Model> {
    let aliases = directory.routes.iter();
    let aliases = aliases.filter(|route| route.is_alias() && route.is_for(caller.id()));
    let mut list: Vec<Model> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    for route in aliases {
        if known.insert(&route.pattern) {
            list.push(entry(route.pattern.clone(), OURS));
        }
    }
    let offers = offers(directory);
    for gateway in &directory.gateways {
        for model in &gateway.models {
            if known.insert(&model.name) {
                list.push(entry(model.name.clone(), &gateway.slug));
            }
            if offers.get(model.name.as_str()).is_some_and(|times| *times > 1) {
                list.push(entry(format!("{}/{}", gateway.slug, model.name), &gateway.slug));
            }
        }
    }
    list
}

/// How many gateways list each model. One that lists a model twice counts once.
fn offers(directory: &Directory) -> HashMap<&str, usize> {
    let mut offers = HashMap::new();
    for gateway in &directory.gateways {
        let names: HashSet<&str> = gateway.models.iter().map(|model| model.name.as_str()).collect();
        for name in names {
            *offers.entry(name).or_default() += 1;
        }
    }
    offers
}

fn entry(id: String, owner: &str) -> Model {
    Model {
        id,
        object: "model".into(),
        owned_by: owner.to_owned(),
        ..Model::default()
    }
}
