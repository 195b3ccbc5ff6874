//! Gateways: whom requests can go to.

use nexdesk_ledger::{GatewayRow, KeyRow, new_id};
use nexdesk_relay::slug;
use nexdesk_upstream::{Auth, Base, provider, providers};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::key::{Key, KeyState};
use super::name;
use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

/// A gateway we know by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// To add one by.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Where it answers, where that is known.
    pub base_url: Option<String>,
    /// Whether it wants a key.
    pub needs_key: bool,
    /// What its keys look like.
    pub key_hint: Option<String>,
    /// Where keys are made.
    pub console: Option<String>,
    /// Worth knowing before adding it.
    pub note: Option<String>,
}

/// Whether a gateway can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GatewayState {
    /// Its models could be fetched.
    Ready,
    /// It wants a key and has none.
    NoKey,
    /// The last check failed.
    Failing,
    /// Nobody has tried yet.
    Unchecked,
}

/// A gateway as it is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    /// Stable.
    pub id: String,
    /// As its person calls it.
    pub name: String,
    /// Which preset it came from.
    pub preset: String,
    /// Where it answers.
    pub base_url: String,
    /// Whether it wants a key.
    pub needs_key: bool,
    /// Whether it is the built-in sandbox: offline, free.
    pub sandbox: bool,
    /// Whether it can be used.
    pub state: GatewayState,
    /// Its keys; never their secrets.
    pub keys: Vec<Key>,
    /// How many models it offers.
    pub models: u32,
    /// Unix milliseconds.
    pub models_fetched_at: Option<i64>,
    /// Where its keys are made.
    pub console: Option<String>,
    /// What went wrong last.
    pub last_problem: Option<Problem>,
}

/// A gateway to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddGateway {
    /// One of the presets.
    pub preset: String,
    /// What to call it.
    pub name: String,
    /// Where it answers; empty for the preset's own.
    pub base_url: String,
}

/// A gateway to rename or to move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGateway {
    /// Which.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Where it answers.
    pub base_url: String,
}

impl App {
    /// The gateways we know by name. The sandbox is not among them once it is set up.
    #[must_use]
    pub fn list_presets(&self) -> Vec<Preset> {
        let has_sandbox = self
            .ledger()
            .gateways()
            .is_ok_and(|rows| rows.iter().any(|row| row.preset == "sandbox"));
        let offered = providers()
            .iter()
            .filter(|row| row.id != "sandbox" || !has_sandbox);
        let preset = |row: &nexdesk_upstream::Provider| Preset {
            id: row.id.clone(),
            name: row.name.clone(),
            base_url: row.base_url.clone(),
            needs_key: row.auth != Auth::None,
            key_hint: row.key_hint.clone(),
            console: row.console.clone(),
            note: row.note.clone(),
        };
        offered.map(preset).collect()
    }

    /// Every gateway, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_gateways(&self) -> Result<Vec<Gateway>, Problem> {
        self.ledger()
            .gateways()?
            .into_iter()
            .map(|row| self.gateway(row))
            .collect()
    }

    /// Adds a gateway.
    ///
    /// # Errors
    /// When the name is taken or the address is none.
    pub async fn add_gateway(&self, ask: AddGateway) -> Result<Gateway, Problem> {
        let Some(preset) = providers().iter().find(|row| row.id == ask.preset) else {
            let known: Vec<_> = providers().iter().map(|row| row.id.as_str()).collect();
            let said = format!(
                "There is no preset “{}”. There are {}.",
                ask.preset,
                known.join(", ")
            );
            return Err(Problem::new(ProblemCode::InvalidInput, said));
        };
        let base_url = if preset.id == "sandbox" {
            self.sandbox_url().unwrap_or_default()
        } else {
            let typed = if ask.base_url.trim().is_empty() {
                preset.base_url.clone().unwrap_or_default()
            } else {
                ask.base_url
            };
            Base::parse(&typed)?.as_str().to_owned()
        };
        let row = GatewayRow {
            id: new_id(),
            name: self.free_name(&ask.name, None)?,
            preset: preset.id.clone(),
            base_url,
            created_at: self.clock().unix_ms(),
            models_fetched_at: None,
            last_problem: None,
        };
        self.ledger().put_gateway(row.clone()).await?;
        self.gateways_changed()?;
        self.gateway(row)
    }

    /// Renames or moves a gateway. A new address has to be checked anew.
    ///
    /// # Errors
    /// When it is gone, the name is taken, or the address is none.
    pub async fn update_gateway(&self, ask: UpdateGateway) -> Result<Gateway, Problem> {
        let old = self
            .ledger()
            .gateway(&ask.id)?
            .ok_or_else(|| Problem::not_found("such gateway"))?;
        let name = self.free_name(&ask.name, Some(&old.id))?;
        let mut row = GatewayRow { name, ..old };
        if row.preset != "sandbox" && row.base_url != ask.base_url.trim() {
            row.base_url = Base::parse(&ask.base_url)?.as_str().to_owned();
            row.models_fetched_at = None;
            row.last_problem = None;
            self.relay().trust_gateway(&row.id);
        }
        self.ledger().put_gateway(row.clone()).await?;
        self.gateways_changed()?;
        self.gateway(row)
    }

    /// Removes a gateway with its keys. What was asked of it stays in Usage.
    ///
    /// # Errors
    /// When a key cannot be taken out of the vault: then nothing is removed.
    pub async fn remove_gateway(&self, id: &str) -> Result<(), Problem> {
        for key in self.ledger().keys(Some(id))? {
            self.remove_key(&key.id).await?;
        }
        self.ledger().remove_gateway(id).await?;
        self.gateways_changed()
    }

    pub(crate) fn gateways_changed(&self) -> Result<(), Problem> {
        self.relay().refresh()?;
        self.emit(AppEvent::GatewaysChanged);
        Ok(())
    }

    /// A name stands in front of models (`name/model`), so two names must differ there too.
    fn free_name(&self, typed: &str, own: Option<&str>) -> Result<String, Problem> {
        let name = name(typed, "gateway")?;
        let short = slug(&name);
        if short.is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "The name needs at least one letter or digit.",
            ));
        }
        let taken = |row: &GatewayRow| slug(&row.name) == short && own != Some(row.id.as_str());
        match self.ledger().gateways()?.iter().find(|row| taken(row)) {
            Some(row) => Err(Problem::new(
                ProblemCode::NameTaken,
                format!("There is already a gateway named “{}”.", row.name),
            )),
            None => Ok(name),
        }
    }

    fn gateway(&self, row: GatewayRow) -> Result<Gateway, Problem> {
        let keys = self.ledger().keys(Some(&row.id))?;
        let models = self.ledger().models(Some(&row.id))?.len();
        let provider = provider(&row.preset);
        let needs_key = provider.is_none_or(|provider| provider.auth != Auth::None);
        let now = self.clock().unix_ms();
        Ok(Gateway {
            state: state(&row, &keys, needs_key),
            keys: keys.into_iter().map(|key| Key::shown(key, now)).collect(),
            models: u32::try_from(models).unwrap_or(u32::MAX),
            sandbox: row.preset == "sandbox",
            needs_key,
            console: provider.and_then(|provider| provider.console.clone()),
            last_problem: row
                .last_problem
                .as_deref()
                .and_then(|said| serde_json::from_str(said).ok()),
            id: row.id,
            name: row.name,
            preset: row.preset,
            base_url: row.base_url,
            models_fetched_at: row.models_fetched_at,
        })
    }
}

fn state(row: &GatewayRow, keys: &[KeyRow], needs_key: bool) -> GatewayState {
    if needs_key && keys.is_empty() {
        return GatewayState::NoKey;
    }
    let hopeless = |key: &KeyRow| {
        !key.enabled || matches!(KeyState::from(key.state), KeyState::Refused | KeyState::Exhausted)
    };
    if row.last_problem.is_some() || (!keys.is_empty() && keys.iter().all(hopeless)) {
        return GatewayState::Failing;
    }
    if row.models_fetched_at.is_some() {
        GatewayState::Ready
    } else {
        GatewayState::Unchecked
    }
}
