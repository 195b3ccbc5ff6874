//! What goes on inside, on standard error, for who asks for it. Off otherwise: a terminal is not a log.

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
        .with_writer(std::io::stderr)
        .init();
}
