//! The keychain of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! `keyring-core` with its store crates, not `keyring` 4: that one connects once per process and hides the cause, so
//! a keychain unlocked a minute after the start would stay lost until a restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use keyring::api::CredentialStore;
use keyring::{Entry, Error};

use crate::{Secret, VaultError};

/// The service name every entry stands under.
const SERVICE: &str = "dev.nexdesk.desktop";

/// A keychain that has proved that it stores and gives back.
pub(crate) struct Keychain(Arc<CredentialStore>);

/// The outcome of looking for a keychain: the keychain, or one sentence saying why there is none.
pub(crate) type Found = Result<Keychain, String>;

impl Keychain {
    /// Looks for a keychain on a thread of its own, because an unlock prompt that nobody answers blocks for ever.
    /// The receiver may be read later too: the person may answer the prompt after the caller has stopped waiting.
    pub(crate) fn look() -> Receiver<Found> {
        let (send, found) = sync_channel(1);
        let looked = thread::Builder::new().name("keychain".into()).spawn({
            let send = send.clone();
            move || drop(send.try_send(Keychain::proved()))
        });
        if let Err(cause) = looked {
            drop(send.try_send(Err(format!("The keychain could not be asked: {cause}."))));
        }
        found
    }

    /// A real round trip: a store that connects may still refuse to keep anything (gnome-keyring, never unlocked).
    fn proved() -> Found {
        let keychain = Keychain(store().map_err(|cause| absence(&cause))?);
        let name = probe_name();
        let value = Secret::new(format!("{name} ✓"));
        let tried = (|| {
            let entry = keychain.entry(&name)?;
            entry.set_password(value.expose())?;
            let back = Secret::new(entry.get_password()?);
            entry.delete_credential()?;
            Ok(back)
        })();
        match tried {
            Ok(back) if back.expose() == value.expose() => Ok(keychain),
            Ok(_) => Err("The keychain gave back something other than what was stored in it.".into()),
            Err(cause) => Err(absence(&cause)),
        }
    }

    pub(crate) fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.entry(name)
            .and_then(|entry| entry.set_password(secret.expose()))
            .map_err(refused)
    }

    pub(crate) fn reveal(&self, name: &str) -> Result<Secret, VaultError> {
        let text = self
            .entry(name)
            .and_then(|entry| entry.get_password())
            .map_err(refused)?;
        Ok(Secret::new(text))
    }

    /// Removes a key; a name that holds none is not an error.
    pub(crate) fn remove(&self, name: &str) -> Result<(), VaultError> {
        match self.entry(name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(cause) => Err(refused(cause)),
        }
    }

    fn entry(&self, name: &str) -> Result<Entry, Error> {
        self.0.build(SERVICE, name, None)
    }
}

/// Two processes, or two vaults in one, may look at the same time and must not delete each other's probe.
fn probe_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "probe-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

#[cfg(target_os = "linux")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore(
        "no keychain is known for this operating system".into(),
    ))
}

/// Why there is no keychain. The causes D-Bus gives are told apart by their text: the types are buried three
/// crates deep.
fn absence(cause: &Error) -> String {
    match cause {
        Error::NoStorageAccess(_) => "The keychain of this computer is locked and was not opened.".into(),
        Error::PlatformFailure(inner) => {
            let detail = format!("{inner} {inner:?}");
            if detail.contains("ServiceUnknown") {
                "No keychain program is running on this computer (such as GNOME Keyring or KWallet).".into()
            } else if cfg!(target_os = "linux")
                && (detail.contains("NotFound") || detail.contains("Connection"))
            {
                "This computer has no desktop session with a keychain (no D-Bus session bus).".into()
            } else {
                format!("The keychain of this computer does not work: {inner}.")
            }
        }
        other => format!("The keychain of this computer does not work: {}.", kind(other)),
    }
}

fn refused(cause: Error) -> VaultError {
    match cause {
        Error::NoEntry => VaultError::NotFound,
        Error::NoStorageAccess(_) => {
            VaultError::Refused("The keychain is locked. Unlock it and try again.".into())
        }
        other => VaultError::Refused(format!("The keychain refused: {}. Try again.", kind(&other))),
    }
}

/// The cause in words of our own where the store's would quote what is stored.
fn kind(cause: &Error) -> String {
    match cause {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => inner.to_string(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what it holds under this name is not a key".into()
        }
        Error::TooLong(_, most) => format!("it takes at most {most} characters"),
        Error::Ambiguous(_) => "it holds several entries under this name".into(),
        Error::Invalid(attribute, reason) => format!("{attribute} {reason}"),
        Error::NotSupportedByStore(reason) => reason.clone(),
        _ => "it gave no reason".into(),
    }
}
