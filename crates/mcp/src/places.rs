//! Where programs are looked for. A desktop session knows a shorter PATH than the person's shell, so that `npx` of an
//! nvm, `uvx` and Homebrew's programs are missing from it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Below the home folder.
const OF_THE_PERSON: [&str; 9] = [
    ".local/bin",
    ".cargo/bin",
    ".volta/bin",
    ".bun/bin",
    ".deno/bin",
    ".asdf/shims",
    ".local/share/mise/shims",
    ".local/share/fnm/aliases/default/bin",
    "bin",
];
const OF_THE_SYSTEM: [&str; 5] = [
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/usr/bin",
    "/bin",
];

/// The PATH a server gets: the one that was given for it (or ours), then every usual place that exists.
pub(crate) fn search_path(given: Option<&str>) -> OsString {
    let first = given
        .map(OsString::from)
        .or_else(|| env::var_os("PATH"))
        .unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&first).collect();
    if let Some(home) = env::home_dir() {
        places.extend(OF_THE_PERSON.iter().map(|place| home.join(place)));
        places.extend(nvm(&home.join(".nvm/versions/node")));
    }
    places.extend(OF_THE_SYSTEM.iter().map(PathBuf::from));
    let mut known = Vec::new();
    for place in places {
        if !known.contains(&place) && place.is_dir() {
            known.push(place);
        }
    }
    env::join_paths(known).unwrap_or(first)
}

/// Every Node.js of an nvm, the newest first.
fn nvm(versions: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(versions).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
    found.sort_by_key(|path| std::cmp::Reverse(version(path)));
    found.into_iter().map(|path| path.join("bin")).collect()
}

fn version(path: &Path) -> Vec<u32> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let numbers = name.trim_start_matches('v').split('.');
    numbers.map(|number| number.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_node_of_an_nvm_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["v9.11.2", "v22.3.0", "v20.20.2"] {
            fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        let found = nvm(folder.path());
        let order = ["v22.3.0", "v20.20.2", "v9.11.2"];
        assert_eq!(
            found,
            order.map(|version| folder.path().join(version).join("bin"))
        );
    }

    #[test]
    fn a_given_path_is_looked_through_first_and_the_usual_places_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = search_path(folder.path().to_str());
        let places: Vec<PathBuf> = env::split_paths(&path).collect();
        assert_eq!(places.first().map(PathBuf::as_path), Some(folder.path()));
        #[cfg(unix)]
        assert!(places.contains(&PathBuf::from("/usr/bin")), "{places:?}");
    }
}
