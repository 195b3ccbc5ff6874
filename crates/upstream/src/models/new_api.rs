//! new-api's price list, `GET /api/pricing`: ratios to a price of its own, and fixed prices per call.

mod row;

use std::collections::HashMap;

use nexdesk_pricing::Price;
use nexdesk_protocol::decimal::scaled;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::ModelKind;
use row::Row;

const DOLLAR: i64 = 1_000_000_000;
/// Ratio 1 is one unit a token, and half a million units are a dollar: 2 USD a million tokens.
const RATIO_ONE: i64 = 2 * DOLLAR;
const UNITS_PER_DOLLAR: i64 = 500_000;

/// A price, or why there is none.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Listed {
    pub(super) price: Option<Price>,
    pub(super) note: Option<String>,
}

impl<P: Into<Option<Price>>> From<P> for Listed {
    fn from(price: P) -> Self {
        Self {
            price: price.into(),
            note: None,
        }
    }
}

/// The rows by model, with the group's ratio worked in.
#[derive(Debug, Default)]
pub(super) struct PriceList {
    rows: HashMap<String, (Row, Option<String>)>,
    ratio_one: Option<i64>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Value>,
    #[serde(default)]
    group_ratio: Option<HashMap<String, Number>>,
    #[serde(default)]
    usable_group: Option<HashMap<String, Value>>,
}

impl PriceList {
    /// A row that cannot be read is one model without a price, not a list without rows.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        let groups = answer.group_ratio.unwrap_or_default();
        let usable = answer.usable_group.unwrap_or_default();
        let rows = answer.data.into_iter().filter_map(|row| {
            let row: Row = serde_json::from_value(row).ok()?;
            let ratio = row.group_ratio(&groups, &usable);
            Some((row.model_name.clone(), (row, ratio)))
        });
        Some(Self {
            rows: rows.collect(),
            ratio_one: Some(RATIO_ONE),
        })
    }

    /// With the units a dollar has at this site, from `/api/status`.
    pub(super) fn in_units_of(mut self, status: &[u8]) -> Self {
        let units = serde_json::from_slice::<Value>(status)
            .ok()
            .and_then(|status| scaled(&status["data"]["quota_per_unit"].to_string(), 1))
            .filter(|units| *units > 0);
        if let Some(units) = units {
            let one = i128::from(RATIO_ONE) * i128::from(UNITS_PER_DOLLAR) / i128::from(units);
            self.ratio_one = i64::try_from(one).ok();
        }
        self
    }

    pub(super) fn of(&self, model: &str, kind: ModelKind) -> Listed {
        let Some((row, ratio)) = self.rows.get(model) else {
            return Listed::default();
        };
        if row.billing_mode.as_deref() == Some("tiered_expr") {
            let rule = row.billing_expr.as_deref().unwrap_or("not told");
            return Listed {
                price: None,
                note: Some(format!("The price follows a rule of the gateway: {rule}")),
            };
        }
        let price = match row.quota_type {
            Some(1) => row.per_piece(kind),
            Some(_) | None => self.ratio_one.and_then(|one| row.per_token(one, kind)),
        };
        match ratio {
            Some(ratio) => price.and_then(|price| price.times(ratio)).into(),
            None => price.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use nexdesk_pricing::{Sizes, Source};
    use serde_json::json;

    use super::*;

    fn list(rows: Value) -> PriceList {
        PriceList::read(json!({"success": true, "data": rows}).to_string().as_bytes()).unwrap()
    }

    fn price(row: Value, kind: ModelKind) -> Price {
        let name = row["model_name"].as_str().unwrap().to_owned();
        list(json!([row])).of(&name, kind).price.unwrap()
    }

    #[test]
    fn ratios_become_prices_in_every_part() {
        let told = price(
            json!({"model_name": "m", "quota_type": 0, "model_ratio": 1.5, "completion_ratio": 5, "cache_ratio": 0.1,
                   "create_cache_ratio": 1.25, "image_ratio": 2, "audio_ratio": 10, "audio_completion_ratio": 2}),
            ModelKind::Chat,
        );
        let expected = Price {
            cached: Some(300_000_000),
            cache_write: Some(3_750_000_000),
            image_in: Some(6 * DOLLAR),
            audio_in: Some(30 * DOLLAR),
            audio_out: Some(60 * DOLLAR),
            ..Price::tokens(3 * DOLLAR, 15 * DOLLAR, Source::Gateway)
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn speech_is_by_the_letter_and_whisper_by_the_second() {
        let spoken = price(
            json!({"model_name": "tts-1", "model_ratio": 7.5}),
            ModelKind::Speech,
        );
        assert_eq!((spoken.characters, spoken.input), (Some(15 * DOLLAR), 0));
        let heard = price(
            json!({"model_name": "whisper-1", "model_ratio": 15}),
            ModelKind::Transcription,
        );
        assert_eq!(
            heard.second.map(|second| second * 60),
            Some(DOLLAR * 3 / 100),
            "0.03 USD a minute"
        );
    }

    #[test]
    fn a_fixed_price_is_for_a_picture_a_second_or_a_call() {
        let fixed = |name: &str, kind| {
            price(
                json!({"model_name": name, "quota_type": 1, "model_price": 0.04}),
                kind,
            )
        };
        let drawn = fixed("dall-e-3", ModelKind::Image);
        assert_eq!((drawn.picture, drawn.sizes), (Some(40_000_000), Sizes::Dalle3));
        assert_eq!(fixed("sora-2", ModelKind::Video).second, Some(40_000_000));
        assert_eq!(fixed("veo-2", ModelKind::Video).request, Some(40_000_000));
        assert_eq!(fixed("gpt-4-gizmo", ModelKind::Chat).request, Some(40_000_000));
    }

    #[test]
    fn the_cheapest_group_a_key_may_be_in_counts() {
        let body = json!({"data": [
            {"model_name": "a", "model_ratio": 1, "enable_groups": ["default", "vip", "staff"]},
            {"model_name": "b", "model_ratio": 1, "enable_group": ["all"]},
            {"model_name": "c", "model_ratio": 1, "enable_groups": ["default"]},
            {"model_name": "odd", "model_ratio": "dear"},
        ], "group_ratio": {"default": 1.2, "vip": 0.5, "staff": 0}, "usable_group": {"default": "", "vip": ""}});
        let list = PriceList::read(body.to_string().as_bytes()).unwrap();
        let input = |name| list.of(name, ModelKind::Chat).price.map(|price| price.input);
        assert_eq!(
            (input("a"), input("b"), input("c")),
            (Some(DOLLAR), Some(DOLLAR), Some(2_400_000_000))
        );
        assert_eq!(input("odd"), None);
    }

    #[test]
    fn a_price_that_is_a_rule_is_told_and_not_worked_out() {
        let row = json!({"model_name": "m", "model_ratio": 1, "billing_mode": "tiered_expr", "billing_expr": "p > 200000 ? 2 : 1"});
        let told = list(json!([row])).of("m", ModelKind::Chat);
        assert_eq!(told.price, None);
        assert!(told.note.unwrap().contains("p > 200000"));
    }

    #[test]
    fn a_site_with_other_units_has_other_prices() {
        let list = list(json!([{"model_name": "m", "model_ratio": 1}]));
        let list = list.in_units_of(br#"{"data":{"quota_per_unit":1000000}}"#);
        assert_eq!(
            list.of("m", ModelKind::Chat).price.map(|price| price.input),
            Some(DOLLAR)
        );
        let same = list.in_units_of(b"<html>");
        assert_eq!(
            same.of("m", ModelKind::Chat).price.map(|price| price.input),
            Some(DOLLAR)
        );
    }
}
