//! The vault itself: which place holds the keys, and the calls to use them wherever they are.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::dated;
use crate::keychain::{Found, Keychain};
use crate::sealed_file::{FILE_NAME, SealedFile, Unsealed};
use crate::{Secret, VaultError};

/// How long a start waits for the keychain. An answer that comes later is still taken.
const PATIENCE: Duration = Duration::from_secs(3);
const CHOICES: &str = "Unlock or start a keychain, or keep the keys in a file locked with a passphrase.";

/// Where the keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the keychain of the operating system (or in memory, in tests).
    Keychain,
    /// In the passphrase-encrypted file, which is open.
    File,
    /// In the passphrase-encrypted file, which is waiting for its passphrase.
    Locked,
    /// Nowhere: no keychain answers and there is no file.
    Missing,
}

/// Where the keys are and, when something needs saying, one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the keys are.
    pub place: Place,
    /// What happened and what to do about it; none when all is well.
    pub sentence: Option<String>,
}

/// The keys of every gateway. Cheap to clone; all clones are one vault.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    opened_unix_s: i64,
    ask_keychain: bool,
    holding: Mutex<Holding>,
    /// Apart from `holding`, so that a key in use is revealed while the keychain blocks on another one.
    seen: Mutex<HashMap<String, Secret>>,
    notice: Mutex<Option<String>>,
}

enum Holding {
    Memory,
    Keychain(Keychain),
    File(SealedFile),
    Locked {
        sentence: Option<String>,
    },
    Missing {
        sentence: String,
        late: Option<Receiver<Found>>,
    },
}

impl Vault {
    /// Opens the vault of a data directory. It never fails: [`Vault::standing`] tells what was found.
    ///
    /// A key file in the directory wins; else the keychain, if it stores and gives back within three seconds; else a
    /// given passphrase makes a key file at the first [`Vault::put`]. `now_unix_s` dates the name under which a
    /// damaged key file is kept aside. The environment variable `NEXDESK_KEYCHAIN=off` means "there is no keychain",
    /// for servers and tests.
    pub fn open(dir: &Path, passphrase: Option<Secret>, now_unix_s: i64) -> Vault {
        let off = std::env::var_os("NEXDESK_KEYCHAIN").is_some_and(|value| value == "off");
        Vault::begin(dir, passphrase, now_unix_s, !off)
    }

    /// Opens the vault of a data directory without ever asking the keychain, whatever the environment says.
    pub fn open_without_keychain(dir: &Path, passphrase: Option<Secret>, now_unix_s: i64) -> Vault {
        Vault::begin(dir, passphrase, now_unix_s, false)
    }

    /// A vault that keeps its keys in memory only, for tests. It reports itself as a keychain.
    pub fn in_memory() -> Vault {
        Vault::holding(PathBuf::new(), 0, false, Holding::Memory)
    }

    fn holding(dir: PathBuf, opened_unix_s: i64, ask_keychain: bool, holding: Holding) -> Vault {
        Vault(Arc::new(Inner {
            dir,
            opened_unix_s,
            ask_keychain,
            holding: Mutex::new(holding),
            seen: Mutex::default(),
            notice: Mutex::default(),
        }))
    }

    fn begin(dir: &Path, passphrase: Option<Secret>, now_unix_s: i64, ask_keychain: bool) -> Vault {
        let nothing = Holding::Missing {
            sentence: CHOICES.into(),
            late: None,
        };
        let vault = Vault::holding(dir.to_owned(), now_unix_s, ask_keychain, nothing);
        let passphrase = passphrase.filter(|given| !given.expose().is_empty());
        let holding = match vault.0.in_file(passphrase.clone()) {
            Some(holding) => holding,
            None => vault.0.without_file(passphrase),
        };
        *lock(&vault.0.holding) = holding;
        vault
    }

    /// Where the keys are now.
    pub fn standing(&self) -> Standing {
        let (place, sentence) = match &*self.0.settled() {
            Holding::Memory | Holding::Keychain(_) => (Place::Keychain, None),
            Holding::File(_) => (Place::File, None),
            Holding::Locked { sentence } => (
                Place::Locked,
                Some(sentence.clone().unwrap_or_else(|| VaultError::Locked.to_string())),
            ),
            Holding::Missing { sentence, .. } => (Place::Missing, Some(sentence.clone())),
        };
        let parts: Vec<String> = lock(&self.0.notice).clone().into_iter().chain(sentence).collect();
        Standing {
            place,
            sentence: (!parts.is_empty()).then(|| parts.join(" ")),
        }
    }

    /// Asks the keychain once more when there was none, for a person who has just started or unlocked it.
    pub fn look_again(&self) -> Standing {
        let mut holding = self.0.settled();
        if matches!(*holding, Holding::Missing { .. }) {
            *holding = self.0.without_file(None);
        }
        drop(holding);
        self.standing()
    }

    /// Makes the passphrase-encrypted key file, the explicit alternative to a keychain.
    pub fn create_file(&self, passphrase: Secret) -> Result<(), VaultError> {
        let mut holding = self.0.settled();
        let refusal = match &*holding {
            Holding::Memory | Holding::Keychain(_) => Some("The keychain works, and the keys are in it."),
            Holding::File(_) => Some("There is a key file already, and it is open."),
            Holding::Locked { .. } => Some("There is a key file already. Unlock it with its passphrase."),
            Holding::Missing { .. } if self.0.dir.join(FILE_NAME).exists() => {
                Some("There is a key file already, and it cannot be read. Check its permissions.")
            }
            Holding::Missing { .. } if passphrase.expose().is_empty() => {
                Some("The passphrase is empty. Choose one that is hard to guess.")
            }
            Holding::Missing { .. } => None,
        };
        if let Some(sentence) = refusal {
            return Err(VaultError::Refused(sentence.into()));
        }
        let file = SealedFile::new(&self.0.dir, passphrase);
        file.write()?;
        *holding = Holding::File(file);
        Ok(())
    }

    /// Opens a locked key file. When none is locked there is nothing to do.
    pub fn unlock(&self, passphrase: Secret) -> Result<(), VaultError> {
        let mut holding = self.0.settled();
        if !matches!(*holding, Holding::Locked { .. }) {
            return Ok(());
        }
        match SealedFile::open(&self.0.dir, passphrase) {
            Ok(file) => *holding = Holding::File(file),
            Err(Unsealed::WrongPassphrase) => return Err(VaultError::WrongPassphrase),
            Err(Unsealed::Unreadable(cause)) => return Err(cause.into()),
            Err(Unsealed::Damaged) => {
                *holding = self.0.after_damage();
                let sentence = lock(&self.0.notice).clone().unwrap_or_default();
                return Err(VaultError::Refused(sentence));
            }
        }
        Ok(())
    }

    /// Stores a key under a name, replacing the one that stood there.
    pub fn put(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        match &mut *self.0.settled() {
            Holding::Memory => {}
            Holding::Keychain(keychain) => keychain.put(name, secret)?,
            Holding::File(file) => file.put(name, secret)?,
            Holding::Locked { .. } => return Err(VaultError::Locked),
            Holding::Missing { sentence, .. } => return Err(VaultError::Missing(sentence.clone())),
        }
        lock(&self.0.seen).insert(name.to_owned(), secret.clone());
        Ok(())
    }

    /// The key under a name. After the first time it comes from memory.
    pub fn reveal(&self, name: &str) -> Result<Secret, VaultError> {
        if let Some(secret) = lock(&self.0.seen).get(name) {
            return Ok(secret.clone());
        }
        let secret = match &*self.0.settled() {
            Holding::Memory => return Err(VaultError::NotFound),
            Holding::Keychain(keychain) => keychain.reveal(name)?,
            Holding::File(file) => file.reveal(name).ok_or(VaultError::NotFound)?,
            Holding::Locked { .. } => return Err(VaultError::Locked),
            Holding::Missing { sentence, .. } => return Err(VaultError::Missing(sentence.clone())),
        };
        lock(&self.0.seen).insert(name.to_owned(), secret.clone());
        Ok(secret)
    }

    /// Removes the key under a name; a name that holds none is not an error.
    pub fn remove(&self, name: &str) -> Result<(), VaultError> {
        match &mut *self.0.settled() {
            Holding::Memory => {}
            Holding::Keychain(keychain) => keychain.remove(name)?,
            Holding::File(file) => file.remove(name)?,
            Holding::Locked { .. } => return Err(VaultError::Locked),
            Holding::Missing { sentence, .. } => return Err(VaultError::Missing(sentence.clone())),
        }
        lock(&self.0.seen).remove(name);
        Ok(())
    }
}

impl Inner {
    /// What holds the keys, after taking a late answer of the keychain into account.
    fn settled(&self) -> MutexGuard<'_, Holding> {
        let mut holding = lock(&self.holding);
        let Holding::Missing { sentence, late } = &mut *holding else {
            return holding;
        };
        match late.as_ref().map(Receiver::try_recv) {
            Some(Ok(Ok(keychain))) => *holding = Holding::Keychain(keychain),
            Some(Ok(Err(cause))) => (*sentence, *late) = (format!("{cause} {CHOICES}"), None),
            Some(Err(TryRecvError::Disconnected)) => *late = None,
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        holding
    }

    /// What the key file says; none when there is no file (any more).
    fn in_file(&self, passphrase: Option<Secret>) -> Option<Holding> {
        let opened = match passphrase {
            Some(given) => SealedFile::open(&self.dir, given).map(Holding::File),
            None => SealedFile::look(&self.dir).map(|()| Holding::Locked { sentence: None }),
        };
        match opened {
            Ok(holding) => Some(holding),
            Err(Unsealed::WrongPassphrase) => Some(Holding::Locked {
                sentence: Some(VaultError::WrongPassphrase.to_string()),
            }),
            Err(Unsealed::Unreadable(cause)) if cause.kind() == std::io::ErrorKind::NotFound => None,
            Err(Unsealed::Unreadable(cause)) => Some(unreadable(&cause)),
            Err(Unsealed::Damaged) => match self.keep_aside() {
                Ok(()) => None,
                Err(cause) => Some(unreadable(&cause)),
            },
        }
    }

    fn without_file(&self, passphrase: Option<Secret>) -> Holding {
        let (sentence, late) = match self.keychain() {
            Ok(keychain) => return Holding::Keychain(keychain),
            Err(absent) => absent,
        };
        match passphrase {
            Some(given) => Holding::File(SealedFile::new(&self.dir, given)),
            None => Holding::Missing {
                sentence: format!("{sentence} {CHOICES}"),
                late,
            },
        }
    }

    fn keychain(&self) -> Result<Keychain, (String, Option<Receiver<Found>>)> {
        if !self.ask_keychain {
            return Err(("The keychain is turned off here.".into(), None));
        }
        let found = Keychain::look();
        match found.recv_timeout(PATIENCE) {
            Ok(Ok(keychain)) => Ok(keychain),
            Ok(Err(sentence)) => Err((sentence, None)),
            Err(_) => Err((
                "The keychain has not answered yet; it may be asking to be unlocked.".into(),
                Some(found),
            )),
        }
    }

    /// Renames a damaged key file so that nothing overwrites it, and remembers to say so.
    fn keep_aside(&self) -> std::io::Result<()> {
        let aside = dated::free_name(&self.dir, "vault.corrupt", "age", self.opened_unix_s);
        std::fs::rename(self.dir.join(FILE_NAME), &aside)?;
        tracing::warn!(file = %aside.display(), "the key file was damaged and is kept aside");
        let name = aside
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        *lock(&self.notice) = Some(format!(
            "The key file was damaged; it is kept as {name}. Add your keys again, or restore a copy."
        ));
        Ok(())
    }

    fn after_damage(&self) -> Holding {
        match self.keep_aside() {
            Ok(()) => self.without_file(None),
            Err(cause) => unreadable(&cause),
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("dir", &self.0.dir)
            .finish_non_exhaustive()
    }
}

/// The file is there and must not be written over, though nothing can be read from it.
fn unreadable(cause: &std::io::Error) -> Holding {
    let sentence =
        format!("The key file {FILE_NAME} cannot be read: {cause}. Check its permissions and restart.");
    Holding::Missing { sentence, late: None }
}

/// A panic elsewhere leaves the map of keys whole, so a poisoned lock is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
