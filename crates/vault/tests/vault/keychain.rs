//! A real keychain: gnome-keyring in a D-Bus session and a home of its own, used by a process of its own.
//! Needs the Debian packages dbus-daemon (or dbus) and gnome-keyring; without them these tests fail.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

fn round_trip() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(format!("round_trip{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is missing: cargo build -p nexdesk-vault --examples",
        path.display()
    );
    path
}

/// Runs a script with nothing of this session: its `$1` is the example, its `$2` an empty data directory.
fn run(home: &Path, program: &str, arguments: &[&str], script: &str) -> String {
    let (runtime, data) = (home.join("runtime"), home.join("data"));
    fs::create_dir_all(&data).unwrap();
    fs::create_dir_all(&runtime).unwrap();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .args(["bash", "-c", script, "bash"])
        .arg(round_trip())
        .arg(&data)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", &runtime)
        .output()
        .unwrap_or_else(|cause| panic!("{program} is needed (apt install dbus gnome-keyring): {cause}"));
    let said = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !complaints.contains("gnome-keyring-daemon: command not found"),
        "apt install gnome-keyring: {complaints}"
    );
    said
}

#[test]
fn a_key_in_the_keychain_is_found_by_the_next_process_until_it_is_removed() {
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        printf test-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 1
        "$1" put "$2"; "$1" get "$2"; "$1" remove "$2"; "$1" get "$2""#;

    let said = run(home.path(), "dbus-run-session", &["--"], script);

    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let gone = "get: No key is stored under this name. Add the key again.";
    let expected = [
        "Keychain:",
        "put: done",
        "Keychain:",
        "get: done",
        "Keychain:",
        "remove: done",
        "Keychain:",
        gone,
    ];
    assert_eq!(lines, expected, "{said}");
    assert_eq!(
        fs::read_dir(home.path().join("data")).unwrap().count(),
        0,
        "nothing is written beside the keychain"
    );
}

#[test]
fn a_keychain_that_was_never_unlocked_does_not_hang_the_start() {
    let home = tempfile::tempdir().unwrap();

    let said = run(home.path(), "dbus-run-session", &["--"], r#""$1" put "$2""#);

    assert!(said.starts_with("Missing: "), "{said}");
    assert!(
        said.contains("keep the keys in a file locked with a passphrase"),
        "{said}"
    );
}

#[test]
fn without_a_session_bus_the_sentence_says_so() {
    let home = tempfile::tempdir().unwrap();

    let said = run(home.path(), "env", &[], r#""$1" put "$2""#);

    assert!(
        said.starts_with("Missing: This computer has no desktop session with a keychain"),
        "{said}"
    );
    assert!(
        said.contains("\nput: This computer has no desktop session"),
        "a put says the same: {said}"
    );
}

#[test]
fn the_environment_can_turn_the_keychain_off() {
    let home = tempfile::tempdir().unwrap();

    let said = run(
        home.path(),
        "dbus-run-session",
        &["--"],
        r#"NEXDESK_KEYCHAIN=off "$1" put "$2""#,
    );

    assert!(
        said.starts_with("Missing: The keychain is turned off here."),
        "{said}"
    );
}
