//! Responses that were kept: to be read again, followed while they are made in the background, cancelled or forgotten.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::said;
use crate::call::Call;
use crate::refusal;
use crate::reply::Reply;
use crate::server::Gateway;

const KEPT: usize = 1000;
/// A background response is done at its third look.
const LOOKS: u64 = 3;

struct One {
    whole: Value,
    input: Vec<Value>,
    background: bool,
    cancelled: bool,
    looks: u64,
}

impl One {
    fn shown(&self) -> Value {
        match () {
            () if self.cancelled => said::unfinished(&self.whole, "cancelled"),
            () if self.background && self.looks < LOOKS => said::unfinished(&self.whole, "in_progress"),
            () => self.whole.clone(),
        }
    }
}

/// The responses of this run; the oldest make room.
#[derive(Default)]
pub(crate) struct Kept(Mutex<VecDeque<One>>);

impl Kept {
    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<One>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn put(&self, whole: &Value, input: Vec<Value>, background: bool) {
        let one = One {
            whole: whole.clone(),
            input,
            background,
            cancelled: false,
            looks: 0,
        };
        self.with(|kept| {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(one);
        });
    }

    fn act<T>(&self, id: &str, act: impl FnOnce(&mut One) -> T) -> Result<T, Reply> {
        let found = self.with(|kept| kept.iter_mut().find(|one| one.whole["id"] == id).map(act));
        found.ok_or_else(|| refusal::unknown_thing("response", id))
    }
}

/// `GET /v1/responses/{id}`.
pub(crate) fn retrieve(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let shown = gateway.kept.act(id, |one| {
        one.looks += 1;
        one.shown()
    })?;
    Ok(Reply::ok(&shown))
}

/// `POST /v1/responses/{id}/cancel`: only what runs in the background can be.
pub(crate) fn cancel(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    let shown = gateway.kept.act(id, |one| {
        one.cancelled |= one.background && one.looks < LOOKS;
        one.background.then(|| one.shown())
    })?;
    let shown = shown.ok_or_else(|| refusal::invalid("Only background responses can be cancelled", None))?;
    Ok(Reply::ok(&shown))
}

/// `DELETE /v1/responses/{id}`.
pub(crate) fn delete(gateway: &Gateway, id: &str) -> Result<Reply, Reply> {
    gateway.kept.act(id, |_| ())?;
    gateway.kept.with(|kept| kept.retain(|one| one.whole["id"] != id));
    Ok(Reply::ok(
        &json!({"id": id, "object": "response", "deleted": true}),
    ))
}

/// `GET /v1/responses/{id}/input_items`, newest first unless asked otherwise.
pub(crate) fn input_items(gateway: &Gateway, call: &Call, id: &str) -> Result<Reply, Reply> {
    let mut input = gateway.kept.act(id, |one| one.input.clone())?;
    if !call.asks("order=asc") {
        input.reverse();
    }
    let edge = |item: Option<&Value>| item.map(|item| item["id"].clone());
    Ok(Reply::ok(
        &json!({"object": "list", "first_id": edge(input.first()), "last_id": edge(input.last()),
        "has_more": false, "data": input}),
    ))
}
