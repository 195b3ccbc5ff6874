//! Routes: names that stand for models of one gateway or several, and what was learned about upstreams on the way.

use nexdesk_ledger::{RouteRow, RouteTarget as TargetRow, new_id};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

/// Which target of a route is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// As they stand; the next one where one fails.
    Order,
    /// The one with the lowest price.
    Cheapest,
    /// The one whose first word came soonest of late.
    Fastest,
    /// Each as often as its weight says.
    Weighted,
}

/// Where a route may lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RouteTarget {
    /// The gateway's id; none for every gateway that offers the model.
    pub gateway: Option<String>,
    /// What the gateway calls it. Empty for the name that was asked; `*` for what the pattern's `*` stood for.
    pub model: String,
    /// Its share, where shares count.
    pub weight: u32,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Stable.
    pub id: String,
    /// Names it is for; `*` stands for any characters. Without one it is an alias, and listed as a model.
    pub pattern: String,
    /// The id of the local token it is for; none for everybody.
    pub token: Option<String>,
    /// Which target is asked first.
    pub strategy: Strategy,
    /// Where it may lead, and nowhere else.
    pub targets: Vec<RouteTarget>,
    /// Whether it is followed.
    pub enabled: bool,
}

/// A route to add, behind all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddRoute {
    /// Names it is for.
    pub pattern: String,
    /// The id of the local token it is for; none for everybody.
    pub token: Option<String>,
    /// Which target is asked first.
    pub strategy: Strategy,
    /// Where it may lead.
    pub targets: Vec<RouteTarget>,
}

/// Who would be asked for a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelPreview {
    /// In the order they would be asked.
    pub steps: Vec<PreviewStep>,
    /// Why nobody would be, where that is so.
    pub problem: Option<Problem>,
}

/// One gateway that would be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PreviewStep {
    /// The gateway's id.
    pub gateway: String,
    /// The gateway's name.
    pub gateway_name: String,
    /// What it would be asked for.
    pub model: String,
    /// How it came to be asked, as a sentence.
    pub why: String,
    /// Why it stands further back than it would, where it does.
    pub held_back: Option<String>,
}

/// A parameter that an upstream was found not to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Learned {
    /// The gateway's id.
    pub gateway: String,
    /// The gateway's name.
    pub gateway_name: String,
    /// As the gateway calls the model; empty for requests that name none.
    pub model: String,
    /// The parameter, with dots where it stands deeper.
    pub parameter: String,
    /// The name it goes by there; none where it is left out.
    pub becomes: Option<String>,
    /// What the gateway said.
    pub said: String,
    /// Unix milliseconds.
    pub learned_at: i64,
}

impl App {
    /// Every route, in the order they are looked at.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_routes(&self) -> Result<Vec<Route>, Problem> {
        Ok(self.ledger().routes()?.into_iter().map(Route::from).collect())
    }

    /// Adds a route behind all others.
    ///
    /// # Errors
    /// When it could lead nowhere, or there is one for this name already.
    pub async fn add_route(&self, ask: AddRoute) -> Result<Route, Problem> {
        self.put_route(Route {
            id: new_id(),
            pattern: ask.pattern,
            token: ask.token,
            strategy: ask.strategy,
            targets: ask.targets,
            enabled: true,
        })
        .await
    }

    /// Changes a route where it stands.
    ///
    /// # Errors
    /// When it is gone, could lead nowhere, or there is another for this name.
    pub async fn update_route(&self, route: Route) -> Result<Route, Problem> {
        if !self.ledger().routes()?.iter().any(|row| row.id == route.id) {
            return Err(Problem::not_found("such route"));
        }
        self.put_route(route).await
    }

    /// Removes a route.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn remove_route(&self, id: &str) -> Result<(), Problem> {
        self.ledger().remove_route(id).await?;
        self.routes_changed()
    }

    /// Puts the routes into this order.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn order_routes(&self, ids: Vec<String>) -> Result<Vec<Route>, Problem> {
        self.ledger().order_routes(ids).await?;
        self.routes_changed()?;
        self.list_routes()
    }

    /// Says who would be asked for `model` by the bearer of a local token, or by anybody, and why.
    #[must_use]
    pub fn preview_model(&self, model: &str, token: Option<&str>) -> ModelPreview {
        let steps = match self.relay().preview(model.trim(), token) {
            Ok(steps) => steps,
            Err(said) => {
                return ModelPreview {
                    steps: Vec::new(),
                    problem: Some(Problem::new(ProblemCode::ModelNotFound, said)),
                };
            }
        };
        let step = |step: nexdesk_relay::Preview| PreviewStep {
            gateway: step.gateway,
            gateway_name: step.name,
            model: step.model,
            why: step.why,
            held_back: step.held_back,
        };
        ModelPreview {
            steps: steps.into_iter().map(step).collect(),
            problem: None,
        }
    }

    /// Every parameter that upstreams were found not to take.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn list_learned(&self) -> Result<Vec<Learned>, Problem> {
        // What was learned a moment ago is still on its way to the disk.
        self.ledger().flush().await?;
        let gateways = self.ledger().gateways()?;
        let name = |id: &str| {
            gateways
                .iter()
                .find(|row| row.id == id)
                .map(|row| row.name.clone())
        };
        let rows = self.ledger().compat()?.into_iter();
        let shown = rows.filter_map(|row| {
            Some(Learned {
                gateway_name: name(&row.gateway)?,
                gateway: row.gateway,
                model: row.model,
                parameter: row.parameter,
                becomes: row.becomes,
                said: row.said,
                learned_at: row.learned_at,
            })
        });
        Ok(shown.collect())
    }

    /// Forgets one of them: the parameter is sent again.
    ///
    /// # Errors
    /// When it is not known.
    pub async fn forget_learned(&self, gateway: &str, model: &str, parameter: &str) -> Result<(), Problem> {
        self.ledger().flush().await?;
        Ok(self.relay().forget_learned(gateway, model, parameter).await?)
    }

    async fn put_route(&self, route: Route) -> Result<Route, Problem> {
        let route = self.sound(route)?;
        self.ledger().put_route(route.clone().into()).await?;
        self.routes_changed()?;
        Ok(route)
    }

    /// A route as it is stored: everything it names is there.
    fn sound(&self, route: Route) -> Result<Route, Problem> {
        let wrong = |said: String| Problem::new(ProblemCode::InvalidInput, said);
        let pattern = route.pattern.trim().to_owned();
        if pattern.is_empty() || pattern.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(wrong(
                "Give the route a name of a model, such as “fast” or “gpt-4*”.".into(),
            ));
        }
        if pattern.chars().count() > 200 {
            return Err(wrong("The route's pattern is longer than 200 characters.".into()));
        }
        if !(1..=50).contains(&route.targets.len()) {
            return Err(wrong(
                "A route leads to at least one model, and to fifty at most.".into(),
            ));
        }
        let gateways = self.ledger().gateways()?;
        for target in &route.targets {
            if let Some(id) = &target.gateway
                && !gateways.iter().any(|row| row.id == *id)
            {
                return Err(Problem::not_found("such gateway"));
            }
            if !(1..=1000).contains(&target.weight) {
                return Err(wrong("A weight is a number from 1 to 1000.".into()));
            }
            if target.model.contains('*') && pattern.matches('*').count() != 1 {
                return Err(wrong(format!(
                    "“{}” can only repeat a part of the name if the pattern has exactly one *.",
                    target.model
                )));
            }
        }
        if let Some(token) = &route.token
            && !self.ledger().tokens()?.iter().any(|row| row.id == *token)
        {
            return Err(Problem::not_found("such token"));
        }
        let same = |row: &RouteRow| row.pattern == pattern && row.token == route.token && row.id != route.id;
        if self.ledger().routes()?.iter().any(same) {
            return Err(Problem::new(
                ProblemCode::NameTaken,
                format!("There is already a route for “{pattern}”."),
            ));
        }
        Ok(Route { pattern, ..route })
    }

    fn routes_changed(&self) -> Result<(), Problem> {
        self.relay().refresh()?;
        // Aliases are among the models.
        self.emit(AppEvent::GatewaysChanged);
        Ok(())
    }
}

impl From<RouteRow> for Route {
    fn from(row: RouteRow) -> Self {
        let target = |row: TargetRow| RouteTarget {
            gateway: row.gateway,
            model: row.model,
            weight: row.weight,
        };
        Self {
            id: row.id,
            pattern: row.pattern,
            token: row.token,
            strategy: row.strategy.into(),
            targets: row.targets.into_iter().map(target).collect(),
            enabled: row.enabled,
        }
    }
}

impl From<Route> for RouteRow {
    fn from(route: Route) -> Self {
        let target = |target: RouteTarget| TargetRow {
            gateway: target.gateway,
            model: target.model.trim().to_owned(),
            weight: target.weight,
        };
        Self {
            id: route.id,
            pattern: route.pattern,
            token: route.token,
            strategy: match route.strategy {
                Strategy::Order => nexdesk_ledger::Strategy::Order,
                Strategy::Cheapest => nexdesk_ledger::Strategy::Cheapest,
                Strategy::Fastest => nexdesk_ledger::Strategy::Fastest,
                Strategy::Weighted => nexdesk_ledger::Strategy::Weighted,
            },
            targets: route.targets.into_iter().map(target).collect(),
            enabled: route.enabled,
        }
    }
}

impl From<nexdesk_ledger::Strategy> for Strategy {
    fn from(row: nexdesk_ledger::Strategy) -> Self {
        use nexdesk_ledger::Strategy as Row;
        match row {
            Row::Order => Self::Order,
            Row::Cheapest => Self::Cheapest,
            Row::Fastest => Self::Fastest,
            Row::Weighted => Self::Weighted,
        }
    }
}
