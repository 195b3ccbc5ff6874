//! Exchanges: recorded twice, listed by page, summed.

use std::time::Duration;

use nexdesk_ledger::{AttemptRow, Basis, ExchangeRow, Ledger, LedgerError, Outcome, Totals};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn an_exchange_told_at_its_start_and_its_end_is_one_row_with_its_attempts_in_order() {
    let ledger = Ledger::in_memory().unwrap();
    let started = exchange(NOW);
    let attempt = |key: &str, status, code: Option<&str>| AttemptRow {
        gateway: "openai".into(),
        key: Some(key.into()),
        status: Some(status),
        code: code.map(str::to_owned),
        took_ms: 12,
    };
    let ended = ExchangeRow {
        caller_id: Some("token".into()),
        caller: "cursor".into(),
        model_answered: Some("small-2026".into()),
        gateway: Some("openai".into()),
        gateway_id: Some("g".into()),
        key: Some("second".into()),
        key_id: Some("k".into()),
        status: Some(200),
        outcome: Outcome::Ok,
        code: Some("stop".into()),
        input: Some(100),
        cached: Some(60),
        output: Some(50),
        reasoning: Some(20),
        tokens_basis: Basis::Reported,
        cost_nano: Some(1_500_000),
        price: Some(r#"{"input_nano":5,"list":["a"]}"#.into()),
        units: Some(json!({"cache_write": 12, "audio_in": 3})),
        job: Some("job".into()),
        first_token_ms: Some(230),
        took_ms: Some(900),
        message: Some("message".into()),
        attempts: vec![
            attempt("first", 429, Some("rate_limited")),
            attempt("second", 200, None),
        ],
        ..started.clone()
    };

    ledger.tell_exchange(started.clone());
    ledger.flush().await.unwrap();
    assert_eq!(ledger.exchange(&started.id).unwrap(), Some(started.clone()));
    ledger.tell_exchange(ended.clone());
    ledger.flush().await.unwrap();

    assert_eq!(ledger.exchange(&started.id).unwrap(), Some(ended.clone()));
    assert_eq!(ledger.exchanges(None, 10).unwrap(), (vec![ended], None));
    assert_eq!(ledger.exchange_count().unwrap(), 1);
}

#[tokio::test]
async fn an_exchange_that_goes_on_is_on_record_while_it_does() {
    let ledger = Ledger::in_memory().unwrap();
    for _ in 0..2 {
        let goes_on = exchange(NOW);
        ledger.tell_exchange(goes_on.clone());
        // Nobody asks for anything: the writer comes by itself, from its sleep and from its last batch.
        let written = async {
            while ledger.exchange(&goes_on.id).unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), written)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_attempts_of_an_exchange_come_back_as_they_were_however_little_is_stored_of_them() {
    let ledger = Ledger::in_memory().unwrap();
    let only = AttemptRow {
        gateway: "openai".into(),
        key: Some("first".into()),
        status: Some(200),
        code: None,
        took_ms: 12,
    };
    let told = |attempts: Vec<AttemptRow>| {
        let row = ExchangeRow {
            gateway: Some("openai".into()),
            key: Some("first".into()),
            status: Some(200),
            outcome: Outcome::Ok,
            attempts,
            ..exchange(NOW)
        };
        ledger.tell_exchange(row.clone());
        row
    };
    let differing = [
        AttemptRow {
            key: None,
            ..only.clone()
        },
        AttemptRow {
            gateway: "other".into(),
            ..only.clone()
        },
        AttemptRow {
            status: Some(502),
            ..only.clone()
        },
        AttemptRow {
            code: Some("gateway_failed".into()),
            ..only.clone()
        },
    ];
    let mut rows = vec![
        told(vec![]),
        told(vec![only.clone()]),
        told(vec![only.clone(), only]),
    ];
    rows.extend(differing.map(|attempt| told(vec![attempt])));
    ledger.flush().await.unwrap();
    for row in rows {
        assert_eq!(ledger.exchange(&row.id).unwrap(), Some(row));
    }
}

#[tokio::test]
async fn pages_show_every_exchange_once_newest_first() {
    let ledger = Ledger::in_memory().unwrap();
    let mut all = Vec::new();
    for number in 0..25 {
        // Several in one millisecond, so that the id must break the tie.
        let row = exchange(NOW + number / 4);
        ledger.tell_exchange(row.clone());
        all.push(row.id);
    }
    ledger.flush().await.unwrap();

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let (rows, next) = ledger.exchanges(cursor.as_deref(), 10).unwrap();
        seen.extend(rows.into_iter().map(|row| row.id));
        // What comes in while a person pages does not move the pages.
        ledger.tell_exchange(exchange(NOW + 1000));
        ledger.flush().await.unwrap();
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    all.reverse();
    assert_eq!(seen, all);
    assert!(matches!(
        ledger.exchanges(Some("nonsense"), 10),
        Err(LedgerError::NotFound)
    ));
}

#[tokio::test]
async fn totals_count_what_started_since_and_name_what_has_no_price() {
    let ledger = Ledger::in_memory().unwrap();
    let told = |at, caller: Option<&str>, outcome, cost_nano, output| {
        ledger.tell_exchange(ExchangeRow {
            caller_id: caller.map(Into::into),
            outcome,
            cost_nano,
            output,
            ..exchange(at)
        });
    };
    told(NOW - 1, Some("cursor"), Outcome::Ok, Some(1_000_000), Some(5));
    told(NOW, Some("cursor"), Outcome::Ok, Some(7), Some(5));
    told(NOW, Some("codex"), Outcome::Ok, None, Some(5));
    told(NOW + 1, None, Outcome::Ok, Some(30), Some(5));
    told(NOW + 2, Some("codex"), Outcome::Failed, None, None);
    told(NOW + 3, Some("codex"), Outcome::Cancelled, None, Some(3));
    told(NOW + 4, None, Outcome::Running, None, None);
    ledger.flush().await.unwrap();

    let totals = Totals {
        requests: 6,
        failed: 1,
        cost_nano: 37,
        unpriced: 2,
        estimated: 2,
        callers: 2,
    };
    assert_eq!(ledger.totals_since(NOW).unwrap(), totals);
    assert_eq!(ledger.totals_since(NOW + 100).unwrap(), Totals::default());
    assert_eq!(
        ledger.spend_by_token_since(NOW).unwrap(),
        [("codex".to_owned(), 0, 2), ("cursor".to_owned(), 7, 0)]
    );
}
