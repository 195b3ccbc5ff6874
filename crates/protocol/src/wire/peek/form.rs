//! A request as a form: parts are found wherever they stand, though the file comes first and is of any size.
//!
//! Pieces are looked at as they pass and let go. What is kept is the small text of the fields we read, and as many
//! bytes as a boundary has, because the network may cut one in two.

use memchr::memmem::{self, Finder};

use super::json::thousandths;
use super::{Asked, Named, PeekError, ScriptBytes};
use crate::Interface;

/// More than anybody writes into a field that we read. A longer one is let pass unread.
const FIELD_CAP: usize = 64 * 1024;
const HEAD_CAP: usize = 16 * 1024;

/// Reads a form along as it passes.
#[derive(Debug)]
pub struct FormScan {
    interface: Interface,
    boundary: Finder<'static>,
    at: At,
    /// What may be the beginning of a boundary, or the unfinished head of a part.
    carry: Vec<u8>,
    /// How many bytes have been looked at, the line end we put in front included.
    seen: usize,
    asked: Asked,
}

#[derive(Debug)]
enum At {
    /// Inside a part; `kept` has what came of it, if it is one of ours.
    Part { from: usize, kept: Option<Kept> },
    /// Between a boundary and the text or file behind it.
    Head,
    /// Behind the last boundary.
    End,
}

#[derive(Debug)]
struct Kept {
    field: Field,
    value: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Model,
    Stream,
    Count,
    Size,
    Quality,
    Seconds,
    Prompt,
}

/// Whether a content type is that of a form.
pub(super) fn is_form(content_type: &str) -> bool {
    let kind = b"multipart/form-data";
    let said = content_type.trim_start().as_bytes();
    said.len() >= kind.len() && said[..kind.len()].eq_ignore_ascii_case(kind)
}

impl FormScan {
    /// A scan for the boundary that `content_type` names.
    ///
    /// # Errors
    /// When it names none.
    pub fn new(interface: Interface, content_type: &str) -> Result<Self, PeekError> {
        let boundary = parameter(content_type, "boundary")
            .filter(|boundary| !boundary.is_empty() && boundary.len() <= 200)
            .ok_or(PeekError::Form("its content type names no boundary"))?;
        let mut asked = Asked::nothing();
        if interface == Interface::Images {
            asked.units.images = Some(1);
        }
        Ok(Self {
            interface,
            boundary: Finder::new(&format!("\r\n--{boundary}")).into_owned(),
            at: At::Part { from: 0, kept: None },
            // The first boundary begins the body, all others begin a line.
            carry: b"\r\n".to_vec(),
            seen: 2,
            asked,
        })
    }

    /// What has been found so far; the model at the latest when its part has passed.
    #[must_use]
    pub fn so_far(&self) -> &Asked {
        &self.asked
    }

    /// Looks at the next bytes.
    ///
    /// # Errors
    /// When a part of ours stands twice, is no text, or a part's head never ends.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), PeekError> {
        while !piece.is_empty() {
            let used = match self.at {
                At::Part { .. } => self.part(piece)?,
                At::Head => self.head(piece)?,
                At::End => piece.len(),
            };
            piece = &piece[used..];
        }
        Ok(())
    }

    /// All bytes have passed.
    ///
    /// # Errors
    /// When the last boundary has not come.
    pub fn finish(self) -> Result<Asked, PeekError> {
        match self.at {
            At::End => Ok(self.asked),
            At::Part { .. } | At::Head => Err(PeekError::Form("its last boundary is missing")),
        }
    }

    fn part(&mut self, piece: &[u8]) -> Result<usize, PeekError> {
        let length = self.boundary.needle().len();
        let held = self.carry.len();
        // A boundary cut in two: its beginning waits in `carry`.
        self.carry
            .extend_from_slice(&piece[..piece.len().min(length - 1)]);
        let straddling = self.boundary.find(&self.carry).filter(|begin| *begin < held);
        self.carry.truncate(held);
        let start = self.seen - held;
        let end = match straddling {
            Some(begin) => Some((start + begin, begin + length - held)),
            None => self
                .boundary
                .find(piece)
                .map(|begin| (self.seen + begin, begin + length)),
        };
        let used = end.map_or(piece.len(), |(_, used)| used);
        if let At::Part { kept: Some(kept), .. } = &mut self.at {
            let room = (FIELD_CAP + length).saturating_sub(kept.value.len());
            kept.value.extend_from_slice(&piece[..used.min(room)]);
        }
        self.seen += used;
        match end {
            Some((end, _)) => {
                self.carry.clear();
                self.part_ended(end)?;
            }
            None => {
                let keep = (length - 1).min(held + used);
                let new = keep.min(used);
                self.carry.drain(..held - (keep - new));
                self.carry.extend_from_slice(&piece[used - new..used]);
            }
        }
        Ok(used)
    }

    fn part_ended(&mut self, end: usize) -> Result<(), PeekError> {
        let At::Part { from, kept } = std::mem::replace(&mut self.at, At::Head) else {
            return Ok(());
        };
        let Some(mut kept) = kept else { return Ok(()) };
        if end - from > FIELD_CAP {
            return Ok(());
        }
        kept.value.truncate(end - from);
        // The line end put in front was never in the body.
        self.found(kept.field, &kept.value, from - 2)
    }

    fn head(&mut self, piece: &[u8]) -> Result<usize, PeekError> {
        let before = self.carry.len();
        let looked = before.saturating_sub(3);
        self.carry
            .extend_from_slice(&piece[..piece.len().min(HEAD_CAP + 4)]);
        if self.carry.starts_with(b"--") {
            self.at = At::End;
            self.carry.clear();
            return Ok(piece.len());
        }
        let Some(found) = memmem::find(&self.carry[looked..], b"\r\n\r\n") else {
            let taken = self.carry.len() - before;
            if self.carry.len() > HEAD_CAP {
                return Err(PeekError::Form("the head of a part does not end"));
            }
            self.seen += taken;
            return Ok(taken);
        };
        let end = looked + found + 4;
        let used = end - before;
        self.seen += used;
        let kept = field(self.interface, &self.carry[..end]).map(|field| Kept {
            field,
            value: Vec::new(),
        });
        self.carry.clear();
        self.at = At::Part {
            from: self.seen,
            kept,
        };
        Ok(used)
    }

    fn found(&mut self, field: Field, value: &[u8], at: usize) -> Result<(), PeekError> {
        let Ok(text) = std::str::from_utf8(value) else {
            let odd = PeekError::Odd {
                field: "model",
                wanted: "text",
            };
            return if field == Field::Model { Err(odd) } else { Ok(()) };
        };
        let units = &mut self.asked.units;
        match field {
            Field::Model if self.asked.model.is_some() => {
                return Err(PeekError::Odd {
                    field: "model",
                    wanted: "given once",
                });
            }
            Field::Model => {
                self.asked.model = Some(Named {
                    text: text.to_owned(),
                    at: at..at + value.len(),
                    json: false,
                });
            }
            Field::Stream => self.asked.stream = matches!(text.trim(), "true" | "True" | "1"),
            Field::Count => units.images = text.trim().parse().ok().or(units.images),
            Field::Size => units.size = Some(text.trim().to_owned()),
            Field::Quality => units.quality = Some(text.trim().to_owned()),
            Field::Seconds => units.milliseconds = thousandths(text),
            Field::Prompt => self.asked.prompt.add(ScriptBytes::of(value)),
        }
        Ok(())
    }
}

/// Which of our fields a part is. What has a file name is a file, whatever it is called.
fn field(interface: Interface, head: &[u8]) -> Option<Field> {
    let head = String::from_utf8_lossy(head);
    let disposition = head.lines().find(|line| {
        line.split_once(':')
            .is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
    })?;
    if parameter(disposition, "filename").is_some() || parameter(disposition, "filename*").is_some() {
        return None;
    }
    let is_image = interface == Interface::Images;
    let is_video = interface == Interface::Video;
    match parameter(disposition, "name")?.as_str() {
        "model" => Some(Field::Model),
        "stream" => Some(Field::Stream),
        "n" if is_image => Some(Field::Count),
        "size" if is_image || is_video => Some(Field::Size),
        "quality" if is_image => Some(Field::Quality),
        "seconds" | "duration" if is_video => Some(Field::Seconds),
        "prompt" => Some(Field::Prompt),
        _ => None,
    }
}

/// The value of a parameter of a header, `"quoted; as it may be"` or bare.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = &header[header.find(';')? + 1..];
    loop {
        let (key, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let (value, next) = match behind.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], &quoted[end..])
            }
            None => {
                let end = behind.find(';').unwrap_or(behind.len());
                (behind[..end].trim(), &behind[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = &next[next.find(';')? + 1..];
    }
}
