//! What a model costs, and what an exchange with it cost.

use nexdesk_protocol::talk::{Basis, Usage};
use serde::{Deserialize, Serialize};

use crate::Money;

const MILLION: i128 = 1_000_000;

/// Where a price comes from; it is stored beside every amount worked out with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The gateway's own price list, fetched.
    Gateway,
    /// The multiplier table of the gateway's documentation: "for reference only".
    Multipliers,
    /// Runs on this computer.
    Free,
}

/// Nano-dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Fresh input.
    pub input: i64,
    /// Input read from a prompt cache; as `input` where unknown.
    pub cached: Option<i64>,
    /// Output, reasoning included.
    pub output: i64,
    /// Where it comes from.
    pub source: Source,
}

impl Price {
    /// What runs on this computer.
    pub const FREE: Self = Self {
        input: 0,
        cached: Some(0),
        output: 0,
        source: Source::Free,
    };

    /// Whether nothing is ever charged.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.input == 0 && self.output == 0 && self.cached.unwrap_or(0) == 0
    }

    /// What `usage` costs at this price, or `None` where a count is missing and the price is not zero.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Option<Money> {
        if self.is_free() {
            return Some(Money::ZERO);
        }
        let input = i128::from(usage.input?);
        let output = i128::from(usage.output?);
        let cached = i128::from(usage.cached.unwrap_or(0)).min(input);
        let total = (input - cached) * i128::from(self.input)
            + cached * i128::from(self.cached.unwrap_or(self.input))
            + output * i128::from(self.output);
        i64::try_from((total + MILLION / 2) / MILLION).ok().map(Money)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price {
        input: 2_500_000_000,
        cached: Some(1_250_000_000),
        output: 10_000_000_000,
        source: Source::Gateway,
    };

    fn usage(input: u64, cached: u64, output: u64) -> Usage {
        Usage {
            input: Some(input),
            cached: Some(cached),
            output: Some(output),
            ..Usage::default()
        }
    }

    #[test]
    fn cached_tokens_are_part_of_the_input_and_cost_less() {
        // 260 × 2.50 + 1024 × 1.25 + 356 × 10, all per million
        assert_eq!(
            PRICE.cost(&usage(1284, 1024, 356)),
            Some(Money(650_000 + 1_280_000 + 3_560_000))
        );
    }

    #[test]
    fn a_missing_count_gives_no_amount_rather_than_a_low_one() {
        let unknown = Usage {
            output: None,
            ..usage(10, 0, 0)
        };
        assert_eq!(PRICE.cost(&unknown), None);
        assert_eq!(
            Price::FREE.cost(&unknown),
            Some(Money::ZERO),
            "free stays free whatever was counted"
        );
    }

    #[test]
    fn what_the_gateway_charged_wins_over_our_sum() {
        let told = Usage {
            cost_nano: Some(7),
            ..usage(1_000_000, 0, 0)
        };
        assert_eq!(
            Price::settle(Some(&PRICE), &told),
            (Some(Money(7)), Basis::Reported)
        );
        assert_eq!(Price::settle(None, &usage(1, 0, 1)), (None, Basis::Estimated));
        assert_eq!(
            Price::settle(Some(&Price::FREE), &usage(1, 0, 1)),
            (Some(Money::ZERO), Basis::Reported)
        );
    }

    #[test]
    fn more_cached_than_input_never_pays_back() {
        assert_eq!(PRICE.cost(&usage(10, 4000, 0)), Some(Money(12_500)));
    }
}
