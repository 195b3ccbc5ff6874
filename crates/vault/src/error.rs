//! What can go wrong with a key, as sentences for the person whose key it is.

use std::io;

/// Why the vault did not do what was asked. No variant can carry a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is neither a keychain nor a key file; the sentence says why and what to do.
    #[error("{0}")]
    Missing(String),
    /// A key file exists and its passphrase has not been given.
    #[error("The key file is locked. Give its passphrase to use the keys in it.")]
    Locked,
    /// The passphrase does not open the key file.
    #[error("That passphrase does not open the key file. Try again; the file is unchanged.")]
    WrongPassphrase,
    /// Nothing is stored under this name.
    #[error("No key is stored under this name. Add the key again.")]
    NotFound,
    /// The keychain, or a rule of the vault, said no; the sentence says which.
    #[error("{0}")]
    Refused(String),
    /// The key file could not be read or written.
    #[error("The key file could not be read or written: {0}. Check the disk and the folder's permissions.")]
    Storage(#[from] io::Error),
}
