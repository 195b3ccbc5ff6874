//! A Cherry Studio backup, as its versions 1.0 to 1.7 write it: `data.json` copies `localStorage` (with the settings as
//! JSON in text in JSON) and `indexedDB` (with the tables), and `Data/Files` the files. Since 1.3 a message is a row of
//! blocks in a table of their own; before, it held everything itself.
//!
//! Of the settings only the assistants are read, for the names of topics. Keys stand beside them, and the buffers they
//! pass through are wiped.

mod blocks;
mod inline;
mod spill;
mod topic;

use std::collections::HashMap;
use std::io::BufRead;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{ENDLESS, Stream};
use crate::chat::Chat;
use crate::error::{Skipped, Unreadable};
use crate::files::Files;
use crate::json::{Fault, Look, MOST, Scan, parse};
use spill::Spill;
use topic::Topic;

type Reader = Box<dyn BufRead + Send>;

pub(super) fn stream<'a>(files: &'a Files, parts: &'a [usize]) -> Result<Stream<'a>, Unreadable> {
    let Some(part) = parts.first().copied() else {
        return Err(Unreadable::Empty);
    };
    let mut survey = Survey {
        topics: HashMap::new(),
        blocks: Spill::new()?,
    };
    // A backup that breaks off still has the topics before the break; the second pass will report it.
    let _ = survey.read(&mut Scan::new(files.open(part)?));
    let mut scan = Scan::new(files.open(part)?);
    let found = find_topics(&mut scan).map_err(|_| Unreadable::Broken)?;
    Ok(Box::new(Topics {
        files,
        survey,
        scan: found.then_some(scan),
        seen: 0,
    }))
}

/// What must be known before the first topic can be read.
struct Survey {
    /// Names, times and assistants, by the topic's id.
    topics: HashMap<String, Topic>,
    blocks: Spill,
}

/// The settings, all of them JSON in text, without any but the assistants.
#[derive(Deserialize)]
struct Persisted {
    assistants: Option<String>,
}

impl Survey {
    fn read(&mut self, scan: &mut Scan<Reader>) -> Result<(), Fault> {
        scan.enter(b'{')?;
        while scan.more()? {
            match scan.key()?.as_str() {
                "localStorage" if scan.peek()? == Some(b'{') => self.settings(scan)?,
                "indexedDB" if scan.peek()? == Some(b'{') => self.tables(scan)?,
                _ => scan.skip()?,
            }
        }
        Ok(())
    }

    fn settings(&mut self, scan: &mut Scan<Reader>) -> Result<(), Fault> {
        scan.enter(b'{')?;
        while scan.more()? {
            if scan.key()? != "persist:cherry-studio" {
                scan.skip()?;
                continue;
            }
            let mut raw = Zeroizing::new(Vec::new());
            scan.value(&mut raw, MOST)?;
            let text = serde_json::from_slice::<String>(&raw).map(Zeroizing::new);
            let persisted = text
                .ok()
                .and_then(|text| serde_json::from_str::<Persisted>(&text).ok());
            let assistants = persisted.and_then(|persisted| persisted.assistants);
            if let Some(slice) = assistants.and_then(|text| parse(text.as_bytes()).ok()) {
                self.topics = topic::all(&slice);
            }
        }
        Ok(())
    }

    fn tables(&mut self, scan: &mut Scan<Reader>) -> Result<(), Fault> {
        scan.enter(b'{')?;
        while scan.more()? {
            if scan.key()? != "message_blocks" || scan.peek()? != Some(b'[') {
                scan.skip()?;
                continue;
            }
            scan.enter(b'[')?;
            let mut raw = Vec::new();
            while scan.more()? {
                if scan.value(&mut raw, MOST)? {
                    self.blocks.put(&raw)?;
                }
            }
        }
        Ok(())
    }
}

/// Steps into the list of topics: the table, or in the very first version the whole list of stored things.
fn find_topics(scan: &mut Scan<Reader>) -> Result<bool, Fault> {
    scan.enter(b'{')?;
    while scan.more()? {
        if scan.key()? != "indexedDB" {
            scan.skip()?;
            continue;
        }
        if scan.peek()? == Some(b'[') {
            scan.enter(b'[')?;
            return Ok(true);
        }
        scan.enter(b'{')?;
        while scan.more()? {
            if scan.key()? == "topics" && scan.peek()? == Some(b'[') {
                scan.enter(b'[')?;
                return Ok(true);
            }
            scan.skip()?;
        }
    }
    Ok(false)
}

struct Topics<'a> {
    files: &'a Files,
    survey: Survey,
    scan: Option<Scan<Reader>>,
    seen: usize,
}

impl Topics<'_> {
    fn read(&mut self, raw: &[u8]) -> Option<Result<Chat, Skipped>> {
        let label = format!("topic {}", self.seen);
        let stored = match parse(raw) {
            Ok(stored) => stored,
            Err(why) => return Some(Err(Skipped::new(label, why))),
        };
        // The first version keeps topics among other things, each under a key.
        let held = stored.at("value");
        let keyed = stored.text("key");
        if keyed.is_some_and(|key| !key.starts_with("topic:")) {
            return None;
        }
        let value = if keyed.is_some() { held } else { &stored };
        let known = value.id("id").and_then(|id| self.survey.topics.get(&id)).cloned();
        let what = known.as_ref().map_or(label, |known| known.name.clone());
        let chat = topic::chat(value, known, &mut self.survey.blocks, self.files);
        Some(chat.map_err(|why| Skipped::new(what, why)))
    }
}

impl Iterator for Topics<'_> {
    type Item = Result<Chat, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let scan = self.scan.as_mut()?;
            let mut raw = Vec::new();
            let step = match scan.more() {
                Ok(true) => scan.value(&mut raw, MOST),
                Ok(false) => {
                    self.scan = None;
                    return None;
                }
                Err(fault) => Err(fault),
            };
            self.seen += 1;
            match step {
                Ok(true) => {
                    if let Some(found) = self.read(&raw) {
                        return Some(found);
                    }
                }
                Ok(false) => return Some(Err(Skipped::new(format!("topic {}", self.seen), ENDLESS))),
                Err(fault) => {
                    self.scan = None;
                    return Some(Err(Skipped::new("the rest of the backup", fault.to_string())));
                }
            }
        }
    }
}
