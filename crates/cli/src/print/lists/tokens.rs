//! Local tokens, and in a few words what each may do.

use nexdesk_app::keys::{BudgetPeriod, LocalToken};

use super::ends;
use crate::print::Table;
use crate::print::figures::{cost, count, dollars, moment};

pub(in crate::print) fn tokens_made(rows: &[LocalToken]) -> String {
    let mut table = Table::new(&["NAME", "ENDS IN", "MADE", "LAST USED", ">TODAY", "MAY"]);
    for row in rows {
        table.row([
            row.name.clone(),
            ends(&row.last_four),
            moment(Some(row.created_at)),
            moment(row.last_used_at),
            cost(row.spent_today),
            may(row),
        ]);
    }
    table.text()
}

/// `ask gpt-4o*; 10 requests a minute; $1.20 of $5 today; until 2026-12-31 00:00:00`
fn may(token: &LocalToken) -> String {
    let limits = &token.limits;
    let mut parts = Vec::new();
    if token.paused {
        parts.push("nothing, it is paused".to_owned());
    }
    if !limits.models.is_empty() {
        parts.push(format!("ask {}", limits.models.join(", ")));
    }
    if !limits.endpoints.is_empty() {
        parts.push(format!("use {}", limits.endpoints.join(", ")));
    }
    let rates = [
        (limits.rpm, "requests a minute"),
        (limits.tpm, "tokens a minute"),
        (limits.concurrency, "at once"),
    ];
    let rates = rates.into_iter().filter_map(|(limit, what)| Some((limit?, what)));
    parts.extend(rates.map(|(limit, what)| format!("{} {what}", count(limit.into()))));
    for budget in &token.budgets {
        let period = match budget.period {
            BudgetPeriod::Day => "today",
            BudgetPeriod::Month => "this month",
            BudgetPeriod::Total => "in all",
        };
        let (spent, limit) = (dollars(budget.spent_nano), dollars(budget.limit_nano));
        parts.push(format!("≈{spent} of {limit} {period}"));
    }
    parts.extend(
        limits
            .expires_at
            .map(|end| format!("until {}", moment(Some(end)))),
    );
    if parts.is_empty() {
        return "everything".into();
    }
    parts.join("; ")
}
