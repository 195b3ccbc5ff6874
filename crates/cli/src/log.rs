//! What goes on inside, on standard error, for who asks for it. Off otherwise: a terminal is not a log.

use nexdesk_app::redact::Struck;
use tracing_subscriber::EnvFilter;

/// `RUST_LOG` decides; `--verbose` asks for our own crates.
pub(crate) fn begin(verbose: bool) {
    let asked = std::env::var("RUST_LOG").ok().filter(|asked| !asked.is_empty());
    let Some(filter) = asked.or_else(|| verbose.then(|| "warn,nexd=debug,nexdesk=debug".to_owned())) else {
        return;
    };
    tracing_subscriber::fmt()
        // Targets are matched by their beginning, so `nexdesk` is every crate of ours.
        .with_env_filter(EnvFilter::new(filter))
        // A gateway may say a key back to us in an error.
        .with_writer(|| Struck(std::io::stderr()))
        .init();
}
