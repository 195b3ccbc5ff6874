//! What can be typed about conversations.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// `nexd chats …`
#[derive(Debug, Subcommand)]
pub(crate) enum Chats {
    /// Lists them, latest first
    List,
    /// Finds messages by their words, `"phrases"`, and filters as in `model:gpt* has:image cost:>0.1 before:2026-01-31`
    Find {
        /// What to look for
        #[arg(value_name = "QUERY", required = true)]
        query: Vec<String>,
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Takes over an export of ChatGPT, Claude, Cherry Studio, Chatbox, Jan, Open WebUI, LibreChat or Nexdesk; what is
    /// here already stays as it is
    Import {
        /// The file, or the folder it was unpacked to
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Only says what it would do
        #[arg(long)]
        dry_run: bool,
    },
    /// Writes one into a file named by its title
    Export {
        /// Its id, as `chats list` says it
        #[arg(value_name = "ID")]
        id: String,
        /// How; `json` holds every branch and can be imported again
        #[arg(long, default_value = "md")]
        format: Format,
        /// The folder to write into
        #[arg(long, default_value = ".", value_name = "DIR")]
        to: PathBuf,
    },
}

/// In what form a conversation is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Markdown
    Md,
    /// One page, also to be printed
    Html,
    /// Everything
    Json,
}
