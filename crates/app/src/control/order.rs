//! Every order there is.

use serde::{Deserialize, Serialize};

use super::{ChatsOrder, RoutingOrder, Secret, WatchingOrder};
use crate::keys::TokenChange;

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
    /// Something about conversations.
    Chats {
        /// What.
        about: ChatsOrder,
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
