//! A job and how it goes on, and the list all families keep theirs in.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::fault::Flaw;
use crate::server::Gateway;

const KEPT: usize = 1000;
/// A job moves on at each poll, and every so many seconds for those who poll seldom.
const SECONDS_PER_STEP: u64 = 2;
const DONE: u64 = 4;
/// How long links say they live.
const LINK_LIFE: u64 = 3600;

/// How far a job is, before a family puts it into its own words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Queued,
    Running,
    Done,
    Failed,
}

/// A film or some pictures, ordered.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) seconds: f64,
    pub(crate) size: String,
    pub(crate) wanted: u64,
    pub(crate) created: u64,
    pub(crate) remixed_from: Option<String>,
    pub(super) polls: u64,
    pub(super) flaw: Option<Flaw>,
}

impl Job {
    /// 0 and 1 queued, 2 and 3 in progress, 4 over.
    fn step(&self, now: u64) -> u64 {
        self.polls
            .max(now.saturating_sub(self.created) / SECONDS_PER_STEP)
            .min(DONE)
    }

    pub(crate) fn is_over(&self, now: u64) -> bool {
        self.step(now) == DONE
    }

    /// How far it is, and how many percent that are.
    pub(crate) fn stage(&self, now: u64) -> (Stage, u64) {
        let fails = matches!(self.flaw, Some(Flaw::Fails | Flaw::CompletedWithDetail));
        match self.step(now) {
            0 | 1 => (Stage::Queued, 0),
            2 => (Stage::Running, 35),
            3 => (Stage::Running, 70),
            _ if fails => (Stage::Failed, 100),
            _ => (Stage::Done, 100),
        }
    }

    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// The link to its film. It is good for one download where links expire.
    pub(crate) fn link(&self, gateway: &Gateway) -> String {
        let dies = self.created + LINK_LIFE;
        match self.flaw {
            Some(Flaw::LinkExpires) => format!("{}/files/once/{}.mp4?e={dies}", gateway.root(), self.id),
            _ => format!("{}/files/sample.mp4?e={dies}", gateway.root()),
        }
    }
}

/// The jobs of this run; the oldest make room.
#[derive(Default)]
pub(crate) struct Jobs {
    jobs: Mutex<VecDeque<Job>>,
    pub(super) fetched: Mutex<HashSet<String>>,
}

impl Jobs {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Job>) -> T) -> T {
        act(&mut self.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The job as it stands.
    pub(crate) fn find(&self, id: &str) -> Option<Job> {
        self.with(|jobs| jobs.iter().find(|job| job.id == id).cloned())
    }

    /// The job, one poll further on. The first poll of some finds nothing.
    pub(crate) fn poll(&self, id: &str) -> Option<Job> {
        self.with(|jobs| {
            let job = jobs.iter_mut().find(|job| job.id == id)?;
            job.polls += 1;
            let hidden = job.flaw == Some(Flaw::MissingFirst) && job.polls == 1;
            (!hidden).then(|| job.clone())
        })
    }

    pub(crate) fn push(&self, job: Job) {
        self.with(|jobs| {
            if jobs.len() == KEPT {
                jobs.pop_front();
            }
            jobs.push_back(job);
        });
    }
}
