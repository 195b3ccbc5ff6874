//! Usage × price = money. Pure arithmetic on integers: a float never touches an amount.

mod money;
mod price;
mod seed;

pub use money::Money;
pub use price::{Price, Source};
pub use seed::seed_price;
