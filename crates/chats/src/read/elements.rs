//! Cuts files into conversations: the elements of an array, of the array under a well-known name, or the file itself
//! when it is one conversation.

use std::io::BufRead;
use std::slice;

use serde_json::Value;

use super::{ENDLESS, Stream};
use crate::chat::Chat;
use crate::error::Skipped;
use crate::files::Files;
use crate::json::{Fault, Look, MOST, Scan, parse};

/// The names under which exports keep their list, when the file is not the list itself.
pub(crate) const LISTS: [&str; 2] = ["conversations", "chats"];

/// One conversation as it is written.
pub(super) struct Raw {
    /// What to call it while its title is not known.
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

/// The conversations of several files, in order.
pub(super) struct Elements<'a> {
    files: &'a Files,
    parts: slice::Iter<'a, usize>,
    open: Option<Open>,
}

struct Open {
    scan: Scan<Box<dyn BufRead + Send>>,
    file: String,
    shape: Shape,
    seen: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    List,
    Single,
}

impl<'a> Elements<'a> {
    pub(super) fn new(files: &'a Files, parts: &'a [usize]) -> Self {
        Self {
            files,
            parts: parts.iter(),
            open: None,
        }
    }

    /// Each conversation through `read`, which says half a sentence about one it cannot make sense of.
    pub(super) fn read(self, read: impl Fn(&Value) -> Result<Chat, String> + Send + 'a) -> Stream<'a> {
        Box::new(self.map(move |raw| {
            let raw = raw?;
            let value = parse(&raw.bytes).map_err(|why| Skipped::new(&raw.label, why))?;
            read(&value).map_err(|why| Skipped::new(title_of(&value).unwrap_or(raw.label), why))
        }))
    }
}

fn title_of(value: &Value) -> Option<String> {
    value.string("title").or_else(|| value.string("name"))
}

impl Iterator for Elements<'_> {
    type Item = Result<Raw, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.open.is_none() {
                let part = *self.parts.next()?;
                let file = self.files.entries[part].base().to_owned();
                match Open::new(self.files, part, &file) {
                    Ok(open) => self.open = Some(open),
                    Err(why) => return Some(Err(Skipped::new(file, why))),
                }
            }
            match self.open.as_mut()?.next() {
                Ok(Some(found)) => return Some(found),
                Ok(None) => self.open = None,
                Err(fault) => {
                    let open = self.open.take()?;
                    let what = format!("the rest of {} after conversation {}", open.file, open.seen);
                    return Some(Err(Skipped::new(what, fault.to_string())));
                }
            }
        }
    }
}

impl Open {
    fn new(files: &Files, part: usize, file: &str) -> Result<Self, String> {
        let begin = || files.open(part).map(Scan::new).map_err(|error| error.to_string());
        let mut scan = begin()?;
        let shape = find_list(&mut scan).map_err(|fault| fault.to_string())?;
        if shape == Shape::Single {
            scan = begin()?; // the search for a list has passed over the conversation
        }
        Ok(Self {
            scan,
            file: file.to_owned(),
            shape,
            seen: 0,
        })
    }

    fn next(&mut self) -> Result<Option<Result<Raw, Skipped>>, Fault> {
        if self.shape == Shape::Single && self.seen > 0 {
            return Ok(None);
        }
        if self.shape == Shape::List && !self.scan.more()? {
            return Ok(None);
        }
        self.seen += 1;
        let label = match self.shape {
            Shape::List => format!("conversation {} of {}", self.seen, self.file),
            Shape::Single => self.file.clone(),
        };
        let mut bytes = Vec::new();
        if !self.scan.value(&mut bytes, MOST)? {
            return Ok(Some(Err(Skipped::new(label, ENDLESS))));
        }
        Ok(Some(Ok(Raw { label, bytes })))
    }
}

/// Steps into the file's list of conversations, if it has one.
fn find_list(scan: &mut Scan<impl BufRead>) -> Result<Shape, Fault> {
    if scan.peek()? == Some(b'[') {
        scan.enter(b'[')?;
        return Ok(Shape::List);
    }
    scan.enter(b'{')?;
    while scan.more()? {
        let key = scan.key()?;
        if LISTS.contains(&key.as_str()) && scan.peek()? == Some(b'[') {
            scan.enter(b'[')?;
            return Ok(Shape::List);
        }
        scan.skip()?;
    }
    Ok(Shape::Single)
}
