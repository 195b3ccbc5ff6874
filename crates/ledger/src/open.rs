//! From a directory to a database that can be used: who else holds it, whether it is whole, whether it is too new,
//! and the way back to a snapshot.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::aside::{self, beside};
use crate::{LedgerError, life, migrate, pool};

const FILE_NAME: &str = "nexdesk.db";
/// Held as long as a ledger is open: two of them would each take the other's running answers for interrupted ones.
const GUARD_NAME: &str = "nexdesk.lock";
/// Reading a larger file through after a clean end would make every start slow.
const CHECKED_ALWAYS: u64 = 64 << 20;

/// An opened database and what opening it took.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) guard: File,
    pub(crate) set_aside: Option<PathBuf>,
    pub(crate) snapshot: Option<PathBuf>,
}

pub(crate) fn open(dir: &Path, now: i64) -> Result<Found, LedgerError> {
    let guard = guard(dir)?;
    let path = dir.join(FILE_NAME);
    let (set_aside, (connection, snapshot)) = match prepare(&path, now) {
        Err(LedgerError::Corrupt) => {
            let kept = aside::keep(&path, &format!("corrupt-{}", aside::date(now)))?;
            tracing::warn!(?kept, "the database was damaged and is kept aside");
            (kept, prepare(&path, now)?)
        }
        outcome => (None, outcome?),
    };
    Ok(Found {
        path,
        connection,
        guard,
        set_aside,
        snapshot,
    })
}

fn prepare(path: &Path, now: i64) -> Result<(Connection, Option<PathBuf>), LedgerError> {
    let size = length(path)?;
    let unclean = length(&beside(path, "-wal"))? > 0;
    if size > 0 {
        // Before SQLite touches the file: opening it would already fold a write-ahead log into it.
        refuse_newer(format_in_header(path)?)?;
    }
    let mut connection = pool::connect(path)?;
    let found = migrate::version(&connection)?;
    refuse_newer(found)?;
    if size > 0 && (unclean || size <= CHECKED_ALWAYS) {
        check(&connection)?;
    }
    if size == 0 {
        // Only an empty file can still be told; one from before is rebuilt when there is time, see `tending`.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", 16 << 20, |_| Ok(()))?;
    let snapshot = match size > 0 && found < migrate::KNOWN {
        true => Some(migrate::snapshot(&connection, path)?),
        false => None,
    };
    migrate::bring_up_to_date(&mut connection)?;
    life::begin(&mut connection, now)?;
    Ok((connection, snapshot))
}

/// Takes the directory for this process, making it if need be. Doing so also proves that it can be written.
fn guard(dir: &Path) -> Result<File, LedgerError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(dir.join(GUARD_NAME))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            drop(file.read_to_string(&mut holder));
            return Err(LedgerError::InUse {
                process: holder.trim().parse().ok(),
            });
        }
        // Some network file systems have no locks; one user on one of them is better served than refused.
        Err(TryLockError::Error(cause)) if cause.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(cause)) => return Err(cause.into()),
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

fn length(path: &Path) -> Result<u64, LedgerError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(cause) => Err(cause.into()),
    }
}

/// `user_version` stands big-endian at byte 60 of the file.
fn format_in_header(path: &Path) -> Result<u32, LedgerError> {
    let mut header = [0u8; 64];
    match File::open(path)?.read_exact(&mut header) {
        Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Err(LedgerError::Corrupt),
        Err(cause) => Err(cause.into()),
        Ok(()) if !header.starts_with(b"SQLite format 3\0") => Err(LedgerError::Corrupt),
        Ok(()) => Ok(u32::from_be_bytes([
            header[60], header[61], header[62], header[63],
        ])),
    }
}

fn refuse_newer(found: u32) -> Result<(), LedgerError> {
    match found > migrate::KNOWN {
        true => Err(LedgerError::Newer {
            found,
            known: migrate::KNOWN,
        }),
        false => Ok(()),
    }
}

/// Table by table, because a check of the whole also has every word of the search read and compared, which takes ten
/// times as long as all the rest; what those words are kept in is checked like any table.
fn check(connection: &Connection) -> Result<(), LedgerError> {
    // The check of `sqlite_schema` is that of the free pages too.
    let tables: Vec<String> = connection
        .prepare("SELECT 'sqlite_schema' UNION ALL SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in tables {
        let mut verdict = String::new();
        connection.pragma(None, "quick_check", &table, |row| {
            verdict = row.get(0)?;
            Ok(())
        })?;
        if verdict != "ok" {
            return Err(LedgerError::Corrupt);
        }
    }
    Ok(())
}

/// Puts a snapshot in the place of the database beside it, which is kept.
pub(crate) fn restore(snapshot: &Path) -> Result<Option<PathBuf>, LedgerError> {
    let dir = snapshot.parent().unwrap_or(Path::new("."));
    let guard = guard(dir)?;
    let whole = Connection::open_with_flags(snapshot, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(LedgerError::from)
        .and_then(|connection| check(&connection).and_then(|()| migrate::version(&connection)));
    if !matches!(whole, Ok(format) if format > 0) {
        return Err(LedgerError::NotASnapshot(snapshot.to_owned()));
    }
    let database = dir.join(FILE_NAME);
    let unfinished = dir.join("nexdesk.db.new");
    fs::copy(snapshot, &unfinished)?;
    File::open(&unfinished)?.sync_all()?;
    let kept = aside::keep(&database, "replaced")?;
    fs::rename(&unfinished, &database)?;
    drop(guard);
    Ok(kept)
}
