//! ChatGPT's citations. Its text holds markers made of private-use characters (`\u{E200}cite\u{E202}turn0search0\u{E201}`)
//! or, before 2025, `【1†source】`; the pages stand in the message's metadata. Markers whose page is known become links,
//! the others go.

use serde_json::Value;

use crate::chat::Said;
use crate::json::Look;
use crate::read::links;

const OPEN: char = '\u{E200}';
const CLOSE: char = '\u{E201}';
const SEPARATE: char = '\u{E202}';

pub(super) fn read(metadata: &Value, said: &mut Said) {
    for reference in metadata.list("content_references") {
        links::gather(reference, said);
        let marker = reference
            .text("matched_text")
            .filter(|text| text.contains(is_private));
        if let Some(marker) = marker {
            let page =
                links::page(reference).or_else(|| reference.list("items").iter().find_map(links::page));
            let link = page.map_or_else(String::new, |page| link(&page.url));
            said.text = said.text.replace(marker, &link);
        }
    }
    old(metadata, said);
    if said.text.contains(is_private) {
        said.text = without_markers(&said.text);
    }
}

fn is_private(one: char) -> bool {
    ('\u{E200}'..='\u{E206}').contains(&one)
}

/// What stands in the text instead of a marker. Not a number: several messages with pages of their own become one.
fn link(url: &str) -> String {
    let host = url.split('/').nth(2).unwrap_or(url).trim_start_matches("www.");
    format!(" [{host}]({url})")
}

/// Citations that give their place in the text, counted in characters.
fn old(metadata: &Value, said: &mut Said) {
    let mut marks = Vec::new();
    for citation in metadata.list("citations") {
        let Some(page) = links::page(citation.at("metadata")) else {
            continue;
        };
        if let (Some(from), Some(to)) = (citation.count("start_ix"), citation.count("end_ix")) {
            marks.push((from as usize, to as usize, page.url.clone()));
        }
        said.cite(page);
    }
    if !said.text.contains('【') {
        return;
    }
    // From the end, so that earlier places stay true.
    marks.sort_by(|one, other| other.cmp(one));
    let mut text: Vec<char> = said.text.chars().collect();
    for (from, to, url) in marks {
        let marked = text.get(from..to);
        if !marked.is_some_and(|marked| marked.starts_with(&['【']) && marked.ends_with(&['】'])) {
            continue;
        }
        text.splice(from..to, link(&url).chars());
    }
    said.text = without_brackets(&text.into_iter().collect::<String>());
}

/// Removes `【1†source】`, and leaves brackets that people wrote.
fn without_brackets(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('【') {
        kept.push_str(before);
        match after.split_once('】') {
            Some((inside, next))
                if inside.contains('†') && inside.starts_with(|one: char| one.is_ascii_digit()) =>
            {
                rest = next;
            }
            _ => {
                kept.push('【');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// Removes what no reference explained: whole groups, lone anchors, stray marks.
fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_private) {
        kept.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        let mark = chars.next().unwrap_or(CLOSE);
        rest = chars.as_str();
        if mark == OPEN {
            rest = rest.split_once(CLOSE).map_or(rest, |(_, next)| next);
        } else if mark == SEPARATE && rest.starts_with("turn") {
            rest = rest.trim_start_matches(|one: char| one.is_ascii_alphanumeric());
        }
    }
    kept.push_str(rest);
    kept
}
