//! Our own JSON export, as [`crate::json()`] writes it.

use serde::Deserialize as _;
use serde_json::Value;

use super::elements::Elements;
use super::{SILENT, STRANGE, Stream, links};
use crate::chat::Chat;
use crate::files::Files;
use crate::json::Look;
use crate::write::{FORMAT, VERSION};

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    Elements::new(files, parts).read(chat)
}

fn chat(value: &Value) -> Result<Chat, String> {
    if value.text("format") == Some(FORMAT) && value.count("version").is_none_or(|version| version > VERSION)
    {
        return Err("a newer Nexdesk wrote it; update this one first".to_owned());
    }
    let inner = value.at("conversation");
    let body = if inner.is_object() { inner } else { value };
    let mut chat = Chat::deserialize(body).map_err(|_| STRANGE)?;
    if chat.messages.is_empty() {
        return Err(SILENT.to_owned());
    }
    if chat.foreign_id.is_empty() {
        return Err(STRANGE.to_owned());
    }
    // A hand-edited file may say anything; the promise that parents stand first is kept here.
    for (at, said) in chat.messages.iter_mut().enumerate() {
        said.parent = said.parent.filter(|parent| *parent < at);
        links::keep_safe(&mut said.citations);
    }
    let last = chat.messages.len() - 1;
    chat.active = chat.active.filter(|active| *active <= last).or(Some(last));
    Ok(chat)
}
