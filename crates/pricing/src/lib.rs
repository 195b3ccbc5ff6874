//! Usage × price = money. Pure arithmetic on integers: a float never touches an amount.

mod money;
mod parts;
mod price;
mod seed;
mod sizes;

pub use money::Money;
pub use parts::{Part, Share};
pub use price::{Price, Source};
pub use seed::{DEFAULT_BASE, seed_price};
pub use sizes::Sizes;
