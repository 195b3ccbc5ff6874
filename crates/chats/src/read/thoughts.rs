//! Thoughts that programs keep in the text itself: `<think>` of local models, LibreChat's `:::thinking`, Open WebUI's
//! `<details type="reasoning">`.

use crate::chat::Said;

const FENCES: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    (":::thinking", ":::"),
    ("<thought>", "</thought>"),
];

/// Moves leading thoughts from the text of an answer to where they belong.
pub(super) fn lift(said: &mut Said) {
    loop {
        let text = said.text.trim_start();
        let Some((open, close)) = FENCES.iter().find(|(open, _)| text.starts_with(open)) else {
            return;
        };
        let inside = &text[open.len()..];
        // A thought without an end is an answer that was stopped while it thought.
        let (thought, rest) = inside.split_once(close).unwrap_or((inside, ""));
        let (thought, rest) = (thought.trim().to_owned(), rest.trim_start().to_owned());
        said.think(&thought);
        said.text = rest;
    }
}

/// One `<details>` block: its attributes, unescaped, and what it holds.
pub(super) struct Details {
    pub(super) attributes: Vec<(String, String)>,
    pub(super) body: String,
}

impl Details {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Takes the `<details type=…>` blocks out of a text. Ordinary ones, which the model wrote itself, stay.
pub(super) fn details(text: &str) -> (String, Vec<Details>) {
    let mut kept = String::with_capacity(text.len());
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("<details type=") {
        let (before, block) = rest.split_at(start);
        let Some(head) = end_of_tag(block) else {
            break;
        };
        let inside = &block[head..];
        let end = inside.find("</details>");
        let body = &inside[..end.unwrap_or(inside.len())];
        let body = body.split_once("</summary>").map_or(body, |(_, body)| body);
        found.push(Details {
            attributes: attributes(&block[..head]),
            body: unescape(body.trim()),
        });
        kept.push_str(before);
        rest = end.map_or("", |end| &inside[end + "</details>".len()..]);
    }
    kept.push_str(rest);
    (kept.trim().to_owned(), found)
}

/// Where a tag ends: the first `>` outside quotes.
fn end_of_tag(block: &str) -> Option<usize> {
    let mut quoted = false;
    block.char_indices().find_map(|(at, one)| {
        if one == '"' {
            quoted = !quoted;
        }
        (one == '>' && !quoted).then_some(at + 1)
    })
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before
            .rsplit(|one: char| one.is_whitespace() || one == '<')
            .next();
        let (value, next) = after.split_once('"').unwrap_or((after, ""));
        found.push((name.unwrap_or_default().to_owned(), unescape(value)));
        rest = next;
    }
    found
}

pub(super) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
