//! Jobs: films in every family's words, and pictures that come as tasks, over one list. A family is a file; what they
//! share, and how a job goes on, is here.

pub(crate) mod ark;
pub(crate) mod fault;
pub(crate) mod openai;
pub(crate) mod queue;
pub(crate) mod task;
pub(crate) mod tasks_of_pictures;
pub(crate) mod veo;

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::audio::form;
use crate::call::{Call, number, required};
use crate::chat::misbehave;
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};
use fault::Flaw;

/// Two seconds of a rising sun, made for this project.
const CLIP: &[u8] = include_bytes!("../clip/sample.mp4");
const KEPT: usize = 1000;
/// A job moves on at each poll, and every so many seconds for those who poll seldom.
const SECONDS_PER_STEP: u64 = 2;
const DONE: u64 = 4;
/// How long nobody waits for an answer.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How long links say they live.
const LINK_LIFE: u64 = 3600;

/// What every failing job says.
pub(crate) const FAILED: &str = "The sandbox let this job fail on purpose";

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
    polls: u64,
    flaw: Option<Flaw>,
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
    fetched: Mutex<HashSet<String>>,
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

/// What a family says of an order before it becomes a job.
pub(crate) struct Wish<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) kind: Kind,
    pub(crate) model: &'a str,
    pub(crate) prompt: &'a str,
    /// Where `seconds`, `size` and `n` are, by whatever name.
    pub(crate) seconds: &'a Value,
    pub(crate) size: &'a Value,
    pub(crate) wanted: &'a Value,
}

/// The fields of a request, whether it is a form or JSON.
pub(crate) fn fields(call: &Call) -> Result<Value, Reply> {
    match call.content_type.starts_with("multipart/") {
        true => Ok(form::read(call)?.fields),
        false => call.json(),
    }
}

/// Takes an order. What `answer` says of it is sent, unless the model is one that keeps its callers waiting.
pub(crate) fn order(
    gateway: &Gateway,
    call: &Call,
    wish: &Wish,
    answer: impl FnOnce(&Job) -> Result<Reply, Reply>,
) -> Result<Reply, Reply> {
    let fault = admit(gateway, call, fault::plain(wish.model), wish.kind)?;
    let job = Job {
        id: gateway.fresh_id(&format!("{}{:024}", wish.prefix, 0)),
        model: wish.model.to_owned(),
        prompt: wish.prompt.to_owned(),
        seconds: number(wish.seconds).unwrap_or(4.0),
        size: wish.size.as_str().unwrap_or("1280x720").to_owned(),
        wanted: number(wish.wanted).unwrap_or(1.0).clamp(1.0, 4.0) as u64,
        created: clock::unix_now(),
        remixed_from: None,
        polls: 0,
        flaw: Flaw::of(wish.model, fault),
    };
    gateway
        .accounts
        .charge(&call.key, fault::plain(wish.model), 0, 0, 0);
    gateway.jobs.push(job.clone());
    let mut reply = misbehave::late(answer(&job)?, fault);
    if job.has(Flaw::CreateTimesOut) {
        reply.delay = FOR_EVER;
    }
    Ok(reply)
}

/// The prompt, which most families want.
pub(crate) fn prompt(body: &Value) -> Result<&str, Reply> {
    required(body, "prompt")
}

/// The clip every film is.
pub(crate) fn clip() -> Reply {
    Reply::bytes(StatusCode::OK, "video/mp4", CLIP)
}

/// `GET /files/once/{id}.mp4`: there the first time, then refused as storage refuses what has expired.
pub(crate) fn once(gateway: &Gateway, id: &str) -> Reply {
    let mut fetched = gateway
        .jobs
        .fetched
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if gateway.jobs.find(id).is_some() && fetched.insert(id.to_owned()) {
        return clip();
    }
    let denied = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    Reply::bytes(StatusCode::FORBIDDEN, "application/xml", denied)
}

pub(crate) fn unknown(id: &str) -> Reply {
    refusal::unknown_thing("video", id)
}
