//! The shape of the house, checked by a program: how long files and functions may be, which crate may know which
//! library, and which words no name may carry. Every failure lists the offenders with their numbers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "shape/reading.rs"]
mod reading;

use reading::{Manifest, functions, manifests, median, type_names, without_inline_tests, words};

const RUST: [&str; 4] = ["crates", "src-tauri", "tests", "xtask"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// The files with one of these endings below these folders of the repository, as (path from the root, text).
fn sources(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["target", "node_modules", "dist"].contains(&name.as_str()) {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let shown = path
                    .strip_prefix(root())
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                found.push((shown, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(
        !found.is_empty(),
        "nothing ends in {endings:?} below {folders:?}: this test would prove nothing"
    );
    found
}

fn rust() -> Vec<(String, String)> {
    sources(&RUST, &[".rs"])
}

/// The UI as people write it: the bindings are generated.
fn interface() -> Vec<(String, String)> {
    let mut files = sources(&["ui/src"], &[".ts", ".tsx", ".css"]);
    files.retain(|(path, _)| !path.starts_with("ui/src/bindings/"));
    files
}

#[track_caller]
fn none(offenders: Vec<String>, rule: &str) {
    assert!(offenders.is_empty(), "{rule}\n  {}\n", offenders.join("\n  "));
}

#[test]
fn no_rust_file_is_longer_than_400_lines() {
    let lengths = rust()
        .into_iter()
        .map(|(path, text)| (without_inline_tests(&text).lines().count(), path));
    let long = lengths
        .filter(|(lines, _)| *lines > 400)
        .map(|(lines, path)| format!("{lines} lines  {path}"));
    none(
        long.collect(),
        "Split these by noun; 400 lines is the cap, inline tests not counted:",
    );
}

#[test]
fn the_median_rust_file_has_at_most_120_lines() {
    let lengths = sources(&["crates", "src-tauri", "xtask"], &[".rs"]);
    let lengths = lengths
        .iter()
        .map(|(_, text)| without_inline_tests(text).lines().count())
        .collect();
    let median = median(lengths);
    assert!(
        median <= 120,
        "the median Rust file has {median} lines, inline tests not counted; 120 is the cap"
    );
}

#[test]
fn no_function_is_longer_than_60_lines() {
    let mut long = Vec::new();
    for (path, text) in rust() {
        let found = functions(&text)
            .into_iter()
            .filter(|function| function.lines > 60);
        long.extend(found.map(|it| format!("{} lines  {path}:{} {}", it.lines, it.starts, it.name)));
    }
    none(
        long,
        "Give these functions parts with names; 60 lines of body is the cap:",
    );
}

#[test]
fn no_ui_file_is_longer_than_300_lines() {
    let lengths = interface()
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path));
    let long = lengths
        .filter(|(lines, _)| *lines > 300)
        .map(|(lines, path)| format!("{lines} lines  {path}"));
    none(long.collect(), "Split these; 300 lines is the cap for the UI:");
}

#[test]
fn every_rust_file_says_first_what_one_would_come_for() {
    let silent = rust().into_iter().filter(|(_, text)| !text.starts_with("//! "));
    none(
        silent.map(|(path, _)| path).collect(),
        "These files do not begin with a `//!` paragraph:",
    );
}

/// Who may name which libraries among its dependencies, and why nobody else may. Dev-dependencies are free.
struct Wall {
    libraries: &'static [&'static str],
    owners: &'static [&'static str],
    reason: &'static str,
}

const WALLS: [Wall; 4] = [
    Wall {
        libraries: &["tauri", "tauri-*"],
        owners: &["nexdesk"],
        reason: "the engine does not know its host",
    },
    Wall {
        libraries: &["rusqlite"],
        owners: &["nexdesk-ledger"],
        reason: "one crate writes SQL",
    },
    Wall {
        libraries: &[
            "keyring*",
            "secret-service",
            "zbus-*",
            "apple-native-*",
            "windows-native-*",
        ],
        owners: &["nexdesk-vault"],
        reason: "one crate opens the keychain",
    },
    Wall {
        libraries: &["reqwest"],
        owners: &["nexdesk-upstream", "nexdesk-client", "nexdesk-tests"],
        reason: "one crate calls gateways, one calls a relay",
    },
];

impl Wall {
    fn covers(&self, library: &str) -> bool {
        self.libraries.iter().any(|it| match it.strip_suffix('*') {
            Some(start) => library.starts_with(start),
            None => library == *it,
        })
    }

    fn refuses(&self, manifest: &Manifest) -> Vec<String> {
        if self.owners.contains(&manifest.package.as_str()) {
            return Vec::new();
        }
        let crossing = manifest.libraries.iter().filter(|library| self.covers(library));
        let says = |library| format!("{} depends on {library}: {}", manifest.package, self.reason);
        crossing.map(says).collect()
    }
}

#[test]
fn a_library_is_known_only_to_the_crate_it_belongs_to() {
    let all = manifests(&root());
    let strangers = WALLS
        .iter()
        .flat_map(|wall| all.iter().flat_map(|manifest| wall.refuses(manifest)));
    none(strangers.collect(), "These dependencies cross a wall:");
    for wall in &WALLS {
        let owners = all.iter().filter(|it| wall.owners.contains(&it.package.as_str()));
        let used = owners
            .flat_map(|it| &it.libraries)
            .any(|library| wall.covers(library));
        assert!(
            used,
            "nobody uses {:?} any more: take the wall down",
            wall.libraries
        );
    }
}

#[test]
fn languages_and_prices_do_no_io_and_have_no_runtime() {
    let banned = ["tokio", "reqwest", "rusqlite", "hyper", "hyper-util"];
    let mut impure = Vec::new();
    for package in ["nexdesk-protocol", "nexdesk-pricing"] {
        let manifest = manifests(&root())
            .into_iter()
            .find(|it| it.package == package)
            .unwrap();
        let known = banned.iter().filter(|it| manifest.libraries.contains(**it));
        impure.extend(known.map(|library| format!("{package} depends on {library}")));
    }
    none(impure, "These crates must stay pure:");
}

/// The packages that depend on `library` and are not among `allowed`.
fn strangers_to(library: &str, allowed: &[&str]) -> Vec<String> {
    let users = manifests(&root())
        .into_iter()
        .filter(|it| it.libraries.contains(library));
    users
        .map(|it| it.package)
        .filter(|package| !allowed.contains(&package.as_str()))
        .collect()
}

#[test]
fn only_the_two_doors_and_the_tests_depend_on_the_app() {
    let strangers = strangers_to("nexdesk-app", &["nexdesk", "nexdesk-cli", "nexdesk-tests"]);
    none(
        strangers,
        "These crates depend on nexdesk-app, which stands above them:",
    );
}

#[test]
fn nothing_below_the_app_depends_on_the_sandbox() {
    let strangers = strangers_to(
        "nexdesk-sandbox",
        &["nexdesk-app", "nexdesk-cli", "nexdesk-tests"],
    );
    none(
        strangers,
        "The sandbox is reached over HTTP like any gateway, but these depend on it:",
    );
}

#[test]
fn only_the_host_folder_of_the_ui_imports_tauri() {
    let mut imports = Vec::new();
    for (path, text) in interface() {
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("@tauri-apps/"));
        let outside = !path.starts_with("ui/src/host/");
        imports.extend(
            lines
                .filter(|_| outside)
                .map(|(at, line)| format!("{path}:{} {}", at + 1, line.trim())),
        );
    }
    none(
        imports,
        "Ask ui/src/host for these, so that the panels also run on the scripted host:",
    );
}

#[test]
fn no_name_hides_behind_an_empty_word() {
    let empty: BTreeSet<&str> = [
        "manager",
        "service",
        "helper",
        "helpers",
        "util",
        "utils",
        "processor",
    ]
    .into_iter()
    .collect();
    let mut found = Vec::new();
    for (path, text) in rust().into_iter().chain(interface()) {
        let stem = Path::new(&path)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let names = std::iter::once(stem).chain(type_names(&text));
        let named = names.filter(|name| words(name).iter().any(|word| empty.contains(word.as_str())));
        found.extend(named.map(|name| format!("{name}  in {path}")));
    }
    none(
        found,
        "Say what these are or do (no Manager, Service, Helper, Util, Processor):",
    );
}

#[test]
fn no_snapshot_waits_to_be_looked_at() {
    let pending = sources(&["crates", "tests"], &[".rs", ".snap.new", ".pending-snap"]).into_iter();
    let pending = pending.filter(|(path, _)| !path.ends_with(".rs"));
    none(pending.map(|(path, _)| path).collect(), "Accept or delete these:");
}
