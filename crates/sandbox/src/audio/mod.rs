//! Sound: reading aloud, writing down, and the two formats both need (WAV, and the form an upload comes in).

pub(crate) mod form;
pub(crate) mod speech;
pub(crate) mod transcript;
mod wav;
