//! What a child process leaves behind for the error sentence: the last it wrote to stderr, and the first it wrote to
//! stdout that is not MCP. Also the watch on its stdout: a line that never ends must not cost a call its patience.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use crate::Trouble;
use crate::veil::Veil;

const SAID: usize = 4 * 1024;
const HEARD: usize = 200;
/// As much as the transport would read before it drops a line without telling anybody.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// What one start of a server has said and written, with its secrets struck out when it is asked for.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) veil: Veil,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    said: Vec<u8>,
    said_more: bool,
    heard: Vec<u8>,
    line: Line,
    flooded: bool,
}

#[derive(Debug, Default)]
struct Line {
    length: usize,
    /// Whether the line began with something no message begins with; unknown while it is blank.
    strange: Option<bool>,
}

impl Notes {
    pub(crate) fn new(veil: Veil) -> Arc<Notes> {
        let kept = Mutex::default();
        Arc::new(Notes { veil, kept })
    }

    /// Takes down a piece of stderr.
    pub(crate) fn say(&self, bytes: &[u8]) {
        let window = SAID + self.veil.margin();
        let mut kept = self.kept();
        kept.said.extend_from_slice(bytes);
        let surplus = kept.said.len().saturating_sub(window);
        kept.said_more |= surplus > 0;
        kept.said.drain(..surplus);
    }

    /// The end of stderr.
    pub(crate) fn said(&self) -> String {
        let kept = self.kept();
        let text = self.veil.on(&String::from_utf8_lossy(&kept.said));
        let from = if kept.said_more { self.margin() } else { 0 };
        let from = from.max(text.len().saturating_sub(SAID));
        text[text.ceil_char_boundary(from)..].trim().to_owned()
    }

    /// The beginning of what came on stdout and is not MCP.
    pub(crate) fn heard(&self) -> Option<String> {
        let kept = self.kept();
        let text = self.veil.on(&String::from_utf8_lossy(&kept.heard));
        let full = kept.heard.len() >= HEARD + self.veil.margin();
        let until = text.len() - if full { self.margin().min(text.len()) } else { 0 };
        let text = text[..text.floor_char_boundary(until.min(HEARD))].trim();
        (!kept.heard.is_empty()).then(|| text.to_owned())
    }

    /// Why a connection broke off.
    pub(crate) fn lost(&self, name: &str) -> Trouble {
        let server = name.to_owned();
        if self.flooded() {
            Trouble::TooMuch { server }
        } else {
            Trouble::Lost {
                server,
                said: self.said(),
            }
        }
    }

    /// Whether a line was so long that the connection was given up.
    pub(crate) fn flooded(&self) -> bool {
        self.kept().flooded
    }

    /// Half a secret may stand where the window was cut, grown by what stands for broken characters.
    fn margin(&self) -> usize {
        self.veil.margin() + 8
    }

    fn hear(&self, bytes: &[u8]) -> io::Result<()> {
        let room = HEARD + self.veil.margin();
        let mut kept = self.kept();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let first = piece.iter().find(|byte| !byte.is_ascii_whitespace());
            kept.line.length += piece.len();
            kept.line.strange = kept.line.strange.or(first.map(|byte| !b"{[".contains(byte)));
            if kept.line.strange == Some(true) {
                let free = room.saturating_sub(kept.heard.len());
                kept.heard.extend(piece.iter().take(free));
            }
            if kept.line.length > LONGEST_LINE {
                kept.flooded = true;
                return Err(io::Error::other("a line of more than 16 MB"));
            }
            if piece.ends_with(b"\n") {
                kept.line = Line::default();
            }
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A child's stdout, read along.
pub(crate) struct Ear<R> {
    pub(crate) stdout: R,
    pub(crate) notes: Arc<Notes>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Ear<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stdout).poll_read(cx, buf))?;
        Poll::Ready(self.notes.hear(&buf.filled()[before..]))
    }
}
