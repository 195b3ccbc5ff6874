//! What happened and what was set up: one SQLite file with gateways, keys (never their secrets), local tokens (only
//! their hashes), exchanges, conversations and the journal of answers being written. Come here to read or write any
//! of it; nothing else in the workspace speaks SQL.
//!
//! Reads are plain calls on a small pool of connections. Writes go through one writer thread that commits whatever
//! has gathered in one transaction: an `async fn` returns after its commit, a `tell_*` returns at once and is
//! committed within a few tens of milliseconds, or as soon as the disk allows.

mod aside;
mod error;
mod ledger;
mod life;
mod migrate;
mod open;
mod pool;
mod tables;
mod words;
mod writer;

pub use error::LedgerError;
pub use ledger::{Ledger, Opened};
pub use nexdesk_protocol::talk::Basis;
pub use tables::conversations::{ConversationListRow, ConversationRow};
pub use tables::exchanges::{AttemptRow, ExchangeRow, Outcome};
pub use tables::gateways::GatewayRow;
pub use tables::journal::JournalKind;
pub use tables::keys::{KeyRow, KeyState};
pub use tables::messages::{MessageRow, MessageState, Role};
pub use tables::models::ModelRow;
pub use tables::tokens::TokenRow;
pub use tables::totals::Totals;

/// A fresh id for any row. Ids made later sort later, so the newest rows lie together in every index.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
