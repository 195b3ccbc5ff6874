//! What a model costs, and what an exchange with it cost.

use nexdesk_protocol::talk::{Basis, Usage};
use serde::{Deserialize, Serialize};

use crate::sizes::Sizes;
use crate::{Money, parts};

/// Where a price comes from; it is stored beside every amount worked out with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The gateway's own price list, fetched.
    #[default]
    Gateway,
    /// The multiplier table of the gateway's documentation: "for reference only".
    Multipliers,
    /// The person's own figure, which stands above every list.
    User,
    /// Runs on this computer.
    Free,
}

/// A price: nano-dollars per million tokens, and per whatever else the model is billed by.
///
/// What is missing of the parts of the input costs as much as `input`, of the output as much as `output`. What is
/// missing of the rest costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Fresh input.
    #[serde(default)]
    pub input: i64,
    /// Input read from a prompt cache.
    #[serde(default)]
    pub cached: Option<i64>,
    /// Output, reasoning included.
    #[serde(default)]
    pub output: i64,
    /// Input written to a prompt cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<i64>,
    /// Sound that goes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_in: Option<i64>,
    /// Sound that comes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_out: Option<i64>,
    /// Pictures that go in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_in: Option<i64>,
    /// Pictures that come out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_out: Option<i64>,
    /// One picture made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<i64>,
    /// A million characters read aloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<i64>,
    /// One second of sound or film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<i64>,
    /// One call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<i64>,
    /// How size and quality change what a picture or a second costs.
    #[serde(default, skip_serializing_if = "Sizes::is_flat")]
    pub sizes: Sizes,
    /// Where it comes from.
    pub source: Source,
}

impl Price {
    /// What runs on this computer.
    pub const FREE: Self = Self {
        cached: Some(0),
        ..Self::tokens(0, 0, Source::Free)
    };

    /// A price by the token and nothing else.
    #[must_use]
    pub const fn tokens(input: i64, output: i64, source: Source) -> Self {
        Self {
            input,
            cached: None,
            output,
            cache_write: None,
            audio_in: None,
            audio_out: None,
            image_in: None,
            image_out: None,
            picture: None,
            characters: None,
            second: None,
            request: None,
            sizes: Sizes::Flat,
            source,
        }
    }

    /// Whether nothing is ever charged.
    #[must_use]
    pub fn is_free(&self) -> bool {
        let mut is_free = true;
        self.changed(|amount| {
            is_free &= amount == 0;
            Some(amount)
        });
        is_free
    }

    /// What `usage` costs at this price, or `None` where a count is missing that has a price. Rounded once, half up.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Option<Money> {
        if self.is_free() {
            return Some(Money::ZERO);
        }
        parts::rounded(&self.parts(usage)?)
    }

    /// What an exchange cost: what the gateway says if it says so, else our own sum, marked as such.
    #[must_use]
    pub fn settle(price: Option<&Self>, usage: &Usage) -> (Option<Money>, Basis) {
        match (usage.cost_nano, price) {
            (Some(nano), _) => (Some(Money(nano)), Basis::Reported),
            // What runs on this computer costs nothing: there is nothing to estimate.
            (
                None,
                Some(Self {
                    source: Source::Free, ..
                }),
            ) => (Some(Money::ZERO), Basis::Reported),
            (None, price) => (price.and_then(|price| price.cost(usage)), Basis::Estimated),
        }
    }

    /// The price for an order of this size and quality. To be asked once: it stands for that order alone.
    #[must_use]
    pub fn fitted(self, size: Option<&str>, quality: Option<&str>) -> Self {
        let factor = self.sizes.factor(size, quality);
        Self {
            picture: self.picture.map(|picture| factor.of(picture)),
            second: self.second.map(|second| factor.of(second)),
            sizes: Sizes::Flat,
            ..self
        }
    }

    /// The price in a group with this ratio (`"0.8"`), or with whatever else multiplies all of it; `None` when that is
    /// no number, or negative, or makes more than fits.
    #[must_use]
    pub fn times(self, ratio: &str) -> Option<Self> {
        self.changed(|amount| nexdesk_protocol::decimal::scaled(ratio, amount).filter(|scaled| *scaled >= 0))
    }

    /// Every amount of it, changed.
    pub(crate) fn changed(self, mut change: impl FnMut(i64) -> Option<i64>) -> Option<Self> {
        let mut each = |amount: Option<i64>| match amount {
            Some(amount) => change(amount).map(Some),
            None => Some(None),
        };
        Some(Self {
            input: each(Some(self.input))?.unwrap_or(0),
            cached: each(self.cached)?,
            output: each(Some(self.output))?.unwrap_or(0),
            cache_write: each(self.cache_write)?,
            audio_in: each(self.audio_in)?,
            audio_out: each(self.audio_out)?,
            image_in: each(self.image_in)?,
            image_out: each(self.image_out)?,
            picture: each(self.picture)?,
            characters: each(self.characters)?,
            second: each(self.second)?,
            request: each(self.request)?,
            ..self
        })
    }
}
