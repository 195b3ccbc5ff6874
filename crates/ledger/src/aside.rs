//! Keeping a database aside instead of deleting it: renamed together with its `-wal` and `-shm`.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::macros::format_description;

/// `20261121-114500` (UTC).
pub(crate) fn date(unix_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix_ms.div_euclid(1000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(format_description!("[year][month][day]-[hour][minute][second]"))
        .unwrap_or_else(|_| unix_ms.to_string())
}

/// Renames a database to `nexdesk.<label>.db`, numbered if that name is taken; none if there is no such database.
/// The write-ahead log goes along under the name SQLite looks for, because it may hold the latest changes.
pub(crate) fn keep(database: &Path, label: &str) -> io::Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let mut kept = database.with_file_name(format!("nexdesk.{label}.db"));
    let mut number = 2;
    while kept.exists() {
        kept = database.with_file_name(format!("nexdesk.{label}-{number}.db"));
        number += 1;
    }
    fs::rename(database, &kept)?;
    for ending in ["-wal", "-shm"] {
        match fs::rename(beside(database, ending), beside(&kept, ending)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(Some(kept))
}

/// The file SQLite keeps beside a database.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(ending);
    PathBuf::from(name)
}
