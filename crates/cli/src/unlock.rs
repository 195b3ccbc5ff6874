//! The passphrase of the key file: from NEXDESK_PASSPHRASE, else from the person at the terminal, and only when it is
//! needed.

use nexdesk_app::Options;
use nexdesk_app::control::{Order, Reply, Secret, WatchingOrder};
use nexdesk_app::status::VaultState;

use crate::door::Door;
use crate::exit::Stop;
use crate::print::Paper;
use crate::typed;

/// What is going to be done with the vault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// A key is put into it, so there must be one.
    Store,
    /// Keys are taken out of it, if there are any.
    Read,
}

impl Use {
    /// What an order does with the vault, if anything.
    pub(crate) fn of(order: &Order) -> Option<Self> {
        match order {
            Order::AddKey { .. } => Some(Self::Store),
            Order::Watching {
                about: WatchingOrder::CollectorSecret { .. },
            } => Some(Self::Store),
            Order::CheckKeys { .. }
            | Order::RemoveKey { .. }
            | Order::RemoveGateway { .. }
            | Order::Ask { .. } => Some(Self::Read),
            Order::Status
            | Order::AddGateway { .. }
            | Order::ListGateways
            | Order::ListKeys { .. }
            | Order::AddToken { .. }
            | Order::ListTokens
            | Order::SetToken { .. }
            | Order::PauseToken { .. }
            | Order::RevokeToken { .. }
            | Order::Models
            | Order::Usage { .. }
            | Order::Routing { .. }
            | Order::Chats { .. }
            | Order::Watching { .. }
            | Order::Unlock { .. } => None,
        }
    }
}

/// Opens the key file where one waits to be opened. Without a passphrase the order itself says what is missing.
pub(crate) fn open_vault(door: &mut Door, wanted: Use, options: &Options, paper: Paper) -> Result<(), Stop> {
    let Reply::Status(status) = door.ask(Order::Status)? else {
        return Ok(());
    };
    let given = options
        .passphrase
        .as_ref()
        .map(|passphrase| passphrase.expose().to_owned());
    let passphrase = match status.vault.state {
        VaultState::Keychain | VaultState::File => return Ok(()),
        VaultState::Missing if wanted == Use::Read => return Ok(()),
        _ if given.is_some() => given,
        _ if !typed::is_person() => None,
        VaultState::Locked => asked(wanted)?,
        VaultState::Missing => {
            paper.aside(status.vault.sentence.as_deref().unwrap_or_default());
            Some(chosen()?)
        }
    };
    match passphrase {
        Some(passphrase) => door
            .ask(Order::Unlock {
                passphrase: Secret(passphrase),
            })
            .map(drop),
        None => Ok(()),
    }
}

fn asked(wanted: Use) -> Result<Option<String>, Stop> {
    let prompt = match wanted {
        Use::Store => "Passphrase of the key file: ",
        Use::Read => "Passphrase of the key file (Enter goes on without its keys): ",
    };
    let typed = typed::hidden(prompt)?;
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}

fn chosen() -> Result<String, Stop> {
    let once = typed::hidden("A passphrase for a new key file, at least 8 characters: ")?;
    if once != typed::hidden("The same again: ")? {
        return Err(typed::wrong("The two passphrases differ; nothing was stored."));
    }
    Ok(once)
}
