//! `/v1/files`: OpenAI's uploads as a form, and Nexconn's imports by link (`qfile`) as JSON.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::audio::form;
use crate::call::{Call, number, required};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, refusal};

const KEPT: usize = 200;
/// An import is ready at its third look.
const LOOKS: u64 = 3;

struct File {
    about: Value,
    content: Bytes,
    looks: u64,
}

/// The files of this run; the oldest make room.
#[derive(Default)]
pub(crate) struct Files(Mutex<VecDeque<File>>);

impl Files {
    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<File>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, about: &Value, content: Bytes) {
        let file = File {
            about: about.clone(),
            content,
            looks: 0,
        };
        self.with(|files| {
            if files.len() == KEPT {
                files.pop_front();
            }
            files.push_back(file);
        });
    }

    fn act<T>(&self, id: &str, act: impl FnOnce(&mut File) -> T) -> Result<T, Reply> {
        let found = self.with(|files| files.iter_mut().find(|file| file.about["id"] == id).map(act));
        found.ok_or_else(|| refusal::unknown_thing("file", id))
    }
}

/// `POST /v1/files`.
pub(crate) fn create(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    if !call.content_type.starts_with("multipart/") {
        return import(gateway, call);
    }
    let form = form::read(call)?;
    let Some(file) = form.file("file") else {
        return Err(refusal::invalid(
            "Missing required parameter: 'file'",
            Some("file"),
        ));
    };
    let about = json!({"id": gateway.fresh_id("file-"), "object": "file", "bytes": file.bytes.len(),
        "created_at": clock::unix_now(), "filename": file.name, "purpose": required(&form.fields, "purpose")?,
        "status": "processed"});
    gateway.files.put(&about, file.bytes.clone());
    Ok(Reply::ok(&about))
}

fn import(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let source = required(&body, "source_url")?;
    let now = clock::unix_now();
    let lives = number(&body["expires_in"]).unwrap_or(172_800.0) as u64;
    let about = json!({"id": gateway.fresh_id("qfile-sandbox-"), "object": "file", "status": "pending",
        "model": required(&body, "model")?, "created_at": now, "expires_at": now + lives,
        "file_name": source.rsplit('/').next()});
    gateway.files.put(&about, Bytes::new());
    Ok(Reply::ok(&about))
}

/// `GET /v1/files`.
pub(crate) fn list(gateway: &Gateway) -> Reply {
    let data: Vec<Value> = gateway
        .files
        .with(|files| files.iter().rev().map(|file| file.about.clone()).collect());
    Reply::ok(&json!({"object": "list", "data": data, "has_more": false}))
}

/// `GET /v1/files/{id}`, which moves an import on.
pub(crate) fn retrieve(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let about = gateway.files.act(id, |file| {
        file.looks += 1;
        if file.about["status"] == "pending" && file.looks >= LOOKS {
            file.about["status"] = json!("ready");
            file.about["synced_at"] = json!(clock::unix_now());
        }
        file.about.clone()
    })?;
    Ok(Reply::ok(&about))
}

/// `GET /v1/files/{id}/content`.
pub(crate) fn content(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let content = gateway.files.act(id, |file| file.content.clone())?;
    Ok(Reply::bytes(StatusCode::OK, "application/octet-stream", content))
}

/// `DELETE /v1/files/{id}`.
pub(crate) fn delete(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    gateway.files.act(id, |_| ())?;
    gateway
        .files
        .with(|files| files.retain(|file| file.about["id"] != id));
    Ok(Reply::ok(&json!({"id": id, "object": "file", "deleted": true})))
}
