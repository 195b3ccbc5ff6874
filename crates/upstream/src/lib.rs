//! One call to one gateway with one key.
//!
//! `providers.json` is the catalogue: a provider is a row. Nothing here retries or chooses; that is the relay's.
//! Secrets come out of the vault here and nowhere else, straight into a header marked sensitive.

mod address;
mod addresses;
mod answer;
mod catalogue;
mod failure;
pub mod jobs;
mod limits;
mod models;
mod outgoing;
mod proxied;
mod report;
mod send;
mod windows;
mod wire;

pub use address::{AddressError, Base};
pub use answer::{Answer, Body, Duplex, Tunnel, Whole, inflate};
pub use catalogue::{Auth, Prices, Provider, provider, providers};
pub use failure::{Failure, Kind, Retry};
pub use limits::{Limit, Limits};
pub use models::{ModelKind, Offered};
pub use outgoing::{Outgoing, Pieces};
pub use send::{Call, Key, Patience, Upstream};
pub use windows::context_window;
pub use wire::Chunks;
