//! The one thread that writes. It takes what has gathered, commits it in one transaction, and keeps told writes
//! that the world would not take (a full disk) until it does.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::LedgerError;
use crate::pool::lock;
use crate::queue::{Acknowledge, Job, Pushed, Queue, Run, Tell, Used, take_ask};
use crate::tables::recording::{MANY, Recorder, Statements};

/// How long to wait before a failed batch is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Pages of 4 KiB in the write-ahead log after which they are moved into the file, once nobody waits for the writer.
const CHECKPOINT: i32 = 2000;

/// The way to the writer thread.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    thread: Thread,
    ended: Mutex<Option<JoinHandle<()>>>,
    trouble: Arc<Mutex<Option<LedgerError>>>,
}

impl Writer {
    /// Starts the thread. It holds the guard of the data directory until everything is saved.
    pub(crate) fn start(
        connection: Arc<Mutex<Connection>>,
        guard: Option<File>,
    ) -> Result<Writer, LedgerError> {
        let queue = Arc::new(Queue::default());
        let trouble = Arc::new(Mutex::new(None));
        let logged = Arc::new(AtomicI32::new(0));
        let log = logged.clone();
        // In the place of SQLite's own, which would checkpoint inside a commit that somebody waits for.
        lock(&connection).wal_hook(Some(move |_: &mut _, pages| {
            log.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let mut work = Work {
            connection,
            queue: queue.clone(),
            batch: VecDeque::new(),
            recorder: Recorder::default(),
            logged,
            trouble: trouble.clone(),
        };
        let handle = thread::Builder::new().name("ledger".into()).spawn(move || {
            work.run();
            drop(guard);
        })?;
        Ok(Writer {
            queue,
            thread: handle.thread().clone(),
            ended: Mutex::new(Some(handle)),
            trouble,
        })
    }

    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    pub(crate) fn trouble(&self) -> Option<LedgerError> {
        lock(&self.trouble).clone()
    }

    /// Hands something over.
    pub(crate) fn take(&self, push: impl FnOnce(&Queue) -> Pushed) {
        match push(&self.queue) {
            Pushed::Fine => {}
            Pushed::WakeTheWriter => self.thread.unpark(),
            Pushed::Closed => tracing::warn!("a write came after the ledger was closed and was not saved"),
        }
    }

    pub(crate) fn is_busy(&self, told: usize) -> bool {
        self.queue.is_busy(told)
    }

    /// Saves what was told and ends the thread.
    pub(crate) fn close(&self) {
        let Some(handle) = lock(&self.ended).take() else {
            return;
        };
        self.queue.close();
        self.thread.unpark();
        if handle.join().is_err() {
            tracing::error!("the ledger's writer panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

struct Work {
    connection: Arc<Mutex<Connection>>,
    queue: Arc<Queue>,
    batch: VecDeque<Job>,
    recorder: Recorder,
    /// Pages in the write-ahead log after the last commit.
    logged: Arc<AtomicI32>,
    trouble: Arc<Mutex<Option<LedgerError>>>,
}

impl Work {
    fn run(&mut self) {
        while self.queue.wait(self.troubled().then_some(RETRY)) {
            self.save();
            if self.troubled() && self.queue.is_closed() {
                let lost = self.queue.waiting();
                tracing::error!(lost, "the ledger closed while its disk could not be written");
                break;
            }
        }
        // A checkpoint now keeps the next start short; without room for it the WAL does as well.
        drop(lock(&self.connection).execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);"));
    }

    fn troubled(&self) -> bool {
        lock(&self.trouble).is_some()
    }

    fn save(&mut self) {
        loop {
            let more = self.queue.take(&mut self.batch);
            for job in &mut self.batch {
                if let Job::Body(body) = job
                    && body.pack().is_err()
                {
                    self.queue.forget(job);
                }
            }
            let mut answers = Vec::new();
            let outcome = self.commit_what_was_told(&mut answers);
            if let Err(cause) = &outcome {
                if lock(&self.trouble).replace(cause.clone()).is_none() {
                    tracing::warn!("the ledger cannot be written: {cause}");
                }
                answers.extend(self.queue.asks().into_iter().map(|run| unheard(run, cause)));
                self.queue.put_back(&mut self.batch);
            }
            // Only now: who hears of a failure and looks why must find it.
            for (acknowledge, undone) in answers {
                acknowledge(undone);
            }
            if outcome.is_err() {
                return;
            }
            let given_up = self.queue.done(&mut self.batch);
            let troubled = lock(&self.trouble).take().is_some();
            if troubled || given_up > 0 {
                tracing::info!(given_up, "the ledger can be written again");
            }
            if !more {
                self.checkpoint();
                return;
            }
        }
    }

    /// A batch that failed with asks in it is tried again at once without them, because what did not fit may have been
    /// theirs; a batch of told writes alone is trouble.
    fn commit_what_was_told(&mut self, answers: &mut Vec<Answer>) -> Result<(), LedgerError> {
        loop {
            let before = answers.len();
            match self.commit(answers) {
                Err(_) if answers.len() > before => {}
                outcome => return outcome,
            }
        }
    }

    fn checkpoint(&self) {
        if self.logged.load(Ordering::Relaxed) >= CHECKPOINT {
            self.logged.store(0, Ordering::Relaxed);
            // Should it fail, the log goes on growing and the next commit asks again.
            drop(lock(&self.connection).execute_batch("PRAGMA wal_checkpoint(PASSIVE)"));
        }
    }

    /// Tries what is in hand. Where it fails, the asks in it are done with and their answers added.
    fn commit(&mut self, answers: &mut Vec<Answer>) -> Result<(), LedgerError> {
        let connection = self.connection.clone();
        let connection = lock(&connection);
        let mut round = Round {
            connection: &connection,
            queue: &self.queue,
            recorder: &mut self.recorder,
            asks: Vec::new(),
            ask_at_fault: false,
        };
        let outcome = round.run(&mut self.batch);
        let (asks, ask_at_fault) = (round.asks, round.ask_at_fault);
        let Err(cause) = outcome else {
            for acknowledge in asks {
                acknowledge(None);
            }
            return Ok(());
        };
        if !connection.is_autocommit() {
            drop(connection.execute_batch("ROLLBACK"));
        }
        self.recorder.forget();
        answers.extend(asks.into_iter().map(|ask| (ask, Some(cause.clone()))));
        if !ask_at_fault {
            let left = self.batch.iter_mut().filter_map(take_ask);
            answers.extend(left.map(|run| unheard(run, &cause)));
        }
        Err(cause)
    }
}

/// How an ask that failed is told so.
type Answer = (Acknowledge, Option<LedgerError>);

/// An ask that is not even tried.
fn unheard(run: Run, cause: &LedgerError) -> Answer {
    (run(Err(cause.clone())).acknowledge, None)
}

/// One transaction.
struct Round<'a> {
    connection: &'a Connection,
    queue: &'a Queue,
    recorder: &'a mut Recorder,
    asks: Vec<Acknowledge>,
    ask_at_fault: bool,
}

impl Round<'_> {
    fn run(&mut self, batch: &mut VecDeque<Job>) -> Result<(), LedgerError> {
        statement(self.connection, "BEGIN IMMEDIATE")?;
        let mut statements = Statements::of(self.connection)?;
        let mut jobs = batch.make_contiguous();
        while !jobs.is_empty() {
            let done = self.some(jobs, &mut statements)?;
            jobs = &mut jobs[done..];
        }
        drop(statements);
        self.recorder.settle(self.connection)?;
        statement(self.connection, "COMMIT")
    }

    /// Does the first job, or as many as are done together; how many.
    fn some(&mut self, jobs: &mut [Job], statements: &mut Statements<'_>) -> Result<usize, LedgerError> {
        if let Some(many) = jobs.first_chunk()
            && self.exchanges(many, statements)?
        {
            return Ok(MANY);
        }
        match jobs.first_mut() {
            Some(job @ Job::Ask(_)) => {
                if let Some(run) = take_ask(job) {
                    self.ask(run)?;
                }
            }
            Some(told) => self.tell(told, statements)?,
            None => {}
        }
        Ok(1)
    }

    /// Writes exchanges together, if that is what they all are and nothing is the matter with any.
    fn exchanges(
        &mut self,
        jobs: &[Job; MANY],
        statements: &mut Statements<'_>,
    ) -> Result<bool, LedgerError> {
        let rows = jobs.iter().map_while(|job| match job {
            Job::Exchange(row) => Some(row),
            _ => None,
        });
        if rows.clone().count() < MANY {
            return Ok(false);
        }
        let outcome = self.recorder.record_many(self.connection, statements, rows);
        match outcome.map_err(LedgerError::from) {
            Err(cause) if cause.may_pass() || self.connection.is_autocommit() => Err(cause),
            outcome => Ok(outcome.unwrap_or(false)),
        }
    }

    /// A write that can never succeed is dropped, or it would hold up everything behind it for ever.
    fn tell(&mut self, job: &mut Job, statements: &mut Statements<'_>) -> Result<(), LedgerError> {
        let outcome = match job {
            Job::Exchange(row) => self
                .recorder
                .record(self.connection, statements, row)
                .map_err(LedgerError::from),
            Job::Used(of, id, at) => used(self.connection, *of, id, *at),
            Job::Body(body) => body.put(self.connection).map_err(LedgerError::from),
            Job::Tell(tell) => alone(self.connection, tell),
            Job::Ask(_) | Job::Nothing => Ok(()),
        };
        match outcome {
            Err(cause) if cause.may_pass() || self.connection.is_autocommit() => Err(cause),
            Err(cause) => {
                tracing::error!("a write was dropped: {cause}");
                self.queue.forget(job);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn ask(&mut self, run: Run) -> Result<(), LedgerError> {
        let ran = match statement(self.connection, "SAVEPOINT job") {
            Ok(()) => run(Ok(self.connection)),
            Err(cause) => run(Err(cause)),
        };
        self.asks.push(ran.acknowledge);
        match ran.failed {
            None => statement(self.connection, "RELEASE job"),
            // SQLite undoes the whole transaction by itself after some failures, a full disk among them.
            Some(cause) if self.connection.is_autocommit() => {
                self.ask_at_fault = true;
                Err(cause)
            }
            Some(_) => undo(self.connection),
        }
    }
}

/// A told write of several statements stands in a savepoint of its own; the others are one statement each.
fn alone(connection: &Connection, tell: &Tell) -> Result<(), LedgerError> {
    statement(connection, "SAVEPOINT job")?;
    match tell(connection).map_err(LedgerError::from) {
        Ok(()) => statement(connection, "RELEASE job"),
        Err(cause) if cause.may_pass() || connection.is_autocommit() => Err(cause),
        Err(cause) => undo(connection).and(Err(cause)),
    }
}

fn used(connection: &Connection, of: Used, id: &str, at: i64) -> Result<(), LedgerError> {
    let sql = match of {
        Used::Key => "UPDATE keys SET last_used_at = ?2 WHERE id = ?1",
        Used::Token => "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1",
    };
    connection.prepare_cached(sql)?.execute(params![id, at])?;
    Ok(())
}

fn undo(connection: &Connection) -> Result<(), LedgerError> {
    statement(connection, "ROLLBACK TO job")?;
    statement(connection, "RELEASE job")
}

fn statement(connection: &Connection, sql: &str) -> Result<(), LedgerError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
