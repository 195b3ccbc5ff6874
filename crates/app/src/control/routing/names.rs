//! From the names people type to the ids the app keeps, and back.

use nexdesk_relay::slug;

use super::NamedRoute;
use crate::App;
use crate::keys::Gateway;
use crate::problem::{Problem, ProblemCode};
use crate::routes::{Route, RouteTarget};

impl App {
    pub(super) fn token_id(&self, name: Option<&str>) -> Result<Option<String>, Problem> {
        let Some(name) = name else { return Ok(None) };
        let tokens = self.ledger().tokens()?;
        let found = tokens
            .into_iter()
            .find(|token| token.name.eq_ignore_ascii_case(name));
        found
            .map(|token| Some(token.id))
            .ok_or_else(|| missing("token", name))
    }

    pub(super) fn named_routes(&self) -> Result<Vec<NamedRoute>, Problem> {
        let (gateways, tokens) = (self.list_gateways()?, self.ledger().tokens()?);
        let named = |route: Route| NamedRoute {
            token_name: route.token.as_ref().map(|id| {
                let token = tokens.iter().find(|token| token.id == *id);
                token.map_or_else(|| "revoked".into(), |token| token.name.clone())
            }),
            to: route
                .targets
                .iter()
                .map(|target| shown(&gateways, target))
                .collect(),
            route,
        };
        Ok(self.list_routes()?.into_iter().map(named).collect())
    }
}

pub(super) fn target(gateways: &[Gateway], to: &str, weight: u32) -> RouteTarget {
    let named = to.split_once('/').and_then(|(name, model)| {
        let gateway = gateways.iter().find(|row| slug(&row.name) == slug(name))?;
        Some((gateway.id.clone(), model.to_owned()))
    });
    let (gateway, model) = match named {
        Some((gateway, model)) => (Some(gateway), model),
        None => (None, to.to_owned()),
    };
    RouteTarget {
        gateway,
        model,
        weight,
    }
}

fn shown(gateways: &[Gateway], target: &RouteTarget) -> String {
    let Some(id) = &target.gateway else {
        return target.model.clone();
    };
    let name = gateways
        .iter()
        .find(|row| row.id == *id)
        .map_or_else(|| "removed".into(), |row| slug(&row.name));
    format!("{name}/{}", target.model)
}

pub(super) fn missing(what: &str, name: &str) -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        format!("There is no {what} named “{name}”."),
    )
}
