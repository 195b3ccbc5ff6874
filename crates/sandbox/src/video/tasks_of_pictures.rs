//! Kling's pictures: `/v1/images/generations` answers with a task, `/v1/images/tasks/{id}` with how far it is.

use serde_json::{Value, json};

use super::{FAILED, Stage, Wish, order, prompt};
use crate::call::{Call, required};
use crate::models::Kind;
use crate::pictures;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// Whether a model draws in tasks.
pub(crate) fn is_task(body: &Value) -> bool {
    body["model"]
        .as_str()
        .is_some_and(|model| model.starts_with("sandbox-kling-image"))
}

/// `POST /v1/images/generations` and `/edits` with such a model.
pub(crate) fn create(gateway: &Gateway, call: &Call, body: &Value) -> Result<Reply, Reply> {
    let prefixed = body["image"]
        .as_str()
        .is_some_and(|image| image.starts_with("data:"));
    if prefixed {
        return Err(refusal::invalid(
            "'image' must be a URL or base64 without a prefix",
            Some("image"),
        ));
    }
    let wish = Wish {
        prefix: "image-",
        kind: Kind::Image,
        model: required(body, "model")?,
        prompt: prompt(body)?,
        seconds: &Value::Null,
        size: &Value::Null,
        wanted: &body["n"],
    };
    order(gateway, call, &wish, |job| {
        Ok(Reply::ok(&json!({"task_id": job.id})))
    })
}

/// `GET /v1/images/tasks/{id}`.
pub(crate) fn poll(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway
        .jobs
        .poll(id)
        .ok_or_else(|| refusal::unknown_thing("task", id))?;
    let (stage, _) = job.stage(clock::unix_now());
    let link = |nth| json!({"index": nth, "url": pictures::link(gateway, &job.prompt, nth)});
    let (status, data, message) = match stage {
        Stage::Queued | Stage::Running => ("processing", Vec::new(), ""),
        Stage::Done => ("completed", (0..job.wanted).map(link).collect(), ""),
        Stage::Failed => ("failed", Vec::new(), FAILED),
    };
    Ok(Reply::ok(
        &json!({"task_id": job.id, "created": job.created, "status": status,
        "status_message": message, "data": data}),
    ))
}
