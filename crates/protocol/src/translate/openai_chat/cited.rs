//! The pages an answer rests on. Everybody who searches the web says them beside the text, and everybody elsewhere:
//! OpenAI and OpenRouter as `annotations` of the message or of a delta, Perplexity and xAI as `citations` of the whole
//! chunk (repeated in each), Perplexity as `search_results` too, what carries Gemini as grounding metadata.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::talk::Delta;

/// More than anybody reads; a gateway that goes on without end is not followed.
const MOST: usize = 500;

/// The lists of pages, those with titles before those of bare addresses: the first to name an address names it for
/// good.
const LISTS: [&str; 8] = [
    "/annotations",
    "/search_results",
    "/web_search",
    "/search_info/search_results",
    "/groundingMetadata/groundingChunks",
    "/grounding_metadata/grounding_chunks",
    "/references",
    "/citations",
];

/// What was cited so far.
#[derive(Debug, Default)]
pub(super) struct Cited(HashSet<String>);

impl Cited {
    /// Looks through what stands beside a chunk's, a choice's or a message's usual fields.
    pub(super) fn look(&mut self, beside: &Map<String, Value>, found: &mut Vec<Delta>) {
        if beside.is_empty() {
            return;
        }
        for list in LISTS {
            let mut names = list.split('/').skip(1);
            let first = names.next().and_then(|name| beside.get(name));
            let list = names.try_fold(first, |value, name| Some(value?.get(name)));
            let pages = list.flatten().and_then(Value::as_array);
            found.extend(pages.into_iter().flatten().filter_map(|one| self.page(one)));
        }
    }

    fn page(&mut self, one: &Value) -> Option<Delta> {
        let inner = ["url_citation", "web", "retrievedContext"];
        let one = inner.iter().find_map(|name| one.get(name)).unwrap_or(one);
        let word = |names: &[&str]| names.iter().find_map(|name| one.get(name)?.as_str());
        let url = one.as_str().or_else(|| word(&["url", "uri", "link"]))?.trim();
        let is_page = url.starts_with("https://") || url.starts_with("http://");
        if !is_page || self.0.len() >= MOST || !self.0.insert(url.to_owned()) {
            return None;
        }
        Some(Delta::Citation {
            title: word(&["title", "site_name"])
                .unwrap_or_default()
                .trim()
                .to_owned(),
            url: url.to_owned(),
        })
    }
}
