//! Keeping the ledger small: old rows folded into their sums, captured bodies aged out and shed, free pages given back
//! to the disk. Small steps with pauses between them, so that the writer is never held up for long.

use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use crate::pool::lock;
use crate::tables::{bodies, rollups};
use crate::{Ledger, LedgerError};

const DAY: i64 = rollups::DAY;
/// How long sums are kept by the quarter: as far back as a month's chart by the hour looks.
const FINE_DAYS: i64 = 35;
/// Rows or bodies a step removes, pages it frees.
const STEP: usize = 256;
/// Steps of one tending; what is left waits for the next.
const STEPS: usize = 400;
/// Steps after which the write-ahead log is folded into the file.
const LOGGED: usize = 16;
/// Free pages that are not worth moving others for: the next rows need them anyway.
const SLACK: u64 = 512;
/// Told writes that wait while the machine is busy with something better than tidying.
const BUSY: usize = 1024;
/// Room a rebuild must leave on the disk.
const ROOM: u64 = 256 << 20;

/// How much the ledger may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Days a row is kept; its sums stay. None keeps them for ever.
    pub row_days: Option<u32>,
    /// Days a captured body is kept.
    pub body_days: Option<u32>,
    /// Bytes captured bodies may take together.
    pub body_bytes: u64,
    /// Bytes the database may take. Bodies are shed for it and nothing else.
    pub size: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            row_days: Some(400),
            body_days: Some(30),
            body_bytes: 512 << 20,
            size: 2 << 30,
        }
    }
}

/// What a tending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tended {
    /// Rows folded away.
    pub rows: usize,
    /// Bodies gone, for their age or for room.
    pub bodies: usize,
    /// Bytes given back to the disk.
    pub freed: u64,
    /// Bytes in use beyond the limit when no body is left to shed.
    pub over: Option<u64>,
    /// Whether there is more to do.
    pub unfinished: bool,
}

impl Ledger {
    /// Does what keeps the ledger small, as far as it goes in a few seconds and while nothing better is to be done.
    /// Blocks, so not on a thread that answers anybody. `now` is Unix milliseconds.
    pub fn tend(&self, now: i64, limits: &Limits) -> Result<Tended, LedgerError> {
        let mut tending = Tending {
            ledger: self,
            done: Tended::default(),
            steps: STEPS,
        };
        tending.steps(|c, _| rollups::merge_oldest(c, now.saturating_sub(FINE_DAYS * DAY)))?;
        let before = |days: u32| now.saturating_sub(i64::from(days) * DAY);
        if let Some(days) = limits.row_days {
            tending.steps(|c, done| fold(c, before(days), done))?;
        }
        if let Some(days) = limits.body_days {
            tending.steps(|c, done| {
                let gone = bodies::age_out(c, before(days), STEP)?;
                done.bodies += gone;
                Ok(gone == STEP)
            })?;
        }
        tending.steps(|c, done| shed(c, bodies::total(c)?.1, limits.body_bytes, done))?;
        tending.steps(|c, done| shed(c, used(c)?, limits.size, done))?;
        tending.rebuild()?;
        tending.steps(vacuum)?;
        let (used, any) = self.with_writer(|c| Ok((used(c)?, bodies::any(c)?)))?;
        tending.done.over = used.checked_sub(limits.size).filter(|over| *over > 0 && !any);
        Ok(tending.done)
    }
}

struct Tending<'a> {
    ledger: &'a Ledger,
    done: Tended,
    steps: usize,
}

impl Tending<'_> {
    /// Repeats a step, each in a transaction of its own, until it has nothing more to do.
    fn steps(
        &mut self,
        step: impl Fn(&Connection, &mut Tended) -> rusqlite::Result<bool>,
    ) -> Result<(), LedgerError> {
        loop {
            if self.steps == 0 || self.ledger.is_busy(BUSY) {
                self.done.unfinished = true;
                return Ok(());
            }
            self.steps -= 1;
            let done = &mut self.done;
            let more = self.ledger.with_writer(|c| {
                let transaction = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let more = step(&transaction, done)?;
                transaction.commit()?;
                Ok(more)
            })?;
            if !more || self.steps.is_multiple_of(LOGGED) {
                // The writer's own checkpoints come with what it writes, and it may have nothing to write.
                self.ledger
                    .with_writer(|c| Ok(c.execute_batch("PRAGMA wal_checkpoint(PASSIVE)")?))?;
            }
            if !more {
                return Ok(());
            }
            pause();
        }
    }

    /// A database from before pages could be given back is written anew, once, when there is room to do it in.
    fn rebuild(&mut self) -> Result<(), LedgerError> {
        if self.ledger.is_busy(0) {
            return Ok(());
        }
        self.ledger.with_writer(|c| {
            let incremental: i64 = c.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
            let Some(path) = c.path().filter(|path| !path.is_empty()).map(str::to_owned) else {
                return Ok(());
            };
            if incremental == 2 || !room_for(Path::new(&path), size(c)?) {
                return Ok(());
            }
            c.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
            Ok(())
        })
    }
}

/// Parks rather than sleeps: nobody unparks this thread, and the writer gets the connection meanwhile.
fn pause() {
    thread::park_timeout(Duration::from_millis(2));
}

fn fold(connection: &Connection, before: i64, done: &mut Tended) -> rusqlite::Result<bool> {
    // What a conversation shows belongs to it as long as it is there.
    const OLDEST: &str = "FROM exchanges e WHERE started_at < ?1 AND outcome <> 'running'
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = e.message) ORDER BY started_at, seq LIMIT ?2";
    let bodies = format!("DELETE FROM bodies WHERE exchange IN (SELECT id {OLDEST})");
    let rows = format!("DELETE FROM exchanges WHERE seq IN (SELECT seq {OLDEST})");
    done.bodies += connection
        .prepare_cached(&bodies)?
        .execute(params![before, STEP])?;
    let gone = connection.prepare_cached(&rows)?.execute(params![before, STEP])?;
    done.rows += gone;
    Ok(gone == STEP)
}

fn shed(connection: &Connection, used: u64, limit: u64, done: &mut Tended) -> rusqlite::Result<bool> {
    let over = used.saturating_sub(limit);
    if over == 0 {
        return Ok(false);
    }
    let (shed, freed) = bodies::shed_oldest(connection, over, STEP)?;
    done.bodies += shed;
    Ok(shed > 0 && freed < over)
}

fn vacuum(connection: &Connection, done: &mut Tended) -> rusqlite::Result<bool> {
    let free: u64 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    let incremental: i64 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
    if free <= SLACK || incremental != 2 {
        return Ok(false);
    }
    let before = size(connection)?;
    connection.execute_batch(&format!("PRAGMA incremental_vacuum({STEP})"))?;
    let freed = before.saturating_sub(size(connection)?);
    done.freed += freed;
    Ok(freed > 0)
}

fn page_size(connection: &Connection) -> rusqlite::Result<u64> {
    connection.pragma_query_value(None, "page_size", |row| row.get(0))
}

fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let pages: u64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    Ok(pages.saturating_mul(page_size(connection)?))
}

/// Bytes that hold something.
fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let free: u64 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    Ok(size(connection)?.saturating_sub(free.saturating_mul(page_size(connection)?)))
}

/// A rebuild writes the database once where temporary files go and once into the write-ahead log.
fn room_for(database: &Path, size: u64) -> bool {
    let dir = database.parent().unwrap_or(Path::new("."));
    let enough = |dir: &Path, bytes: u64| fs4::available_space(dir).is_ok_and(|free| free > bytes);
    enough(dir, size.saturating_mul(2).saturating_add(ROOM))
        && enough(&std::env::temp_dir(), size.saturating_add(ROOM))
}

impl Ledger {
    pub(crate) fn with_writer<T>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let connection: &Mutex<Connection> = self.connection();
        job(&mut lock(connection))
    }
}
