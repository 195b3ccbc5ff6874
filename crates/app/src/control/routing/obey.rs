//! How each order about the way requests take is carried out.

use super::names::{missing, target};
use super::{KeyUse, NewRoute, RoutingOrder, RoutingReply};
use crate::App;
use crate::control::Reply;
use crate::keys::UpdateKey;
use crate::problem::Problem;
use crate::routes::AddRoute;

impl App {
    pub(in crate::control) async fn obey_routing(&self, order: RoutingOrder) -> Result<Reply, Problem> {
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
}
