//! `nexd`, Nexdesk without a window. `args.rs` is what can be typed, `run.rs` what is done about it, `door.rs` how it
//! reaches the data directory, `print/` everything that is said.

mod args;
mod door;
mod exit;
mod log;
mod print;
mod run;
mod sandbox;
mod serve;
mod signals;
mod typed;
mod unlock;

use std::process::ExitCode;

use clap::Parser;

/// A request makes some two hundred small allocations; the system's allocator takes a sixth of a relay's time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    log::begin(args.verbose);
    let paper = print::Paper { json: args.json };
    match run::run(args, paper) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => exit::end(&stop, paper),
    }
}
