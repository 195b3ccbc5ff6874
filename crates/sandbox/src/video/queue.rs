//! `/queue/fal-ai/…` under the root: fal's queue with Vidu's films and kling-image-o1's pictures (Nexconn C).
//!
//! The body may not name a model, because the path does: here the app is the model's own name, so that each
//! misbehaviour has an address.

use http::StatusCode;
use serde_json::{Value, json};

use super::fault::Flaw;
use super::{FAILED, Job, Stage, Wish, order, unknown};
use crate::call::Call;
use crate::models::Kind;
use crate::pictures;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// `POST /queue/fal-ai/{app}/{path}`.
pub(crate) fn create(gateway: &Gateway, call: &Call, app: &str, path: &str) -> Result<Reply, Reply> {
    let body = call.json()?;
    if !body["model"].is_null() {
        return Err(refusal::invalid("Unknown field: 'model'", Some("model")));
    }
    let draws = app.contains("image") || app.contains("kling-queue");
    let wanted = if draws { &body["num_images"] } else { &Value::Null };
    let needs_prompt = draws || path.contains("text-");
    if needs_prompt && body["prompt"].as_str().is_none_or(str::is_empty) {
        return Err(refusal::invalid("'prompt' is required", Some("prompt")));
    }
    let wish = Wish {
        prefix: if draws { "qimage-" } else { "qvideo-" },
        kind: if draws { Kind::Image } else { Kind::Video },
        model: match app {
            "vidu" => "sandbox-vidu",
            "kling-image" => "sandbox-kling-queue",
            app => app,
        },
        prompt: body["prompt"].as_str().unwrap_or_default(),
        seconds: &body["duration"],
        size: &Value::Null,
        wanted,
    };
    order(gateway, call, &wish, |job| {
        let root = match job.has(Flaw::ForeignStatusUrl) {
            true => "https://api.elsewhere.invalid".to_owned(),
            false => gateway.root(),
        };
        let at = format!("{root}/queue/fal-ai/{app}/requests/{}", job.id);
        Ok(Reply::ok(
            &json!({"status": "IN_QUEUE", "request_id": job.id, "queue_position": 0,
            "response_url": at, "status_url": format!("{at}/status"), "cancel_url": ""}),
        ))
    })
}

/// `GET /queue/fal-ai/{app}/requests/{id}/status`: 202 while it goes on.
pub(crate) async fn status(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.poll(id).ok_or_else(|| unknown(id))?;
    let (stage, _) = job.stage(clock::unix_now());
    let going = |word: &str| {
        Reply::json(
            StatusCode::ACCEPTED,
            &json!({"status": word, "request_id": job.id}),
        )
    };
    Ok(match stage {
        Stage::Queued => going("IN_QUEUE"),
        Stage::Running => going("IN_PROGRESS"),
        // The trap: over is COMPLETED, whichever way.
        Stage::Failed => Reply::ok(&json!({"status": "COMPLETED", "request_id": job.id, "detail": FAILED})),
        Stage::Done => Reply::ok(&json!({"status": "COMPLETED", "request_id": job.id,
            "result": result(gateway, &job), "metrics": {"inference_time": 8.0}})),
    })
}

/// `GET /queue/fal-ai/{app}/requests/{id}`.
pub(crate) fn response(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.find(id).ok_or_else(|| unknown(id))?;
    match job.stage(clock::unix_now()).0 {
        Stage::Done => Ok(Reply::ok(&result(gateway, &job))),
        Stage::Failed => Ok(Reply::ok(&json!({"detail": FAILED}))),
        Stage::Queued | Stage::Running => Err(refusal::invalid("The request is still in progress", None)),
    }
}

fn result(gateway: &Gateway, job: &Job) -> Value {
    if job.id.starts_with("qimage-") {
        let link =
            |nth| json!({"url": pictures::link(gateway, &job.prompt, nth), "content_type": "image/png"});
        return json!({"images": (0..job.wanted).map(link).collect::<Vec<_>>()});
    }
    json!({"video": {"url": job.link(gateway), "content_type": "video/mp4", "file_name": "sample.mp4",
        "file_size": super::CLIP.len()}})
}
