//! What can be asked for, of whom, at what price.

use nexdesk_pricing::Price;
use nexdesk_relay::slug;
use nexdesk_upstream::{Prices, provider};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::figures::Basis;
use crate::problem::Problem;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Talks.
    Chat,
    /// Draws.
    Image,
    /// Speaks.
    Speech,
    /// Listens.
    Transcription,
    /// Films.
    Video,
    /// Measures likeness.
    Embedding,
    /// Sorts by relevance.
    Rerank,
    /// Judges.
    Moderation,
    /// Says nothing about itself.
    Other,
}

/// Nano-dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelPrice {
    /// Fresh input.
    pub input: i64,
    /// Input from a prompt cache; as `input` where unknown.
    pub cached: Option<i64>,
    /// Output.
    pub output: i64,
    /// The gateway's own list, or an estimate.
    pub basis: Basis,
}

/// A model that a gateway offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// `gateway/model`: what to ask for.
    pub id: String,
    /// As the gateway calls it.
    pub name: String,
    /// Whose.
    pub gateway: String,
    /// As its person calls it.
    pub gateway_name: String,
    /// What it is for.
    pub kind: ModelKind,
    /// Whether it runs on this computer and costs nothing.
    pub free: bool,
    /// What it costs, where that is known.
    pub price: Option<ModelPrice>,
}

impl App {
    /// Every model of every gateway, gateways oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_models(&self) -> Result<Vec<Model>, Problem> {
        let mut models = Vec::new();
        for gateway in self.ledger().gateways()? {
            let free = provider(&gateway.preset).is_some_and(|provider| provider.prices == Prices::Free);
            for row in self.ledger().models(Some(&gateway.id))? {
                models.push(Model {
                    id: format!("{}/{}", slug(&gateway.name), row.name),
                    kind: serde_json::from_value(row.kind.into()).unwrap_or(ModelKind::Other),
                    price: row.price.filter(|_| !free).map(ModelPrice::from),
                    name: row.name,
                    gateway: gateway.id.clone(),
                    gateway_name: gateway.name.clone(),
                    free,
                });
            }
        }
        Ok(models)
    }
}

impl From<Price> for ModelPrice {
    fn from(price: Price) -> Self {
        let basis = match price.source {
            nexdesk_pricing::Source::Gateway
            | nexdesk_pricing::Source::User
            | nexdesk_pricing::Source::Free => Basis::Reported,
            nexdesk_pricing::Source::Multipliers => Basis::Estimated,
        };
        Self {
            input: price.input,
            cached: price.cached,
            output: price.output,
            basis,
        }
    }
}
