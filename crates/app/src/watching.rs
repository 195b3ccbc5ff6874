//! Looking on: figures for a Prometheus, reports to a collector, and what was asked and answered, where that is kept.

mod captured;
mod metrics_token;

use nexdesk_relay::{COLLECTOR_SECRET, Reports};
use nexdesk_vault::{Secret, VaultError};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::keys::Capture;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::usage::Exchange;
pub use captured::{Captured, CapturedBody};
pub use metrics_token::MetricsToken;

/// Who looks on, beside the window. By default nobody.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Whether the window's own exchanges are kept.
    pub capture_window: Capture,
    /// Whether `GET /metrics` tells tokens and money apart by model.
    pub metrics_by_model: bool,
    /// The collector that every exchange is reported to.
    pub reports: Option<Reports>,
}

/// What happened since Nexdesk was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RelayFigures {
    /// Exchanges that have ended.
    pub ended: u64,
    /// Attempts after the first at the same gateway.
    pub retried: u64,
    /// Attempts after the first at another gateway.
    pub failed_over: u64,
    /// The median of what the relay itself added to the last thousand requests, in microseconds; null before the first.
    pub added_us: Option<u32>,
    /// Exchanges the collector has taken.
    pub reported: u64,
    /// Exchanges it will never see.
    pub unreported: u64,
    /// Why the collector takes nothing at the moment.
    pub collector_trouble: Option<String>,
    /// Bodies that were not kept, because too many came at once.
    pub uncaptured: u64,
}

impl App {
    /// Uses other settings from now on. The door is opened anew if they say so; what streams comes to its end.
    ///
    /// # Errors
    /// When one of them cannot be understood; nothing is changed then.
    pub async fn use_settings(&self, settings: &Settings) -> Result<(), Problem> {
        let (access, watch) = (settings.access()?, settings.watch()?);
        self.chat_by(settings.into());
        self.watch(watch).await;
        self.move_door(settings.relay_port, access).await;
        Ok(())
    }

    /// Says who looks on from now on.
    pub async fn watch(&self, watch: Watch) {
        let relay = self.relay().clone();
        relay.keep_of_window(watch.capture_window.into());
        relay.tell_models(watch.metrics_by_model);
        // Only on the engine is there somebody to send anything.
        self.0
            .engine
            .run(async move { relay.report(watch.reports) })
            .await;
    }

    /// Keeps what the collector's header says where the keys are kept; nothing typed removes it.
    ///
    /// # Errors
    /// When there is no place for keys, or it is locked.
    pub async fn keep_collector_secret(&self, typed: String) -> Result<(), Problem> {
        let secret = Secret::new(typed.trim().to_owned());
        self.with_vault(move |vault| match secret.expose() {
            "" => match vault.remove(COLLECTOR_SECRET) {
                Err(VaultError::NotFound) => Ok(()),
                removed => removed,
            },
            _ => vault.put(COLLECTOR_SECRET, &secret),
        })
        .await
    }

    /// What happened since Nexdesk was opened.
    #[must_use]
    pub fn relay_figures(&self) -> RelayFigures {
        let figures = self.relay().figures();
        RelayFigures {
            ended: figures.ended,
            retried: figures.retried,
            failed_over: figures.failed_over,
            added_us: figures.added_us,
            reported: figures.reported,
            unreported: figures.unreported,
            collector_trouble: figures.collector_trouble,
            uncaptured: figures.uncaptured,
        }
    }

    /// One exchange, as it stands in the ledger.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn exchange(&self, id: &str) -> Result<Exchange, Problem> {
        let row = self.ledger().exchange(id)?;
        row.as_ref()
            .map(Exchange::from)
            .ok_or_else(|| Problem::not_found("such exchange"))
    }
}
