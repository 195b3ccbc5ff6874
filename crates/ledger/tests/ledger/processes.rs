//! What only a process of its own can show: being killed, and not being allowed to write.

use std::fs;
use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use nexdesk_ledger::{Ledger, MessageState};
use rusqlite::Connection;

use crate::sums::{Dice, agree};
use crate::support::NOW;

/// `cargo test` builds the examples beside the tests.
fn second_life() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(format!("second_life{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is missing: cargo build -p nexdesk-ledger --examples",
        path.display()
    );
    path
}

#[test]
fn a_killed_process_loses_no_delta_told_100_ms_before() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(second_life())
        .args(["journal".as_ref(), dir.path()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (send, told) = channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .for_each(|line| send.send(line).unwrap())
    });
    let mut last: u64 = 0;
    while last < 300 {
        last = told
            .recv_timeout(Duration::from_secs(60))
            .unwrap()
            .parse()
            .unwrap();
    }
    // The child goes on telling meanwhile; what it had told by now must be safe afterwards.
    let (_never, pause) = channel::<()>();
    pause.recv_timeout(Duration::from_millis(100)).unwrap_err();
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    let told_last: u64 = told.iter().last().map_or(last, |line| line.parse().unwrap());

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;

    let answer = ledger.message("answer").unwrap().unwrap();
    assert_eq!(answer.state, MessageState::Interrupted);
    let numbers: Vec<u64> = answer
        .text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    let kept = numbers.len() as u64;
    assert_eq!(
        numbers,
        (0..kept).collect::<Vec<_>>(),
        "every delta once and in order"
    );
    assert!(
        kept > last,
        "{last} was told 100 ms before the kill, {kept} deltas are kept"
    );
    assert!(kept <= told_last + 2, "nothing is kept that was not told");
}

/// Lets a process tell exchanges for a random while, kills it, and returns what it said was committed.
fn told_until_killed(dir: &Path, dice: &mut Dice) -> Vec<(String, i64)> {
    let seed = dice.below(u64::MAX);
    println!("seed {seed}");
    let mut child = Command::new(second_life())
        .args(["exchanges".as_ref(), dir, Path::new(&seed.to_string())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    let reader = std::thread::spawn(move || {
        let rest = said.lines().map_while(Result::ok);
        std::iter::once(first).chain(rest).collect::<Vec<_>>()
    });
    let (_never, pause) = channel::<()>();
    pause
        .recv_timeout(Duration::from_millis(dice.below(150)))
        .unwrap_err();
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = reader.join().unwrap();
    lines
        .iter()
        .filter_map(|line| line.trim().split_once(' '))
        // The kill may have cut the last line short.
        .filter_map(|(id, cost)| Some((id.to_owned(), cost.parse().ok()?)))
        .collect()
}

#[test]
fn however_often_it_is_killed_what_was_committed_is_there_and_the_sums_are_those_of_the_rows() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("nexdesk.db");
    let mut dice = Dice(0xdead);
    let mut committed = 0;
    for _ in 0..20 {
        let said = told_until_killed(dir.path(), &mut dice);
        let db = Connection::open(&database).unwrap();
        let verdict: String = db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok");
        drop(db);
        agree(&database);

        let opened = Ledger::open(dir.path(), NOW).unwrap();
        assert_eq!(opened.set_aside, None);
        let last = said.len() - 1;
        for (number, (id, cost)) in said.iter().enumerate() {
            let row = opened.ledger.exchange(id).unwrap().expect(id);
            let cut = number == last && row.cost_nano != Some(*cost);
            assert!(cut || row.cost_nano == Some(*cost), "{row:?}");
        }
        committed += said.len();
        opened.ledger.close();
        agree(&database);
    }
    assert!(committed > 1000, "{committed} rows prove something");
}

#[cfg(unix)]
fn open_without_permission(dir: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;

    // Root may write anywhere, so the child becomes nobody, who must be able to reach the program.
    let program = dir.join("second_life");
    // By a process of its own: a file this one has open for writing could be inherited by another test's child, and
    // a program open for writing cannot be started.
    assert!(
        Command::new("cp")
            .arg(second_life())
            .arg(&program)
            .status()
            .unwrap()
            .success()
    );
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(dir.join("data"), fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new(program);
    command.args(["open".as_ref(), dir.join("data").as_path()]);
    if fs::metadata(dir).unwrap().uid() == 0 {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    fs::set_permissions(dir.join("data"), fs::Permissions::from_mode(0o755)).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(unix)]
fn a_directory_that_cannot_be_written_is_named_as_such() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("data")).unwrap();

    let said = open_without_permission(dir.path());

    assert!(
        said.starts_with("ReadOnly: The data directory cannot be written."),
        "{said}"
    );
}

#[test]
#[cfg(unix)]
fn a_database_in_a_directory_that_cannot_be_written_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Ledger::open(&data, NOW).unwrap().ledger.close();
    for file in fs::read_dir(&data).unwrap() {
        // The files themselves may be written, so only the directory stands in the way.
        fs::set_permissions(file.unwrap().path(), fs::Permissions::from_mode(0o666)).unwrap();
    }
    let before = fs::read(data.join("nexdesk.db")).unwrap();

    let said = open_without_permission(dir.path());

    assert!(said.starts_with("ReadOnly: "), "{said}");
    assert_eq!(fs::read(data.join("nexdesk.db")).unwrap(), before);
}
