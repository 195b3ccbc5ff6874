//! Jobs: written before their order leaves, never ordered twice, seen only by who ordered them.

use nexdesk_ledger::*;
use serde_json::json;
use tempfile::TempDir;

use crate::support::NOW;

fn job(id: &str, caller: Option<&str>, created_at: i64) -> JobRow {
    JobRow {
        id: id.into(),
        exchange: Some("e".into()),
        caller_id: caller.map(str::to_owned),
        caller: "Cursor".into(),
        gateway: "Nexconn".into(),
        gateway_id: "g".into(),
        key_id: Some("k".into()),
        family: "veo".into(),
        interface: "video".into(),
        model_asked: "film".into(),
        model: "veo-3.1-generate-preview".into(),
        prompt: Some("a sunrise".into()),
        request: json!({"seconds": "8"}),
        remixed_from: None,
        submission: Submission::Submitting,
        upstream_id: None,
        poll_path: None,
        state: JobState::Queued,
        progress: None,
        error_code: None,
        error_message: None,
        billing: None,
        cost_nano: None,
        created_at,
        updated_at: created_at,
        finished_at: None,
        next_poll_at: None,
        polls: 0,
        files: vec![],
    }
}

#[tokio::test]
async fn a_job_comes_back_as_it_was_written_with_its_files_in_order() {
    let ledger = Ledger::in_memory().unwrap();
    ledger.add_job(job("a", None, NOW)).await.unwrap();
    let file = |sha256: &str| JobFileRow {
        mime: Some("video/mp4".into()),
        link: Some("https://c.example/a.mp4".into()),
        link_dies_at: Some(NOW + 1),
        sha256: Some(sha256.into()),
        bytes: Some(5),
    };
    let done = JobRow {
        submission: Submission::Submitted,
        upstream_id: Some("chatvideo-1".into()),
        poll_path: Some("videos/generations/chatvideo-1".into()),
        state: JobState::Done,
        progress: Some(100),
        billing: Some(json!({"seconds": 8})),
        cost_nano: Some(7),
        finished_at: Some(NOW + 9),
        polls: 3,
        files: vec![file("two"), file("one")],
        ..job("a", None, NOW)
    };
    ledger.settle_job("a", 7).await.unwrap();
    // Whoever asks the gateway does not know the price, and must not undo it.
    let asked = JobRow {
        cost_nano: None,
        ..done.clone()
    };
    ledger.put_job(asked).await.unwrap();

    assert_eq!(ledger.job("a").unwrap(), Some(done));
}

#[tokio::test]
async fn an_order_that_was_on_its_way_when_the_program_died_is_in_doubt_and_not_open() {
    let dir = TempDir::new().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    ledger.add_job(job("leaving", None, NOW)).await.unwrap();
    let going = JobRow {
        submission: Submission::Submitted,
        next_poll_at: Some(NOW + 5_000),
        ..job("going", None, NOW)
    };
    ledger.add_job(going.clone()).await.unwrap();
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW + 60_000).unwrap().ledger;
    let doubted = ledger.job("leaving").unwrap().unwrap();
    assert_eq!(
        (doubted.submission, doubted.state),
        (Submission::Unknown, JobState::Failed)
    );
    assert_eq!(doubted.error_code.as_deref(), Some("may_have_been_created"));
    assert_eq!(doubted.finished_at, Some(NOW + 60_000));
    assert_eq!(ledger.open_jobs().unwrap(), vec![going], "the other goes on");
}

#[tokio::test]
async fn a_caller_sees_its_own_jobs_newest_first_and_a_page_at_a_time() {
    let ledger = Ledger::in_memory().unwrap();
    for (id, caller, at) in [
        ("a", "cursor", 1),
        ("b", "cursor", 2),
        ("c", "zed", 3),
        ("d", "cursor", 4),
    ] {
        ledger.add_job(job(id, Some(caller), at)).await.unwrap();
    }
    let ids = |caller: Option<&str>, after: Option<&str>, limit| -> Vec<String> {
        let rows = ledger.jobs("video", caller, after, limit).unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids(Some("cursor"), None, 2), ["d", "b"]);
    assert_eq!(ids(Some("cursor"), Some("b"), 2), ["a"]);
    assert_eq!(ids(None, None, 9), ["d", "c", "b", "a"]);
    let first = ledger
        .jobs_from_the_first("video", Some("cursor"), Some("a"), 1)
        .unwrap();
    assert_eq!(first[0].id, "b");
    assert_eq!(ledger.jobs("images", None, None, 9).unwrap(), []);
}

#[tokio::test]
async fn a_deleted_job_stays_deleted_and_leaves_only_files_that_others_have() {
    let ledger = Ledger::in_memory().unwrap();
    let holding = |id: &str, names: &[&str]| JobRow {
        files: names
            .iter()
            .map(|name| JobFileRow {
                sha256: Some((*name).into()),
                ..JobFileRow::default()
            })
            .collect(),
        ..job(id, None, NOW)
    };
    ledger.add_job(holding("a", &["shared", "own"])).await.unwrap();
    ledger.add_job(holding("b", &["shared"])).await.unwrap();

    assert_eq!(ledger.remove_job("a").await.unwrap(), ["own"]);
    let late = ledger.put_job(holding("a", &["own"])).await;
    assert!(matches!(late, Err(LedgerError::NotFound)), "{late:?}");
    assert_eq!(ledger.job("a").unwrap(), None);
    assert_eq!(ledger.remove_job("b").await.unwrap(), ["shared"]);
}
