//! Who made what. A file, a clip, a stored response or a batch is known to one gateway, and often to one account there;
//! later requests name the object and no model, and must find their way back.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use memchr::memmem::Finder;
use nexdesk_ledger::{Ledger, ObjectRow};
use serde_json::Value;

use crate::{Clock, Map};

/// Gateways keep files for at most a month and clips for two weeks.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const CAP: usize = 10_000;
/// How gateways begin their names for things.
const KINDS: [(&str, &str); 11] = [
    ("file-", "file"),
    ("qfile-", "file"),
    ("resp_", "response"),
    ("batch_", "batch"),
    ("video_", "video"),
    ("qvideo-", "video"),
    ("task_", "video"),
    ("vid_", "video"),
    ("upload_", "upload"),
    ("conv_", "conversation"),
    ("msgbatch_", "batch"),
];

pub(crate) struct Objects {
    ledger: Ledger,
    clock: Clock,
    known: Mutex<Map<String, Made>>,
}

/// Who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) gateway: String,
    pub(crate) key: Option<String>,
}

impl Objects {
    pub(crate) fn new(ledger: Ledger, clock: Clock) -> Self {
        let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        ledger.tell_objects_forgotten(clock.unix_ms() - kept);
        Self {
            ledger,
            clock,
            known: Mutex::default(),
        }
    }

    /// Notes who made something, in memory and in the ledger.
    pub(crate) fn remember(&self, id: &str, gateway: &str, key: Option<&str>) {
        let made = Made {
            gateway: gateway.to_owned(),
            key: key.map(str::to_owned),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(id) == Some(&made) {
            return; // an object is seen again at every look at it
        }
        if known.len() >= CAP {
            known.clear(); // the ledger knows them all
        }
        known.insert(id.to_owned(), made.clone());
        self.ledger.tell_object(ObjectRow {
            id: id.to_owned(),
            gateway: made.gateway,
            key: made.key,
            kind: kind(id).to_owned(),
            created_at: self.clock.unix_ms(),
        });
    }

    /// Who made this, if we were there.
    pub(crate) fn find(&self, id: &str) -> Option<Made> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = known.get(id) {
            return Some(made.clone());
        }
        let row = self.ledger.object(id).ok().flatten()?;
        let made = Made {
            gateway: row.gateway,
            key: row.key,
        };
        known.insert(id.to_owned(), made.clone());
        Some(made)
    }

    /// Notes every object that an answer says was made.
    pub(crate) fn remember_all(&self, answer: &[u8], gateway: &str, key: Option<&str>) {
        for id in made_in(answer) {
            self.remember(&id, gateway, key);
        }
    }
}

fn kind(id: &str) -> &'static str {
    let known = KINDS.iter().find(|(begins, _)| id.starts_with(begins));
    known.map_or("job", |(_, kind)| kind)
}

/// The objects that a whole answer, or the first event of a stream, says were made. Chats have ids too, which nobody
/// can look up, so only what is named like an object counts; the ids of jobs are counted whatever they look like.
pub(crate) fn made_in(answer: &[u8]) -> Vec<String> {
    let Ok(said) = serde_json::from_slice::<Value>(answer) else {
        return Vec::new();
    };
    let text = |place: &str| said.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let named = [text("/id"), text("/response/id")].into_iter().flatten();
    let named = named.filter(|id| KINDS.iter().any(|(begins, _)| id.starts_with(begins)));
    let jobs = ["/task_id", "/request_id", "/data/task_id"]
        .iter()
        .filter_map(|place| text(place));
    // Every answer of some gateways carries a request id; only a job's is polled, and says how it stands.
    let is_job = said.get("status").is_some() || said.get("data").is_some();
    let mut ids: Vec<String> = named.chain(jobs.filter(|_| is_job)).collect();
    ids.dedup();
    ids
}

/// An object that a body leans on: it must go to whoever made that.
pub(crate) fn leaned_on(body: &[u8]) -> Option<String> {
    // Made once: to make one takes longer than to search a short body.
    static NAMES: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
        [
            "\"previous_response_id\"",
            "\"input_file_id\"",
            "\"file_id\"",
            "\"conversation\"",
        ]
        .map(Finder::new)
    });
    NAMES.iter().find_map(|name| {
        let rest = body[name.find(body)? + name.needle().len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
        let id = std::str::from_utf8(&rest[..memchr::memchr(b'"', rest)?]).ok()?;
        (!id.is_empty()).then(|| id.to_owned())
    })
}

#[cfg(test)]
mod tests;
