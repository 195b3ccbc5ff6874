//! Pages an answer refers to. Every program nests them differently, so they are gathered from wherever they stand in a
//! value; and since anybody may have written them, only http and https remain.

use serde_json::Value;

use crate::chat::{Citation, Said};
use crate::files::is_link;
use crate::json::Look;

/// Search results are nested at most this deep in any program.
const DEEPEST: usize = 7;

/// Notes every page in `value`.
pub(super) fn gather(value: &Value, said: &mut Said) {
    let mut open = vec![(value, 0)];
    let mut found = Vec::new();
    while let Some((value, depth)) = open.pop() {
        found.extend(page(value));
        if depth == DEEPEST {
            continue;
        }
        // Pushed backwards: what is first in the file is noted first.
        match value {
            Value::Array(items) => open.extend(items.iter().rev().map(|item| (item, depth + 1))),
            Value::Object(members) => open.extend(members.values().rev().map(|item| (item, depth + 1))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    for citation in found {
        said.cite(citation);
    }
}

/// The page a value stands for: an object with an address, or the address alone.
pub(super) fn page(value: &Value) -> Option<Citation> {
    if let Some(url) = value.as_str() {
        return is_link(url).then(|| cited(url, None));
    }
    if !value.is_object() {
        return None;
    }
    let url = ["url", "link", "uri", "sourceUrl", "source"]
        .iter()
        .find_map(|key| value.text(key).filter(|url| is_link(url)))?;
    let title = value.text("title").or_else(|| value.text("name"));
    Some(cited(url, title))
}

pub(super) fn cited(url: &str, title: Option<&str>) -> Citation {
    Citation {
        title: title
            .unwrap_or(url)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        url: url.to_owned(),
    }
}

/// Drops what is no page.
pub(super) fn keep_safe(citations: &mut Vec<Citation>) {
    citations.retain(|citation| is_link(&citation.url));
}
