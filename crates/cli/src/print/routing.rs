//! The lists about the way requests take.

use nexdesk_app::control::{NamedRoute, RoutingReply};
use nexdesk_app::routes::{Learned, ModelPreview, PreviewStep, Strategy};

use super::figures::{UNKNOWN, moment};
use super::{Paper, Table};
use crate::exit::Stop;

impl Paper {
    pub(super) fn routing(self, reply: &RoutingReply) -> Result<(), Stop> {
        match reply {
            RoutingReply::Routes(rows) => {
                self.list(rows, routes, "No routes. Add one with `nexd routes add`.")
            }
            RoutingReply::Learned(rows) => {
                self.list(rows, learned, "Nothing: every gateway took what it was sent.")
            }
            RoutingReply::Preview(preview) => return self.preview(preview),
        }
        .map_err(Stop::from)
    }

    fn preview(self, preview: &ModelPreview) -> Result<(), Stop> {
        if self.json {
            return Ok(self.value(preview)?);
        }
        match &preview.problem {
            Some(problem) => Err(problem.clone().into()),
            None => Ok(self.list(&preview.steps, steps, "")?),
        }
    }
}

fn routes(rows: &[NamedRoute]) -> String {
    let mut table = Table::new(&["NAME", "LEADS TO", "BY", "FOR"]);
    for NamedRoute {
        route,
        token_name,
        to,
    } in rows
    {
        let by = match route.strategy {
            Strategy::Order => "order",
            Strategy::Cheapest => "cheapest",
            Strategy::Fastest => "fastest",
            Strategy::Weighted => "weighted",
        };
        let shares = route.targets.iter().zip(to);
        let to: Vec<String> = shares
            .map(|(target, to)| match route.strategy {
                Strategy::Weighted => format!("{to} ({})", target.weight),
                Strategy::Order | Strategy::Cheapest | Strategy::Fastest => to.clone(),
            })
            .collect();
        let off = if route.enabled { "" } else { " (off)" };
        table.row([
            format!("{}{off}", route.pattern),
            to.join(", "),
            by.into(),
            token_name.clone().unwrap_or_else(|| "everybody".into()),
        ]);
    }
    table.text()
}

fn steps(rows: &[PreviewStep]) -> String {
    let mut table = Table::new(&["GATEWAY", "MODEL", "WHY"]);
    for step in rows {
        let why = match &step.held_back {
            Some(held_back) => format!("{} Further back: {held_back}", step.why),
            None => step.why.clone(),
        };
        table.row([step.gateway_name.clone(), step.model.clone(), why]);
    }
    table.text()
}

fn learned(rows: &[Learned]) -> String {
    let mut table = Table::new(&["GATEWAY", "MODEL", "PARAMETER", "SENT AS", "SINCE", "IT SAID"]);
    for row in rows {
        table.row([
            row.gateway_name.clone(),
            row.model.clone(),
            row.parameter.clone(),
            row.becomes.clone().unwrap_or_else(|| UNKNOWN.into()),
            moment(Some(row.learned_at)),
            row.said.clone(),
        ]);
    }
    table.text()
}
