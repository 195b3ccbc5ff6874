//! A life that somebody will kill: it does one thing in the data directory given, and prints what it shows as it shows
//! it. Whoever started it reads along and ends it at a moment of their own.
#![expect(
    clippy::unwrap_used,
    reason = "whoever started this reads why it stopped from standard error"
)]

mod asked;
mod edited;
mod imported;
mod told;

use std::io::Write;

use nexdesk_app::Options;
use nexdesk_tests::{open, options};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let app = open(Options {
        sandbox_pace: nexdesk_sandbox::Pace::default(),
        ..options(given[0].as_ref())
    });
    match given[1].as_str() {
        "tells" => told::run(&app, &given[2], given[3].clone()).await,
        "asks" => asked::run(&app, &given[2], given[3].clone()).await,
        "edits" => edited::run(&app).await,
        _ => imported::run(&app, &given[2]).await,
    }
}

/// One write a line: the reader must never find half of one.
fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
