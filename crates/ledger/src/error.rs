//! What can go wrong with the ledger, as sentences for people, and which failures a patient writer outlasts.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ErrorCode;

/// Why the ledger did not do what was asked. Cloneable, because one failed commit answers everyone in the batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// The data directory or the database cannot be written.
    #[error(
        "The data directory cannot be written. Give yourself write permission, or choose another directory."
    )]
    ReadOnly,
    /// There is no room for what is to be written.
    #[error("The disk is full. Free some space; what is waiting to be saved is saved then.")]
    Full,
    /// A newer version of the app wrote this database; it was left untouched.
    #[error(
        "The database was written by a newer version of Nexdesk (format {found}; this one knows up to {known}). \
         Update Nexdesk, or restore the snapshot it made before the update."
    )]
    Newer {
        /// The format of the file.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// Another process has this data directory open.
    #[error("Another Nexdesk{} is using this data directory. Close it, or choose another directory.", named(.process))]
    InUse {
        /// Its process id, where it could be read.
        process: Option<u32>,
    },
    /// Another program keeps the database locked.
    #[error("Another program is holding the database. Close it and try again.")]
    Busy,
    /// The file is damaged.
    #[error(
        "The database is damaged. Restart Nexdesk: it keeps the damaged file aside and begins a new one."
    )]
    Corrupt,
    /// Two gateways would have the same name.
    #[error("There is a gateway named {name} already. Choose another name.")]
    NameTaken {
        /// The name as it was asked for.
        name: String,
    },
    /// The row that was to be changed does not exist.
    #[error("That entry does not exist any more.")]
    NotFound,
    /// The ledger has been closed.
    #[error("Nexdesk is shutting down, and nothing more is saved.")]
    Closed,
    /// This file is not a database the ledger can go back to.
    #[error("{} is not a whole snapshot of the database. Choose another one.", .0.display())]
    NotASnapshot(PathBuf),
    /// A file operation beside the database failed.
    #[error("The data directory could not be used: {0}. Check the disk.")]
    Storage(Arc<io::Error>),
    /// SQLite refused for a reason of its own.
    #[error("The database refused: {0}. Please report this.")]
    Sqlite(Arc<rusqlite::Error>),
}

fn named(process: &Option<u32>) -> String {
    process.map(|id| format!(" (process {id})")).unwrap_or_default()
}

impl LedgerError {
    /// Whether the same write may succeed later: the world is at fault, not the write.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            LedgerError::ReadOnly | LedgerError::Full | LedgerError::Busy | LedgerError::Corrupt => true,
            LedgerError::Storage(_) | LedgerError::InUse { .. } => true,
            LedgerError::Sqlite(cause) => matches!(
                cause.sqlite_error_code(),
                Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory)
            ),
            LedgerError::Newer { .. } | LedgerError::NameTaken { .. } | LedgerError::NotFound => false,
            LedgerError::Closed | LedgerError::NotASnapshot(_) => false,
        }
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(cause: rusqlite::Error) -> LedgerError {
        match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => LedgerError::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => LedgerError::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => LedgerError::Corrupt,
            _ => LedgerError::Sqlite(Arc::new(cause)),
        }
    }
}

impl From<io::Error> for LedgerError {
    fn from(cause: io::Error) -> LedgerError {
        match cause.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LedgerError::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LedgerError::Full,
            _ => LedgerError::Storage(Arc::new(cause)),
        }
    }
}
