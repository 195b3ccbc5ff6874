//! The status strip, and what the window is told without asking.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::chat::ConversationSummary;
use crate::problem::Problem;
use crate::usage::{Exchange, Today};

/// Whether tools can reach the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RelayState {
    /// On the port that was asked for.
    Running,
    /// On another one, because that was taken.
    Moved,
    /// Not at all.
    Stopped,
}

/// The relay's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RelayStatus {
    /// Whether it can be reached.
    pub state: RelayState,
    /// What to point tools at.
    pub url: Option<String>,
    /// Whether other computers may come in.
    pub lan: bool,
    /// What to point tools on those at, where there is a network.
    pub lan_url: Option<String>,
    /// The Unix socket beside the port.
    pub socket: Option<String>,
    /// A sentence, where there is something to say.
    pub note: Option<String>,
}

/// Where keys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// In the system's keychain.
    Keychain,
    /// In an encrypted file.
    File,
    /// In an encrypted file that wants its passphrase.
    Locked,
    /// Nowhere yet.
    Missing,
}

/// Where keys are kept, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// Where.
    pub state: VaultState,
    /// A sentence, where something has to be done.
    pub sentence: Option<String>,
}

/// Something a person should know, which stays until dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// To dismiss it by.
    pub id: String,
    /// What it says.
    pub problem: Problem,
}

/// Everything the strip shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Ours.
    pub version: String,
    /// Where everything but the keys is kept.
    pub data_dir: String,
    /// The relay.
    pub relay: RelayStatus,
    /// The keys' place.
    pub vault: VaultStatus,
    /// Answers under way, from both doors.
    pub streaming: u32,
    /// Tokens a second, estimated from the text as it passes.
    pub tokens_per_second: u32,
    /// Different local tokens used today.
    pub tools_today: u64,
    /// What today came to.
    pub today: Today,
    /// What a person should know.
    pub notices: Vec<Notice>,
}

/// What the window is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AppEvent {
    /// The strip changed. At most twice a second.
    Status {
        /// As it is now.
        status: Status,
    },
    /// An exchange began or ended.
    ExchangeChanged {
        /// As it is now.
        exchange: Exchange,
    },
    /// A conversation got an answer, a title, or went.
    ConversationChanged {
        /// As it is now.
        conversation: ConversationSummary,
    },
    /// Many conversations changed at once, or the folders did: lists are to be read again.
    ConversationsChanged,
    /// An import is so far.
    ImportProgress {
        /// Conversations it has been through.
        conversations: u32,
        /// Messages it has taken over.
        messages: u32,
    },
    /// Gateways, keys or models changed.
    GatewaysChanged,
    /// A server that brings tools changed.
    ServersChanged,
}

impl App {
    /// Everything the strip shows.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn status(&self) -> Result<Status, Problem> {
        let (today, tools_today) = self.today()?;
        let load = self.relay().load();
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").into(),
            data_dir: self.data_dir().display().to_string(),
            relay: self.relay_status(),
            vault: self.vault_status(),
            streaming: u32::try_from(load.streaming).unwrap_or(u32::MAX),
            tokens_per_second: load.tokens_per_second,
            tools_today,
            today,
            notices: self.notices(),
        })
    }
}
