//! OpenAI's chat completions.

mod finish;
mod read_stream;
mod usage;

pub use read_stream::{StreamError, StreamReader};
pub use usage::usage;
