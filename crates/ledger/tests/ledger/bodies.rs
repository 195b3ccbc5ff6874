//! Captured bodies, and what is done when room is short.

use nexdesk_ledger::{BodyRow, Ledger, Limits, Side, Tended, new_id};
use rusqlite::Connection;

use crate::sums::{Dice, ended};
use crate::support::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Bytes that do not compress.
fn noise(dice: &mut Dice, length: usize) -> Vec<u8> {
    (0..length).map(|_| dice.below(256) as u8).collect()
}

fn body(exchange: &str, at: i64, bytes: Vec<u8>) -> BodyRow {
    BodyRow {
        exchange: exchange.into(),
        side: Side::Response,
        at,
        head: "content-type: application/json".into(),
        size: bytes.len() as u64,
        truncated: false,
        bytes,
    }
}

#[tokio::test]
async fn a_body_comes_back_byte_for_byte_and_takes_less_room() {
    let ledger = Ledger::in_memory().unwrap();
    let exchange = new_id();
    let asked = BodyRow {
        side: Side::Request,
        size: 9_000_000,
        truncated: true,
        ..body(&exchange, NOW, br#"{"model":"small","messages":[]}"#.repeat(2000))
    };
    let answered = body(&exchange, NOW, b"\x00\xff not text".to_vec());

    ledger.tell_body(asked.clone());
    ledger.tell_body(answered.clone());
    ledger.flush().await.unwrap();

    assert_eq!(
        ledger.body(&exchange, Side::Request).unwrap(),
        Some(asked.clone())
    );
    assert_eq!(ledger.body(&exchange, Side::Response).unwrap(), Some(answered));
    assert_eq!(ledger.body(&new_id(), Side::Request).unwrap(), None);
    let (count, bytes) = ledger.bodies_total().unwrap();
    assert_eq!(count, 2);
    assert!(bytes < asked.bytes.len() as u64 / 10, "{bytes}");
}

#[tokio::test]
async fn bodies_age_out_and_the_oldest_make_room_for_the_newest() {
    let ledger = Ledger::in_memory().unwrap();
    let mut dice = Dice(5);
    let ids: Vec<_> = (0..100).map(|_| new_id()).collect();
    for (number, id) in ids.iter().enumerate() {
        let at = NOW - (99 - number as i64) * DAY;
        ledger.tell_body(body(id, at, noise(&mut dice, 10_000)));
    }
    ledger.flush().await.unwrap();
    let left = || {
        ids.iter()
            .filter(|id| ledger.body(id, Side::Response).unwrap().is_some())
            .count()
    };
    let limits = Limits {
        body_days: Some(50),
        ..Limits::default()
    };
    ledger.tend(NOW, &limits).unwrap();
    assert_eq!(left(), 51);

    // As noise is packed to much the same size each: room for twenty and a half.
    let (count, bytes) = ledger.bodies_total().unwrap();
    let limits = Limits {
        body_bytes: bytes * 41 / (2 * count),
        ..limits
    };
    ledger.tend(NOW, &limits).unwrap();
    assert_eq!(left(), 20);
    assert!(ledger.body(&ids[99], Side::Response).unwrap().is_some());
    assert_eq!(ledger.body(&ids[79], Side::Response).unwrap(), None);
}

#[tokio::test]
async fn a_cap_on_the_size_sheds_bodies_gives_the_room_back_and_says_when_it_cannot_be_held() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let mut dice = Dice(5);
    for number in 0..300 {
        let row = ended(&mut dice, NOW + number);
        ledger.tell_body(body(&row.id, row.started_at, noise(&mut dice, 40_000)));
        ledger.tell_exchange(row);
    }
    ledger.flush().await.unwrap();
    let size = || {
        let db = Connection::open(dir.path().join("nexdesk.db")).unwrap();
        let pages: u64 = db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        pages * 4096
    };
    assert!(size() > 12_000_000, "{}", size());
    let tend = |limit| {
        let limits = Limits {
            size: limit,
            ..Limits::default()
        };
        let mut sum = Tended::default();
        loop {
            let done = ledger.tend(NOW, &limits).unwrap();
            sum.freed += done.freed;
            sum.over = done.over;
            if !done.unfinished {
                return sum;
            }
        }
    };

    let done = tend(6_000_000);
    assert_eq!(done.over, None);
    assert!(done.freed > 2_000_000, "{done:?}");
    assert!(size() < 8_500_000, "{}", size());
    let (left, _) = ledger.bodies_total().unwrap();
    assert!((100..150).contains(&left), "{left}");

    let done = tend(4096);
    assert_eq!(ledger.bodies_total().unwrap(), (0, 0));
    assert!(done.over.is_some_and(|over| over > 0), "{done:?}");
    assert_eq!(ledger.exchange_count().unwrap(), 300, "no row goes for room");
}

#[tokio::test]
async fn a_database_that_cannot_give_room_back_is_rebuilt_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nexdesk.db");
    let mode = || -> i64 {
        let db = Connection::open(&path).unwrap();
        db.pragma_query_value(None, "auto_vacuum", |row| row.get(0))
            .unwrap()
    };
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let row = ended(&mut Dice(1), NOW);
    ledger.tell_exchange(row.clone());
    ledger.close();
    assert_eq!(mode(), 2, "a new one is made so");
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA auto_vacuum = NONE; VACUUM;")
        .unwrap();
    assert_eq!(mode(), 0);

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    ledger.tend(NOW, &Limits::default()).unwrap();

    assert_eq!(ledger.exchange(&row.id).unwrap(), Some(row));
    ledger.put_gateway(gateway("Still writing")).await.unwrap();
    ledger.close();
    assert_eq!(mode(), 2);
}
