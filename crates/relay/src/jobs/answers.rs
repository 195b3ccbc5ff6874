//! Jobs in the caller's words: OpenAI's `/v1/videos`, and new-api's `/v1/video/generations`.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use nexdesk_ledger::{JobFileRow, JobRow, JobState};
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_upstream::jobs::Tongue;
use serde_json::{Value, json};

use super::follow::is_missing;
use super::{Jobs, Orderer, Stored};

const NAP: Duration = Duration::from_millis(500);
const PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// What a caller wants to know about jobs that exist.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// `GET /v1/videos/{id}` or `GET /v1/video/generations/{id}`.
    Show(&'a str),
    /// `GET /v1/videos/{id}/content`, with its query.
    Content(&'a str, &'a str),
    /// `GET /v1/videos`, with its query.
    List(&'a str),
    /// `DELETE /v1/videos/{id}`.
    Delete(&'a str),
}

/// An answer to a caller.
pub struct Told {
    /// The status.
    pub status: StatusCode,
    /// Headers of our own.
    pub headers: HeaderMap,
    /// The body.
    pub given: Given,
}

/// What an answer holds.
pub enum Given {
    /// JSON.
    Json(Value),
    /// A file from our disk.
    File(Stored),
}

impl Told {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            given: Given::Json(body),
        }
    }

    /// SDKs ask again by themselves after many errors, and asking again here means ordering again.
    pub(super) fn once(mut self) -> Self {
        let header = http::HeaderName::from_static("x-should-retry");
        self.headers.insert(header, HeaderValue::from_static("false"));
        self
    }
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let body = serde_json::from_str(&refusal.body(Dialect::OpenAi)).unwrap_or_default();
        Self::json(status, body)
    }
}

impl Jobs {
    /// What a caller is told right after its order. `root` is our own address, for links to what is kept here.
    #[must_use]
    pub fn ordered(&self, row: &JobRow, tongue: Tongue) -> Told {
        let mut said = self.video(row);
        if tongue == Tongue::NewApiVideos {
            let bare = row.id.trim_start_matches("video_");
            said["id"] = format!("task_{bare}").into();
            said["task_id"] = said["id"].clone();
        }
        Told::json(StatusCode::OK, said)
    }

    /// Answers a caller about its own jobs; the window (`id` none) about everybody's. `root` is the address the caller
    /// reached us at, without `/v1`.
    pub async fn answer(&self, asked: Asked<'_>, caller: Orderer, tongue: Tongue, root: &str) -> Told {
        match asked {
            Asked::List(query) => self.list(query, caller.id.as_deref()),
            Asked::Show(id) => match self.find(id, caller.id.as_deref()) {
                Some(row) => {
                    let row = self.on_demand(row).await;
                    match tongue {
                        Tongue::NewApiVideos => Told::json(StatusCode::OK, self.task(&row, root)),
                        Tongue::OpenAiVideos | Tongue::OpenAiImages => {
                            Told::json(StatusCode::OK, self.video(&row))
                        }
                    }
                }
                None if tongue == Tongue::NewApiVideos => Told::json(
                    StatusCode::BAD_REQUEST,
                    json!({"code": "task_not_exist", "message": "task_not_exist", "data": null}),
                ),
                None => unknown(id).into(),
            },
            Asked::Content(id, query) => match self.find(id, caller.id.as_deref()) {
                Some(row) => self.content_of(row, query).await,
                None => unknown(id).into(),
            },
            Asked::Delete(id) => match self.find(id, caller.id.as_deref()) {
                Some(row) => self.delete(row, id).await,
                None => unknown(id).into(),
            },
        }
    }

    fn video(&self, row: &JobRow) -> Value {
        let (status, progress) = match row.state {
            JobState::Queued => ("queued", 0),
            JobState::Running => ("in_progress", 0),
            JobState::Done => ("completed", 100),
            JobState::Failed | JobState::Cancelled => ("failed", 0),
        };
        // What is here stays; what is not yet here goes with its link.
        let expires = row.files.first().filter(|file| is_missing(file));
        let expires = expires.and_then(|file| file.link_dies_at);
        json!({"id": row.id, "object": "video", "model": row.model_asked, "status": status,
            "progress": row.progress.map_or(progress, i64::from), "created_at": row.created_at / 1000,
            "completed_at": row.finished_at.map(|at| at / 1000), "expires_at": expires.map(|at| at / 1000),
            "size": row.request.get("size"), "seconds": row.request.get("seconds"), "prompt": row.prompt,
            "remixed_from_video_id": row.remixed_from, "error": error(row)})
    }

    fn task(&self, row: &JobRow, root: &str) -> Value {
        let id = format!("task_{}", row.id.trim_start_matches("video_"));
        let (status, progress) = match row.state {
            JobState::Queued => ("QUEUED", 0),
            JobState::Running => ("IN_PROGRESS", 30),
            JobState::Done => ("SUCCESS", 100),
            JobState::Failed | JobState::Cancelled => ("FAILURE", 100),
        };
        let progress = row.progress.map_or(progress, i64::from);
        let now = self.0.clock.unix_ms();
        let alive = |file: &&JobFileRow| file.link_dies_at.is_none_or(|dies| dies > now);
        let link = row.files.first().filter(alive).and_then(|file| file.link.clone());
        let link = link.filter(|link| link.contains("://"));
        let link = match row.state {
            JobState::Done => link.unwrap_or_else(|| format!("{root}/v1/videos/{}/content", row.id)),
            _ => String::new(),
        };
        let reason = row.error_message.as_deref().unwrap_or_default();
        json!({"code": "success", "message": "", "data": {"task_id": id, "status": status,
            "progress": format!("{progress}%"), "url": link, "result_url": link, "fail_reason": reason,
            "submit_time": row.created_at / 1000, "start_time": row.created_at / 1000,
            "finish_time": row.finished_at.map_or(0, |at| at / 1000), "action": "textGenerate",
            "platform": row.family, "error": error(row), "data": self.video(row)}})
    }

    fn list(&self, query: &str, caller: Option<&str>) -> Told {
        let limit = page(query);
        let more = u32::try_from(limit + 1).unwrap_or(u32::MAX);
        let after = queried(query, "after");
        let rows = match queried(query, "order") {
            Some("asc") => self.0.ledger.jobs_from_the_first("video", caller, after, more),
            _ => self.0.ledger.jobs("video", caller, after, more),
        };
        let mut rows = match rows {
            Ok(rows) => rows,
            Err(error) => return Refusal::new(500, "storage_failed", error.to_string()).into(),
        };
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let edge = |row: Option<&JobRow>| row.map(|row| row.id.clone());
        let said = json!({"object": "list", "first_id": edge(rows.first()), "last_id": edge(rows.last()),
            "has_more": has_more, "data": rows.iter().map(|row| self.video(row)).collect::<Vec<_>>()});
        Told::json(StatusCode::OK, said)
    }

    /// The film, or with `?variant=` another of its files. One that is not here yet is fetched first.
    async fn content_of(&self, row: JobRow, query: &str) -> Told {
        let row = self.on_demand(row).await;
        if row.state != JobState::Done {
            return Refusal::new(400, "video_not_ready", "The video is not completed yet.").into();
        }
        let nth = match query.split('&').find_map(|pair| pair.strip_prefix("variant=")) {
            None | Some("" | "video") => 0,
            Some("thumbnail") => row.files.len().min(2).saturating_sub(1),
            Some(other) => {
                let said = format!("The gateway that made this film has no “{other}” of it.");
                return Refusal::new(400, "invalid_input", said).into();
            }
        };
        let row = if row.files.get(nth).is_some_and(is_missing) {
            self.look_after(&row.id).await;
            self.arrived(row).await
        } else {
            row
        };
        let stored = match row.files.get(nth) {
            Some(file) => self.stored(file).await,
            None => None,
        };
        match stored {
            Some(stored) => {
                let mut told = Told::json(StatusCode::OK, Value::Null);
                told.given = Given::File(stored);
                told
            }
            None => Refusal::new(
                502,
                "content_unavailable",
                "The film is done, but the gateway does not hand it out at the moment. Ask again later.",
            )
            .into(),
        }
    }

    /// The row once its files are here: somebody else may be fetching them right now.
    async fn arrived(&self, row: JobRow) -> JobRow {
        let mut changes = self.changes();
        while super::lock(&self.0.busy).contains(&row.id) {
            // Its end is a change like any other, but one that was deleted meanwhile ends without.
            let _ = tokio::time::timeout(NAP, changes.recv()).await;
        }
        self.0.ledger.job(&row.id).ok().flatten().unwrap_or(row)
    }

    async fn delete(&self, row: JobRow, id: &str) -> Told {
        self.forget(&row.id);
        match self.0.ledger.remove_job(&row.id).await {
            Ok(orphans) => {
                self.discard(orphans).await;
                Told::json(
                    StatusCode::OK,
                    json!({"id": id, "object": "video.deleted", "deleted": true}),
                )
            }
            Err(error) => Refusal::new(500, "storage_failed", error.to_string()).into(),
        }
    }
}

pub(super) fn error(row: &JobRow) -> Value {
    match (&row.error_code, row.state) {
        (Some(code), _) => json!({"code": code, "message": row.error_message}),
        (None, JobState::Cancelled) => {
            json!({"code": "cancelled", "message": "It was cancelled at the gateway."})
        }
        _ => Value::Null,
    }
}

/// A value of a query.
pub(crate) fn queried<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// How many films a query wants to see.
pub(crate) fn page(query: &str) -> usize {
    let limit = queried(query, "limit").and_then(|limit| limit.parse().ok());
    limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE)
}

pub(crate) fn unknown(id: &str) -> Refusal {
    Refusal::new(404, "not_found", format!("There is no video with the id “{id}”."))
}
