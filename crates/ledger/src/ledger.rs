//! The handle everyone holds: how a read, an acknowledged write (`ask`) and a told write (`tell`) get to SQLite.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use crate::pool::{self, Pool, lock};
use crate::queue::{Job, Used};
use crate::tables::bodies::Packed;
use crate::writer::Writer;
use crate::{ExchangeRow, LedgerError, life, migrate, open};

/// The database. Cheap to clone; all clones are one ledger, and when the last one goes everything told is saved.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

/// A ledger that was opened, and what opening it took.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// Where a damaged database was kept, when one was found and a new one begun.
    pub set_aside: Option<PathBuf>,
    /// The copy made before an older database was brought up to date.
    pub snapshot: Option<PathBuf>,
}

struct Inner {
    pool: Pool,
    writer: Writer,
    connection: Arc<Mutex<Connection>>,
}

impl Ledger {
    /// Opens `nexdesk.db` in a data directory, making both if need be. `now` is Unix milliseconds.
    ///
    /// A damaged file is kept aside under a dated name and a new one begun. An older one is copied, then brought up
    /// to date. What a previous life left running becomes interrupted, and its journal becomes text.
    pub fn open(dir: &Path, now: i64) -> Result<Opened, LedgerError> {
        let found = open::open(dir, now)?;
        let pool = Pool::open(&found.path)?;
        let ledger = Ledger::over(found.connection, Some(pool), Some(found.guard))?;
        Ok(Opened {
            ledger,
            set_aside: found.set_aside,
            snapshot: found.snapshot,
        })
    }

    /// A ledger that lives in memory, for tests.
    pub fn in_memory() -> Result<Ledger, LedgerError> {
        let mut connection = Connection::open_in_memory()?;
        pool::set_up(&connection)?;
        migrate::bring_up_to_date(&mut connection)?;
        life::begin(&mut connection, 0)?;
        Ledger::over(connection, None, None)
    }

    /// Puts a snapshot made before a migration in the place of `nexdesk.db` beside it. The ledger of that directory
    /// must be closed. Returns where the replaced database was kept, if there was one.
    pub fn restore_snapshot(snapshot: &Path) -> Result<Option<PathBuf>, LedgerError> {
        open::restore(snapshot)
    }

    fn over(connection: Connection, pool: Option<Pool>, guard: Option<File>) -> Result<Ledger, LedgerError> {
        let connection = Arc::new(Mutex::new(connection));
        let pool = pool.unwrap_or_else(|| Pool::sharing(connection.clone()));
        let writer = Writer::start(connection.clone(), guard)?;
        Ok(Ledger(Arc::new(Inner {
            pool,
            writer,
            connection,
        })))
    }

    /// Why told writes are failing at the moment; none when all that was told is saved or on its way.
    pub fn trouble(&self) -> Option<LedgerError> {
        self.0.writer.trouble()
    }

    /// How many told writes are not committed yet.
    pub fn waiting(&self) -> usize {
        self.0.writer.waiting()
    }

    /// Returns once everything told so far is committed, or with the reason why it cannot be.
    pub async fn flush(&self) -> Result<(), LedgerError> {
        self.ask(|_| Ok(())).await
    }

    /// Saves everything told and lets go of the file, whoever else still holds a clone. Blocks until it is done.
    pub fn close(self) {
        self.0.writer.close();
    }

    /// Caps the database at this many pages of 4 KiB. What does not fit fails as on a full disk.
    pub fn limit_pages(&self, pages: u32) -> Result<(), LedgerError> {
        let connection = lock(&self.0.connection);
        Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
    }

    pub(crate) fn read<T>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.0.pool.read(job)
    }

    /// A write whose outcome the caller waits for. It stands in a savepoint of its own, so its failure undoes
    /// nothing else in the batch.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (job, answer) = Job::ask(job);
        self.0.writer.take(|queue| queue.push(job));
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// A write nobody waits for. It may be applied again after a batch that failed, so it must not consume anything.
    pub(crate) fn tell(&self, job: impl Fn(&Connection) -> rusqlite::Result<()> + Send + 'static) {
        self.0.writer.take(|queue| queue.push(Job::Tell(Box::new(job))));
    }

    /// An exchange, which replaces what was told of it and is not written yet.
    pub(crate) fn tell_row(&self, row: Arc<ExchangeRow>) {
        self.0.writer.take(|queue| queue.push_exchange(row));
    }

    pub(crate) fn tell_row_end(&self, row: &mut Arc<ExchangeRow>, end: impl FnOnce(&mut ExchangeRow)) {
        self.0.writer.take(|queue| queue.push_end(row, end));
    }

    /// When something was last used: of what is told between two commits only the last is written.
    pub(crate) fn tell_used(&self, of: Used, id: &str, at: i64) {
        self.0.writer.take(|queue| queue.push_use(of, id, at));
    }

    pub(crate) fn tell_packed(&self, body: Packed) {
        self.0.writer.take(|queue| queue.push(Job::Body(Box::new(body))));
    }

    /// Whether more than so many told writes wait, or the ledger is being closed.
    pub(crate) fn is_busy(&self, told: usize) -> bool {
        self.0.writer.is_busy(told)
    }

    pub(crate) fn connection(&self) -> &Mutex<Connection> {
        &self.0.connection
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}
