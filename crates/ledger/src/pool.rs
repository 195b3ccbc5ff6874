//! The connections that reads go through, and how every connection is set up.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::LedgerError;

/// As many as can usefully read at once beside one writer on a desktop.
const READERS: usize = 3;
/// How long SQLite waits for another program that holds the file (a backup tool, the sqlite3 shell).
const BUSY: Duration = Duration::from_secs(5);

/// Read connections. Any free one serves; when all are taken the caller waits for the first.
pub(crate) struct Pool(Vec<Arc<Mutex<Connection>>>);

impl Pool {
    /// Connections of their own, which WAL lets read while the writer writes.
    pub(crate) fn open(path: &Path) -> Result<Pool, LedgerError> {
        let connections = (0..READERS)
            .map(|_| {
                let connection = connect(path)?;
                connection.pragma_update(None, "query_only", true)?;
                Ok(Arc::new(Mutex::new(connection)))
            })
            .collect::<Result<_, LedgerError>>()?;
        Ok(Pool(connections))
    }

    /// The writer's own connection, for a database in memory: a second connection would see another database, or,
    /// through a shared cache, meet locks no timeout applies to.
    pub(crate) fn sharing(writer: Arc<Mutex<Connection>>) -> Pool {
        Pool(vec![writer])
    }

    pub(crate) fn read<T>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let free = self.0.iter().find_map(|connection| connection.try_lock().ok());
        match free.or_else(|| self.0.first().map(|connection| lock(connection))) {
            Some(connection) => job(&connection),
            None => Err(LedgerError::Closed),
        }
    }
}

/// A connection to the file, creating it if need be.
pub(crate) fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection)?;
    Ok(connection)
}

/// What holds for every connection. NORMAL is safe in WAL against a killed process; only a power cut may lose the
/// last moments, and never the file.
pub(crate) fn set_up(connection: &Connection) -> Result<(), LedgerError> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// A panic while reading or writing leaves SQLite whole, so a poisoned lock is still good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
