//! `/v1/videos`: OpenAI's own, and with Kling's models Nexconn's reading of it, which gives a link and no content.

use http::StatusCode;
use serde_json::{Value, json};

use super::{FAILED, Job, Stage, Wish, fields, order, prompt, unknown};
use crate::call::{Call, required};
use crate::models::Kind;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

fn is_nexconn(model: &str) -> bool {
    model.starts_with("sandbox-kling")
}

/// The object of this family.
pub(super) fn video(gateway: &Gateway, job: &Job, now: u64) -> Value {
    let (stage, progress) = job.stage(now);
    let status = match stage {
        Stage::Queued if is_nexconn(&job.model) => "initializing",
        Stage::Queued => "queued",
        Stage::Running => "in_progress",
        Stage::Done => "completed",
        Stage::Failed => "failed",
    };
    let error = (stage == Stage::Failed).then(|| json!({"code": "generation_failed", "message": FAILED}));
    let mut video = json!({"id": job.id, "object": "video", "model": job.model, "status": status, "progress": progress,
        "created_at": job.created, "completed_at": job.is_over(now).then_some(now), "expires_at": null,
        "size": job.size, "seconds": job.seconds.to_string(), "prompt": job.prompt,
        "remixed_from_video_id": job.remixed_from, "error": error});
    if is_nexconn(&job.model) && stage == Stage::Done {
        let made = json!({"id": job.id, "url": job.link(gateway), "duration": job.seconds.to_string()});
        video["task_result"] = json!({"videos": [made]});
    }
    video
}

/// `POST /v1/videos`. Nexconn insists on strings where others let a number pass.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = fields(call)?;
    let model = required(&body, "model")?;
    // This one stands for hosts that have only new-api's own path.
    if model.starts_with("sandbox-task") {
        return Err(refusal::unknown_address(&call.method, &call.path));
    }
    let nexconn = is_nexconn(model);
    if nexconn && (body["seconds"].is_number() || body["input_reference"].is_object()) {
        return Err(refusal::invalid(
            "'seconds' and 'input_reference' must be strings",
            Some("seconds"),
        ));
    }
    let seconds = if body["seconds"].is_null() {
        "duration"
    } else {
        "seconds"
    };
    let wish = Wish {
        prefix: if nexconn { "qvideo-" } else { "video_" },
        kind: Kind::Video,
        model,
        prompt: if body["multi_shot"] == true {
            ""
        } else {
            prompt(&body)?
        },
        seconds: &body[seconds],
        size: &body["size"],
        wanted: &Value::Null,
    };
    order(gateway, call, &wish, |job| {
        Ok(Reply::ok(&video(gateway, job, job.created)))
    })
}

/// `GET /v1/videos/{id}`.
pub(crate) fn poll(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.poll(id).ok_or_else(|| unknown(id))?;
    Ok(Reply::ok(&video(gateway, &job, clock::unix_now())))
}

/// `GET /v1/videos`, newest first.
pub(crate) fn list(gateway: &Gateway) -> Reply {
    let now = clock::unix_now();
    let data: Vec<Value> = gateway
        .jobs
        .with(|jobs| jobs.iter().rev().map(|job| video(gateway, job, now)).collect());
    let edge = |video: Option<&Value>| video.map(|video| video["id"].clone());
    Reply::ok(
        &json!({"object": "list", "first_id": edge(data.first()), "last_id": edge(data.last()),
        "has_more": false, "data": data}),
    )
}

/// `GET /v1/videos/{id}/content`, which does not count as a poll.
pub(crate) fn content(gateway: &Gateway, call: &Call, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.find(id).ok_or_else(|| unknown(id))?;
    if is_nexconn(&job.model) {
        return Err(refusal::unknown_address(&call.method, &call.path));
    }
    let (stage, _) = job.stage(clock::unix_now());
    if stage != Stage::Done {
        return Err(refusal::invalid("The video is not ready", None));
    }
    Ok(super::clip())
}

/// `POST /v1/videos/{id}/remix`: length and size stay.
pub(crate) fn remix(gateway: &Gateway, call: &Call, id: &str) -> Result<Reply, Reply> {
    let from = gateway.jobs.find(id).ok_or_else(|| unknown(id))?;
    let body = call.json()?;
    let prefix = if is_nexconn(&from.model) {
        "qvideo-"
    } else {
        "video_"
    };
    let job = Job {
        id: gateway.fresh_id(&format!("{prefix}{:024}", 0)),
        prompt: prompt(&body)?.to_owned(),
        created: clock::unix_now(),
        remixed_from: Some(from.id.clone()),
        polls: 0,
        ..from
    };
    gateway.jobs.push(job.clone());
    Ok(Reply::ok(&video(gateway, &job, job.created)))
}

/// `DELETE /v1/videos/{id}`.
pub(crate) fn delete(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let found = gateway.jobs.with(|jobs| {
        let at = jobs.iter().position(|job| job.id == id)?;
        jobs.remove(at)
    });
    let job = found.ok_or_else(|| unknown(id))?;
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"id": job.id, "object": "video.deleted", "deleted": true}),
    ))
}
