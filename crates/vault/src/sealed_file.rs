//! The key file: one JSON map of name to key, encrypted as a whole with a passphrase (age, scrypt recipient), so
//! that not even the names or the number of keys can be read without it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{Secret, VaultError};

/// log2 of scrypt's N: 128 MiB of memory and a few tenths of a second. Fixed rather than measured, so that a file
/// made on a loaded machine is not weaker than one made on an idle one.
const WORK_FACTOR: u8 = 17;
/// A file asking for more than 16 times our own work was not written by us and would stall the start.
const MOST_WORK: u8 = WORK_FACTOR + 4;

/// The name of the key file in the data directory.
pub(crate) const FILE_NAME: &str = "vault.age";

/// Why a key file could not be opened.
pub(crate) enum Unsealed {
    WrongPassphrase,
    Damaged,
    Unreadable(io::Error),
}

/// An open key file: its keys and the passphrase it is written back with.
pub(crate) struct SealedFile {
    path: PathBuf,
    passphrase: Secret,
    keys: BTreeMap<String, Secret>,
}

impl SealedFile {
    /// A file that comes into being at the first write.
    pub(crate) fn new(dir: &Path, passphrase: Secret) -> SealedFile {
        SealedFile {
            path: dir.join(FILE_NAME),
            passphrase,
            keys: BTreeMap::new(),
        }
    }

    /// Whether the bytes in the directory are a key file at all, which needs no passphrase to tell.
    pub(crate) fn look(dir: &Path) -> Result<(), Unsealed> {
        let sealed = fs::read(dir.join(FILE_NAME)).map_err(Unsealed::Unreadable)?;
        match age::Decryptor::new_buffered(sealed.as_slice()) {
            Ok(decryptor) if decryptor.is_scrypt() => Ok(()),
            _ => Err(Unsealed::Damaged),
        }
    }

    /// Decrypts the file in the directory.
    pub(crate) fn open(dir: &Path, passphrase: Secret) -> Result<SealedFile, Unsealed> {
        let path = dir.join(FILE_NAME);
        let sealed = fs::read(&path).map_err(Unsealed::Unreadable)?;
        let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
        identity.set_max_work_factor(MOST_WORK);
        let plain = match age::decrypt(&identity, &sealed) {
            Ok(plain) => Zeroizing::new(plain),
            // The one error a wrong passphrase causes; every other one needs the right passphrase or a broken file.
            Err(age::DecryptError::DecryptionFailed) => return Err(Unsealed::WrongPassphrase),
            Err(_) => return Err(Unsealed::Damaged),
        };
        let keys: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| Unsealed::Damaged)?;
        let keys = keys
            .into_iter()
            .map(|(name, key)| (name, Secret::new(key)))
            .collect();
        Ok(SealedFile {
            path,
            passphrase,
            keys,
        })
    }

    pub(crate) fn reveal(&self, name: &str) -> Option<Secret> {
        self.keys.get(name).cloned()
    }

    /// Stores a key. If the file cannot be written the key is not held in memory either, so both stay the same.
    pub(crate) fn put(&mut self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        let before = self.keys.insert(name.to_owned(), secret.clone());
        let written = self.write();
        if written.is_err() {
            self.set(name, before);
        }
        written
    }

    /// Removes a key; a name that holds none is not an error.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), VaultError> {
        let Some(before) = self.keys.remove(name) else {
            return Ok(());
        };
        let written = self.write();
        if written.is_err() {
            self.set(name, Some(before));
        }
        written
    }

    fn set(&mut self, name: &str, secret: Option<Secret>) {
        match secret {
            Some(secret) => self.keys.insert(name.to_owned(), secret),
            None => self.keys.remove(name),
        };
    }

    /// Encrypts the whole map and replaces the file in one step: a crash leaves the old file or the new one.
    pub(crate) fn write(&self) -> Result<(), VaultError> {
        let map: BTreeMap<&str, &str> = self
            .keys
            .iter()
            .map(|(name, key)| (name.as_str(), key.expose()))
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&map).map_err(io::Error::other)?);
        let mut recipient =
            age::scrypt::Recipient::new(SecretString::from(self.passphrase.expose().to_owned()));
        recipient.set_work_factor(WORK_FACTOR);
        let sealed = age::encrypt(&recipient, &plain).map_err(|cause| io::Error::other(cause.to_string()))?;
        Ok(replace(&self.path, &sealed)?)
    }
}

/// Temp file, fsync, rename, fsync of the directory. `create_new` after a removal, so that a leftover of a crash
/// cannot bring its own permissions.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("age.new");
    match fs::remove_file(&temporary) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    // Windows has no way to sync a directory, and its rename is journalled.
    #[cfg(unix)]
    if let Some(dir) = path.parent() {
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}
