//! Checking a gateway: does its key work, and what does it offer?

use nexdesk_ledger::{GatewayRow, ModelRow};
use nexdesk_upstream::{Auth, Base, Failure, Key, Kind, Offered, provider};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::models::Model;
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyCheck {
    /// Whether the gateway answered with its models.
    pub ok: bool,
    /// How long that took.
    pub latency_ms: Option<u64>,
    /// How many it offers to this key.
    pub models: Option<u32>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl App {
    /// Asks a gateway for its models with one key, or with its first. Costs nothing at any gateway we know.
    ///
    /// # Errors
    /// When the gateway is gone. A failed check is an answer, not an error.
    pub async fn check_key(&self, gateway: &str, key: Option<&str>) -> Result<KeyCheck, Problem> {
        let began = self.clock().instant();
        let outcome = self.fetch(gateway, key).await?;
        let took = self.clock().instant().saturating_duration_since(began);
        let latency_ms = u64::try_from(took.as_millis()).ok();
        Ok(match outcome {
            Ok(models) => KeyCheck {
                ok: true,
                latency_ms,
                models: u32::try_from(models).ok(),
                problem: None,
            },
            Err(problem) => KeyCheck {
                ok: false,
                latency_ms: None,
                models: None,
                problem: Some(problem),
            },
        })
    }

    /// Fetches a gateway's models and prices.
    ///
    /// # Errors
    /// When it does not answer with them.
    pub async fn fetch_models(&self, gateway: &str) -> Result<Vec<Model>, Problem> {
        self.fetch(gateway, None).await??;
        let all = self.list_models()?;
        Ok(all.into_iter().filter(|model| model.gateway == gateway).collect())
    }

    /// The outer error is ours, the inner one what the check found.
    async fn fetch(&self, gateway: &str, key: Option<&str>) -> Result<Result<usize, Problem>, Problem> {
        let row = self
            .ledger()
            .gateway(gateway)?
            .ok_or_else(|| Problem::not_found("such gateway"))?;
        let keys = self.ledger().keys(Some(gateway))?;
        let chosen = key.map_or(keys.first(), |id| keys.iter().find(|row| row.id == id));
        let Some(provider) = provider(&row.preset) else {
            return Err(Problem::not_found("such preset"));
        };
        if chosen.is_none() && provider.auth != Auth::None {
            return Ok(Err(Problem::new(
                ProblemCode::NoKey,
                format!("{} has no key yet.", row.name),
            )));
        }
        let used = chosen.map(|row| Key {
            id: row.id.clone(),
            auth: provider.auth,
        });
        if let Some(key) = &used {
            // A person who checks a key may have mended it at the gateway or in the keychain.
            self.relay().wake_key(&key.id);
            self.lower_key_notice(&key.id);
        }
        self.relay().trust_gateway(&row.id);
        let upstream = self.0.upstream.clone();
        let base = Base::stored(&row.base_url);
        let asked = self
            .0
            .engine
            .run(async move { upstream.offered(provider, &base, used).await })
            .await;
        let asked = asked.unwrap_or_else(|| Err(Failure::new(Kind::Unreachable, "Nexdesk is closing.")));
        if let Some(key) = chosen {
            self.note_key(&key.id, asked.as_ref().err());
        }
        self.note_models(row, asked).await
    }

    fn note_key(&self, id: &str, failure: Option<&Failure>) {
        use nexdesk_ledger::KeyState as Row;
        let state = match failure.map(|failure| failure.kind) {
            None => Row::Healthy,
            Some(Kind::KeyRefused) => Row::Refused,
            Some(Kind::QuotaExhausted) => Row::Exhausted,
            Some(_) => return,
        };
        self.ledger().tell_key_state(id, state, None);
    }

    async fn note_models(
        &self,
        mut row: GatewayRow,
        asked: Result<(Base, Vec<Offered>), Failure>,
    ) -> Result<Result<usize, Problem>, Problem> {
        let now = self.clock().unix_ms();
        let outcome = match asked {
            Ok((base, offered)) => {
                row.base_url = base.as_str().to_owned();
                row.last_problem = None;
                row.models_fetched_at = Some(now);
                let models: Vec<_> = offered
                    .into_iter()
                    .map(|model| model_row(&row.id, model))
                    .collect();
                let count = models.len();
                self.ledger().replace_models(&row.id, models, now).await?;
                Ok(count)
            }
            Err(failure) => {
                let problem = Problem::from(&failure);
                // Trouble with our own vault is not the gateway's.
                if !matches!(failure.kind, Kind::NoKey | Kind::VaultLocked) {
                    row.last_problem = serde_json::to_string(&problem).ok();
                }
                Err(problem)
            }
        };
        self.ledger().put_gateway(row).await?;
        self.ledger().flush().await?;
        self.gateways_changed()?;
        Ok(outcome)
    }
}

fn model_row(gateway: &str, model: Offered) -> ModelRow {
    let kind = serde_json::to_value(model.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned));
    ModelRow {
        gateway: gateway.to_owned(),
        name: model.name,
        kind: kind.unwrap_or_default(),
        price: model.price,
    }
}
