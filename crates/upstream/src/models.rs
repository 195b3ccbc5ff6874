//! Which models a gateway offers, of what kind, at what price.

mod new_api;
mod openrouter;

use http::{HeaderMap, Method};
use nexdesk_pricing::{DEFAULT_BASE, Price, seed_price};
use nexdesk_protocol::wire::openai::models::{Model, ModelList};
use serde::{Deserialize, Serialize};

use self::new_api::{Listed, PriceList};
use crate::{Base, Call, Failure, Key, Kind, Outgoing, Prices, Provider, Upstream};

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
    /// Why there is no price though the gateway has one: it is not a figure but a rule.
    pub price_note: Option<String>,
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
        let listed = match provider.prices {
            Prices::NewApi | Prices::Multipliers => self.new_api_prices(base, key).await,
            Prices::Unknown | Prices::Free | Prices::Openrouter => PriceList::default(),
        };
        let priced = |model: &Model, kind: ModelKind| match provider.prices {
            Prices::Unknown => Listed::default(),
            Prices::Free => Price::FREE.into(),
            Prices::NewApi => listed.of(&model.id, kind),
            Prices::Multipliers => match listed.of(&model.id, kind) {
                Listed {
                    price: None,
                    note: None,
                } => seed_price(&model.id, DEFAULT_BASE).into(),
                told => told,
            },
            Prices::Openrouter => openrouter::price(model, kind).into(),
        };
        list.into_iter()
            .map(|model| {
                let kind = kind(&model);
                let Listed { price, note } = priced(&model, kind);
                Offered {
                    name: model.id,
                    kind,
                    price,
                    price_note: note,
                }
            })
            .collect()
    }

    /// new-api's public price list. A host without one costs a failed request, and nothing else.
    async fn new_api_prices(&self, base: &Base, key: Option<Key>) -> PriceList {
        let root = base.root();
        let Ok(whole) = self.ask(get(format!("{root}/api/pricing"), key.clone())).await else {
            return PriceList::default();
        };
        let Some(list) = PriceList::read(&whole.body) else {
            return PriceList::default();
        };
        // A site may count a dollar in other units than everybody.
        match self.ask(get(format!("{root}/api/status"), key)).await {
            Ok(status) => list.in_units_of(&status.body),
            Err(_) => list,
        }
    }
}

fn get(url: String, key: Option<Key>) -> Call {
    Call {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Outgoing::empty(),
        key,
        once: false,
    }
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

    #[test]
    fn openrouters_strings_become_prices_and_minus_one_is_none() {
        let model = |pricing: serde_json::Value| {
            let listed = serde_json::json!({"id": "vendor/m", "pricing": pricing});
            serde_json::from_value::<Model>(listed).unwrap()
        };
        let told = model(
            serde_json::json!({"prompt": "0.0000025", "completion": "0.00001", "image": "0.003",
            "request": "0.01", "input_cache_read": "0.00000125", "input_cache_write": "0"}),
        );
        let price = openrouter::price(&told, ModelKind::Chat).unwrap();
        assert_eq!(
            (price.input, price.output, price.cached),
            (2_500_000_000, 10_000_000_000, Some(1_250_000_000))
        );
        assert_eq!(
            (price.request, price.cache_write, price.picture),
            (Some(10_000_000), None, None)
        );
        assert_eq!(
            openrouter::price(&told, ModelKind::Image).unwrap().picture,
            Some(3_000_000)
        );
        let chooses = model(serde_json::json!({"prompt": "-1", "completion": "-1"}));
        assert_eq!(openrouter::price(&chooses, ModelKind::Chat), None);
    }
}
