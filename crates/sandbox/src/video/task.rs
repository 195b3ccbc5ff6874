//! `/v1/video/generations`: new-api's, whose poll has three shapes and whose failed tasks have a reason for a link.

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::{FAILED, Stage, Wish, fields, openai, order, prompt};
use crate::call::{Call, required};
use crate::models::Kind;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

/// `POST /v1/video/generations`.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = fields(call)?;
    let seconds = if body["seconds"].is_null() {
        "duration"
    } else {
        "seconds"
    };
    let wish = Wish {
        prefix: "task_",
        kind: Kind::Video,
        model: required(&body, "model")?,
        prompt: prompt(&body)?,
        seconds: &body[seconds],
        size: &body["size"],
        wanted: &Value::Null,
    };
    order(gateway, call, &wish, |job| {
        let mut answer = openai::video(gateway, job, job.created);
        answer["task_id"] = json!(job.id);
        let ratios = json!({"seconds": job.seconds, "size": 1}).to_string();
        let ratios = HeaderValue::try_from(ratios).map_err(|_| refusal::broken())?;
        Ok(Reply::ok(&answer).with(HeaderName::from_static("x-new-api-other-ratios"), ratios))
    })
}

/// `GET /v1/video/generations/{id}`, with new-api's own error form.
pub(crate) fn poll(gateway: &Gateway, call: &Call, id: &str) -> Result<Reply, Reply> {
    let Some(job) = gateway.jobs.poll(id) else {
        let error = json!({"code": "task_not_exist", "message": "task_not_exist", "data": null});
        return Err(Reply::json(StatusCode::BAD_REQUEST, &error));
    };
    let now = clock::unix_now();
    let (stage, progress) = job.stage(now);
    let link = job.link(gateway);
    let (status, flat, result, reason) = match stage {
        Stage::Queued => ("QUEUED", "queued", "", ""),
        Stage::Running => ("IN_PROGRESS", "processing", "", ""),
        Stage::Done => ("SUCCESS", "succeeded", link.as_str(), ""),
        Stage::Failed => ("FAILURE", "failed", FAILED, FAILED),
    };
    let why = (stage == Stage::Failed).then(|| json!({"code": "generation_failed", "message": FAILED}));
    let brief = json!({"task_id": job.id, "status": flat, "url": if stage == Stage::Done { result } else { "" },
        "format": "mp4", "metadata": {"duration": job.seconds}, "error": why});
    if call.asks("shape=flat") {
        return Ok(Reply::ok(&brief));
    }
    if call.asks("shape=vertex") {
        return Ok(Reply::ok(&json!({"code": "success", "data": brief})));
    }
    Ok(Reply::ok(&json!({"code": "success", "message": "", "data": {
        "task_id": job.id, "status": status, "progress": format!("{progress}%"), "result_url": result,
        "fail_reason": reason, "submit_time": job.created, "start_time": job.created,
        "finish_time": if job.is_over(now) { now } else { 0 },
        "quota": 0, "action": "textGenerate", "platform": "sandbox", "properties": {"input": job.prompt},
        "data": openai::video(gateway, &job, now)}})))
}
