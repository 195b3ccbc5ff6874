//! A request's body on its way in. As much of it is held as is needed to know where it goes: usually all of it, of a
//! large upload the beginning, and only if the model's name stands behind the file is it put on disk first.

mod kept;

use std::io;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::Refusal;
use nexdesk_protocol::wire::peek::{self, Asked, Edit, FormScan, Prefix};
use nexdesk_upstream::{Outgoing, Pieces};
use tokio::io::AsyncWriteExt;

use kept::Kept;

use crate::{Clock, refuse};

/// Held in memory before anything else is considered. A chat with a dozen pictures still fits, so that it can be asked
/// of another gateway; what comes as a form is a file, and files pass by.
const HELD_JSON: usize = 16 * 1024 * 1024;
const HELD_FORM: usize = 256 * 1024;
/// What is put on disk while nobody knows where it goes.
const SPOOLED: u64 = 2 * 1024 * 1024 * 1024;

/// A body on its way in.
pub(crate) enum Intake {
    /// All of it has come.
    Whole(Bytes),
    /// It is still coming.
    Coming {
        pieces: Pieces,
        /// Where the caller has said it.
        length: Option<u64>,
    },
}

/// A body as far as it has come.
pub(crate) struct Payload {
    head: Bytes,
    rest: Rest,
    length: Option<u64>,
    /// When the last of it had come, where all of it was waited for.
    pub(crate) whole_at: Option<Instant>,
}

enum Rest {
    /// There is no more.
    None,
    /// It passes by, once.
    Coming(Pieces),
    /// It has passed by.
    Gone,
    /// It is on disk, or goes there as it passes.
    Kept(Kept),
}

/// What is read along while a body comes in.
enum Scan {
    Form(Box<FormScan>),
    Json(Box<Prefix>),
}

impl Scan {
    fn new(interface: Interface, content_type: &str) -> Result<Self, Refusal> {
        Ok(if is_form(content_type) {
            let scan = FormScan::new(interface, content_type)
                .map_err(|error| refuse::unreadable(&error.to_string()))?;
            Self::Form(Box::new(scan))
        } else {
            Self::Json(Box::default())
        })
    }

    fn push(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        match self {
            Self::Form(scan) => scan
                .push(piece)
                .map_err(|error| refuse::unreadable(&error.to_string())),
            Self::Json(scan) => {
                scan.push(piece);
                Ok(())
            }
        }
    }

    fn so_far(&self) -> &Asked {
        match self {
            Self::Form(scan) => scan.so_far(),
            Self::Json(scan) => scan.so_far(),
        }
    }
}

/// Reads a body as far as is needed, and what it asks for.
pub(crate) async fn read(
    interface: Interface,
    headers: &HeaderMap,
    intake: Intake,
    clock: &Clock,
) -> Result<(Asked, Payload), Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let held = if content_type.is_some_and(is_form) {
        HELD_FORM
    } else {
        HELD_JSON
    };
    let (mut pieces, length) = match intake {
        Intake::Whole(body) => return whole(interface, content_type, body, clock),
        Intake::Coming { pieces, length } => (pieces, length),
    };
    // What will not fit is not gathered first.
    let fits = length.is_none_or(|length| length <= HELD_JSON as u64);
    let held = if fits { held } else { HELD_FORM };
    let mut head = BytesMut::new();
    let mut first = None;
    while head.len() < held {
        match pieces.next().await {
            // One piece is most requests: it is kept as it came.
            Some(piece) if first.is_none() && head.is_empty() => first = Some(broken(piece)?),
            Some(piece) => {
                if head.is_empty() {
                    let announced = length.and_then(|length| usize::try_from(length).ok());
                    head.reserve(announced.unwrap_or_default().min(held + HELD_FORM));
                }
                head.extend_from_slice(&first.take().unwrap_or_default());
                head.extend_from_slice(&broken(piece)?);
            }
            None => {
                let head = first.unwrap_or_else(|| head.freeze());
                return whole(interface, content_type, head, clock);
            }
        }
    }
    let content_type = content_type.unwrap_or_default();
    Box::pin(large(interface, content_type, head.freeze(), pieces, length)).await
}

fn whole(
    interface: Interface,
    content_type: Option<&str>,
    head: Bytes,
    clock: &Clock,
) -> Result<(Asked, Payload), Refusal> {
    let whole_at = Some(clock.instant());
    let asked = asked(interface, content_type, &head)?;
    let payload = Payload {
        head,
        whole_at,
        ..Payload::none()
    };
    Ok((asked, payload))
}

/// What a whole body asks for. Where nothing has to be known, what cannot be read is the gateway's to judge.
fn asked(interface: Interface, content_type: Option<&str>, body: &[u8]) -> Result<Asked, Refusal> {
    match peek::request(interface, content_type, body) {
        // What is only looked at has no body, whatever its interface.
        Err(_) if interface == Interface::Other || body.is_empty() => Ok(Asked::nothing()),
        read => read.map_err(|error| refuse::unreadable(&error.to_string())),
    }
}

/// A large body goes on its way as soon as it has named its model.
async fn large(
    interface: Interface,
    content_type: &str,
    head: Bytes,
    mut pieces: Pieces,
    length: Option<u64>,
) -> Result<(Asked, Payload), Refusal> {
    let scan = Scan::new(interface, content_type).and_then(|mut scan| scan.push(&head).map(|()| scan));
    let passes = |scan: &Scan| interface == Interface::Other || scan.so_far().model.is_some();
    let asked = match &scan {
        Err(_) if interface == Interface::Other => Some(Asked::nothing()),
        Ok(scan) if passes(scan) => Some(scan.so_far().clone()),
        _ => None,
    };
    if let Some(asked) = asked {
        // A file is sent again by whoever has it; a conversation may find its first gateway busy.
        let keeps = matches!(scan, Ok(Scan::Json(_)));
        let rest = match tempfile::tempfile() {
            Ok(file) if keeps => Rest::Kept(Kept::new(file, 0, Some(pieces))),
            Ok(_) | Err(_) => Rest::Coming(pieces),
        };
        return Ok((
            asked,
            Payload {
                head,
                rest,
                length,
                whole_at: None,
            },
        ));
    }
    let mut scan = scan?;
    let full = |error: io::Error| refuse::cannot_hold(&error);
    let file = tempfile::tempfile().map_err(full)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut size = 0;
    while let Some(piece) = pieces.next().await {
        let piece = broken(piece)?;
        scan.push(&piece)?;
        size += piece.len() as u64;
        if size > SPOOLED {
            return Err(refuse::too_large(SPOOLED));
        }
        file.write_all(&piece).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    let asked = scan.so_far().clone();
    let length = Some(head.len() as u64 + size);
    let rest = Rest::Kept(Kept::new(file.into_std().await, size, None));
    Ok((
        asked,
        Payload {
            head,
            rest,
            length,
            whole_at: None,
        },
    ))
}

const FORM: &str = "multipart/form-data";

fn is_form(content_type: &str) -> bool {
    let kind = content_type.trim_start().get(..FORM.len());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(FORM))
}

fn broken(piece: io::Result<Bytes>) -> Result<Bytes, Refusal> {
    piece.map_err(|_| refuse::unreadable("it broke off"))
}

impl Payload {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self {
            head: Bytes::new(),
            rest: Rest::None,
            length: None,
            whole_at: None,
        }
    }

    /// All of it, waited for and held from now on.
    pub(crate) async fn hold(&mut self, most: usize) -> Result<Bytes, Refusal> {
        let used_up = || refuse::unreadable("it was used up by the first attempt");
        let mut pieces = match self.outgoing(&[]).ok_or_else(used_up)? {
            Outgoing::Whole(body) => return Ok(body),
            Outgoing::Coming { pieces, .. } => pieces,
        };
        let mut body = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&broken(piece)?);
            if body.len() > most {
                return Err(refuse::too_large(most as u64));
            }
        }
        (self.head, self.rest) = (body.freeze(), Rest::None);
        Ok(self.head.clone())
    }

    /// All of it, where all of it is held.
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        matches!(self.rest, Rest::None).then_some(&self.head)
    }

    /// The beginning, which is all of it but for large uploads.
    pub(crate) fn beginning(&self) -> &Bytes {
        &self.head
    }

    /// How long it is in all, where that is known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.rest {
            Rest::None => Some(self.head.len() as u64),
            Rest::Kept(_) | Rest::Coming(_) | Rest::Gone => self.length,
        }
    }

    /// Whether sending it uses it up.
    pub(crate) fn can_go_again(&self) -> bool {
        match &self.rest {
            Rest::None => true,
            Rest::Kept(kept) => kept.can_go_again(),
            Rest::Coming(_) | Rest::Gone => false,
        }
    }

    /// The body as it goes out, with the edits made; `None` when it has gone already.
    pub(crate) fn outgoing(&mut self, edits: &[Edit]) -> Option<Outgoing> {
        let rest = match std::mem::replace(&mut self.rest, Rest::Gone) {
            Rest::None => {
                self.rest = Rest::None;
                let edited = || peek::apply(&self.head, edits).into();
                let whole = if edits.is_empty() {
                    self.head.clone()
                } else {
                    edited()
                };
                return Some(Outgoing::Whole(whole));
            }
            Rest::Gone => return None,
            Rest::Coming(pieces) => pieces,
            Rest::Kept(kept) => {
                let pieces = kept.pieces();
                self.rest = Rest::Kept(kept);
                pieces
            }
        };
        let change = |length, edit: &Edit| length + edit.text.len() as u64 - edit.at.len() as u64;
        let length = self.length.map(|length| edits.iter().fold(length, change));
        let pieces = stream::iter([Ok(self.head.clone())]).chain(rest);
        // From the last to the first: each is taken off the end as it is made, in whichever piece it stands.
        let left: Vec<Edit> = edits.iter().rev().cloned().collect();
        let pieces = pieces.scan((0, left), |(seen, left), piece| {
            std::future::ready(Some(piece.map(|piece| edited(piece, seen, left))))
        });
        Some(Outgoing::Coming {
            length,
            pieces: pieces.boxed(),
        })
    }
}

/// One piece with its share of the edits made. An edit may begin in one piece and end in the next.
fn edited(piece: Bytes, seen: &mut usize, edits: &mut Vec<Edit>) -> Bytes {
    let (from, to) = (*seen, *seen + piece.len());
    *seen = to;
    if edits.last().is_none_or(|edit| edit.at.start >= to) {
        return piece;
    }
    let mut out = BytesMut::with_capacity(piece.len());
    let mut at = from;
    while let Some(edit) = edits.last_mut() {
        if edit.at.start >= to {
            break;
        }
        if edit.at.start > at {
            out.extend_from_slice(&piece[at - from..edit.at.start - from]);
        }
        out.extend_from_slice(std::mem::take(&mut edit.text).as_bytes());
        at = edit.at.end.clamp(at, to);
        if edit.at.end > to {
            edit.at.start = to;
            break;
        }
        edits.pop();
    }
    out.extend_from_slice(&piece[at - from..]);
    out.freeze()
}

#[cfg(test)]
mod tests;
