//! What the sandbox noted about its visitors, and how it learns that one hung up before the end.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;

const KEPT: usize = 1000;

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method, in capitals.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// All headers, `authorization` included: tests check which key was used.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Whether the client left before the end of the answer.
    pub hung_up: bool,
}

impl Seen {
    /// A header as text, or nothing if it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

struct Entry {
    seen: Seen,
    hung_up: Arc<AtomicBool>,
}

/// The requests kept for tests; empty and idle unless recording was asked for.
pub(crate) struct Journal {
    recording: bool,
    entries: Mutex<VecDeque<Entry>>,
}

impl Journal {
    pub(crate) fn new(recording: bool) -> Self {
        Journal {
            recording,
            entries: Mutex::default(),
        }
    }

    /// Notes a request and returns the guard that watches whether its answer is heard to the end.
    pub(crate) fn note(&self, method: &str, path: &str, headers: &HeaderMap, body: Bytes) -> Listening {
        let hung_up = Arc::new(AtomicBool::new(false));
        if self.recording {
            let seen = Seen {
                method: method.to_owned(),
                path: path.to_owned(),
                headers: headers.clone(),
                body,
                hung_up: false,
            };
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            if entries.len() == KEPT {
                entries.pop_front();
            }
            entries.push_back(Entry {
                seen,
                hung_up: Arc::clone(&hung_up),
            });
        }
        Listening { hung_up, done: false }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .map(|entry| Seen {
                hung_up: entry.hung_up.load(Ordering::Acquire),
                ..entry.seen.clone()
            })
            .collect()
    }
}

/// Lives as long as an answer is owed. hyper drops the answer when the connection closes, so being dropped before
/// [`Listening::done`] can only mean that the client left.
pub(crate) struct Listening {
    hung_up: Arc<AtomicBool>,
    done: bool,
}

impl Listening {
    /// The last byte was handed over, or the sandbox itself broke the connection.
    pub(crate) fn done(&mut self) {
        self.done = true;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if !self.done {
            self.hung_up.store(true, Ordering::Release);
        }
    }
}
