//! What of the library's own log may be written anywhere: it puts whatever it sends and receives into its lines, the
//! keys in headers and in the environment a server repeats among it.

use tracing::{Level, Metadata};

/// Whether a line may be written down, whatever level somebody asked for. Everyone who sets up a log asks this first.
#[must_use]
pub fn may_be_logged(line: &Metadata<'_>) -> bool {
    let library = line.target().split("::").next() == Some("rmcp");
    !library || *line.level() <= Level::WARN
}
