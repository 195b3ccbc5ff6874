//! The sandbox: a gateway like any other, set up on the first run and started with the app.

use std::sync::PoisonError;

use nexdesk_ledger::{GatewayRow, new_id};
use nexdesk_sandbox::{Pace, Sandbox, Settings};

use crate::App;
use crate::problem::{Problem, ProblemCode};

/// Its row is made when there is no gateway at all. Who removes it and keeps others does not get it back.
pub(crate) async fn open_sandbox(app: &App, pace: Pace) -> Result<(), Problem> {
    let gateways = app.ledger().gateways()?;
    let known = gateways.iter().find(|row| row.preset == "sandbox").cloned();
    if known.is_none() && !gateways.is_empty() {
        return Ok(());
    }
    let sandbox = Sandbox::start(Settings {
        pace,
        ..Settings::default()
    })
    .map_err(|error| {
        Problem::new(
            ProblemCode::Internal,
            format!("The sandbox could not start: {error}."),
        )
    })?;
    let base_url = sandbox.url();
    *app.0.sandbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox);
    let row = match known {
        Some(row) => GatewayRow { base_url, ..row },
        None => GatewayRow {
            id: new_id(),
            name: "Sandbox".into(),
            preset: "sandbox".into(),
            base_url,
            created_at: app.clock().unix_ms(),
            models_fetched_at: None,
            last_problem: None,
        },
    };
    let id = row.id.clone();
    app.ledger().put_gateway(row).await?;
    app.fetch_models(&id).await.map(drop)
}

impl App {
    pub(crate) fn sandbox_url(&self) -> Option<String> {
        self.0
            .sandbox
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(Sandbox::url)
    }
}
