//! Directories that cannot be used and files that cannot be read: a sentence each, and nothing is lost.

use std::fs;

use crate::nexd::{Nexd, Ran};

#[test]
fn a_directory_that_cannot_be_made_or_written_is_named() {
    let nexd = Nexd::new();
    let file = nexd.home().join("file");
    fs::write(&file, "not a directory").unwrap();
    let below = file.join("data");
    for dir in [below.to_str().unwrap(), "/proc/nexdesk", "/sys/nexdesk"] {
        let ran = nexd.run(&["models", "--data-dir", dir]).refused(73);
        assert!(ran.out.is_empty() && ran.err.contains(dir), "{ran:#?}");
        assert!(ran.err.contains("--data-dir"), "and what to do: {ran:#?}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"not a directory");
}

#[test]
fn a_damaged_database_is_kept_aside_and_the_person_told() {
    let nexd = Nexd::new();
    nexd.run(&["ask", "hello"]).good();
    let database = nexd.data_dir().join("nexdesk.db");
    let damage = b"this was a database once, and then the disk failed".repeat(400);
    fs::write(&database, &damage).unwrap();
    let told = nexd.run(&["models"]).good();
    assert!(
        told.out.contains("sandbox/sandbox-chat"),
        "it works again: {told:#?}"
    );
    assert!(
        told.err.starts_with("nexd: The database was damaged."),
        "{told:#?}"
    );
    let aside = fs::read_dir(nexd.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("corrupt-"))
        .expect("kept aside");
    assert_eq!(fs::read(&aside).unwrap(), damage, "as it was");
    assert!(
        told.err.contains(aside.file_name().unwrap().to_str().unwrap()),
        "by name: {told:#?}"
    );
    assert_eq!(nexd.run(&["models"]).good().err, "", "told once");
}

#[test]
fn a_full_disk_under_the_output_is_not_taken_for_success() {
    if !fs::exists("/dev/full").unwrap() {
        return;
    }
    let nexd = Nexd::new();
    let mut command = nexd.command(&["models"]);
    command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    command.stderr(std::process::Stdio::piped());
    let ended = command.spawn().unwrap().wait_with_output().unwrap();
    Ran::from(ended).refused(74);
}

#[test]
fn a_snapshot_is_the_way_back_and_the_database_it_replaces_is_kept() {
    let nexd = Nexd::new();
    nexd.run(&["ask", "Hello"]).good();
    let snapshot = nexd.data_dir().join("nexdesk.before-v2.db");
    fs::copy(nexd.data_dir().join("nexdesk.db"), &snapshot).unwrap();
    nexd.run(&["tokens", "add", "made later"]).good();

    let restored = nexd.run(&["restore", snapshot.to_str().unwrap()]).good();
    assert!(
        restored.err.contains("nexdesk.replaced.db") || restored.out.contains("nexdesk.replaced.db"),
        "{restored:#?}"
    );
    assert!(
        nexd.run(&["tokens", "list"]).good().out.is_empty(),
        "what came after the snapshot is gone"
    );
    assert_eq!(
        nexd.run(&["usage", "--json"]).good().json()[0]["total"],
        1,
        "what came before is there"
    );
    assert!(nexd.data_dir().join("nexdesk.replaced.db").exists());

    fs::write(&snapshot, "no database").unwrap();
    nexd.run(&["restore", snapshot.to_str().unwrap()]).refused(65);
}
