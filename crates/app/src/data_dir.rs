//! Where everything but the keys is kept, for the window and `nexd` alike.

use std::path::PathBuf;

/// `NEXDESK_DATA_DIR`, else the platform's place for the data of programs.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    if let Some(chosen) = given("NEXDESK_DATA_DIR") {
        return chosen;
    }
    let home = || given("HOME").unwrap_or_else(|| PathBuf::from("."));
    let place = if cfg!(target_os = "macos") {
        home().join("Library/Application Support")
    } else if cfg!(windows) {
        given("APPDATA").unwrap_or_else(home)
    } else {
        given("XDG_DATA_HOME").unwrap_or_else(|| home().join(".local/share"))
    };
    place.join("nexdesk")
}

fn given(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
