//! Gateways, their keys, and what checking them found.

use nexdesk_app::control::{NamedCheck, NamedKey};
use nexdesk_app::keys::{Gateway, GatewayState, KeyState};

use crate::print::Table;
use crate::print::figures::{UNKNOWN, count, duration, moment};

pub(in crate::print) fn gateways(rows: &[Gateway]) -> String {
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

pub(in crate::print) fn keys(rows: &[NamedKey]) -> String {
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
pub(in crate::print) fn ends(last_four: &str) -> String {
    if last_four.is_empty() {
        UNKNOWN.into()
    } else {
        format!("…{last_four}")
    }
}

pub(in crate::print) fn checks(rows: &[NamedCheck]) -> String {
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
