//! What came of looking on.

use nexdesk_app::control::{Secret, WatchingReply};
use nexdesk_app::usage::{Attempt, Exchange};
use nexdesk_app::watching::{Captured, CapturedBody};
use serde_json::json;

use super::figures::duration;
use super::{Paper, Table, lists};
use crate::exit::Stop;

impl Paper {
    pub(super) fn watching(self, reply: &WatchingReply) -> Result<(), Stop> {
        match reply {
            WatchingReply::Exchange(exchange, captured) if self.json => {
                self.value(&json!({ "exchange": exchange, "captured": captured }))
            }
            WatchingReply::Exchange(exchange, captured) => self.line(&told(exchange, captured)),
            WatchingReply::MetricsToken(Secret(secret)) if self.json => {
                self.value(&json!({ "secret": secret }))
            }
            WatchingReply::MetricsToken(Secret(secret)) => {
                self.line(secret)?;
                self.aside("This opens GET /metrics, as a bearer token. It is shown this once.");
                Ok(())
            }
        }
        .map_err(Stop::from)
    }
}

fn told(exchange: &Exchange, captured: &Captured) -> String {
    let mut text = lists::usage(std::slice::from_ref(exchange));
    if !exchange.attempts.is_empty() {
        text += &format!("\n{}", attempts(&exchange.attempts));
    }
    for (name, body) in [("Request", &captured.request), ("Answer", &captured.response)] {
        if let Some(body) = body {
            text += &format!("\n{name}\n{}", said(body));
        }
    }
    if captured.request.is_none() && captured.response.is_none() {
        text += "\nNothing of what was said is kept. `nexd tokens set NAME --capture errors` keeps what goes wrong.";
    }
    text
}

fn attempts(attempts: &[Attempt]) -> String {
    let mut table = Table::new(&["GATEWAY", "KEY", "STATUS", "WHY", ">TOOK"]);
    for attempt in attempts {
        table.row([
            attempt.gateway.clone(),
            attempt.key.clone().unwrap_or_default(),
            attempt
                .status
                .map(|status| status.to_string())
                .unwrap_or_default(),
            attempt.code.map(lists::words).unwrap_or_default(),
            duration(Some(attempt.took_ms)),
        ]);
    }
    table.text()
}

fn said(body: &CapturedBody) -> String {
    let text = match &body.text {
        Some(text) if body.truncated => format!("{text}\n[{} bytes in all]", body.size),
        Some(text) => text.clone(),
        None => format!("[{} bytes that are no text]", body.size),
    };
    format!("{}\n{text}\n", body.head)
}
