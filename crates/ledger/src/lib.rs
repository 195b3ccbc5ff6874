//! What happened and what was set up: one SQLite file with gateways, keys (never their secrets), local tokens (only
//! their hashes), exchanges, conversations and the journal of answers being written. Come here to read or write any
//! of it; nothing else in the workspace speaks SQL.
//!
//! Reads are plain calls on a small pool of connections. Writes go through one writer thread that commits whatever
//! has gathered in one transaction: an `async fn` returns after its commit, a `tell_*` returns at once and is
//! committed within a few tens of milliseconds (the beginning of an exchange: a fifth of a second), or as soon as the
//! disk allows.

mod aside;
mod error;
mod id;
mod ledger;
mod life;
mod migrate;
mod open;
mod pool;
mod queue;
mod search;
mod tables;
mod tending;
mod words;
mod writer;

pub use error::LedgerError;
pub use id::ExchangeId;
pub use ledger::{Ledger, Opened};
pub use nexdesk_protocol::talk::Basis;
pub use search::{FoundRow, Midnight};
pub use tables::asking::{MessageMarks, Turn};
pub use tables::attachments::AttachmentRow;
pub use tables::bodies::{BodyRow, Side};
pub use tables::compactions::CompactionRow;
pub use tables::compat::CompatRow;
pub use tables::conversations::{ConversationListRow, ConversationRow};
pub use tables::drafts::DraftRow;
pub use tables::exchanges::{AttemptRow, ExchangeRow, Outcome};
pub use tables::folders::FolderRow;
pub use tables::gateways::GatewayRow;
pub use tables::imported::{Arrival, PictureRow};
pub use tables::jobs::{JobFileRow, JobRow, JobState, Submission};
pub use tables::journal::JournalKind;
pub use tables::keys::{KeyRow, KeyState};
pub use tables::messages::{MessageRow, MessageState, Role};
pub use tables::metrics::MetricsTokenRow;
pub use tables::models::ModelRow;
pub use tables::objects::ObjectRow;
pub use tables::parties::Parties;
pub use tables::prompts::PromptRow;
pub use tables::queued::QueuedRow;
pub use tables::rollups::Sums;
pub use tables::routes::{RouteRow, RouteTarget, Strategy};
pub use tables::tokens::{Capture, TokenLimits, TokenRow, Unpriced};
pub use tables::tools::{McpServerRow, ToolPermission};
pub use tables::totals::{Spent, Totals};
pub use tending::{Limits, Tended};

/// A fresh id for any row. Ids made later sort later, so the newest rows lie together in every index.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
