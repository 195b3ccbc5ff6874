//! `cargo xtask test | e2e | openai | bench | bindings`: the tasks that run code of ours to learn something from it.

use std::process::ExitCode;

use crate::check::{self, Advisories};
use crate::report::Report;
use crate::say::Stop;
use crate::snapshots::References;
use crate::system::{self, Need};
use crate::{bounds, cargo, openai, tool, ui};

/// Everything there is to know, in one run: a failing step never hides a later one.
pub(crate) fn test() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop, Need::Window, Need::Suite])?;
    system::node()?;
    let mut report = Report::default();
    let interface = check::lint(&mut report, Advisories::LeftOut);
    let programs = report.run("build the programs", cargo::programs());
    tests(&mut report);
    if programs {
        openai::step(&mut report);
    } else {
        report.leave_out(openai::NAME, "the programs were not built");
    }
    match (interface, programs) {
        (true, true) => {
            report.run_tests("tests in the real window", cargo::window());
        }
        (false, _) => report.leave_out("tests in the real window", "there is no UI to show"),
        (_, false) => report.leave_out("tests in the real window", "the programs were not built"),
    }
    Ok(report.close_with_totals())
}

/// All Rust tests but those in the window, whose target is `test = false`; then what no test asked for.
fn tests(report: &mut Report) {
    let references = References::new();
    let mut command = cargo::with(&["test", "--workspace", "--no-fail-fast", cargo::EMBEDDED]);
    references.collect(&mut command);
    if report.run_tests("tests", cargo::with_programs(command)) {
        report.act("no snapshot is left over", || references.reject_unreferenced());
    }
}

/// Only the window.
pub(crate) fn e2e() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop, Need::Window])?;
    system::node()?;
    ui::packages()?;
    ui::build()?;
    tool::run(&mut cargo::programs())?;
    let mut report = Report::default();
    report.run_tests("tests in the real window", cargo::window());
    Ok(report.close_with_totals())
}

/// Only OpenAI's own tests, through the relay.
pub(crate) fn openai() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Suite])?;
    system::node()?;
    tool::run(&mut cargo::with(&["build", "-p", "nexdesk-cli"]))?;
    let mut report = Report::default();
    openai::step(&mut report);
    Ok(report.close_with_totals())
}

/// The relay beside a direct call and beside nginx.
///
/// What is asked of the bench is its own to read: `million`, and `--quick` to see that it works.
pub(crate) fn bench(words: &[&str]) -> Result<ExitCode, Stop> {
    system::packages(&[Need::Bench])?; // no window, so no libraries for one
    tool::run(&mut cargo::with(&["build", "--release", "-p", "nexdesk-cli"]))?; // as it is shipped
    let mut bench = cargo::with(&["bench", "-p", "nexdesk-tests", "--bench=relay"]);
    bench.arg("--").args(words);
    bench.env("NEXD_BIN", bounds::program("nexd", "release"));
    tool::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}

/// The chat in its real window, under Xvfb. Which part is asked for is the bench's own to read.
pub(crate) fn bench_window(words: &[&str]) -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop, Need::Window])?;
    system::node()?;
    ui::packages()?;
    ui::build()?;
    tool::run(&mut cargo::with(&[
        "build",
        "--release",
        "-p",
        "nexdesk",
        cargo::EMBEDDED,
    ]))?; // as it is shipped
    let mut bench = cargo::with(&["bench", "-p", "nexdesk-tests", "--bench=window"]);
    bench.arg("--").args(words);
    bench.env("NEXDESK_BIN", bounds::program("nexdesk", "release"));
    tool::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}

/// Lets the bindings test write what it would otherwise compare.
pub(crate) fn bindings() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop])?;
    ui::ensure_dist()?; // the UI may not build until it has the new bindings
    let mut command = cargo::bindings();
    command.env("NEXDESK_WRITE_BINDINGS", "1");
    let mut report = Report::default();
    report.run_tests("write the bindings", command);
    Ok(report.close())
}
