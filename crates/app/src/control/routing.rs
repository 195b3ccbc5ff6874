//! Orders about the way requests take: routes, the shares of keys, what was learned of upstreams. Things go by their
//! names here, as everywhere in orders.

mod names;
mod obey;

use serde::{Deserialize, Serialize};

use crate::routes::{Learned, ModelPreview, Route, Strategy};

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
