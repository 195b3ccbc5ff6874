//! Models that draw in tasks, for callers that wait: order, follow, fetch, and answer as OpenAI would have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use nexdesk_ledger::{JobFileRow, JobRow, JobState};
use nexdesk_protocol::refusal::Refusal;
use nexdesk_upstream::Failure;
use serde_json::{Value, json};

use super::{Jobs, Told};

impl Jobs {
    /// Waits for a job of pictures and answers with them. A caller that leaves only stops waiting: the job goes on and
    /// stays on record. `format` is what the caller said, `url` or `b64_json`.
    pub async fn drawn(&self, row: &JobRow, format: Option<&str>) -> Told {
        let row = match self.over(&row.id, format).await {
            Ok(row) => row,
            Err(failure) => {
                return Told::from(Refusal::new(504, failure.kind.code(), failure.message)).once();
            }
        };
        if row.state != JobState::Done {
            return failed(&row).once();
        }
        let mut data = Vec::new();
        for file in &row.files {
            match self.picture(file, format).await {
                Some(picture) => data.push(picture),
                None => return lost().once(),
            }
        }
        let mut said = json!({"created": row.created_at / 1000, "data": data});
        if let Some(usage) = row
            .billing
            .filter(|billing| billing.get("total_tokens").is_some())
        {
            said["usage"] = usage;
        }
        Told::json(StatusCode::OK, said)
    }

    /// Links are enough for a caller that did not ask for bytes.
    async fn over(&self, id: &str, format: Option<&str>) -> Result<JobRow, Failure> {
        let row = self.finished(id, false).await?;
        let links = row
            .files
            .iter()
            .all(|file| file.link.as_ref().is_some_and(|link| link.contains("://")));
        if format != Some("b64_json") && links {
            return Ok(row);
        }
        self.finished(id, true).await
    }

    /// A link where the gateway gave one and the caller did not ask for the bytes.
    async fn picture(&self, file: &JobFileRow, format: Option<&str>) -> Option<Value> {
        let link = file.link.as_deref().filter(|link| link.contains("://"));
        if let Some(link) = link.filter(|_| format != Some("b64_json")) {
            return Some(json!({"url": link}));
        }
        let bytes = self.stored_bytes(file).await?;
        let base64 = STANDARD.encode(bytes);
        if format == Some("url") {
            let mime = file.mime.as_deref().unwrap_or("image/png");
            return Some(json!({"url": format!("data:{mime};base64,{base64}")}));
        }
        Some(json!({"b64_json": base64}))
    }
}

/// The gateway's own reason, under a status that no SDK takes for an invitation to order again.
fn failed(row: &JobRow) -> Told {
    let error = super::answers::error(row);
    let message = error.get("message").and_then(Value::as_str);
    let message = message.unwrap_or("The gateway could not draw this, and does not say why.");
    let code = error
        .get("code")
        .and_then(Value::as_str)
        .unwrap_or("generation_failed");
    let said =
        json!({"error": {"message": message, "type": "image_generation_error", "param": null, "code": code}});
    Told::json(StatusCode::BAD_REQUEST, said)
}

fn lost() -> Told {
    Refusal::new(
        502,
        "content_unavailable",
        "The pictures are drawn, but the gateway does not hand them out.",
    )
    .into()
}
