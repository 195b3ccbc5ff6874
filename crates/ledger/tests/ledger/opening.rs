//! Opening: what is found is kept, whatever state it is in.

use std::fs;
use std::path::{Path, PathBuf};

use nexdesk_ledger::{AttemptRow, Basis, Ledger, LedgerError, MessageState, Outcome};
use rusqlite::Connection;

use crate::sums::agree;
use crate::support::*;

/// A database as the first release left it: one migration, one gateway.
fn first_release(dir: &Path) {
    let db = Connection::open(dir.join("nexdesk.db")).unwrap();
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    db.execute_batch(include_str!("../../migrations/0001_gateways.sql"))
        .unwrap();
    db.execute_batch(
        "INSERT INTO gateways VALUES ('g', 'Old', 'old', 'openai', 'https://old.example', 1, NULL, NULL)",
    )
    .unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
}

/// The format this program writes: one a migration.
fn known() -> u32 {
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    u32::try_from(fs::read_dir(migrations).unwrap().count()).unwrap()
}

fn format_of(path: &Path) -> u32 {
    let db = Connection::open(path).unwrap();
    db.pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A closed database with enough rows to fill many pages.
async fn filled(dir: &Path) -> PathBuf {
    let ledger = Ledger::open(dir, NOW).unwrap().ledger;
    for at in 0..500 {
        ledger.tell_exchange(exchange(at));
    }
    ledger.flush().await.unwrap();
    ledger.close();
    dir.join("nexdesk.db")
}

#[tokio::test]
async fn an_older_database_is_copied_before_it_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    first_release(dir.path());

    let opened = Ledger::open(dir.path(), NOW).unwrap();

    assert_eq!(opened.ledger.gateways().unwrap()[0].name, "Old");
    assert_eq!(
        opened.ledger.exchange_count().unwrap(),
        0,
        "the newer tables are there"
    );
    let snapshot = opened.snapshot.unwrap();
    assert_eq!(
        snapshot,
        dir.path().join(format!("nexdesk.before-v{}.db", known()))
    );
    assert_eq!(format_of(&snapshot), 1, "the copy is of before the migration");
}

#[tokio::test]
async fn a_snapshot_leads_back_and_the_replaced_database_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    first_release(dir.path());
    let opened = Ledger::open(dir.path(), NOW).unwrap();
    opened.ledger.put_gateway(gateway("Added later")).await.unwrap();
    let snapshot = opened.snapshot.unwrap();
    assert!(
        matches!(
            Ledger::restore_snapshot(&snapshot),
            Err(LedgerError::InUse { .. })
        ),
        "not under an open one"
    );
    opened.ledger.close();

    let replaced = Ledger::restore_snapshot(&snapshot).unwrap().unwrap();

    assert_eq!(
        format_of(&dir.path().join("nexdesk.db")),
        1,
        "the old app can open it again"
    );
    assert_eq!(format_of(&replaced), known());
    let kept: u32 = Connection::open(&replaced)
        .unwrap()
        .query_row("SELECT count(*) FROM gateways", [], |r| r.get(0))
        .unwrap();
    assert_eq!(kept, 2, "what was added since is in the file kept");
    assert_eq!(
        Ledger::open(dir.path(), NOW)
            .unwrap()
            .ledger
            .gateways()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn only_a_whole_snapshot_is_restored() {
    let dir = tempfile::tempdir().unwrap();
    Ledger::open(dir.path(), NOW).unwrap().ledger.close();
    let before = fs::read(dir.path().join("nexdesk.db")).unwrap();
    let broken = dir.path().join(format!("nexdesk.before-v{}.db", known()));
    fs::write(
        &broken,
        "not a database at all, however long this sentence is made to be",
    )
    .unwrap();

    assert!(matches!(
        Ledger::restore_snapshot(&broken),
        Err(LedgerError::NotASnapshot(_))
    ));
    assert_eq!(fs::read(dir.path().join("nexdesk.db")).unwrap(), before);
}

#[test]
fn the_last_three_snapshots_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    first_release(dir.path());
    for format in 0..3 {
        fs::write(dir.path().join(format!("nexdesk.before-v{format}.db")), "earlier").unwrap();
    }
    Ledger::open(dir.path(), NOW).unwrap().ledger.close();

    let snapshots: Vec<_> = names(dir.path())
        .into_iter()
        .filter(|name| name.contains("before"))
        .collect();
    assert_eq!(
        snapshots,
        [
            "nexdesk.before-v1.db".to_owned(),
            format!("nexdesk.before-v{}.db", known()),
            "nexdesk.before-v2.db".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_kept_aside_and_a_new_one_begun() {
    let dir = tempfile::tempdir().unwrap();
    let garbage = b"this was once a database".repeat(400);
    fs::write(dir.path().join("nexdesk.db"), &garbage).unwrap();

    let opened = Ledger::open(dir.path(), NOW).unwrap();

    let kept = opened.set_aside.unwrap();
    assert_eq!(kept, dir.path().join("nexdesk.corrupt-20261121-114500.db"));
    assert_eq!(fs::read(&kept).unwrap(), garbage, "not a byte of it is changed");
    opened.ledger.put_gateway(gateway("New")).await.unwrap();
    opened.ledger.close();
    let again = Ledger::open(dir.path(), NOW).unwrap();
    assert_eq!(again.set_aside, None);
    assert_eq!(again.ledger.gateways().unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_cut_short_or_overwritten_in_the_middle_is_kept_aside() {
    for cut in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let path = filled(dir.path()).await;
        let mut bytes = fs::read(&path).unwrap();
        if cut {
            bytes.truncate(bytes.len() / 2);
        } else {
            for page in bytes.chunks_mut(4096).skip(5).step_by(2) {
                page.fill(0xAA);
            }
        }
        fs::write(&path, &bytes).unwrap();

        let opened = Ledger::open(dir.path(), NOW).unwrap();

        assert_eq!(fs::read(opened.set_aside.unwrap()).unwrap(), bytes);
        assert_eq!(opened.ledger.exchange_count().unwrap(), 0);
    }
}

#[test]
fn two_damaged_databases_in_one_second_are_both_kept() {
    let dir = tempfile::tempdir().unwrap();
    for content in ["first damaged file", "second damaged file"] {
        fs::write(dir.path().join("nexdesk.db"), content.repeat(100)).unwrap();
        Ledger::open(dir.path(), NOW).unwrap().ledger.close();
    }
    let kept: Vec<_> = names(dir.path())
        .into_iter()
        .filter(|name| name.contains("corrupt"))
        .collect();
    assert_eq!(
        kept,
        [
            "nexdesk.corrupt-20261121-114500-2.db",
            "nexdesk.corrupt-20261121-114500.db"
        ]
    );
}

#[test]
fn a_database_of_a_newer_version_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nexdesk.db");
    Ledger::open(dir.path(), NOW).unwrap().ledger.close();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let (before, files) = (fs::read(&path).unwrap(), names(dir.path()));

    let refused = Ledger::open(dir.path(), NOW).unwrap_err();

    assert!(
        matches!(refused, LedgerError::Newer { found: 99, known: newest } if newest == known()),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("Update Nexdesk"));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(dir.path()), files);
}

#[tokio::test]
async fn a_directory_is_held_by_one_ledger_until_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;

    let refused = Ledger::open(dir.path(), NOW).unwrap_err();
    let own = std::process::id();
    assert!(
        matches!(refused, LedgerError::InUse { process: Some(id) } if id == own),
        "{refused:?}"
    );
    assert!(refused.to_string().contains(&format!("process {own}")));

    let clone = ledger.clone();
    ledger.close();
    Ledger::open(dir.path(), NOW).unwrap();
    assert!(matches!(
        clone.put_gateway(gateway("Late")).await,
        Err(LedgerError::Closed)
    ));
}

#[tokio::test]
async fn what_was_running_is_interrupted_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let running = exchange(NOW);
    ledger.tell_exchange(running.clone());
    let answer = streaming_answer(&ledger).await;
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;

    assert_eq!(
        ledger.exchange(&running.id).unwrap().unwrap().outcome,
        Outcome::Interrupted
    );
    assert_eq!(
        ledger.message(&answer.id).unwrap().unwrap().state,
        MessageState::Interrupted
    );
}

/// A database as it was before attempts had a column, with an exchange tried once, one tried twice and one running.
fn with_attempts(dir: &Path) {
    let db = Connection::open(dir.join("nexdesk.db")).unwrap();
    for sql in [
        include_str!("../../migrations/0001_gateways.sql"),
        include_str!("../../migrations/0002_exchanges.sql"),
        include_str!("../../migrations/0003_conversations.sql"),
    ] {
        db.execute_batch(sql).unwrap();
    }
    db.pragma_update(None, "user_version", 3).unwrap();
    let insert = "INSERT INTO exchanges (id, started_at, caller_id, caller, door, endpoint, stream, model_asked, gateway,
            key_name, key_id, status, outcome, input, tokens_basis, cost_nano, cost_basis, price, message)
        VALUES (?1, ?2, 'token', 'cursor', 'http', 'chat/completions', 1, 'small', 'openai', 'second', 'k', 200, ?3, 7,
            'reported', 12345678901, 'reported', '{\"input\":1}', NULL)";
    for (id, at, outcome) in [
        ("01938d2a-0000-7000-8000-000000000001", NOW, "ok"),
        ("01938D2A-0000-7000-8000-000000000002", NOW + 1, "ok"),
        ("not a uuid at all, but as long as one", NOW + 2, "running"),
    ] {
        db.execute(insert, (id, at, outcome)).unwrap();
    }
    db.execute_batch(
        "INSERT INTO exchange_attempts VALUES
            ('01938d2a-0000-7000-8000-000000000001', 0, 'openai', 'second', 200, NULL, 40),
            ('01938D2A-0000-7000-8000-000000000002', 1, 'openai', 'second', 200, NULL, 41),
            ('01938D2A-0000-7000-8000-000000000002', 0, 'openai', 'first', 429, 'rate_limited', 3)",
    )
    .unwrap();
}

#[test]
fn an_older_exchange_keeps_its_id_its_attempts_and_its_part_of_the_sums() {
    let dir = tempfile::tempdir().unwrap();
    with_attempts(dir.path());

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;

    let (rows, _) = ledger.exchanges(None, 10).unwrap();
    let ids: Vec<_> = rows.iter().map(|row| &*row.id).collect();
    assert_eq!(
        ids,
        [
            "not a uuid at all, but as long as one",
            "01938D2A-0000-7000-8000-000000000002",
            "01938d2a-0000-7000-8000-000000000001"
        ]
    );
    let attempt = |key: &str, status, code: Option<&str>, took_ms| AttemptRow {
        gateway: "openai".into(),
        key: Some(key.into()),
        status: Some(status),
        code: code.map(str::to_owned),
        took_ms,
    };
    let once = ledger.exchange(ids[2]).unwrap().unwrap();
    assert_eq!(once.attempts, [attempt("second", 200, None, 40)]);
    assert_eq!((once.interface.as_ref(), once.input), ("chat", Some(7)));
    assert_eq!(once.price.as_deref(), Some("{\"input\":1}"));
    assert_eq!(once.cost_basis, Basis::Reported);
    assert_eq!(
        ledger.exchange(ids[1]).unwrap().unwrap().attempts,
        [
            attempt("first", 429, Some("rate_limited"), 3),
            attempt("second", 200, None, 41)
        ]
    );
    assert_eq!(rows[0].outcome, Outcome::Interrupted);
    let totals = ledger.totals_since(NOW).unwrap();
    assert_eq!((totals.requests, totals.cost_nano), (3, 3 * 12_345_678_901));
    ledger.close();
    agree(&dir.path().join("nexdesk.db"));
}
