//! Which conversation a request belongs to, and who answered it last: prompt caches live at one account of one
//! gateway, and a conversation that is passed around pays for all of its text again at every turn.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::HeaderName;
use memchr::memmem::{self, Finder};

/// In which tools name their conversation.
static SESSION: [HeaderName; 4] = [
    HeaderName::from_static("x-session-affinity"),
    HeaderName::from_static("session-id"),
    HeaderName::from_static("session_id"),
    HeaderName::from_static("x-claude-code-session-id"),
];
/// Where the text begins, in whichever dialect.
const PROMPT: [&[u8]; 6] = [
    b"\"messages\"",
    b"\"input\"",
    b"\"system\"",
    b"\"instructions\"",
    b"\"contents\"",
    b"\"prompt\"",
];
/// Nobody caches less than a thousand tokens, so what is shorter than this may go anywhere.
const PREFIX: usize = 2048;
/// The text begins within the first of these bytes, or the conversation goes unrecognised.
const SEARCHED: usize = 64 * 1024;
/// Caches are kept for five minutes to an hour.
const KEPT: Duration = Duration::from_secs(60 * 60);
const CAP: usize = 8192;
/// OpenAI's own way to say which requests share a cache.
static CACHE_KEY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"prompt_cache_key\""));

/// A conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Affinity(u64);

/// The conversation a request belongs to; none where nothing tells it from others. `body` may be only its beginning.
pub(crate) fn of(caller: &str, model: &str, headers: &HeaderMap, body: &[u8]) -> Option<Affinity> {
    let mut hash = DefaultHasher::new();
    // Two tools that name their conversations alike are still two.
    caller.hash(&mut hash);
    // Few tools name one, and four looks into the map cost more than one along it.
    let is_named = headers.keys().any(|name| SESSION.contains(name));
    if is_named && let Some(session) = SESSION.iter().find_map(|name| headers.get(name)) {
        session.as_bytes().hash(&mut hash);
        return Some(Affinity(hash.finish()));
    }
    if let Some(key) = cache_key(body) {
        key.hash(&mut hash);
        return Some(Affinity(hash.finish()));
    }
    if body.len() < PREFIX {
        return None;
    }
    let head = &body[..body.len().min(SEARCHED)];
    let start = PROMPT.iter().filter_map(|name| memmem::find(head, name)).min()?;
    let prefix = body.get(start..start + PREFIX)?;
    (model, prefix).hash(&mut hash);
    Some(Affinity(hash.finish()))
}

/// `prompt_cache_key`, wherever it stands.
fn cache_key(body: &[u8]) -> Option<&[u8]> {
    let behind = CACHE_KEY.find(body)? + CACHE_KEY.needle().len();
    let rest = body[behind..].trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    Some(&rest[..memchr::memchr(b'"', rest)?])
}

/// Who answered each conversation last.
#[derive(Debug, Default)]
pub(crate) struct Affinities(Mutex<HashMap<Affinity, Held>>);

/// Who holds a conversation's cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) gateway: String,
    pub(crate) key: Option<String>,
    at: Instant,
}

impl Affinities {
    pub(crate) fn remember(&self, affinity: Affinity, gateway: &str, key: Option<&str>, now: Instant) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= CAP && !held.contains_key(&affinity) {
            make_room(&mut held, now);
        }
        held.insert(
            affinity,
            Held {
                gateway: gateway.to_owned(),
                key: key.map(str::to_owned),
                at: now,
            },
        );
    }

    pub(crate) fn find(&self, affinity: Affinity, now: Instant) -> Option<Held> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.get(&affinity)?;
        (now.saturating_duration_since(found.at) < KEPT).then(|| found.clone())
    }
}

/// What is over goes, and a quarter of the rest, oldest first: so it is not done again for two thousand conversations.
fn make_room(held: &mut HashMap<Affinity, Held>, now: Instant) {
    held.retain(|_, held| now.saturating_duration_since(held.at) < KEPT);
    let mut ages: Vec<Instant> = held.values().map(|held| held.at).collect();
    if ages.len() < CAP {
        return;
    }
    let (_, youngest, _) = ages.select_nth_unstable(CAP / 4);
    let youngest = *youngest;
    held.retain(|_, held| held.at > youngest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn long(text: &str) -> Vec<u8> {
        let text = format!("{text}{}", "x".repeat(PREFIX));
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{text}"}}]}}"#).into_bytes()
    }

    fn bare(caller: &str, model: &str, body: &[u8]) -> Option<Affinity> {
        of(caller, model, &HeaderMap::new(), body)
    }

    #[test]
    fn a_conversation_is_known_again_by_how_it_begins() {
        let begun = long("One");
        let mut further = begun.clone();
        further.truncate(further.len() - 2);
        further.extend_from_slice(br#",{"role":"assistant","content":"more"}]}"#);
        assert_eq!(bare("a", "m", &begun), bare("a", "m", &further));
        let others = [
            bare("b", "m", &begun),
            bare("a", "n", &begun),
            bare("a", "m", &long("Two")),
        ];
        for other in others {
            assert!(other.is_some() && other != bare("a", "m", &begun));
        }
    }

    #[test]
    fn what_is_too_short_for_any_cache_goes_anywhere() {
        assert_eq!(bare("a", "m", br#"{"model":"m","messages":[]}"#), None);
        assert_eq!(bare("a", "m", b""), None);
    }

    #[test]
    fn a_tool_that_names_its_conversation_is_believed() {
        for name in &SESSION {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static("s1"));
            let first = of("a", "m", &headers, b"{}");
            assert_eq!(first, of("a", "other", &headers, &long("x")), "{name}");
            assert_ne!(first, of("b", "m", &headers, b"{}"), "{name}");
            headers.insert(name, HeaderValue::from_static("s2"));
            assert_ne!(first, of("a", "m", &headers, b"{}"), "{name}");
        }
        let one = br#"{"prompt_cache_key" : "k1","input":"x"}"#;
        let two = br#"{"input":"y","prompt_cache_key":"k1"}"#;
        assert!(bare("a", "m", one).is_some());
        assert_eq!(bare("a", "m", one), bare("a", "m", two));
        assert_ne!(
            bare("a", "m", one),
            bare("a", "m", br#"{"prompt_cache_key":"k2"}"#)
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some moment to count from")]
    fn who_answered_last_is_remembered_for_an_hour_and_memory_is_bounded() {
        let (held, start) = (Affinities::default(), Instant::now());
        held.remember(Affinity(1), "g", Some("k"), start);
        let after = |seconds| held.find(Affinity(1), start + Duration::from_secs(seconds));
        assert_eq!(
            after(3599).map(|held| (held.gateway, held.key)),
            Some(("g".into(), Some("k".into())))
        );
        assert_eq!(after(3600), None);

        for number in 0..3 * CAP as u64 {
            held.remember(Affinity(number), "g", None, start + Duration::from_millis(number));
        }
        assert!(held.0.lock().unwrap().len() <= CAP);
        let last = 3 * CAP as u64 - 1;
        assert!(held.find(Affinity(last), start).is_some(), "the newest stays");
        assert!(held.find(Affinity(2), start).is_none(), "the oldest went");
    }
}
