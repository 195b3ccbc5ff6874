//! Events of one stream differ in their text and in nothing else. What is the same to the left and to the right of the
//! text has been walked over once, and need not be again.

use super::heard::Heard;
use crate::wire::glance::quote_or_backslash;

/// The last plain delta, and where its text stands in it.
#[derive(Debug, Default)]
pub(super) struct Mould {
    event: Vec<u8>,
    from: usize,
    to: usize,
}

impl Mould {
    /// The text of an event cast in the same mould. It is of the same shape for certain: the bytes around the text are
    /// the same, and the text has no quote that ends it earlier, nor a backslash that would swallow the one behind it.
    #[inline]
    pub(super) fn text_of<'a>(&self, event: &'a [u8]) -> Option<&'a [u8]> {
        let (left, right) = (&self.event[..self.from], &self.event[self.to..]);
        if left.is_empty() {
            return None;
        }
        let text = event.strip_prefix(left)?.strip_suffix(right)?;
        stays_inside(text).then_some(text)
    }

    /// Remembers an event that is one string of text and nothing more.
    pub(super) fn take(&mut self, event: &[u8], heard: &Heard<'_>) {
        let is_plain = heard.texts == 1
            && !heard.finishes
            && heard.error.is_none()
            && heard.usage.is_none()
            && heard.images == 0
            && heard.seconds.is_none();
        let text = heard.spoken.and_then(|raw| raw.inside());
        let (true, Some(text)) = (is_plain, text) else {
            return;
        };
        self.from = text.as_ptr() as usize - event.as_ptr() as usize;
        self.to = self.from + text.len();
        self.event.clear();
        self.event.extend_from_slice(event);
    }
}

#[inline]
fn stays_inside(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = quote_or_backslash(&text[at..]) {
        at += found + 2;
        if text[at - 2] == b'"' || at > text.len() {
            return false;
        }
    }
    true
}
