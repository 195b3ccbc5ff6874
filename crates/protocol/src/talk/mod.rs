//! The neutral form: what is said, whatever dialect it was said in.

mod delta;
mod usage;

pub use delta::{Delta, Finish};
pub use usage::{Basis, Usage};
