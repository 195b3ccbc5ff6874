//! `cargo xtask check`: what can be said about the code without running the product.

use std::process::{Command, ExitCode};

use crate::report::Report;
use crate::say::Stop;
use crate::system::{self, Need};
use crate::{cargo, tool, ui};

/// Whether known vulnerabilities in dependencies must be looked up: the list lives on another host than the crates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Advisories {
    Required,
    LeftOut,
}

/// The whole check, with a table at the end.
pub(crate) fn check(advisories: Advisories) -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop])?;
    system::node()?;
    let mut report = Report::default();
    lint(&mut report, advisories);
    report.run_tests("bindings are fresh", cargo::bindings());
    report.run(
        "shape",
        cargo::with(&["test", "-p", "nexdesk-tests", "--test=shape"]),
    );
    Ok(report.close())
}

/// Everything of the check that no test run repeats. Says whether the UI stands in `ui/dist`.
pub(crate) fn lint(report: &mut Report, advisories: Advisories) -> bool {
    report.run("formatting", cargo::with(&["fmt", "--all", "--check"]));
    let built = interface(report);
    let _ = ui::ensure_dist(); // so that a broken UI does not hide what is wrong in Rust
    report.run("clippy", clippy("--all-targets"));
    report.run("clippy: the window's tests", clippy("--test=window")); // `test = false` hides them from the others
    report.run("documentation", documentation());
    dependencies(report, advisories);
    built
}

fn interface(report: &mut Report) -> bool {
    if !report.act("ui: npm ci", ui::packages) {
        report.leave_out("ui: build, types, lint, test", "its packages are not installed");
        return false;
    }
    let built = report.act("ui: build", ui::build);
    report.run("ui: types", ui::npm(&["run", "types"]));
    report.run("ui: lint", ui::npm(&["run", "lint"]));
    report.run_tests("ui: test", ui::npm(&["run", "test"]));
    built
}

fn clippy(targets: &str) -> Command {
    cargo::with(&[
        "clippy",
        "--workspace",
        targets,
        cargo::EMBEDDED,
        "--",
        "-D",
        "warnings",
    ])
}

fn documentation() -> Command {
    let mut command = cargo::with(&[
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        cargo::EMBEDDED,
    ]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn dependencies(report: &mut Report, advisories: Advisories) {
    if let Some(install) = cargo::install_deny() {
        report.run("install cargo-deny", install);
    }
    let Some(program) = cargo::deny_program() else {
        return report.leave_out("licences, bans and sources", "cargo-deny is not installed");
    };
    let deny = |checks: &[&str]| {
        let mut command = tool::command(&program.to_string_lossy());
        command.args(["--workspace", "check"]).args(checks);
        command
    };
    report.run(
        "licences, bans and sources",
        deny(&["bans", "licenses", "sources"]),
    );
    if advisories == Advisories::Required {
        report.run("advisories", deny(&["advisories"]));
    }
}
