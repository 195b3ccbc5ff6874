//! The lists for people: one function per noun, one line per thing.

use nexdesk_app::ProblemCode;
use nexdesk_app::control::{NamedCheck, NamedKey};
use nexdesk_app::figures::Basis;
use nexdesk_app::keys::{BudgetPeriod, Gateway, GatewayState, KeyState, LocalToken, Model, ModelKind};
use nexdesk_app::usage::{Exchange, Outcome};

use super::Table;
use super::figures::{UNKNOWN, cost, count, dollars, duration, moment, tokens};

pub(super) fn gateways(rows: &[Gateway]) -> String {
    let mut table = Table::new(&["NAME", "STATE", ">MODELS", ">KEYS", "ADDRESS"]);
    for row in rows {
        let state = match row.state {
            GatewayState::Ready => "ready",
            GatewayState::NoKey => "no key yet",
            GatewayState::Failing => "failing",
            GatewayState::Unchecked => "unchecked",
        };
        let keys = match (row.needs_key, row.keys.len()) {
            (false, 0) => UNKNOWN.to_owned(),
            (_, keys) => keys.to_string(),
        };
        table.row([
            row.name.clone(),
            state.into(),
            count(row.models.into()),
            keys,
            row.base_url.clone(),
        ]);
    }
    table.text()
}

pub(super) fn keys(rows: &[NamedKey]) -> String {
    let mut table = Table::new(&["GATEWAY", "NAME", "ENDS IN", "STATE", ">SHARE", "LAST USED"]);
    for NamedKey { gateway_name, key } in rows {
        let state = match key.state {
            KeyState::Unchecked => "unchecked",
            KeyState::Healthy => "healthy",
            KeyState::Resting => "resting",
            KeyState::Refused => "refused",
            KeyState::Exhausted => "used up",
        };
        let state = if key.enabled { state } else { "off" };
        table.row([
            gateway_name.clone(),
            key.name.clone(),
            ends(&key.last_four),
            state.into(),
            count(key.weight.into()),
            moment(key.last_used_at),
        ]);
    }
    table.text()
}

/// The last characters of a secret, by which people recognise it.
pub(super) fn ends(last_four: &str) -> String {
    if last_four.is_empty() {
        UNKNOWN.into()
    } else {
        format!("…{last_four}")
    }
}

pub(super) fn checks(rows: &[NamedCheck]) -> String {
    let mut table = Table::new(&["GATEWAY", "KEY", ">MODELS", ">TOOK", "RESULT"]);
    for NamedCheck {
        gateway_name,
        key_name,
        check,
    } in rows
    {
        let result = check.problem.as_ref().map_or("ok", |problem| &problem.message);
        table.row([
            gateway_name.clone(),
            key_name.clone().unwrap_or_else(|| UNKNOWN.into()),
            check
                .models
                .map_or_else(|| UNKNOWN.into(), |models| count(models.into())),
            duration(check.latency_ms),
            result.to_owned(),
        ]);
    }
    table.text()
}

pub(super) fn tokens_made(rows: &[LocalToken]) -> String {
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

pub(super) fn models(rows: &[Model]) -> String {
    let mut table = Table::new(&["MODEL", "KIND", ">IN, PER M", ">OUT, PER M"]);
    for row in rows {
        let kind = match row.kind {
            ModelKind::Chat => "chat",
            ModelKind::Image => "image",
            ModelKind::Speech => "speech",
            ModelKind::Transcription => "transcription",
            ModelKind::Video => "video",
            ModelKind::Embedding => "embedding",
            ModelKind::Rerank => "rerank",
            ModelKind::Moderation => "moderation",
            ModelKind::Other => UNKNOWN,
        };
        let amount = |nano| match (row.free, &row.price) {
            (true, _) => "free".to_owned(),
            (false, None) => UNKNOWN.to_owned(),
            (false, Some(price)) if price.basis == Basis::Estimated => format!("≈{}", dollars(nano)),
            (false, Some(_)) => dollars(nano),
        };
        let (input, output) = row.price.map_or((0, 0), |price| (price.input, price.output));
        table.row([row.id.clone(), kind.into(), amount(input), amount(output)]);
    }
    table.text()
}

pub(super) fn usage(rows: &[Exchange]) -> String {
    let mut table = Table::new(&[
        "BEGAN", "CALLER", "MODEL", "GATEWAY", ">IN", ">OUT", ">COST", ">FIRST", ">TOOK", "END",
    ]);
    for row in rows {
        let model = row.model_answered.as_ref().unwrap_or(&row.model_asked);
        table.row([
            moment(Some(row.started_at)),
            row.caller.clone(),
            model.clone(),
            row.gateway.clone().unwrap_or_else(|| UNKNOWN.into()),
            tokens(row.tokens.input, row.tokens.basis),
            tokens(row.tokens.output, row.tokens.basis),
            cost(row.cost),
            duration(row.first_token_ms),
            duration(row.took_ms),
            end(row),
        ]);
    }
    table.text()
}

fn end(row: &Exchange) -> String {
    let outcome = match row.outcome {
        Outcome::Running => "running",
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
        Outcome::Interrupted => "interrupted",
    };
    row.code
        .map_or_else(|| outcome.into(), |code| format!("{outcome}: {}", words(code)))
}

/// The code as the window and `--json` spell it, in words.
pub(super) fn words(code: ProblemCode) -> String {
    let word = serde_json::to_value(code).ok();
    word.as_ref()
        .and_then(|word| word.as_str())
        .unwrap_or_default()
        .replace('_', " ")
}
