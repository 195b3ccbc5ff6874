//! Orders about the way requests take: routes, the shares of keys, what was learned of upstreams. Things go by their
//! names here, as everywhere in orders.

use nexdesk_relay::slug;
use serde::{Deserialize, Serialize};

use super::Reply;
use crate::App;
use crate::keys::{Gateway, UpdateKey};
use crate::problem::{Problem, ProblemCode};
use crate::routes::{AddRoute, Learned, ModelPreview, Route, RouteTarget, Strategy};

/// One order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "routing", rename_all = "snake_case")]
pub enum RoutingOrder {
    /// Lists the routes.
    ListRoutes,
    /// Adds a route.
    AddRoute(NewRoute),
    /// Removes a route.
    RemoveRoute {
        /// Names it is for.
        pattern: String,
        /// The local token it is for.
        token: Option<String>,
    },
    /// Says who would be asked for a model.
    Preview {
        /// The model.
        model: String,
        /// The local token that asks.
        token: Option<String>,
    },
    /// Changes how a key is used.
    SetKey(KeyUse),
    /// Lists what upstreams were found not to take.
    ListLearned,
    /// Forgets one of these.
    ForgetLearned {
        /// Of which gateway.
        gateway: String,
        /// Of which model.
        model: String,
        /// Which parameter.
        parameter: String,
    },
}

/// A route to add.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewRoute {
    /// Names it is for.
    pub pattern: String,
    /// Where it leads: `gateway/model`, `gateway/` for the same name there, or a model of any gateway.
    pub to: Vec<String>,
    /// Their shares, in the same order; missing ones are 1.
    pub weights: Vec<u32>,
    /// Which comes first.
    pub strategy: Strategy,
    /// The local token it is for.
    pub token: Option<String>,
}

/// How a key is to be used. What is missing stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyUse {
    /// Of which gateway.
    pub gateway: String,
    /// Which.
    pub name: String,
    /// Its share.
    pub weight: Option<u32>,
    /// Whether it is asked.
    pub enabled: Option<bool>,
    /// Whether answers are read on when their caller has hung up.
    pub reads_on: Option<bool>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "routing", content = "data", rename_all = "snake_case")]
pub enum RoutingReply {
    /// The routes.
    Routes(Vec<NamedRoute>),
    /// Who would be asked.
    Preview(ModelPreview),
    /// What was learned.
    Learned(Vec<Learned>),
}

/// A route with the names of what it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedRoute {
    /// The route.
    pub route: Route,
    /// The token's name, where it is for one.
    pub token_name: Option<String>,
    /// Where it leads, as `gateway/model`.
    pub to: Vec<String>,
}

impl App {
    pub(super) async fn obey_routing(&self, order: RoutingOrder) -> Result<Reply, Problem> {
        match order {
            RoutingOrder::ListRoutes => {}
            RoutingOrder::AddRoute(route) => self.lay(route).await?,
            RoutingOrder::RemoveRoute { pattern, token } => {
                let token = self.token_id(token.as_deref())?;
                let mut routes = self.list_routes()?.into_iter();
                let found = routes.find(|route| route.pattern == pattern && route.token == token);
                self.remove_route(&found.ok_or_else(|| missing("route", &pattern))?.id)
                    .await?;
                return Ok(Reply::Done);
            }
            RoutingOrder::Preview { model, token } => {
                let token = self.token_id(token.as_deref())?;
                let preview = self.preview_model(&model, token.as_deref());
                return Ok(Reply::Routing(Box::new(RoutingReply::Preview(preview))));
            }
            RoutingOrder::SetKey(key) => return self.set_key(key).await,
            RoutingOrder::ListLearned => {
                let learned = self.list_learned().await?;
                return Ok(Reply::Routing(Box::new(RoutingReply::Learned(learned))));
            }
            RoutingOrder::ForgetLearned {
                gateway,
                model,
                parameter,
            } => {
                let gateway = self.gateway_named(&gateway)?.id;
                self.forget_learned(&gateway, &model, &parameter).await?;
                return Ok(Reply::Done);
            }
        }
        Ok(Reply::Routing(Box::new(RoutingReply::Routes(
            self.named_routes()?,
        ))))
    }

    async fn lay(&self, route: NewRoute) -> Result<(), Problem> {
        let gateways = self.list_gateways()?;
        let weights = route.weights.into_iter().chain(std::iter::repeat(1));
        let targets = route
            .to
            .iter()
            .zip(weights)
            .map(|(to, weight)| target(&gateways, to, weight));
        let ask = AddRoute {
            pattern: route.pattern,
            token: self.token_id(route.token.as_deref())?,
            strategy: route.strategy,
            targets: targets.collect(),
        };
        self.add_route(ask).await.map(drop)
    }

    async fn set_key(&self, to_be: KeyUse) -> Result<Reply, Problem> {
        let KeyUse { gateway, name, .. } = &to_be;
        let key = self.key_named(gateway, name)?.key;
        let ask = UpdateKey {
            weight: to_be.weight.unwrap_or(key.weight),
            enabled: to_be.enabled.unwrap_or(key.enabled),
            reads_on: to_be.reads_on.unwrap_or(key.reads_on),
            name: key.name,
            id: key.id,
        };
        self.update_key(ask).await?;
        Ok(Reply::Keys(vec![self.key_named(gateway, name)?]))
    }

    fn token_id(&self, name: Option<&str>) -> Result<Option<String>, Problem> {
        let Some(name) = name else { return Ok(None) };
        let tokens = self.ledger().tokens()?;
        let found = tokens
            .into_iter()
            .find(|token| token.name.eq_ignore_ascii_case(name));
        found
            .map(|token| Some(token.id))
            .ok_or_else(|| missing("token", name))
    }

    fn named_routes(&self) -> Result<Vec<NamedRoute>, Problem> {
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

fn target(gateways: &[Gateway], to: &str, weight: u32) -> RouteTarget {
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

fn missing(what: &str, name: &str) -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        format!("There is no {what} named “{name}”."),
    )
}
