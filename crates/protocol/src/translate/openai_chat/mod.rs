//! OpenAI's chat completions.

mod cited;
mod finish;
mod read_stream;
mod usage;

pub use read_stream::{StreamError, StreamReader};
pub use usage::usage;
