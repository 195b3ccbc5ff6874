//! The providers we know by name. A new one is a row in `providers.json`.

use std::sync::LazyLock;

use serde::Deserialize;

/// A row of the catalogue.
#[derive(Clone, Debug, Deserialize)]
pub struct Provider {
    /// Stable; stored with a gateway.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Where it answers; `None` where the person must say.
    pub base_url: Option<String>,
    /// How it wants the key.
    pub auth: Auth,
    /// What its keys look like.
    #[serde(default)]
    pub key_hint: Option<String>,
    /// Where keys are made.
    #[serde(default)]
    pub console: Option<String>,
    /// Something worth knowing before adding it.
    #[serde(default)]
    pub note: Option<String>,
    /// Where its prices can be read.
    #[serde(default)]
    pub prices: Prices,
}

/// How a provider wants the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// No key at all.
    None,
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// Nexconn-AI documents the raw key in every sample and its twin documents Bearer: Bearer first, raw after a 401.
    BearerThenRaw,
}

/// Where a provider's prices can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prices {
    /// Nowhere we know: amounts stay unknown.
    #[default]
    Unknown,
    /// It runs on this computer.
    Free,
    /// `GET {root}/api/pricing`, if it is a new-api host.
    NewApi,
    /// The same, else the multiplier table of Nexhina's documentation.
    Multipliers,
    /// `pricing` in `GET /models`.
    Openrouter,
}

static PROVIDERS: LazyLock<Vec<Provider>> =
    LazyLock::new(|| serde_json::from_str(include_str!("providers.json")).unwrap_or_default());

/// Every row, in the order shown to people.
#[must_use]
pub fn providers() -> &'static [Provider] {
    &PROVIDERS
}

/// The row of `id`; what is not in the catalogue is treated as any OpenAI-compatible gateway.
#[must_use]
pub fn provider(id: &str) -> Option<&'static Provider> {
    PROVIDERS
        .iter()
        .find(|row| row.id == id)
        .or_else(|| PROVIDERS.iter().find(|row| row.id == "openai-compatible"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_every_address_in_it_is_one() {
        assert_eq!(
            providers().len(),
            10,
            "the file parses, and holds the providers the README names"
        );
        for row in providers() {
            if let Some(url) = &row.base_url {
                assert_eq!(
                    crate::Base::parse(url).expect("an address").as_str(),
                    url,
                    "{}",
                    row.id
                );
            }
        }
    }
}
