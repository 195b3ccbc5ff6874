//! Where provider keys live: the keychain of the operating system or, chosen explicitly, a file locked with a
//! passphrase. Come here to store, reveal or remove a key, or to learn why there is nowhere to put one.
//!
//! Every call may block (the keychain may be asking the person to unlock it, the file costs a deliberate half
//! second of scrypt), so async callers use `spawn_blocking`.

mod dated;
mod error;
mod keychain;
mod sealed_file;
mod secret;
mod vault;

pub use error::VaultError;
pub use secret::Secret;
pub use vault::{Place, Standing, Vault};
