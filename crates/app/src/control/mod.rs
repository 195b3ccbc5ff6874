//! What `nexd` can ask of an app, in this process or in the one that holds the data directory.
//!
//! There is one writer to a data directory. A second process sends its order over a socket in that directory (never
//! over the relay's port: a tool's token must not be able to widen itself) and prints what comes back.

mod guests;
mod obey;
mod remote;
mod routing;
mod serve;
mod watching;

use serde::{Deserialize, Serialize};

use crate::chat::{ChatEvent, Receipt};
use crate::keys::{Gateway, Key, KeyCheck, LocalToken, Model, NewToken, TokenChange};
use crate::problem::Problem;
use crate::status::Status;
use crate::usage::ExchangePage;

pub(crate) use guests::Guests;
pub use remote::Remote;
pub use routing::{KeyUse, NamedRoute, NewRoute, RoutingOrder, RoutingReply};
pub(crate) use serve::{forget, serve};
pub use watching::{WatchingOrder, WatchingReply};

/// One order. Things go by their names here, as a person types them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// How things stand.
    Status,
    /// Adds a gateway and, where it can be reached without a key, fetches its models.
    AddGateway {
        /// What to call it.
        name: String,
        /// Which preset; by default the one of that name, else any OpenAI-compatible.
        preset: Option<String>,
        /// Where it answers; by default the preset's address.
        url: Option<String>,
    },
    /// Lists the gateways.
    ListGateways,
    /// Removes a gateway.
    RemoveGateway {
        /// Which.
        name: String,
    },
    /// Adds a key and fetches the models it can use.
    AddKey {
        /// To which gateway.
        gateway: String,
        /// What to call it.
        name: String,
        /// The key.
        secret: Secret,
    },
    /// Lists the keys of a gateway, or all.
    ListKeys {
        /// Of which gateway.
        gateway: Option<String>,
    },
    /// Checks the keys of a gateway, or all.
    CheckKeys {
        /// Of which gateway.
        gateway: Option<String>,
        /// Only this one.
        name: Option<String>,
    },
    /// Removes a key.
    RemoveKey {
        /// Of which gateway.
        gateway: String,
        /// Which.
        name: String,
    },
    /// Makes a local token.
    AddToken {
        /// What to call it.
        name: String,
        /// What it may do.
        limits: Box<TokenChange>,
    },
    /// Says what a local token may do.
    SetToken {
        /// Which.
        name: String,
        /// What is to change.
        change: Box<TokenChange>,
    },
    /// Pauses a local token, or lets it go on.
    PauseToken {
        /// Which.
        name: String,
        /// Whether it is to be paused.
        paused: bool,
    },
    /// Lists the local tokens.
    ListTokens,
    /// Revokes a local token.
    RevokeToken {
        /// Which.
        name: String,
    },
    /// Lists the models.
    Models,
    /// Asks a model something.
    Ask {
        /// Which; by default the first chat model, a real gateway's before the sandbox's.
        model: Option<String>,
        /// What.
        text: String,
    },
    /// Lists the newest exchanges.
    Usage {
        /// How many.
        limit: u32,
    },
    /// Something about the way requests take.
    Routing {
        /// What.
        about: RoutingOrder,
    },
    /// Something about looking on.
    Watching {
        /// What.
        about: WatchingOrder,
    },
    /// Opens the encrypted key file, or begins one.
    Unlock {
        /// Its passphrase.
        passphrase: Secret,
    },
}

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
