//! What goes on inside, on standard error, for who asks for it. Off otherwise: a terminal is not a log.

use nexdesk_app::redact::Struck;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

/// `RUST_LOG` decides; `--verbose` asks for our own crates.
pub(crate) fn begin(verbose: bool) {
    let asked = std::env::var("RUST_LOG").ok().filter(|asked| !asked.is_empty());
    let Some(filter) = asked.or_else(|| verbose.then(|| "warn,nexd=debug,nexdesk=debug".to_owned())) else {
        return;
    };
    // Targets are matched by their beginning, so `nexdesk` is every crate of ours.
    let asked = EnvFilter::new(filter).and(filter_fn(nexdesk_app::may_be_logged));
    // A gateway may say a key back to us in an error.
    let lines = fmt::layer().with_writer(|| Struck(std::io::stderr()));
    registry().with(lines.with_filter(asked)).init();
}
