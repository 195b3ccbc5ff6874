//! From an older format of the database to this one. Migrations are only ever added: a released file is never edited.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior};

use crate::LedgerError;

/// Migration n (counted from 1) takes a database from format n - 1 to n.
const MIGRATIONS: [&str; 13] = [
    include_str!("../migrations/0001_gateways.sql"),
    include_str!("../migrations/0002_exchanges.sql"),
    include_str!("../migrations/0003_conversations.sql"),
    include_str!("../migrations/0004_parties.sql"),
    include_str!("../migrations/0005_token_limits.sql"),
    include_str!("../migrations/0006_routes.sql"),
    include_str!("../migrations/0007_jobs.sql"),
    include_str!("../migrations/0008_watching.sql"),
    include_str!("../migrations/0009_library.sql"),
    include_str!("../migrations/0010_asking.sql"),
    include_str!("../migrations/0011_tools.sql"),
    include_str!("../migrations/0012_heard.sql"),
    include_str!("../migrations/0013_listed.sql"),
];

/// The format this program writes.
pub(crate) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Snapshots kept, newest formats first.
const SNAPSHOTS: usize = 3;

/// The format of an open database.
pub(crate) fn version(connection: &Connection) -> Result<u32, LedgerError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Applies what is missing, each migration with its version number in one transaction: a crash between two of them
/// leaves a database of a format that exists.
pub(crate) fn bring_up_to_date(connection: &mut Connection) -> Result<(), LedgerError> {
    let found = version(connection)?;
    for (sql, format) in MIGRATIONS.iter().zip(1u32..).skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", format)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Copies an open database to `nexdesk.before-vN.db`, where N is the format it is about to be brought to.
pub(crate) fn snapshot(connection: &Connection, database: &Path) -> Result<PathBuf, LedgerError> {
    let path = database.with_file_name(format!("nexdesk.before-v{KNOWN}.db"));
    let unfinished = path.with_extension("db.new");
    if unfinished.exists() {
        fs::remove_file(&unfinished)?;
    }
    let mut copy = Connection::open(&unfinished)?;
    Backup::new(connection, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
    // The copy is in WAL mode as its source is, and a file of its own must not need two more beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    drop(copy);
    fs::rename(&unfinished, &path)?;
    forget_oldest(database)?;
    Ok(path)
}

fn forget_oldest(database: &Path) -> Result<(), LedgerError> {
    let Some(dir) = database.parent() else {
        return Ok(());
    };
    let mut snapshots: Vec<(u32, PathBuf)> = fs::read_dir(dir)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter_map(|path| Some((format_of(&path)?, path)))
        .collect();
    snapshots.sort_by_key(|(format, _)| std::cmp::Reverse(*format));
    for (_, path) in snapshots.into_iter().skip(SNAPSHOTS) {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn format_of(path: &Path) -> Option<u32> {
    path.file_name()?
        .to_str()?
        .strip_prefix("nexdesk.before-v")?
        .strip_suffix(".db")?
        .parse()
        .ok()
}
