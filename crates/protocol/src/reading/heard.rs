//! What one event of a stream, or one whole answer, says of itself.

use crate::wire::script::ScriptBytes;
use crate::wire::walk::{Raw, Walk};

/// Filled by a dialect as it walks over the bytes; borrowed from them, so that a plain delta costs no allocation.
#[derive(Debug, Default)]
pub(super) struct Heard<'a> {
    /// Something a person would see.
    pub(super) says: bool,
    /// The model stopped.
    pub(super) finishes: bool,
    /// It has what an answer of this dialect has, whatever it says.
    pub(super) is_answer: bool,
    /// `choices` is there and empty.
    pub(super) is_hollow: bool,
    pub(super) written: ScriptBytes,
    /// The one string a plain delta is about; how many there were.
    pub(super) spoken: Option<Raw<'a>>,
    pub(super) texts: u32,
    pub(super) model: Option<Raw<'a>>,
    pub(super) usage: Option<Raw<'a>>,
    pub(super) error: Option<Raw<'a>>,
    pub(super) images: u64,
    pub(super) seconds: Option<Raw<'a>>,
}

impl<'a> Heard<'a> {
    /// Text that a person sees and a model wrote: a string, or parts with strings in them.
    #[inline]
    pub(super) fn text(&mut self, raw: Raw<'a>) {
        let weight = self.weighed(raw);
        self.written.add(weight);
    }

    /// The same for text that may be the same as another: whoever asks decides whether it counts.
    #[inline]
    pub(super) fn weighed(&mut self, raw: Raw<'a>) -> ScriptBytes {
        if !raw.is_something() {
            return ScriptBytes::default();
        }
        self.says = true;
        self.texts += 1;
        self.spoken = Some(raw);
        weight(raw)
    }

    /// What a person sees without it being text: a picture, a sound, the beginning of a call.
    #[inline]
    pub(super) fn sight(&mut self, raw: Raw<'a>) {
        if raw.is_something() {
            self.says = true;
            self.texts += 2;
        }
    }

    /// The fields that mean the same in every dialect. Steps behind the value in any case.
    #[inline]
    pub(super) fn common(&mut self, key: &[u8], walk: &mut Walk<'a>) -> Option<()> {
        let value = walk.value()?;
        match key {
            b"model" | b"modelVersion" | b"model_version" => self.model = Some(value),
            b"usage" | b"usageMetadata" | b"usage_metadata" if !value.is_null() => {
                self.usage = Some(value);
            }
            b"error" if value.is_something() => self.error = Some(value),
            _ => {}
        }
        Some(())
    }
}

/// How much text there is in a value.
#[inline]
pub(super) fn weight(raw: Raw<'_>) -> ScriptBytes {
    match raw.inside() {
        Some(inside) => ScriptBytes::of_escaped(inside),
        None => ScriptBytes::of_values(raw.0),
    }
}
