//! An amount of US dollars.

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// Integer nano-dollars: 1 USD is 1 000 000 000 of them. Nine billion dollars fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Nothing was charged, which is not the same as not knowing.
    pub const ZERO: Self = Self(0);
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
