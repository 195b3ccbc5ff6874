//! The writer thread: batches, order, failures that pass and failures that do not.

use std::time::Duration;

use nexdesk_ledger::{JournalKind, KeyState, Ledger, LedgerError};

use crate::support::*;

#[tokio::test]
async fn told_writes_are_committed_in_the_order_they_were_told() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    let mut told = String::new();
    for number in 0..10_000 {
        let delta = format!("{number},");
        told.push_str(&delta);
        // The same seq for all, so that only the order of arrival can put them right.
        ledger.tell_journal(&answer.id, 0, JournalKind::Text, delta);
    }
    ledger.close();

    let again = Ledger::open(dir.path(), NOW).unwrap().ledger;
    assert_eq!(again.message(&answer.id).unwrap().unwrap().text, told);
}

#[tokio::test]
async fn an_asked_write_stands_between_what_was_told_before_and_after_it() {
    let ledger = Ledger::in_memory().unwrap();
    let owner = gateway("Owner");
    ledger.put_gateway(owner.clone()).await.unwrap();
    let row = key(&owner.id, "first");
    ledger.put_key(row.clone()).await.unwrap();

    ledger.tell_key_state(&row.id, KeyState::Refused, None);
    ledger.put_key(row.clone()).await.unwrap();
    assert_eq!(
        ledger.key(&row.id).unwrap(),
        Some(row.clone()),
        "told before, overwritten by the ask"
    );

    ledger.tell_key_state(&row.id, KeyState::Resting, Some(NOW + 5));
    ledger.tell_key_used(&row.id, NOW);
    ledger.flush().await.unwrap();
    let after = ledger.key(&row.id).unwrap().unwrap();
    assert_eq!(
        (after.state, after.rests_until, after.last_used_at),
        (KeyState::Resting, Some(NOW + 5), Some(NOW))
    );
}

#[tokio::test]
async fn one_failing_ask_undoes_nothing_else_in_its_batch() {
    let ledger = Ledger::in_memory().unwrap();
    ledger.tell_draft(None, "told in the same batch".into(), Vec::new(), NOW);
    let (first, second, third) = tokio::join!(
        ledger.put_gateway(gateway("Same")),
        ledger.put_gateway(gateway("SAME")),
        ledger.put_gateway(gateway("Other")),
    );

    first.unwrap();
    assert!(matches!(second, Err(LedgerError::NameTaken { name }) if name == "SAME"));
    third.unwrap();
    assert_eq!(ledger.gateways().unwrap().len(), 2);
    assert_eq!(
        ledger.draft(None).unwrap().map(|draft| draft.text).as_deref(),
        Some("told in the same batch")
    );
}

#[tokio::test]
async fn told_writes_wait_for_a_full_disk_and_are_saved_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    ledger.limit_pages(1).unwrap();
    let mut told = String::new();
    for number in 0..200 {
        let delta = format!("{number}:{} ", "x".repeat(1000));
        told.push_str(&delta);
        // The same seq for all, so that a batch put back in another order shows.
        ledger.tell_journal(&answer.id, 0, JournalKind::Text, delta);
    }

    assert!(matches!(ledger.flush().await, Err(LedgerError::Full)));
    assert!(matches!(
        ledger.put_gateway(gateway("Too much")).await,
        Err(LedgerError::Full)
    ));
    let trouble = ledger.trouble().unwrap();
    assert!(matches!(trouble, LedgerError::Full));
    assert!(trouble.to_string().contains("disk is full"));

    ledger.limit_pages(1_000_000).unwrap();
    // Nobody asks for anything: the writer tries again by itself.
    let healed = async {
        while ledger.trouble().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), healed)
        .await
        .unwrap();
    ledger.flush().await.unwrap();
    ledger.close();
    let again = Ledger::open(dir.path(), NOW).unwrap().ledger;
    assert_eq!(again.message(&answer.id).unwrap().unwrap().text, told);
    assert!(
        again.gateways().unwrap().is_empty(),
        "a refused ask is not saved behind its caller's back"
    );
}

#[tokio::test]
async fn a_hundred_thousand_told_writes_wait_and_the_newest_beyond_are_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    ledger.limit_pages(1).unwrap();
    ledger.tell_draft(None, "x".repeat(1 << 20), Vec::new(), NOW);
    assert!(
        matches!(ledger.flush().await, Err(LedgerError::Full)),
        "the first to wait fits in no page there is"
    );
    for seq in 0..100_050 {
        ledger.tell_journal(&answer.id, seq, JournalKind::Text, format!("{seq} "));
    }
    assert!(matches!(ledger.flush().await, Err(LedgerError::Full)));

    ledger.limit_pages(1_000_000).unwrap();
    ledger.flush().await.unwrap();
    ledger.close();

    let text = Ledger::open(dir.path(), NOW)
        .unwrap()
        .ledger
        .message(&answer.id)
        .unwrap()
        .unwrap()
        .text;
    let kept: Vec<u64> = text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    assert_eq!(kept, (0..99_999).collect::<Vec<_>>(), "no hole in what is kept");
}

#[tokio::test]
async fn an_ask_too_big_for_the_disk_takes_no_told_write_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    ledger.limit_pages(60).unwrap();

    ledger.tell_draft(None, "small".into(), Vec::new(), NOW);
    let picture = ledger
        .add_picture("picture", &answer.id, "image/png", vec![1; 4 << 20])
        .await;

    assert!(matches!(picture, Err(LedgerError::Full)), "{picture:?}");
    ledger.flush().await.unwrap();
    assert_eq!(
        ledger.draft(None).unwrap().map(|draft| draft.text).as_deref(),
        Some("small")
    );
    assert!(ledger.trouble().is_none(), "told writes are well");
}

#[tokio::test]
async fn a_told_write_that_can_never_succeed_holds_up_nothing_behind_it() {
    let ledger = Ledger::in_memory().unwrap();
    let mut impossible = exchange(NOW);
    impossible.took_ms = Some(u64::MAX);
    let possible = exchange(NOW);

    ledger.tell_exchange(impossible.clone());
    ledger.tell_exchange(possible.clone());
    ledger.flush().await.unwrap();

    assert!(ledger.trouble().is_none());
    assert_eq!(ledger.exchange(&impossible.id).unwrap(), None);
    assert_eq!(ledger.exchange(&possible.id).unwrap(), Some(possible));
}

#[tokio::test]
async fn dropping_the_last_handle_saves_what_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    ledger.tell_draft(None, "half a thought".into(), Vec::new(), NOW);
    drop(ledger);

    let again = Ledger::open(dir.path(), NOW).unwrap().ledger;
    assert_eq!(
        again.draft(None).unwrap().map(|draft| draft.text).as_deref(),
        Some("half a thought")
    );
}
