//! `cargo xtask`: the only door for people and CI. Each task is one line here and one file beside this one.

mod bounds;
mod cargo;
mod check;
mod icons;
mod launch;
mod openai;
mod report;
mod say;
mod snapshots;
mod suite;
mod system;
mod tool;
mod ui;

use std::process::ExitCode;

use say::Stop;

const HELP: &str = "\
cargo xtask TASK

  run [--release]       install what is missing, build, and open Nexdesk (without a display: start the relay)
  test                  everything: check, all tests, the real window; ends with `N passed, N failed`
  check [--advisories]  formatting, lints, docs, licences, bindings, shape, and the UI's types, lint and tests
  e2e                   only the tests that drive the real window
  openai                only OpenAI's own SDK tests, through the relay
  bench [million]       what the relay costs beside a direct call and beside nginx; --quick: whether it runs
  bench window          the chat in its real window: streaming, opening, hostile (one of them: only that)
  bindings              write ui/src/bindings/index.ts again from the Rust types
  icons                 draw icons/ again from icons/nexdesk.svg
  dist                  the .deb and the .rpm

Build output goes to CARGO_TARGET_DIR when that is set, else to target/.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(code) => code,
        Err(stop) => {
            say::trouble(&stop.sentence);
            ExitCode::from(stop.code)
        }
    }
}

fn dispatch(words: &[&str]) -> Result<ExitCode, Stop> {
    match words {
        ["run"] => launch::run(launch::Profile::Debug),
        ["run", "--release"] => launch::run(launch::Profile::Release),
        ["test"] => suite::test(),
        ["check"] => check::check(check::Advisories::LeftOut),
        ["check", "--advisories"] => check::check(check::Advisories::Required),
        ["e2e"] => suite::e2e(),
        ["openai"] => suite::openai(),
        ["bench", "window", words @ ..] if all_of(words, &["streaming", "opening", "hostile", "--quick"]) => {
            suite::bench_window(words)
        }
        ["bench", words @ ..] if all_of(words, &["million", "--quick"]) => suite::bench(words),
        ["bindings"] => suite::bindings(),
        ["icons"] => icons::draw(),
        ["dist"] => launch::dist(),
        [] | ["help" | "--help" | "-h"] => {
            say::line(HELP);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(Stop::usage(format!(
            "`cargo xtask {}` is not a task.\n\n{HELP}",
            words.join(" ")
        ))),
    }
}

fn all_of(words: &[&str], known: &[&str]) -> bool {
    words.iter().all(|word| known.contains(word))
}
