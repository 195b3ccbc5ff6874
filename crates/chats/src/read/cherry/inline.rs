//! What a message held itself before Cherry Studio 1.3.

use serde_json::Value;

use super::blocks;
use crate::chat::Said;
use crate::files::Files;
use crate::json::Look;
use crate::read::{links, thoughts};

pub(super) fn read(message: &Value, said: &mut Said, files: &Files) {
    said.write(message.text("content").unwrap_or_default());
    said.think(message.text("reasoning_content").unwrap_or_default());
    thoughts::lift(said);
    said.write(message.text("translatedContent").unwrap_or_default());
    let thought = message
        .at("metrics")
        .count("time_thinking_millsec")
        .filter(|took| *took > 0);
    said.reasoning_ms = said.reasoning_ms.or(thought).filter(|_| said.reasoning.is_some());
    for held in message.list("files") {
        said.assets.push(blocks::file(held, files));
    }
    let metadata = message.at("metadata");
    let drawn = message
        .list("images")
        .iter()
        .chain(metadata.at("generateImage").list("images"));
    said.assets
        .extend(drawn.filter_map(Value::as_str).map(blocks::drawn));
    for call in metadata.list("mcpTools") {
        said.tool_calls
            .push(blocks::response(call, None, None, &Value::Null));
    }
    for found in [
        "citations",
        "annotations",
        "webSearch",
        "webSearchInfo",
        "groundingMetadata",
        "knowledge",
    ] {
        links::gather(metadata.at(found), said);
    }
    said.problem = said
        .problem
        .take()
        .or_else(|| blocks::problem(message.at("error")));
}
