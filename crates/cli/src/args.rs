//! What can be typed. The comments here are the help texts.

mod chats;
mod routing;
mod watching;

use std::path::PathBuf;

pub(crate) use chats::{Chats, Format};
use clap::{Parser, Subcommand};
pub(crate) use routing::{Compat, Routes, WhenLeft};
pub(crate) use watching::{Doors, Watch};

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
    /// Names that stand for models of one gateway or several
    #[command(subcommand)]
    Routes(Routes),
    /// What gateways were found not to take
    #[command(subcommand)]
    Compat(Compat),
    /// Conversations: finding them, taking them over from other programs, writing them into files
    #[command(subcommand)]
    Chats(Chats),
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
        #[command(flatten)]
        doors: Box<Doors>,
    },
    /// Who else looks on: a Prometheus, a collector of traces
    #[command(subcommand)]
    Watch(Watch),
    /// Shows a request with its attempts and, where they were kept, what was asked and answered
    Exchange {
        /// Its id, as `usage --json` and the answer's x-nexdesk-request-id say it
        #[arg(value_name = "ID")]
        id: String,
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
    /// Changes how one is used, from the next request on
    Set {
        /// Of which gateway
        gateway: String,
        /// Which
        #[arg(long, default_value = "default")]
        name: String,
        /// Its share beside the gateway's other keys, from 1 to 1000
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
        weight: Option<u32>,
        /// Does not ask it any more
        #[arg(long, conflicts_with = "on")]
        off: bool,
        /// Asks it again
        #[arg(long)]
        on: bool,
        /// When a caller hangs up: `stop` the gateway too, or `read-on` to the end for the exact bill
        #[arg(long, value_name = "WHAT")]
        when_left: Option<WhenLeft>,
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
        #[command(flatten)]
        limits: Limits,
    },
    /// Says what one may do, from its next request on; what is not named stays as it is
    Set {
        /// Which
        name: String,
        #[command(flatten)]
        limits: Limits,
    },
    /// Lists them with what they may do and what is spent, without their secrets
    List,
    /// Refuses one until it is resumed; an answer that has begun comes to its end
    Pause {
        /// Which
        name: String,
    },
    /// Lets a paused one go on
    Resume {
        /// Which
        name: String,
    },
    /// Revokes one at once and for good; an answer that has begun comes to its end
    Revoke {
        /// Which
        name: String,
    },
}

/// What a token may do. `none` lifts a limit.
#[derive(Debug, clap::Args)]
pub(crate) struct Limits {
    /// The models it may ask, as in `gpt-4o*,claude-*,nexhina/*`
    #[arg(long, value_name = "PATTERNS")]
    pub(crate) models: Option<String>,
    /// The endpoints it may use, as in `chat,images`
    #[arg(long, value_name = "NAMES")]
    pub(crate) endpoints: Option<String>,
    /// Requests in any minute
    #[arg(long, value_name = "N")]
    pub(crate) rpm: Option<String>,
    /// Tokens in any minute
    #[arg(long, value_name = "N")]
    pub(crate) tpm: Option<String>,
    /// Requests under way at once
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<String>,
    /// Dollars a day, by the calendar of the time zone in which the first budget was set
    #[arg(long, value_name = "USD")]
    pub(crate) per_day: Option<String>,
    /// Dollars a month, by the same calendar
    #[arg(long, value_name = "USD")]
    pub(crate) per_month: Option<String>,
    /// Dollars in all
    #[arg(long, value_name = "USD")]
    pub(crate) total: Option<String>,
    /// Whether a token with a budget may ask models whose price is not known: `refuse` or `allow`
    #[arg(long, value_name = "WORD")]
    pub(crate) unpriced: Option<String>,
    /// Its last day, as in 2026-12-31, or a moment
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<String>,
    /// Whether what it asks and gets is kept, for `nexd exchange`: `off`, `errors` or `all`; keys in it are struck out
    #[arg(long, value_name = "WORD")]
    pub(crate) capture: Option<String>,
}
