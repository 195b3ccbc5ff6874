//! What waits to be written. Telling costs a lock nobody contends for and, at most every twenty milliseconds, one wake
//! of the writer; what is told again before it was written takes the place of what was told first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::id::Id;
use crate::pool::lock;
use crate::tables::bodies::Packed;
use crate::{ExchangeRow, LedgerError};

/// How long told writes gather. An ask wakes the writer at once.
const GATHER: Duration = Duration::from_millis(20);
/// Jobs in one transaction, so that a flood does not hold up an ask for long.
pub(crate) const BATCH: usize = 4096;
/// Told writes kept while the disk is full or too slow; past it the newest are given up, which leaves no hole in what
/// is kept.
const KEPT: usize = 100_000;
/// Bytes of captured bodies kept likewise.
const KEPT_BODIES: usize = 32 << 20;
/// How far back a use of the same key or token is looked for: there are few, and they repeat.
const RECENT: usize = 16;

pub(crate) type Tell = Box<dyn Fn(&Connection) -> rusqlite::Result<()> + Send>;
pub(crate) type Run = Box<dyn FnOnce(Result<&Connection, LedgerError>) -> Ran + Send>;
pub(crate) type Acknowledge = Box<dyn FnOnce(Option<LedgerError>) + Send>;

/// What a moment of last use is kept of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    Key,
    Token,
}

/// Something to write. What is told is applied again until it succeeds; an ask is run once.
pub(crate) enum Job {
    Exchange(Id, Arc<ExchangeRow>),
    Used(Used, String, i64),
    Body(Box<Packed>),
    Tell(Tell),
    /// The caller hears how it went after the commit.
    Ask(Run),
    /// What was here is done with.
    Nothing,
}

/// An ask that has run: whether to undo it, and how to tell its caller, who must not hear of success before the commit.
pub(crate) struct Ran {
    pub(crate) failed: Option<LedgerError>,
    pub(crate) acknowledge: Acknowledge,
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

    fn told(&self) -> bool {
        !matches!(self, Job::Ask(_) | Job::Nothing)
    }

    fn weight(&self) -> usize {
        match self {
            Job::Body(body) => body.weight(),
            _ => 0,
        }
    }
}

/// The queue between everyone and the writer.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// The number of the first job; numbers do not change while others come and go.
    first: i64,
    /// Where the latest word on an exchange stands. Numbers below `first` are of the past.
    rows: HashMap<Id, i64>,
    /// Where uses stand that nobody has asked anything after.
    uses: VecDeque<i64>,
    /// Told and not committed, those in the writer's hands included.
    told: usize,
    weight: usize,
    given_up: u64,
    asleep: bool,
    urgent: bool,
    closed: bool,
}

/// What the teller has to do after a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Fine,
    WakeTheWriter,
    Closed,
}

impl Queue {
    /// Takes an exchange. An earlier word on it that still waits is replaced: nobody can tell the difference, as the
    /// order of exchanges among themselves and with other writes says nothing.
    pub(crate) fn push_exchange(&self, row: Arc<ExchangeRow>) -> Pushed {
        let id = Id::of(&row.id);
        let mut waiting = lock(&self.0);
        let place = waiting.rows.get(&id).copied();
        if let Some(Job::Exchange(known, earlier)) = place.and_then(|place| waiting.at(place))
            && *known == id
        {
            let earlier = std::mem::replace(earlier, row);
            drop(waiting);
            drop(earlier);
            return Pushed::Fine;
        }
        if waiting.closed || !waiting.room(0) {
            return waiting.refuse();
        }
        let next = waiting.next();
        waiting.rows.insert(id.clone(), next);
        waiting.push(Job::Exchange(id, row))
    }

    /// Takes a moment of use; only the latest counts, unless somebody asked for something in between.
    pub(crate) fn push_use(&self, of: Used, id: &str, at: i64) -> Pushed {
        let mut waiting = lock(&self.0);
        for number in (0..waiting.uses.len()).rev().take(RECENT) {
            let place = waiting.uses.get(number).copied();
            if let Some(Job::Used(kind, known, when)) = place.and_then(|place| waiting.at(place))
                && *kind == of
                && known == id
            {
                *when = at;
                return Pushed::Fine;
            }
        }
        if waiting.closed || !waiting.room(0) {
            return waiting.refuse();
        }
        let next = waiting.next();
        waiting.uses.push_back(next);
        if waiting.uses.len() > RECENT {
            waiting.uses.pop_front();
        }
        waiting.push(Job::Used(of, id.to_owned(), at))
    }

    /// Takes anything else.
    pub(crate) fn push(&self, job: Job) -> Pushed {
        let mut waiting = lock(&self.0);
        if waiting.closed || (job.told() && !waiting.room(job.weight())) {
            return waiting.refuse();
        }
        if matches!(job, Job::Ask(_)) {
            waiting.uses.clear();
        }
        waiting.push(job)
    }

    /// No more comes after what is here.
    pub(crate) fn close(&self) {
        let mut waiting = lock(&self.0);
        waiting.closed = true;
        waiting.urgent = true;
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.0).closed
    }

    /// Whether the writer has something better to do than let others at its connection.
    pub(crate) fn is_busy(&self, told: usize) -> bool {
        let waiting = lock(&self.0);
        waiting.closed || waiting.told > told
    }

    /// How many told writes are not committed yet.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.0).told
    }

    /// Sleeps until there is something to write: at once for an ask, after gathering for what was told, after `pause`
    /// if the last batch failed. False when the queue is closed and empty.
    pub(crate) fn wait(&self, pause: Option<Duration>) -> bool {
        loop {
            let mut waiting = lock(&self.0);
            if waiting.urgent || waiting.closed {
                return !(waiting.closed && waiting.jobs.is_empty());
            }
            if !waiting.jobs.is_empty() {
                break;
            }
            waiting.asleep = true;
            drop(waiting);
            thread::park();
        }
        // Parked and not awake: only an ask, a full batch or the end unparks, so telling costs no wake-up each.
        thread::park_timeout(pause.unwrap_or(GATHER));
        true
    }

    /// Hands over the first batch; true if more is waiting that should not wait.
    pub(crate) fn take(&self, batch: &mut VecDeque<Job>) -> bool {
        let mut waiting = lock(&self.0);
        waiting.asleep = false;
        if waiting.jobs.len() <= BATCH {
            std::mem::swap(&mut waiting.jobs, batch);
            waiting.rows.clear();
            waiting.uses.clear();
            waiting.urgent = false;
            // A flood that is over gives its memory back.
            if waiting.rows.capacity() > 4 * BATCH {
                waiting.rows.shrink_to(BATCH);
            }
        } else {
            batch.extend(waiting.jobs.drain(..BATCH));
        }
        waiting.first += i64::try_from(batch.len()).unwrap_or(i64::MAX);
        let first = waiting.first;
        if waiting.rows.len() > waiting.jobs.len() + 4 * BATCH {
            waiting.rows.retain(|_, place| *place >= first);
        }
        waiting.jobs.len() >= BATCH || waiting.urgent
    }

    /// What was taken is committed. Returns how many told writes had been given up since the last trouble.
    pub(crate) fn done(&self, batch: &mut VecDeque<Job>) -> u64 {
        let (told, weight) = batch.iter().fold((0, 0), |(told, weight), job| {
            (told + usize::from(job.told()), weight + job.weight())
        });
        batch.clear();
        if batch.capacity() > 4 * BATCH {
            batch.shrink_to(BATCH);
        }
        let mut waiting = lock(&self.0);
        waiting.told = waiting.told.saturating_sub(told);
        waiting.weight = waiting.weight.saturating_sub(weight);
        std::mem::take(&mut waiting.given_up)
    }

    /// A told write of the batch in hand will never be written.
    pub(crate) fn forget(&self, job: &mut Job) {
        let mut waiting = lock(&self.0);
        waiting.told = waiting.told.saturating_sub(1);
        waiting.weight = waiting.weight.saturating_sub(job.weight());
        drop(waiting);
        *job = Job::Nothing;
    }

    /// What was taken could not be committed: what was told goes back to where it was.
    pub(crate) fn put_back(&self, batch: &mut VecDeque<Job>) {
        let mut waiting = lock(&self.0);
        let since = waiting.first;
        for job in batch.iter() {
            // Where it stood means nothing any more; where a later word stands that has come meanwhile does.
            if let Job::Exchange(id, _) = job
                && waiting.rows.get(id).is_some_and(|place| *place < since)
            {
                waiting.rows.remove(id);
            }
        }
        for job in batch.drain(..).rev().filter(Job::told) {
            waiting.first -= 1;
            let place = waiting.first;
            // From the last to the first: of two words on one exchange the later is the one to be replaced.
            if let Job::Exchange(id, _) = &job {
                waiting.rows.entry(id.clone()).or_insert(place);
            }
            waiting.jobs.push_front(job);
        }
        waiting.urgent = waiting.closed || waiting.jobs.iter().any(|job| matches!(job, Job::Ask(_)));
    }

    /// Takes the asks out, for they are not kept waiting for a disk that fails.
    pub(crate) fn asks(&self) -> Vec<Run> {
        lock(&self.0).jobs.iter_mut().filter_map(take_ask).collect()
    }
}

pub(crate) fn take_ask(job: &mut Job) -> Option<Run> {
    match std::mem::replace(job, Job::Nothing) {
        Job::Ask(run) => Some(run),
        other => {
            *job = other;
            None
        }
    }
}

impl Waiting {
    fn next(&self) -> i64 {
        self.first
            .saturating_add(i64::try_from(self.jobs.len()).unwrap_or(i64::MAX))
    }

    fn at(&mut self, place: i64) -> Option<&mut Job> {
        let index = usize::try_from(place.checked_sub(self.first)?).ok()?;
        self.jobs.get_mut(index)
    }

    fn room(&self, weight: usize) -> bool {
        self.told < KEPT && (weight == 0 || self.weight + weight <= KEPT_BODIES)
    }

    fn refuse(&mut self) -> Pushed {
        if self.closed {
            return Pushed::Closed;
        }
        if self.given_up == 0 {
            tracing::error!("writes are given up from now on: too many are waiting for the disk already");
        }
        self.given_up += 1;
        Pushed::Fine
    }

    fn push(&mut self, job: Job) -> Pushed {
        let told = job.told();
        self.told += usize::from(told);
        self.weight += job.weight();
        self.jobs.push_back(job);
        let urgent = !told || self.jobs.len() == BATCH;
        let wake = self.asleep || (urgent && !self.urgent);
        self.urgent |= urgent;
        self.asleep = false;
        match wake {
            true => Pushed::WakeTheWriter,
            false => Pushed::Fine,
        }
    }
}

#[cfg(test)]
mod tests;
