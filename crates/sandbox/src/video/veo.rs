//! `/v1/videos/generations`: Veo in Vertex's words (Nexconn B).

use serde_json::{Value, json};

use super::{FAILED, Stage, Wish, order, prompt, unknown};
use crate::call::{Call, required};
use crate::models::Kind;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// `POST /v1/videos/generations`.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    if body["instances"].as_array().map(Vec::len) != Some(1) {
        return Err(refusal::invalid(
            "'instances' must hold exactly one instance",
            Some("instances"),
        ));
    }
    let parameters = &body["parameters"];
    let wish = Wish {
        prefix: "chatvideo-",
        kind: Kind::Video,
        model: required(&body, "model")?,
        prompt: prompt(&body["instances"][0])?,
        seconds: &parameters["durationSeconds"],
        size: &Value::Null,
        wanted: &parameters["sampleCount"],
    };
    order(gateway, call, &wish, |job| Ok(Reply::ok(&json!({"id": job.id}))))
}

/// `GET /v1/videos/generations/{id}`.
pub(crate) fn poll(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let job = gateway.jobs.poll(id).ok_or_else(|| unknown(id))?;
    let (stage, _) = job.stage(clock::unix_now());
    let (status, message) = match stage {
        Stage::Queued => ("Initializing", ""),
        Stage::Running => ("Running", ""),
        Stage::Done => ("Completed", ""),
        Stage::Failed => ("Failed", FAILED),
    };
    let mut answer = json!({"id": job.id, "model": job.model, "status": status, "message": message});
    if stage == Stage::Done {
        let videos: Vec<Value> = (0..job.wanted)
            .map(|nth| json!({"url": format!("{}&sample={nth}", job.link(gateway)), "mimeType": "video/mp4"}))
            .collect();
        answer["data"] = json!({"videos": videos, "raiMediaFilteredCount": 0});
    }
    Ok(Reply::ok(&answer))
}
