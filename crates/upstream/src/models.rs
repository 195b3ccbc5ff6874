//! Which models a gateway offers, of what kind, at what price.

use bytes::Bytes;
use http::{HeaderMap, Method};
use nexdesk_pricing::{Price, Source, seed_price};
use nexdesk_protocol::decimal::scaled;
use nexdesk_protocol::wire::openai::models::{Model, ModelList};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::{Base, Call, Failure, Key, Kind, Prices, Provider, Upstream};

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

/// A model as a gateway offers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// What a request names.
    pub name: String,
    /// What it is for.
    pub kind: ModelKind,
    /// What it costs, where that can be read.
    pub price: Option<Price>,
}

impl Upstream {
    /// Asks for the models, and says under which of the possible addresses they were found.
    ///
    /// # Errors
    /// With the first address's failure when none answers.
    pub async fn offered(
        &self,
        provider: &Provider,
        base: &Base,
        key: Option<Key>,
    ) -> Result<(Base, Vec<Offered>), Failure> {
        let mut first = None;
        for candidate in base.candidates() {
            match self.list(&candidate, key.clone()).await {
                Ok(list) => {
                    let priced = self.priced(provider, &candidate, key, list).await;
                    return Ok((candidate, priced));
                }
                // A refused key or a silent host will not get better elsewhere on the same host.
                Err(failure)
                    if !matches!(
                        failure.kind,
                        Kind::ModelNotFound | Kind::NotAnApi | Kind::BadRequest
                    ) =>
                {
                    return Err(failure);
                }
                Err(failure) => first = first.or(Some(failure)),
            }
        }
        Err(first
            .unwrap_or_else(|| Failure::new(Kind::NotAnApi, "The address answers with no list of models.")))
    }

    async fn list(&self, base: &Base, key: Option<Key>) -> Result<Vec<Model>, Failure> {
        let whole = self
            .ask(get(base.url("models"), key))
            .await
            .map_err(|mut failure| {
                if failure.status == Some(404) {
                    failure.kind = Kind::NotAnApi;
                    failure.message = format!("There is no API at {}: {}", base.as_str(), failure.message);
                }
                failure
            })?;
        let list: ModelList = serde_json::from_slice(&whole.body).map_err(|_| {
            Failure::new(
                Kind::NotAnApi,
                format!("{} answers, but not with a list of models.", base.as_str()),
            )
        })?;
        Ok(list.data)
    }

    async fn priced(
        &self,
        provider: &Provider,
        base: &Base,
        key: Option<Key>,
        list: Vec<Model>,
    ) -> Vec<Offered> {
        let pricing = match provider.prices {
            Prices::NewApi | Prices::Multipliers => self.new_api_prices(base, key).await,
            Prices::Unknown | Prices::Free | Prices::Openrouter => Vec::new(),
        };
        let price = |model: &Model| match provider.prices {
            Prices::Unknown => None,
            Prices::Free => Some(Price::FREE),
            Prices::NewApi => listed(&pricing, &model.id),
            Prices::Multipliers => listed(&pricing, &model.id).or_else(|| seed_price(&model.id)),
            Prices::Openrouter => openrouter_price(model),
        };
        list.into_iter()
            .map(|model| Offered {
                price: price(&model),
                kind: kind(&model),
                name: model.id,
            })
            .collect()
    }

    /// new-api's public price list. A host without one costs a failed request, and nothing else.
    async fn new_api_prices(&self, base: &Base, key: Option<Key>) -> Vec<(String, Price)> {
        let url = format!("{}/api/pricing", base.root());
        let Ok(whole) = self.ask(get(url, key)).await else {
            return Vec::new();
        };
        let Ok(list) = serde_json::from_slice::<NewApiPricing>(&whole.body) else {
            return Vec::new();
        };
        list.data
            .iter()
            .filter_map(|row| Some((row.model_name.clone(), row.price()?)))
            .collect()
    }
}

fn get(url: String, key: Option<Key>) -> Call {
    Call {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        key,
    }
}

fn listed(prices: &[(String, Price)], model: &str) -> Option<Price> {
    prices
        .iter()
        .find(|(name, _)| name == model)
        .map(|(_, price)| *price)
}

#[derive(Deserialize)]
struct NewApiPricing {
    data: Vec<NewApiRow>,
}

#[derive(Deserialize)]
struct NewApiRow {
    model_name: String,
    #[serde(default)]
    quota_type: u8,
    #[serde(default)]
    model_ratio: Option<Number>,
    #[serde(default)]
    completion_ratio: Option<Number>,
    #[serde(default)]
    cache_ratio: Option<Number>,
    #[serde(default)]
    billing_mode: Option<String>,
}

impl NewApiRow {
    /// Ratio 1 is 2 USD a million tokens in. Rows priced per call or by an expression are not per token.
    fn price(&self) -> Option<Price> {
        if self.quota_type != 0 || self.billing_mode.as_deref() == Some("tiered_expr") {
            return None;
        }
        let input = scaled(&self.model_ratio.as_ref()?.to_string(), 2_000_000_000)?;
        let times =
            |ratio: &Option<Number>| ratio.as_ref().and_then(|ratio| scaled(&ratio.to_string(), input));
        Some(Price {
            input,
            cached: times(&self.cache_ratio),
            output: times(&self.completion_ratio).unwrap_or(input),
            source: Source::Gateway,
        })
    }
}

/// OpenRouter gives dollars a token, as strings.
fn openrouter_price(model: &Model) -> Option<Price> {
    let pricing = model.extra.get("pricing")?;
    let per_million = |name: &str| scaled(pricing.get(name)?.as_str()?, 1_000_000_000_000_000);
    Some(Price {
        input: per_million("prompt")?,
        cached: per_million("input_cache_read"),
        output: per_million("completion")?,
        source: Source::Gateway,
    })
}

/// By what the gateway says, else by the name.
fn kind(model: &Model) -> ModelKind {
    let said = model.supported_endpoint_types.as_deref().unwrap_or_default();
    let known = said.iter().find_map(|endpoint| match endpoint.as_str() {
        "openai" | "anthropic" | "gemini" | "openai-response" => Some(ModelKind::Chat),
        "image-generation" => Some(ModelKind::Image),
        "embeddings" => Some(ModelKind::Embedding),
        "jina-rerank" => Some(ModelKind::Rerank),
        "openai-video" => Some(ModelKind::Video),
        _ => None,
    });
    let by_name = by_name(&model.id.to_lowercase());
    match (known, by_name) {
        // new-api lists every model under "openai" unless told otherwise, so a telling name outranks "chat".
        (Some(ModelKind::Chat) | None, named) => named,
        (Some(kind), _) => kind,
    }
}

fn by_name(name: &str) -> ModelKind {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if has(&["embed", "bge-m"]) => ModelKind::Embedding,
        () if has(&["rerank"]) => ModelKind::Rerank,
        () if has(&["moderation"]) => ModelKind::Moderation,
        () if has(&["whisper", "transcri", "asr"]) => ModelKind::Transcription,
        () if has(&["tts", "speech"]) => ModelKind::Speech,
        () if has(&[
            "sora",
            "veo-",
            "vidu",
            "seedance",
            "video",
            "kling-v2-5",
            "kling-v2-6",
            "kling-v3",
        ]) =>
        {
            ModelKind::Video
        }
        () if has(&["dall-e", "gpt-image", "kling", "flux", "stable-diffusion"])
            || name.ends_with("-image") =>
        {
            ModelKind::Image
        }
        () => ModelKind::Chat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_sorted_by_what_the_gateway_says_and_then_by_its_name() {
        let model = |id: &str, types: Option<Vec<String>>| Model {
            id: id.into(),
            supported_endpoint_types: types,
            ..Model::default()
        };
        assert_eq!(
            kind(&model("x", Some(vec!["image-generation".into()]))),
            ModelKind::Image
        );
        assert_eq!(
            kind(&model("text-embedding-3-small", Some(vec!["openai".into()]))),
            ModelKind::Embedding
        );
        assert_eq!(kind(&model("openai/gpt-5", None)), ModelKind::Chat);
        assert_eq!(kind(&model("gemini-2.5-flash-image", None)), ModelKind::Image);
    }
}
