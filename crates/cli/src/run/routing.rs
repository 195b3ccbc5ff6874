//! Orders about the way requests take.

use nexdesk_app::control::{NewRoute, Order, RoutingOrder};

use super::Errand;
use crate::args::{Compat, Routes};

pub(super) fn of_routes(verb: Routes) -> Errand {
    match verb {
        Routes::List => order(RoutingOrder::ListRoutes),
        Routes::Add {
            pattern,
            to,
            by,
            weights,
            token,
        } => order(RoutingOrder::AddRoute(NewRoute {
            pattern,
            to,
            weights,
            strategy: by.into(),
            token,
        })),
        Routes::Preview { model, token } => order(RoutingOrder::Preview { model, token }),
        Routes::Remove { pattern, token } => Errand {
            done: format!("Removed the route {pattern}."),
            ..order(RoutingOrder::RemoveRoute { pattern, token })
        },
    }
}

pub(super) fn of_compat(verb: Compat) -> Errand {
    match verb {
        Compat::List => order(RoutingOrder::ListLearned),
        Compat::Forget {
            gateway,
            model,
            parameter,
        } => Errand {
            done: format!("Forgot it: {parameter} is sent to {model} of {gateway} again."),
            ..order(RoutingOrder::ForgetLearned {
                gateway,
                model,
                parameter,
            })
        },
    }
}

pub(super) fn order(about: RoutingOrder) -> Errand {
    Order::Routing { about }.into()
}
