//! An export of some program, opened: what it is, and its conversations as often as somebody wants to go through them,
//! once to report and once to keep.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::chat::{Asset, Chat, Place, Source};
use crate::error::{Skipped, Unreadable};
use crate::files::Files;
use crate::read;
use crate::recognise::recognise;

/// The largest picture or file that is taken out of an export.
const LARGEST: u64 = 256 << 20;

/// Opens an export: a zip, a gzip, a JSON file or a folder. The file stays where it is and is not changed.
pub fn open(path: &Path) -> Result<Export, Unreadable> {
    Export::new(Files::at(path)?)
}

/// The same for an export that is in memory already. `name` is only used in reports.
pub fn open_bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Result<Export, Unreadable> {
    Export::new(Files::of(name, bytes.into())?)
}

/// An export that was recognised.
pub struct Export {
    files: Files,
    source: Source,
    parts: Vec<usize>,
}

impl Export {
    fn new(files: Files) -> Result<Self, Unreadable> {
        let (source, parts) = recognise(&files)?;
        Ok(Self { files, source, parts })
    }

    /// The program it comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// Goes through the conversations from the beginning. May be called again.
    pub fn conversations(&self) -> Result<Conversations<'_>, Unreadable> {
        Ok(Conversations {
            inner: read::stream(self.source, &self.files, &self.parts)?,
            seen: HashSet::new(),
        })
    }

    /// The bytes of a picture or file of one of this export's conversations.
    pub fn read(&self, asset: &Asset) -> Result<Arc<[u8]>, Unreadable> {
        match &asset.place {
            Place::Entry(entry) => Ok(self.files.read(entry.0, LARGEST)?.into()),
            Place::Inline(bytes) => Ok(bytes.clone()),
            Place::Link(_) | Place::Missing => Err(Unreadable::NotThere),
        }
    }
}

/// The conversations of an export, one at a time. Dropping it midway is fine.
pub struct Conversations<'a> {
    inner: read::Stream<'a>,
    seen: HashSet<String>,
}

impl Iterator for Conversations<'_> {
    type Item = Result<Chat, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.inner.next()?;
        Some(found.and_then(|chat| {
            // ChatGPT repeats conversations across its numbered files when they change while it exports.
            if self.seen.insert(chat.foreign_id.clone()) {
                Ok(chat)
            } else {
                Err(Skipped::new(chat.title, "it stands in this export twice"))
            }
        }))
    }
}
