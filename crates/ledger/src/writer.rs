//! The one thread that writes. It takes what has gathered, commits it in one transaction, and keeps told writes
//! that the world would not take (a full disk) until it does.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::LedgerError;
use crate::pool::lock;

/// How long told writes gather. An ask wakes the thread at once.
const GATHER: Duration = Duration::from_millis(20);
/// How long to wait before a failed batch is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Jobs in one transaction, so that a flood does not hold up an ask for long.
const BATCH: usize = 4096;
/// Told writes kept while the disk is full; past it the newest are given up, which leaves no hole in what is kept.
const KEPT: usize = 100_000;

type Tell = Box<dyn Fn(&Connection) -> rusqlite::Result<()> + Send>;
type Run = Box<dyn FnOnce(Result<&Connection, LedgerError>) -> Ran + Send>;
type Acknowledge = Box<dyn FnOnce(Option<LedgerError>) + Send>;

/// Something to write.
pub(crate) enum Job {
    /// Applied again until it succeeds.
    Tell(Tell),
    /// Run once; the caller is told how it went after the commit.
    Ask(Run),
    /// The last job.
    Close,
}

/// An ask that has run: whether to undo it, and how to tell its caller, who must not hear of success before the commit.
pub(crate) struct Ran {
    failed: Option<LedgerError>,
    acknowledge: Acknowledge,
}

impl Job {
    pub(crate) fn ask<T: Send + 'static>(
        job: impl FnOnce(&Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> (Job, oneshot::Receiver<Result<T, LedgerError>>) {
        let (send, answer) = oneshot::channel();
        let run: Run = Box::new(move |connection| {
            let outcome = connection.and_then(job);
            let failed = outcome.as_ref().err().cloned();
            // A caller that has gone away does not undo its write.
            let acknowledge = Box::new(move |undone: Option<LedgerError>| {
                drop(send.send(undone.map_or(outcome, Err)));
            });
            Ran { failed, acknowledge }
        });
        (Job::Ask(run), answer)
    }
}

/// The way to the writer thread.
pub(crate) struct Writer {
    jobs: Sender<Job>,
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
        let (jobs, coming) = channel();
        let trouble = Arc::new(Mutex::new(None));
        let mut work = Work {
            connection,
            coming,
            waiting: VecDeque::new(),
            given_up: 0,
            closing: false,
            trouble: trouble.clone(),
        };
        let handle = thread::Builder::new().name("ledger".into()).spawn(move || {
            work.run();
            drop(guard);
        })?;
        Ok(Writer {
            jobs,
            thread: handle.thread().clone(),
            ended: Mutex::new(Some(handle)),
            trouble,
        })
    }

    pub(crate) fn trouble(&self) -> Option<LedgerError> {
        lock(&self.trouble).clone()
    }

    /// Hands over a job. A told one does not wake a thread that is gathering: wake-ups cost more than the write.
    pub(crate) fn take(&self, job: Job) {
        let urgent = !matches!(job, Job::Tell(_));
        if self.jobs.send(job).is_err() {
            tracing::warn!("a write came after the ledger was closed and was not saved");
        } else if urgent {
            self.thread.unpark();
        }
    }

    /// Saves what was told and ends the thread.
    pub(crate) fn close(&self) {
        let Some(handle) = lock(&self.ended).take() else {
            return;
        };
        self.take(Job::Close);
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
    coming: Receiver<Job>,
    waiting: VecDeque<Job>,
    given_up: u64,
    closing: bool,
    trouble: Arc<Mutex<Option<LedgerError>>>,
}

impl Work {
    fn run(&mut self) {
        while !(self.closing && self.waiting.is_empty()) {
            if self.waiting.is_empty() {
                match self.coming.recv() {
                    Ok(job) => self.keep(job),
                    Err(_) => break,
                }
            }
            if !self.gather() {
                // Parked, not received: only an ask or the end unparks, so told writes gather without a wake-up each.
                thread::park_timeout(if lock(&self.trouble).is_some() {
                    RETRY
                } else {
                    GATHER
                });
                self.gather();
            }
            self.save();
            if self.closing && lock(&self.trouble).is_some() {
                tracing::error!(
                    lost = self.waiting.len(),
                    "the ledger closed while its disk could not be written"
                );
                break;
            }
        }
        // A checkpoint now keeps the next start short; without room for it the WAL does as well.
        drop(lock(&self.connection).execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);"));
    }

    /// Takes what has come; true if it should be saved without waiting for more.
    fn gather(&mut self) -> bool {
        let troubled = lock(&self.trouble).is_some();
        while !self.closing && (troubled || self.waiting.len() < BATCH) {
            match self.coming.try_recv() {
                Ok(job) => self.keep(job),
                Err(TryRecvError::Disconnected) => self.closing = true,
                Err(TryRecvError::Empty) => break,
            }
        }
        let asked = self.waiting.iter().any(|job| matches!(job, Job::Ask(_)));
        self.closing || asked || (!troubled && self.waiting.len() >= BATCH)
    }

    fn keep(&mut self, job: Job) {
        match job {
            Job::Close => self.closing = true,
            Job::Tell(_) if self.waiting.len() >= KEPT => {
                if self.given_up == 0 {
                    tracing::error!(
                        "writes are given up from now on: {KEPT} are waiting for the disk already"
                    );
                }
                self.given_up += 1;
            }
            job => self.waiting.push_back(job),
        }
    }

    /// Commits what waits. A batch that failed with asks in it is tried again at once without them, because what did
    /// not fit may have been theirs; a batch of told writes alone is trouble.
    fn save(&mut self) {
        while !self.waiting.is_empty() {
            let Err(failure) = self.commit() else {
                if lock(&self.trouble).take().is_some() {
                    tracing::info!(given_up = self.given_up, "the ledger can be written again");
                    self.given_up = 0;
                }
                return;
            };
            if failure.asks_gone {
                continue;
            }
            if lock(&self.trouble).replace(failure.cause.clone()).is_none() {
                tracing::warn!("the ledger cannot be written: {}", failure.cause);
            }
            return;
        }
    }

    fn commit(&mut self) -> Result<(), Failure> {
        let connection = self.connection.clone();
        let connection = lock(&connection);
        let mut batch = Batch::default();
        let outcome = batch.run(&connection, &mut self.waiting);
        let Err(cause) = outcome else {
            batch.acknowledge(None);
            return Ok(());
        };
        if !connection.is_autocommit() {
            drop(connection.execute_batch("ROLLBACK"));
        }
        let mut asks_gone = !batch.asks.is_empty();
        if !batch.ask_at_fault {
            let (asks, tells) = self
                .waiting
                .drain(..)
                .partition::<Vec<_>, _>(|job| matches!(job, Job::Ask(_)));
            asks_gone |= !asks.is_empty();
            self.waiting.extend(tells);
            for job in asks {
                if let Job::Ask(run) = job {
                    (run(Err(cause.clone())).acknowledge)(None);
                }
            }
        }
        for tell in batch.tells.drain(..).rev() {
            self.waiting.push_front(Job::Tell(tell));
        }
        batch.acknowledge(Some(&cause));
        Err(Failure { cause, asks_gone })
    }
}

struct Failure {
    cause: LedgerError,
    asks_gone: bool,
}

/// The jobs of one transaction, as far as they have run.
#[derive(Default)]
struct Batch {
    tells: Vec<Tell>,
    asks: Vec<Acknowledge>,
    ask_at_fault: bool,
}

impl Batch {
    fn run(&mut self, connection: &Connection, waiting: &mut VecDeque<Job>) -> Result<(), LedgerError> {
        statement(connection, "BEGIN IMMEDIATE")?;
        for _ in 0..BATCH {
            match waiting.pop_front() {
                Some(Job::Tell(tell)) => self.tell(connection, tell)?,
                Some(Job::Ask(run)) => self.ask(connection, run)?,
                Some(Job::Close) => {}
                None => break,
            }
        }
        statement(connection, "COMMIT")
    }

    /// A write that can never succeed is dropped, or it would hold up everything behind it for ever.
    fn tell(&mut self, connection: &Connection, tell: Tell) -> Result<(), LedgerError> {
        let outcome =
            statement(connection, "SAVEPOINT job").and_then(|()| tell(connection).map_err(LedgerError::from));
        match outcome {
            Ok(()) => {
                self.tells.push(tell);
                statement(connection, "RELEASE job")
            }
            Err(cause) if cause.may_pass() || connection.is_autocommit() => {
                self.tells.push(tell);
                Err(cause)
            }
            Err(cause) => {
                tracing::error!("a write was dropped: {cause}");
                undo(connection)
            }
        }
    }

    fn ask(&mut self, connection: &Connection, run: Run) -> Result<(), LedgerError> {
        let ran = match statement(connection, "SAVEPOINT job") {
            Ok(()) => run(Ok(connection)),
            Err(cause) => run(Err(cause)),
        };
        self.asks.push(ran.acknowledge);
        match ran.failed {
            None => statement(connection, "RELEASE job"),
            // SQLite undoes the whole transaction by itself after some failures, a full disk among them.
            Some(cause) if connection.is_autocommit() => {
                self.ask_at_fault = true;
                Err(cause)
            }
            Some(_) => undo(connection),
        }
    }

    fn acknowledge(self, undone: Option<&LedgerError>) {
        for acknowledge in self.asks {
            acknowledge(undone.cloned());
        }
    }
}

fn undo(connection: &Connection) -> Result<(), LedgerError> {
    statement(connection, "ROLLBACK TO job")?;
    statement(connection, "RELEASE job")
}

fn statement(connection: &Connection, sql: &str) -> Result<(), LedgerError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
