//! Stale snapshots: insta lists those a test asked for, and what no test asked for has to go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bounds;
use crate::say::Stop;

/// The list insta writes while the tests run.
pub(crate) struct References {
    list: PathBuf,
}

impl References {
    /// An empty list.
    pub(crate) fn new() -> Self {
        let list = bounds::target().join("snapshots-referenced.txt");
        let _ = std::fs::remove_file(&list); // insta only ever appends
        Self { list }
    }

    /// Makes a test run fill the list, and change no snapshot.
    pub(crate) fn collect(&self, tests: &mut Command) {
        tests
            .env("INSTA_SNAPSHOT_REFERENCES_FILE", &self.list)
            .env("INSTA_UPDATE", "no");
    }

    /// Fails with the names of the snapshots that belong to no test.
    pub(crate) fn reject_unreferenced(&self) -> Result<(), Stop> {
        let listed = std::fs::read_to_string(&self.list).unwrap_or_default();
        let asked_for = listed
            .lines()
            .filter_map(|line| std::fs::canonicalize(line).ok())
            .collect();
        let left_over = unreferenced(&bounds::root(), &asked_for);
        if left_over.is_empty() {
            return Ok(());
        }
        let names = left_over
            .iter()
            .map(|file| format!("\n  {}", file.display()))
            .collect::<String>();
        Err(Stop::failed(format!(
            "No test asks for these snapshots any more; delete them:{names}"
        )))
    }
}

fn unreferenced(folder: &Path, asked_for: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let elsewhere = ["target", "node_modules", ".git", "gen"]
            .iter()
            .any(|skipped| name == *skipped);
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !elsewhere {
            found.extend(unreferenced(&path, asked_for));
        } else if path.extension().is_some_and(|extension| extension == "snap")
            && std::fs::canonicalize(&path).is_ok_and(|path| !asked_for.contains(&path))
        {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_no_test_asked_for_is_named_and_the_others_are_not() {
        let folder = std::env::temp_dir().join(format!("nexdesk-snapshots-{}", std::process::id()));
        let inner = folder.join("relay/snapshots");
        std::fs::create_dir_all(&inner).unwrap();
        for name in ["asked.snap", "left_over.snap", "notes.md"] {
            std::fs::write(inner.join(name), "").unwrap();
        }
        let asked_for = [std::fs::canonicalize(inner.join("asked.snap")).unwrap()].into();

        let found = unreferenced(&folder, &asked_for);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [inner.join("left_over.snap")]);
    }
}
