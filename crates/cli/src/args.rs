//! What can be typed. The comments here are the help texts.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 the gateway failed · 2 wrong usage · 65 wrong input · 66 no such thing · 69 not reachable, or no \
place for keys · 70 a fault of Nexdesk · 73 data directory cannot be written · 74 storage failed · 75 held by another \
process · 77 key refused, missing or locked · 130, 143 stopped by a signal";

/// Nexdesk without a window: gateways and keys in one place, one relay on localhost, every request accounted for.
///
/// It works on the same data directory as the window, and through the window while that is open.
#[derive(Debug, Parser)]
#[command(name = "nexd", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Args {
    /// Where everything but the keys is kept; by default where the window keeps it
    #[arg(
        long,
        global = true,
        env = "NEXDESK_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Prints JSON, one value per line; errors too, on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Says on standard error what goes on inside; RUST_LOG says it in more detail
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs and nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Whom requests can go to
    #[command(subcommand)]
    Gateways(Gateways),
    /// The keys of gateways
    #[command(subcommand)]
    Keys(Keys),
    /// What tools present to the relay
    #[command(subcommand)]
    Tokens(Tokens),
    /// Lists what can be asked for
    Models,
    /// Asks a model and prints the answer as it comes
    Ask {
        /// `model`, or `gateway/model`; by default the first chat model of your own gateways, else the sandbox's
        #[arg(short, long)]
        model: Option<String>,
        /// The question; `-` or nothing reads it from standard input
        #[arg(value_name = "TEXT")]
        text: Vec<String>,
    },
    /// Lists the newest requests, from the window and from tools, with what they took and cost
    Usage {
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
    },
    /// Runs the relay until it is told to stop
    Serve {
        /// The port on 127.0.0.1; if it is taken, the next free one is used and said. 0 takes any
        #[arg(long, default_value_t = nexdesk_app::settings::RELAY_PORT)]
        port: u16,
    },
    /// Runs the offline gateway alone, for tests of other programs
    Sandbox {
        /// The port on 127.0.0.1; 0 takes any free one
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Says how things stand
    Status,
    /// Goes back to the snapshot that was made before an update changed the database
    Restore {
        /// The file in the data directory, such as nexdesk.before-v2.db; the present database is kept aside
        #[arg(value_name = "SNAPSHOT")]
        snapshot: PathBuf,
    },
}

/// `nexd gateways …`
#[derive(Debug, Subcommand)]
pub(crate) enum Gateways {
    /// Adds one
    Add {
        /// What to call it; it stands in front of models, as in `name/model`
        name: String,
        /// What kind it is; by default the known one of that name, else any OpenAI-compatible
        #[arg(long)]
        preset: Option<String>,
        /// Where it answers; by default where the preset does
        #[arg(long)]
        url: Option<String>,
    },
    /// Lists them
    List,
    /// Removes one with its keys; what was asked of it stays in `usage`
    Remove {
        /// Which
        name: String,
    },
}

/// `nexd keys …`
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Adds one, read from standard input and never from an argument, which other users could see
    Add {
        /// To which gateway
        gateway: String,
        /// What to call it
        #[arg(long, default_value = "default")]
        name: String,
    },
    /// Lists them, without their secrets
    List {
        /// Of which gateway; by default of all
        gateway: Option<String>,
    },
    /// Asks the gateways whether they accept them; costs nothing
    Check {
        /// Of which gateway; by default of all
        gateway: Option<String>,
        /// Only this one
        #[arg(long)]
        name: Option<String>,
    },
    /// Removes one
    Remove {
        /// Of which gateway
        gateway: String,
        /// Which
        #[arg(long)]
        name: String,
    },
}

/// `nexd tokens …`
#[derive(Debug, Subcommand)]
pub(crate) enum Tokens {
    /// Makes one and prints it this once, alone on standard output
    Add {
        /// The tool it is for
        name: String,
    },
    /// Lists them, without their secrets
    List,
    /// Revokes one at once
    Revoke {
        /// Which
        name: String,
    },
}
