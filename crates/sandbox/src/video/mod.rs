//! Jobs: films in every family's words, and pictures that come as tasks, over one list. A family is a file; how an
//! order is taken in all of them is here.

pub(crate) mod ark;
pub(crate) mod fault;
mod job;
pub(crate) mod openai;
pub(crate) mod queue;
pub(crate) mod task;
pub(crate) mod tasks_of_pictures;
pub(crate) mod veo;

use std::sync::PoisonError;
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
pub(crate) use job::{Job, Jobs, Stage};

/// Two seconds of a rising sun, made for this project.
const CLIP: &[u8] = include_bytes!("../clip/sample.mp4");
/// How long nobody waits for an answer.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// What every failing job says.
pub(crate) const FAILED: &str = "The sandbox let this job fail on purpose";

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
