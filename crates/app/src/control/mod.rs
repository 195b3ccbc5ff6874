//! What `nexd` can ask of an app, in this process or in the one that holds the data directory.
//!
//! There is one writer to a data directory. A second process sends its order over a socket in that directory (never
//! over the relay's port: a tool's token must not be able to widen itself) and prints what comes back.

mod chats;
mod guests;
mod obey;
mod order;
mod remote;
mod routing;
mod serve;
mod watching;

use serde::{Deserialize, Serialize};

use crate::chat::{ChatEvent, Receipt};
use crate::keys::{Gateway, Key, KeyCheck, LocalToken, Model, NewToken};
use crate::problem::Problem;
use crate::status::Status;
use crate::usage::ExchangePage;

pub use chats::{ChatsOrder, ChatsReply};
pub(crate) use guests::Guests;
pub use order::Order;
pub use remote::Remote;
pub use routing::{KeyUse, NamedRoute, NewRoute, RoutingOrder, RoutingReply};
pub(crate) use serve::{forget, serve};
pub use watching::{WatchingOrder, WatchingReply};

/// A secret inside an order: it crosses the socket and is never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("••••")
    }
}

/// A key with its gateway's name, for a list over all gateways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedKey {
    /// The gateway's name.
    pub gateway_name: String,
    /// The key.
    pub key: Key,
}

/// A check with the names of what was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedCheck {
    /// The gateway's name.
    pub gateway_name: String,
    /// The key's name, where the gateway wants one.
    pub key_name: Option<String>,
    /// What was found.
    pub check: KeyCheck,
}

/// What came of an order.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "reply", content = "data", rename_all = "snake_case")]
pub enum Reply {
    /// Done, and nothing to say.
    Done,
    /// How things stand.
    Status(Box<Status>),
    /// A gateway, as added.
    Gateway(Box<Gateway>),
    /// The gateways.
    Gateways(Vec<Gateway>),
    /// A key, as added, and how its first check went.
    Key(Box<NamedKey>, Box<KeyCheck>),
    /// The keys.
    Keys(Vec<NamedKey>),
    /// What the checks found.
    Checks(Vec<NamedCheck>),
    /// A token, with its secret, this once.
    Token(Box<NewToken>),
    /// The tokens.
    Tokens(Vec<LocalToken>),
    /// The models.
    Models(Vec<Model>),
    /// The answer was streamed; this is what it took.
    Answered(Option<Box<Receipt>>),
    /// About the way requests take.
    Routing(Box<RoutingReply>),
    /// About conversations.
    Chats(Box<ChatsReply>),
    /// About looking on.
    Watching(Box<WatchingReply>),
    /// Exchanges.
    Usage(Box<ExchangePage>),
}

/// One line from the process that holds the data directory.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The order was read and is being carried out; whoever has not seen this may safely send it again.
    Heard,
    Events(Vec<ChatEvent>),
    Reply(Reply),
    Problem(Problem),
}
