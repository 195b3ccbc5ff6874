//! What the relay costs: the same requests straight to a gateway, through nginx, and through `nexd serve`, interleaved
//! in one run, so that whatever else the machine does hits all three alike. Ratios are what to look at.
//!
//! `cargo xtask bench` builds nexd with optimisation, installs nginx and runs this; with `million`, a million requests
//! instead; with `--quick`, a twentieth of everything, which shows that it works and measures nothing. Nothing here
//! asserts a time.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench reports to people, or stops"
)]

mod clock;
mod gateway;
mod leaving;
mod load;
mod million;
mod paced;
mod peers;
mod process;
mod table;
mod upload;

use table::{Sizes, Table};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    // `cargo test --benches` asks for a list and would otherwise run minutes of load.
    if has("--list") || has("--test") {
        return;
    }
    let sizes = Sizes::new(has("--quick"));
    if has("million") {
        return million::run(sizes);
    }
    let mut gateway = gateway::start();
    let mut table = Table::default();
    load::measure(sizes, gateway.address, &mut table);
    paced::measure(sizes, gateway.address, &mut table);
    upload::measure(sizes, gateway.address, &mut table);
    leaving::measure(sizes, &mut gateway, &mut table);
    println!(
        "\n`cargo xtask bench`, {}, {}",
        table::machine(),
        peers::nginx_version()
    );
    if sizes.quick {
        println!("A twentieth of the real counts: this shows that it works, and measures nothing.");
    }
    println!("\n{table}");
}
