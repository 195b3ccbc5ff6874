//! The UI's own steps: packages from the lockfile, `ui/dist`, types, lint and unit tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::say::Stop;
use crate::{bounds, tool};

fn folder() -> PathBuf {
    bounds::root().join("ui")
}

/// `npm …` in `ui/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = tool::command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder()).args(arguments).env("NO_COLOR", "1");
    command
}

/// Installs what the lockfile names, unless that was done since it last changed.
pub(crate) fn packages() -> Result<(), Stop> {
    let marker = folder().join("node_modules/.package-lock.json"); // npm writes it last
    if modified(&marker) >= modified(&folder().join("package-lock.json")) && marker.exists() {
        return Ok(());
    }
    tool::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds `ui/dist` when a source is newer than it.
pub(crate) fn build() -> Result<(), Stop> {
    let ui = folder();
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some() && newest(&ui).is_some_and(|source| Some(source) <= built) {
        return Ok(());
    }
    tool::run(&mut npm(&["run", "build"]))
}

/// The embedded build reads `ui/dist`; empty is enough where the window is not the question.
pub(crate) fn ensure_dist() -> Result<(), Stop> {
    let dist = folder().join("dist");
    std::fs::create_dir_all(&dist)
        .map_err(|error| Stop::failed(format!("{} cannot be made: {error}", dist.display())))
}

/// The newest file below a folder, leaving out what is made from the others.
fn newest(folder: &Path) -> Option<SystemTime> {
    let made = ["node_modules", "dist"];
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let kept = entries.filter(|entry| !made.iter().any(|name| entry.file_name() == *name));
    let times = kept.filter_map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => newest(&entry.path()),
        _ => modified(&entry.path()),
    });
    times.max()
}

fn modified(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|found| found.modified()).ok()
}
