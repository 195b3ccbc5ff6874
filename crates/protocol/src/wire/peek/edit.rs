//! Changes to a body that leave every other byte as it was.

use std::ops::Range;

/// One change: `text` in the place of the bytes at `at`, which may be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where in the body.
    pub at: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

/// The body with all of `edits`, which do not overlap and stand in the order of the body.
#[must_use]
pub fn apply(body: &[u8], edits: &[Edit]) -> Vec<u8> {
    let more: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut edited = Vec::with_capacity(body.len() + more);
    let mut from = 0;
    for edit in edits {
        edited.extend_from_slice(&body[from..edit.at.start]);
        edited.extend_from_slice(edit.text.as_bytes());
        from = edit.at.end;
    }
    edited.extend_from_slice(&body[from..]);
    edited
}
