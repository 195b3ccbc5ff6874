//! The cargo commands of this workspace, each with the flags it must always have.

use std::path::PathBuf;
use std::process::Command;

use crate::{bounds, tool};

/// Puts `ui/dist` into the program. Used for every build but `tauri dev`, so that all tasks share one set of artefacts.
pub(crate) const EMBEDDED: &str = "--features=nexdesk/custom-protocol";

/// `cargo` as the one that runs this program, with the build output where every other step looks for it.
pub(crate) fn cargo() -> Command {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = tool::command(&program);
    command.env("CARGO_TARGET_DIR", bounds::target());
    command
}

/// `cargo …` with arguments.
pub(crate) fn with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}

/// The desktop program and `nexd`, as the window tests start them.
///
/// Over the whole workspace, like the tests: with `-p`, cargo would settle on other features of the shared
/// dependencies and compile them a second time.
pub(crate) fn programs() -> Command {
    with(&["build", "--workspace", "--exclude=xtask", "--bins", EMBEDDED])
}

/// The test that compares `ui/src/bindings/index.ts` with the Rust types, or writes it when told to.
pub(crate) fn bindings() -> Command {
    with(&["test", "-p", "nexdesk", "--lib", EMBEDDED, "bindings"])
}

/// The tests that open the real window, one after the other: each wants the whole display.
pub(crate) fn window() -> Command {
    with_programs(with(&[
        "test",
        "--workspace",
        EMBEDDED,
        "--test=window",
        "--",
        "--test-threads=1",
    ]))
}

/// Tells tests where the programs are that they start.
pub(crate) fn with_programs(mut command: Command) -> Command {
    command.env("NEXDESK_BIN", bounds::program("nexdesk", "debug"));
    command.env("NEXD_BIN", bounds::program("nexd", "debug"));
    command
}

/// cargo-deny, built from crates.io where it is missing: no registry we use ships a current one of its makers.
pub(crate) fn install_deny() -> Option<Command> {
    if deny_program().is_some() {
        return None;
    }
    let mut command = with(&["install", "cargo-deny", "--locked", "--version", DENY_VERSION]);
    command.env_remove("CARGO_TARGET_DIR"); // then cargo builds in a folder it deletes afterwards
    Some(command)
}

/// Where cargo-deny is; `cargo install` puts it in a folder that need not be on PATH.
pub(crate) fn deny_program() -> Option<PathBuf> {
    let homes = [
        std::env::var_os("CARGO_HOME").map(PathBuf::from),
        std::env::home_dir().map(|home| home.join(".cargo")),
    ];
    let installed = homes
        .into_iter()
        .flatten()
        .map(|home| home.join("bin/cargo-deny"));
    tool::find("cargo-deny").or_else(|| installed.into_iter().find(|file| file.is_file()))
}

const DENY_VERSION: &str = "0.20.2";
