//! One model in new-api's price list: what its ratios or its fixed price come to.

use std::collections::HashMap;

use nexdesk_pricing::{Price, Sizes, Source};
use nexdesk_protocol::decimal::scaled;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::DOLLAR;
use crate::models::ModelKind;

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) model_name: String,
    #[serde(default)]
    pub(super) quota_type: Option<u8>,
    #[serde(default)]
    model_ratio: Option<Number>,
    #[serde(default)]
    model_price: Option<Number>,
    #[serde(default)]
    completion_ratio: Option<Number>,
    #[serde(default)]
    cache_ratio: Option<Number>,
    #[serde(default)]
    create_cache_ratio: Option<Number>,
    #[serde(default)]
    image_ratio: Option<Number>,
    #[serde(default)]
    audio_ratio: Option<Number>,
    #[serde(default)]
    audio_completion_ratio: Option<Number>,
    #[serde(default, alias = "enable_group")]
    enable_groups: Option<Vec<String>>,
    #[serde(default)]
    pub(super) billing_mode: Option<String>,
    #[serde(default)]
    pub(super) billing_expr: Option<String>,
}

impl Row {
    /// Which group the key is in stands nowhere, so the cheapest that it may be in.
    pub(super) fn group_ratio(
        &self,
        groups: &HashMap<String, Number>,
        usable: &HashMap<String, Value>,
    ) -> Option<String> {
        let enabled = self.enable_groups.as_deref().unwrap_or_default();
        let is_enabled = |name: &String| {
            enabled.is_empty() || enabled.contains(name) || enabled.iter().any(|one| one == "all")
        };
        let is_usable = |name: &String| usable.is_empty() || usable.contains_key(name);
        let ratios = groups
            .iter()
            .filter(|(name, _)| is_enabled(name) && is_usable(name))
            .map(|(_, ratio)| ratio.to_string());
        ratios.min_by_key(|ratio| scaled(ratio, DOLLAR).unwrap_or(i64::MAX))
    }

    pub(super) fn per_token(&self, one: i64, kind: ModelKind) -> Option<Price> {
        let input = times(&self.model_ratio, one)?;
        // Speech by the letter and whisper by the minute stand in the list as if they were tokens.
        if kind == ModelKind::Speech && self.model_name.contains("tts-1") {
            return Some(Price {
                characters: Some(input),
                ..Price::tokens(0, 0, Source::Gateway)
            });
        }
        if kind == ModelKind::Transcription && self.model_name.contains("whisper") {
            // A thousand of them a minute.
            return Some(Price {
                second: Some(input / 60_000),
                ..Price::tokens(0, 0, Source::Gateway)
            });
        }
        let audio_in = times(&self.audio_ratio, input);
        Some(Price {
            cached: times(&self.cache_ratio, input),
            cache_write: times(&self.create_cache_ratio, input),
            image_in: times(&self.image_ratio, input),
            audio_in,
            audio_out: times(&self.audio_completion_ratio, audio_in.unwrap_or(input)),
            ..Price::tokens(
                input,
                times(&self.completion_ratio, input).unwrap_or(input),
                Source::Gateway,
            )
        })
    }

    /// A fixed price is multiplied by what there is of it: pictures, and seconds where the model is known for them.
    pub(super) fn per_piece(&self, kind: ModelKind) -> Option<Price> {
        let amount = times(&self.model_price, DOLLAR)?;
        let mut price = Price::tokens(0, 0, Source::Gateway);
        price.sizes = Sizes::of_model(&self.model_name);
        let is_by_second = ["sora-2", "veo-3"]
            .iter()
            .any(|name| self.model_name.contains(name));
        match kind {
            ModelKind::Image => price.picture = Some(amount),
            ModelKind::Video if is_by_second => price.second = Some(amount),
            ModelKind::Chat
            | ModelKind::Speech
            | ModelKind::Transcription
            | ModelKind::Video
            | ModelKind::Embedding
            | ModelKind::Rerank
            | ModelKind::Moderation
            | ModelKind::Other => price.request = Some(amount),
        }
        Some(price)
    }
}

fn times(ratio: &Option<Number>, unit: i64) -> Option<i64> {
    scaled(&ratio.as_ref()?.to_string(), unit).filter(|amount| *amount >= 0)
}
