//! What can be typed about who looks on, and about who may come in.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `nexd watch …`
#[derive(Debug, Subcommand)]
pub(crate) enum Watch {
    /// Makes the token that opens `GET /metrics` for a Prometheus, and prints it this once, alone on standard output; the
    /// one before is refused from now on
    MetricsToken {
        /// Takes it away: there is nothing at /metrics then
        #[arg(long)]
        remove: bool,
    },
    /// Keeps what the header of `serve --otlp-header` says, read from standard input, where the keys are
    CollectorSecret {
        /// Takes it away
        #[arg(long)]
        remove: bool,
    },
}

/// How the door of `nexd serve` is opened, and who is told what passes.
#[derive(Debug, Args)]
pub(crate) struct Doors {
    /// Lets other computers in; each request still needs a token, and nothing is encrypted on the way
    #[arg(long)]
    pub(crate) lan: bool,
    /// Opens a Unix socket too, for its own user alone
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Lets a web page use the relay, as in `https://example.com`; may be given more than once
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Vec<String>,
    /// Answers to another name too, of a tunnel say; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// Reports every exchange to an OpenTelemetry collector, as in http://localhost:4318
    #[arg(
        long,
        value_name = "URL",
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        hide_env_values = true
    )]
    pub(crate) otlp_endpoint: Option<String>,
    /// The header the collector wants; `nexd watch collector-secret` keeps what it says
    #[arg(long, value_name = "NAME")]
    pub(crate) otlp_header: Option<String>,
    /// Tells tokens and money apart by model in `GET /metrics`
    #[arg(long)]
    pub(crate) metrics_by_model: bool,
}
