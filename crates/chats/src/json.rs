//! Reading JSON that strangers wrote: split without being held, parsed with damage mended, looked into without trusting
//! any type.

mod look;
mod mend;
mod scan;
mod when;

pub(crate) use look::Look;
pub(crate) use mend::parse;
pub(crate) use scan::{Fault, Scan};
pub(crate) use when::millis;

/// The most one conversation may take, as text. The longest ones people have are around thirty megabytes.
pub(crate) const MOST: usize = 256 << 20;
