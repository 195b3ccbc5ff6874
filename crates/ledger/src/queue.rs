//! What waits to be written. Telling costs a lock nobody contends for and, at most every twenty milliseconds, one wake
//! of the writer. That an exchange has begun waits longer than that, because most end soon and are written once.

mod job;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use foldhash::fast::RandomState;

pub(crate) use self::job::{Acknowledge, Job, Run, Tell, Used, take_ask};
use crate::pool::lock;
use crate::{ExchangeId, ExchangeRow, Outcome};

/// How long told writes gather. An ask wakes the writer at once.
const GATHER: Duration = Duration::from_millis(20);
/// Batches that the beginning of an exchange waits for its end. A killed process may lose the beginnings of its last
/// fifth of a second; written down, each would cost as much again as the exchange itself.
const HOLD: u64 = 8;
/// As long as so many batches, when there are none.
const HELD: Duration = Duration::from_millis(160);
/// Jobs in one transaction, so that a flood does not hold up an ask for long.
pub(crate) const BATCH: usize = 4096;
/// Told writes kept while the disk is full or too slow; past it the newest are given up, which leaves no hole in what
/// is kept.
const KEPT: usize = 100_000;
/// Bytes of captured bodies kept likewise.
const KEPT_BODIES: usize = 32 << 20;
/// How far back a use of the same key or token is looked for: there are few, and they repeat.
const RECENT: usize = 16;

/// The queue between everyone and the writer.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// The number of the first job; numbers do not change while others come and go.
    first: i64,
    /// What has begun and not ended since, and before which batch it was told. None of it is among the jobs.
    begun: HashMap<ExchangeId, (Arc<ExchangeRow>, u64), RandomState>,
    /// Batches taken.
    round: u64,
    /// Whether somebody waits for everything told so far.
    hurried: bool,
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
    /// Takes an exchange. Nobody can tell that its beginning was not written when its end is, as the order of exchanges
    /// among themselves and with other writes says nothing.
    pub(crate) fn push_exchange(&self, row: Arc<ExchangeRow>) -> Pushed {
        let mut waiting = lock(&self.0);
        if row.outcome == Outcome::Running {
            return waiting.begin(row);
        }
        match waiting.recall(&row.id) {
            Ok(()) => waiting.push(Job::Exchange(row)),
            Err(refused) => refused,
        }
    }

    /// Takes the end of an exchange. Its beginning is let go of first: then the row is nobody else's, and is changed
    /// where it stands instead of copied.
    pub(crate) fn push_end(&self, row: &mut Arc<ExchangeRow>, end: impl FnOnce(&mut ExchangeRow)) -> Pushed {
        let mut waiting = lock(&self.0);
        let recalled = waiting.recall(&row.id);
        end(Arc::make_mut(row));
        match recalled {
            Ok(()) => waiting.push(Job::Exchange(row.clone())),
            Err(refused) => refused,
        }
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
            waiting.hurried = true;
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
        let gather = pause.unwrap_or(GATHER);
        let mut has_gathered = false;
        loop {
            let mut waiting = lock(&self.0);
            if waiting.urgent || waiting.closed {
                return !(waiting.closed && waiting.jobs.is_empty() && waiting.begun.is_empty());
            }
            if !waiting.jobs.is_empty() || waiting.is_any_due() {
                break;
            }
            waiting.asleep = true;
            let has_begun = !waiting.begun.is_empty();
            drop(waiting);
            match has_begun {
                true => thread::park_timeout(HELD),
                false => thread::park(),
            }
            let mut waiting = lock(&self.0);
            if std::mem::take(&mut waiting.asleep) {
                waiting.round += HOLD;
            }
            if waiting.urgent || waiting.closed {
                continue;
            }
            drop(waiting);
            thread::park_timeout(gather);
            has_gathered = true;
        }
        // Parked and not awake: only an ask, a full batch or the end unparks, so telling costs no wake-up each.
        if !has_gathered {
            thread::park_timeout(gather);
        }
        true
    }

    /// Hands over the first batch; true if more is waiting that should not wait.
    pub(crate) fn take(&self, batch: &mut VecDeque<Job>) -> bool {
        let mut waiting = lock(&self.0);
        waiting.asleep = false;
        waiting.round += 1;
        waiting.take_begun(batch);
        let jobs = waiting.jobs.len().min(BATCH);
        batch.extend(waiting.jobs.drain(..jobs));
        waiting.first += i64::try_from(jobs).unwrap_or(i64::MAX);
        if waiting.jobs.is_empty() {
            waiting.uses.clear();
            waiting.urgent = false;
            // A flood that is over gives its memory back.
            waiting.jobs.shrink_to(4 * BATCH);
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
        let mut begun = HashMap::new();
        for job in batch.drain(..).rev().filter(Job::told) {
            match job {
                Job::Exchange(row) if row.outcome == Outcome::Running => {
                    begun.insert(row.id.clone(), row);
                }
                job => {
                    waiting.first -= 1;
                    waiting.jobs.push_front(job);
                }
            }
        }
        let told = waiting.told.saturating_sub(begun.len());
        for job in &waiting.jobs {
            if let Job::Exchange(ended) = job {
                begun.remove(&ended.id);
            }
        }
        begun.retain(|id, _| !waiting.begun.contains_key(id));
        waiting.told = told + begun.len();
        waiting
            .begun
            .extend(begun.into_iter().map(|(id, row)| (id, (row, 0))));
        waiting.urgent = waiting.closed || waiting.jobs.iter().any(|job| matches!(job, Job::Ask(_)));
    }

    /// Takes the asks out, for they are not kept waiting for a disk that fails.
    pub(crate) fn asks(&self) -> Vec<Run> {
        lock(&self.0).jobs.iter_mut().filter_map(take_ask).collect()
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

    /// Takes word that an exchange has begun, or goes on elsewhere.
    fn begin(&mut self, row: Arc<ExchangeRow>) -> Pushed {
        if let Some((known, _)) = self.begun.get_mut(&row.id) {
            *known = row;
            return Pushed::Fine;
        }
        if self.closed || !self.room(0) {
            return self.refuse();
        }
        // Else the writer looks again by itself.
        let wake = self.begun.is_empty() && std::mem::take(&mut self.asleep);
        self.told += 1;
        self.begun.insert(row.id.clone(), (row, self.round));
        match wake {
            true => Pushed::WakeTheWriter,
            false => Pushed::Fine,
        }
    }

    /// Makes room for the end of an exchange: what has begun has its room already.
    fn recall(&mut self, id: &ExchangeId) -> Result<(), Pushed> {
        if self.begun.remove(id).is_some() {
            self.told = self.told.saturating_sub(1);
        } else if self.closed || !self.room(0) {
            return Err(self.refuse());
        }
        Ok(())
    }

    fn is_any_due(&self) -> bool {
        self.begun.values().any(|(_, told)| told + HOLD <= self.round)
    }

    /// Moves the beginnings that have waited long enough into a batch, in the order in which they began.
    fn take_begun(&mut self, batch: &mut VecDeque<Job>) {
        let (round, all) = (self.round, self.closed || std::mem::take(&mut self.hurried));
        let due = self.begun.extract_if(|_, (_, told)| all || *told + HOLD <= round);
        let mut due: Vec<_> = due.map(|(_, (row, _))| row).collect();
        due.sort_by(|one, other| (one.started_at, &*one.id).cmp(&(other.started_at, &*other.id)));
        batch.extend(due.into_iter().map(Job::Exchange));
        if self.begun.capacity() > 4 * BATCH {
            self.begun.shrink_to(BATCH);
        }
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
