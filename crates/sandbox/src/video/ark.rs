//! `/v3/contents/generations/tasks` under the root: Seedance (Nexconn D).

use serde_json::{Value, json};

use super::{FAILED, Stage, Wish, order, unknown};
use crate::call::{Call, required};
use crate::models::Kind;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// `POST /v3/contents/generations/tasks`.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let content = body["content"].as_array().filter(|content| !content.is_empty());
    let content =
        content.ok_or_else(|| refusal::invalid("'content' must hold at least one item", Some("content")))?;
    if !(body["duration"].is_null() || body["duration"].is_u64()) {
        return Err(refusal::invalid(
            "'duration' must be an integer",
            Some("duration"),
        ));
    }
    let text = content.iter().find(|item| item["type"] == "text");
    let wish = Wish {
        prefix: "qvideo-",
        kind: Kind::Video,
        model: required(&body, "model")?,
        prompt: text.and_then(|item| item["text"].as_str()).unwrap_or_default(),
        seconds: &body["duration"],
        size: &Value::Null,
        wanted: &Value::Null,
    };
    order(gateway, call, &wish, |job| Ok(Reply::ok(&json!({"id": job.id}))))
}

/// `GET /v3/contents/generations/tasks/{id}`.
pub(crate) fn poll(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.poll(id).ok_or_else(|| unknown(id))?;
    let (stage, _) = job.stage(clock::unix_now());
    let status = match stage {
        Stage::Queued => "queued",
        Stage::Running => "running",
        Stage::Done => "succeeded",
        Stage::Failed => "failed",
    };
    let mut answer = json!({"id": job.id, "model": job.model, "status": status, "created_at": job.created,
        "updated_at": clock::unix_now(), "error": null});
    match stage {
        Stage::Done => {
            answer["content"] = json!({"video_url": job.link(gateway)});
            let spent = (job.seconds * 10_000.0) as u64;
            answer["usage"] = json!({"completion_tokens": spent, "total_tokens": spent});
        }
        Stage::Failed => answer["error"] = json!({"code": "generation_failed", "message": FAILED}),
        Stage::Queued | Stage::Running => {}
    }
    Ok(Reply::ok(&answer))
}
