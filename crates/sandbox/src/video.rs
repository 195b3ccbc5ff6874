//! Video jobs, in both families: new-api's `/v1/video/generations` and OpenAI's `/v1/videos`, over one list of jobs.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::audio::form;
use crate::call::{Call, number, required};
use crate::chat::misbehave::{self, Fault};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// Two seconds of a rising sun, made for this project.
const CLIP: &[u8] = include_bytes!("clip/sample.webm");
const KEPT: usize = 1000;
/// A job moves on at each poll, and every so many seconds for those who poll seldom.
const SECONDS_PER_STEP: u64 = 2;
const DONE: u64 = 4;

#[derive(Clone)]
struct Job {
    id: String,
    model: String,
    prompt: String,
    seconds: f64,
    size: String,
    created: u64,
    polls: u64,
    fails: bool,
}

impl Job {
    /// 0 and 1 queued, 2 and 3 in progress, 4 over.
    fn step(&self, now: u64) -> u64 {
        self.polls
            .max(now.saturating_sub(self.created) / SECONDS_PER_STEP)
            .min(DONE)
    }

    fn status(&self, now: u64) -> (&'static str, &'static str, u64) {
        match self.step(now) {
            0 | 1 => ("queued", "QUEUED", 0),
            2 => ("in_progress", "IN_PROGRESS", 35),
            3 => ("in_progress", "IN_PROGRESS", 70),
            _ if self.fails => ("failed", "FAILURE", 100),
            _ => ("completed", "SUCCESS", 100),
        }
    }

    /// The object of OpenAI's family.
    fn video(&self, now: u64) -> Value {
        let (status, _, progress) = self.status(now);
        let over = self.step(now) == DONE;
        let error = (over && self.fails).then(|| json!({"code": "generation_failed", "message": FAILED}));
        json!({"id": self.id, "object": "video", "model": self.model, "status": status, "progress": progress,
            "created_at": self.created, "completed_at": over.then_some(now), "expires_at": null, "size": self.size,
            "seconds": self.seconds.to_string(), "prompt": self.prompt, "remixed_from_video_id": null, "error": error})
    }
}

const FAILED: &str = "The sandbox let this job fail on purpose";

/// The jobs of this run; the oldest make room.
#[derive(Default)]
pub(crate) struct Jobs {
    jobs: Mutex<VecDeque<Job>>,
}

impl Jobs {
    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Job>) -> T) -> T {
        act(&mut self.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The job, one poll further on.
    fn poll(&self, id: &str) -> Option<Job> {
        self.with(|jobs| {
            let job = jobs.iter_mut().find(|job| job.id == id)?;
            job.polls += 1;
            Some(job.clone())
        })
    }
}

fn start(gateway: &Gateway, call: &Call, prefix: &str) -> Result<(Job, Option<Fault>), Reply> {
    let body = match call.content_type.starts_with("multipart/") {
        true => form::read(call)?.fields,
        false => call.json()?,
    };
    let model = required(&body, "model")?;
    let fault = admit(gateway, call, model, Kind::Video)?;
    let job = Job {
        id: gateway.fresh_id(&format!("{prefix}{:024}", 0)),
        model: model.to_owned(),
        prompt: required(&body, "prompt")?.to_owned(),
        seconds: number(&body["seconds"])
            .or(number(&body["duration"]))
            .unwrap_or(4.0),
        size: body["size"].as_str().unwrap_or("1280x720").to_owned(),
        created: clock::unix_now(),
        polls: 0,
        fails: fault == Some(Fault::Job),
    };
    gateway.accounts.charge(&call.key, model, 0, 0, 0);
    gateway.jobs.with(|jobs| {
        if jobs.len() == KEPT {
            jobs.pop_front();
        }
        jobs.push_back(job.clone());
    });
    Ok((job, fault))
}

/// `POST /v1/videos`.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let (job, fault) = start(gateway, call, "video_")?;
    Ok(misbehave::late(Reply::ok(&job.video(job.created)), fault))
}

/// `POST /v1/video/generations`.
pub(crate) fn create_task(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let (job, fault) = start(gateway, call, "task_")?;
    let mut answer = job.video(job.created);
    answer["task_id"] = json!(job.id);
    let ratios = json!({"seconds": job.seconds, "size": 1}).to_string();
    let ratios = HeaderValue::try_from(ratios).map_err(|_| refusal::broken())?;
    let reply = Reply::ok(&answer).with(HeaderName::from_static("x-new-api-other-ratios"), ratios);
    Ok(misbehave::late(reply, fault))
}

/// `GET /v1/videos/{id}`.
pub(crate) fn poll(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway
        .jobs
        .poll(id)
        .ok_or_else(|| refusal::unknown_thing("video", id))?;
    Ok(Reply::ok(&job.video(clock::unix_now())))
}

/// `GET /v1/video/generations/{id}`, with new-api's own error form and its trap: a failed task has the reason in
/// `result_url`.
pub(crate) fn poll_task(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let Some(job) = gateway.jobs.poll(id) else {
        let error = json!({"code": "task_not_exist", "message": "task_not_exist", "data": null});
        return Err(Reply::json(StatusCode::BAD_REQUEST, &error));
    };
    let now = clock::unix_now();
    let (_, status, progress) = job.status(now);
    let (result, reason) = match status {
        "SUCCESS" => (format!("{}/files/sample.webm", gateway.root()), ""),
        "FAILURE" => (FAILED.to_owned(), FAILED),
        _ => (String::new(), ""),
    };
    let finished = if job.step(now) == DONE { now } else { 0 };
    Ok(Reply::ok(&json!({"code": "success", "message": "", "data": {
        "task_id": job.id, "status": status, "progress": format!("{progress}%"), "result_url": result,
        "fail_reason": reason, "submit_time": job.created, "start_time": job.created, "finish_time": finished,
        "quota": 0, "action": "textGenerate", "platform": "sandbox", "properties": {"input": job.prompt},
        "data": job.video(now)}})))
}

/// `GET /v1/videos`, newest first.
pub(crate) fn list(gateway: &Gateway) -> Reply {
    let now = clock::unix_now();
    let data: Vec<Value> = gateway
        .jobs
        .with(|jobs| jobs.iter().rev().map(|job| job.video(now)).collect());
    let edge = |video: Option<&Value>| video.map(|video| video["id"].clone());
    Reply::ok(
        &json!({"object": "list", "first_id": edge(data.first()), "last_id": edge(data.last()),
        "has_more": false, "data": data}),
    )
}

/// `GET /v1/videos/{id}/content`, which does not count as a poll.
pub(crate) fn content(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway
        .jobs
        .with(|jobs| jobs.iter().find(|job| job.id == id).cloned());
    let job = job.ok_or_else(|| refusal::unknown_thing("video", id))?;
    match job.status(clock::unix_now()).0 {
        "completed" => Ok(clip()),
        status => Err(refusal::invalid(
            &format!("The video is not ready: it is {status}"),
            None,
        )),
    }
}

/// `DELETE /v1/videos/{id}`.
pub(crate) fn delete(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let found = gateway.jobs.with(|jobs| {
        let at = jobs.iter().position(|job| job.id == id)?;
        jobs.remove(at)
    });
    let job = found.ok_or_else(|| refusal::unknown_thing("video", id))?;
    Ok(Reply::ok(
        &json!({"id": job.id, "object": "video.deleted", "deleted": true}),
    ))
}

/// The clip every job ends in.
pub(crate) fn clip() -> Reply {
    Reply::bytes(StatusCode::OK, "video/webm", CLIP)
}
