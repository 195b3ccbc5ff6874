//! What the window costs: the app itself on a display of its own, with its own policy, driven by WebDriver. An answer
//! streams through the whole house, conversations of a thousand messages are opened and read, and the hostile corpus is
//! walked through.
//!
//! `cargo xtask bench window` builds the app as it is shipped and runs this; `streaming`, `opening` or `hostile` after it
//! runs only that. Beside each figure by the clock stands what the page's main thread itself ran, as the kernel counts
//! it: on a machine that has other work the rest is other processes'. Nothing here asserts a time.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench reports to people, or stops"
)]

mod clock;
#[path = "../../window/desk.rs"]
#[expect(dead_code, reason = "a bench does less at the desk than a test")]
mod desk;
mod gateway;
mod hostile;
mod opening;
mod page;
mod process;
mod report;
mod screen;
mod seed;
mod streaming;
mod words;

use desk::Desk;
use report::Report;

const CHARACTERS: usize = 100_000;
const TOKENS_PER_SECOND: usize = 2_000;
const ROUNDS: usize = 4;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    // `cargo test --benches` asks for a list and would otherwise run minutes in a window.
    if has("--list") || has("--test") {
        return;
    }
    let parts = ["streaming", "opening", "hostile"];
    let all = !parts.iter().any(|part| has(part));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let report = runtime.block_on(run(parts.map(|part| all || has(part)), has("--quick")));
    println!("\n`cargo xtask bench window`\n\n{report}");
}

async fn run([streaming, opening, hostile]: [bool; 3], quick: bool) -> Report {
    let gateway = gateway::start(&words::answer(CHARACTERS), TOKENS_PER_SECOND);
    let canary = hostile::Canary::start();
    let corpus = if hostile { canary.corpus() } else { Vec::new() };
    let desk = Desk::new();
    let seeded = seed::plant(&desk.data_dir(), gateway, corpus).await;
    let window = desk.open().await;
    page::prepare(&window).await;
    let web = process::web_process_of(window.process());
    let mut report = Report::default();
    if streaming {
        streaming::measure(&window, web, &seeded.talk, &mut report).await;
    }
    if opening {
        let rounds = if quick { 1 } else { ROUNDS };
        opening::measure(&window, web, &seeded.long, desk.home.path(), rounds, &mut report).await;
    }
    if hostile {
        hostile::measure(&window, &seeded.hostile, &canary, &mut report).await;
    }
    window.close().await;
    report
}
