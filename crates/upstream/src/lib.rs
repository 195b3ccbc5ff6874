//! One call to one gateway with one key.
//!
//! `providers.json` is the catalogue: a provider is a row. Nothing here retries or chooses; that is the relay's.
//! Secrets come out of the vault here and nowhere else, straight into a header marked sensitive.

mod address;
mod catalogue;
mod failure;
mod models;
mod send;

pub use address::{AddressError, Base};
pub use catalogue::{Auth, Prices, Provider, provider, providers};
pub use failure::{Failure, Kind};
pub use models::{ModelKind, Offered};
pub use send::{Answer, Body, Call, Key, Patience, Upstream, Whole};
