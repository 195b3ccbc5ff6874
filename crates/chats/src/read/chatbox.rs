//! Chatbox's export: one object that copies its storage, `session:<id>` per conversation beside `chat-sessions-list`
//! (names, stars) and `settings` (keys, never read); before 2025 all conversations in `chat-sessions`. A session holds
//! the thread shown, earlier `threads`, and `messageForksHash`: what stood below a message before it was asked again.

mod message;
mod session;

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::BufRead;

use serde_json::Value;

use super::{ENDLESS, Stream};
use crate::chat::Chat;
use crate::error::Skipped;
use crate::files::Files;
use crate::json::{Fault, Look, MOST, Scan, parse};

type Found = Result<Chat, Skipped>;

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Stream<'a> {
    Box::new(
        parts
            .iter()
            .flat_map(move |part| -> Box<dyn Iterator<Item = Found> + Send> {
                match Sessions::open(files, *part) {
                    Ok(sessions) => Box::new(sessions),
                    Err(why) => {
                        let what = files.entries[*part].base();
                        Box::new(std::iter::once(Err(Skipped::new(what, why))))
                    }
                }
            }),
    )
}

/// What the lists beside the sessions say of them.
#[derive(Default)]
struct Lists {
    /// Entries of `chat-sessions-list` by id.
    known: HashMap<String, Value>,
    /// Names of copilots by id.
    copilots: HashMap<String, String>,
}

struct Sessions {
    scan: Option<Scan<Box<dyn BufRead + Send>>>,
    lists: Lists,
    pending: VecDeque<Found>,
    done: HashSet<String>,
}

impl Sessions {
    fn open(files: &Files, part: usize) -> Result<Self, String> {
        let begin = || files.open(part).map(Scan::new).map_err(|error| error.to_string());
        // Newer versions write the list last, so it is looked for in a pass of its own. A file that breaks off before
        // the list still has its sessions.
        let mut lists = Lists::default();
        let _ = lists.read(&mut begin()?);
        let mut scan = begin()?;
        scan.enter(b'{').map_err(|fault| fault.to_string())?;
        Ok(Self {
            scan: Some(scan),
            lists,
            pending: VecDeque::new(),
            done: HashSet::new(),
        })
    }

    /// Reads on to the next session; `false` at the end.
    fn advance(&mut self, scan: &mut Scan<Box<dyn BufRead + Send>>) -> Result<bool, Fault> {
        while scan.more()? {
            let key = scan.key()?;
            if key.starts_with("session:") {
                let mut raw = Vec::new();
                if scan.value(&mut raw, MOST)? {
                    self.take(&key, parse(&raw));
                } else {
                    self.pending.push_back(Err(Skipped::new(key, ENDLESS)));
                }
                return Ok(true);
            }
            if key == "chat-sessions" && scan.peek()? == Some(b'[') {
                scan.enter(b'[')?;
                while scan.more()? {
                    let mut raw = Vec::new();
                    scan.value(&mut raw, MOST)?;
                    self.take("a session", parse(&raw));
                }
                return Ok(true);
            }
            scan.skip()?;
        }
        Ok(false)
    }

    fn take(&mut self, label: &str, session: Result<Value, &'static str>) {
        match session {
            Ok(session) => {
                let id = session
                    .id("id")
                    .unwrap_or_else(|| label.trim_start_matches("session:").to_owned());
                let known = self.lists.known.get(&id).unwrap_or(&Value::Null);
                let chats = session::chats(&session, &id, known, &self.lists.copilots);
                self.pending.extend(chats);
                self.done.insert(id);
            }
            Err(why) => self.pending.push_back(Err(Skipped::new(label, why))),
        }
    }

    /// Sessions that stand whole in the list, as converters write them.
    fn finish(&mut self) {
        let rest = std::mem::take(&mut self.lists.known);
        let mut rest: Vec<_> = rest
            .into_iter()
            .filter(|(id, one)| !self.done.contains(id) && one.at("messages").is_array())
            .collect();
        rest.sort_by(|one, other| one.0.cmp(&other.0));
        for (id, session) in rest {
            self.pending
                .extend(session::chats(&session, &id, &session, &self.lists.copilots));
        }
    }
}

impl Iterator for Sessions {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.pending.pop_front() {
                return Some(found);
            }
            let mut scan = self.scan.take()?;
            match self.advance(&mut scan) {
                Ok(true) => self.scan = Some(scan),
                Ok(false) => self.finish(),
                Err(fault) => {
                    self.pending
                        .push_back(Err(Skipped::new("the rest of the file", fault.to_string())));
                    self.finish();
                }
            }
        }
    }
}

impl Lists {
    fn read(&mut self, scan: &mut Scan<impl BufRead>) -> Result<(), Fault> {
        scan.enter(b'{')?;
        while scan.more()? {
            match scan.key()?.as_str() {
                "chat-sessions-list" => {
                    for one in whole(scan)?.as_array().into_iter().flatten() {
                        if let Some(id) = one.id("id") {
                            self.known.insert(id, one.clone());
                        }
                    }
                }
                "myCopilots" => {
                    for one in whole(scan)?.as_array().into_iter().flatten() {
                        if let (Some(id), Some(name)) = (one.id("id"), one.string("name")) {
                            self.copilots.insert(id, name);
                        }
                    }
                }
                _ => scan.skip()?,
            }
        }
        Ok(())
    }
}

fn whole(scan: &mut Scan<impl BufRead>) -> Result<Value, Fault> {
    let mut raw = Vec::new();
    scan.value(&mut raw, MOST)?;
    Ok(parse(&raw).unwrap_or(Value::Null))
}
