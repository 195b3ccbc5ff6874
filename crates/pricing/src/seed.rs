//! Nexhina's multiplier table, from its documentation ("for reference only"): used until `/api/pricing` answers.
//!
//! `cost = (input × in + output × out) × base`. The documentation gives no money value for the base; 0.15 USD a
//! million tokens is OpenAI's list price for the 1× model, so every amount from here is an estimate.

use crate::price::{Price, Source};

/// Nano-dollars a million tokens of the 1× model cost where nobody says otherwise.
pub const DEFAULT_BASE: i64 = 150_000_000;

const MULTIPLIERS: [(&str, i64, i64); 5] = [
    ("gpt-4o-mini", 1, 1),
    ("gpt-4o", 5, 15),
    ("gpt-4.1", 10, 30),
    ("claude-sonnet-4", 6, 30),
    ("claude-opus-4", 15, 75),
];

/// The price of a model by the table, at `base` nano-dollars a million tokens of the 1× model. Dated ids (`claude-sonnet-4-20250514`) share the row of their alias.
#[must_use]
pub fn seed_price(model: &str, base: i64) -> Option<Price> {
    let (_, input, output) = MULTIPLIERS.into_iter().find(|(name, ..)| {
        model.strip_prefix(name).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|date| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()))
        })
    })?;
    Some(Price::tokens(
        input.checked_mul(base)?,
        output.checked_mul(base)?,
        Source::Multipliers,
    ))
}

impl Price {
    /// A price of the table with another base; every other price as it is.
    #[must_use]
    pub fn at_base(self, base: i64) -> Self {
        let rebased = |amount: i64| (amount / DEFAULT_BASE).checked_mul(base);
        match self.source {
            Source::Multipliers => self.changed(rebased).unwrap_or(self),
            Source::Gateway | Source::User | Source::Free => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_gives_the_seeds_own_figures() {
        let sonnet =
            seed_price("claude-sonnet-4-20250514", DEFAULT_BASE).expect("a dated id shares its alias's row");
        assert_eq!((sonnet.input, sonnet.output), (900_000_000, 4_500_000_000));
        assert_eq!(
            seed_price("gpt-4o-mini", DEFAULT_BASE).map(|p| p.input),
            Some(150_000_000),
            "not the row of gpt-4o"
        );
        assert_eq!(
            seed_price("gpt-4.1-mini", DEFAULT_BASE),
            None,
            "a row the table does not have"
        );
    }

    #[test]
    fn another_base_changes_the_table_and_nothing_else() {
        let table = seed_price("gpt-4o", DEFAULT_BASE).expect("a row");
        assert_eq!(Some(table.at_base(100)), seed_price("gpt-4o", 100));
        let listed = Price::tokens(5, 5, Source::Gateway);
        assert_eq!(listed.at_base(100), listed);
        assert_eq!(seed_price("gpt-4o", i64::MAX), None, "more than fits");
    }
}
