//! The sums stand beside the rows: exact whatever order they come in, and still there when the rows are gone.

use std::path::Path;

use nexdesk_ledger::{AttemptRow, Basis, ExchangeRow, Ledger, LedgerError, Limits, Outcome, Sums};
use rusqlite::Connection;
use serde_json::json;

use crate::support::*;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// An exchange that has ended, of one of a few callers and models.
pub(crate) fn ended(dice: &mut Dice, started_at: i64) -> ExchangeRow {
    let (caller, key) = (dice.below(4), dice.below(3));
    let outcome = [Outcome::Ok, Outcome::Ok, Outcome::Failed, Outcome::Cancelled][dice.below(4) as usize];
    let priced = dice.below(5) > 0 && outcome != Outcome::Failed;
    let output = (outcome != Outcome::Failed).then(|| dice.below(5000));
    let mut row = exchange(started_at);
    row.caller_id = (caller > 0).then(|| format!("token-{caller}").into());
    row.caller = format!("tool-{caller}").into();
    row.model_asked = format!("model-{}", dice.below(3)).into();
    row.model_answered = Some(row.model_asked.clone());
    row.gateway = Some("gateway".into());
    row.gateway_id = Some("g".into());
    row.key = Some(format!("key-{key}").into());
    row.key_id = Some(format!("k-{key}").into());
    row.status = Some(200);
    row.outcome = outcome;
    row.input = Some(dice.below(100_000));
    row.cached = row.input.map(|input| input / 2);
    row.output = output;
    row.units = (dice.below(3) == 0).then(|| json!({"cache_write": dice.below(100), "images": 1}));
    row.cost_nano = priced.then(|| dice.below(90_000_000_007) as i64);
    row.cost_basis = [Basis::Reported, Basis::Estimated][dice.below(2) as usize];
    row.tokens_basis = row.cost_basis;
    row.first_token_ms = output.map(|output| output % 900);
    row.took_ms = Some(dice.below(60_000));
    row.attempts = vec![AttemptRow {
        gateway: "gateway".into(),
        key: row.key.clone(),
        status: Some(200),
        code: None,
        took_ms: 9,
    }];
    row
}

pub(crate) fn running(row: &ExchangeRow) -> ExchangeRow {
    ExchangeRow {
        caller_id: row.caller_id.clone(),
        caller: row.caller.clone(),
        model_asked: row.model_asked.clone(),
        gateway: row.gateway.clone(),
        id: row.id.clone(),
        ..exchange(row.started_at)
    }
}

/// What the rows say, in SQL of its own: (requests, failed, input, cache writes, images, reported, estimated, took).
const FROM_ROWS: &str = "SELECT count(*), sum(outcome = 'failed'), sum(input), sum(json_extract(units, '$.cache_write')),
    sum(json_extract(units, '$.images')), sum(iif(cost_reported, cost_nano, 0)), sum(iif(cost_reported, 0, cost_nano)),
    sum(took_ms), parties, started_at / 86400000 AS day FROM exchanges WHERE outcome <> 'running'
    GROUP BY parties, day ORDER BY parties, day";
const FROM_SUMS: &str =
    "SELECT sum(requests), sum(failed), sum(input), sum(cache_write), sum(images), sum(cost_reported),
    sum(cost_estimated), sum(took_ms), parties, began / 86400000 AS day FROM rollups
    GROUP BY parties, day HAVING sum(requests) > 0 ORDER BY parties, day";

/// Whether rows and sums of a database say the same, for each set of parties and day; how many such there are.
pub(crate) fn agree(database: &Path) -> usize {
    let db = Connection::open(database).unwrap();
    let read = |sql: &str| -> Vec<Vec<i64>> {
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            (0..10)
                .map(|column| Ok(row.get::<_, Option<i64>>(column)?.unwrap_or_default()))
                .collect()
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    let rows = read(FROM_ROWS);
    assert_eq!(rows, read(FROM_SUMS));
    rows.len()
}

fn cost(rows: &[ExchangeRow]) -> i64 {
    rows.iter().filter_map(|row| row.cost_nano).sum()
}

#[tokio::test]
async fn twenty_thousand_rows_in_any_order_on_a_disk_that_fills_up_are_exact_to_the_nano_dollar() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let mut dice = Dice(0x5eed);
    let rows: Vec<_> = (0..20_000)
        .map(|number| ended(&mut dice, NOW + number * 977))
        .collect();
    let mut open: Vec<usize> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        match dice.below(10) {
            // Ended before anyone heard of it, in the same breath, or some time later.
            0 => ledger.tell_exchange(row.clone()),
            1..6 => {
                ledger.tell_exchange(running(row));
                ledger.tell_exchange(row.clone());
            }
            _ => {
                ledger.tell_exchange(running(row));
                open.push(number);
            }
        }
        while !open.is_empty() && dice.below(3) == 0 {
            let row = &rows[open.swap_remove(dice.below(open.len() as u64) as usize)];
            ledger.tell_exchange(row.clone());
            // Some hear the exact bill only later.
            if dice.below(20) == 0 {
                ledger.tell_exchange(ExchangeRow {
                    cost_nano: Some(1),
                    ..row.clone()
                });
                ledger.flush().await.ok();
                ledger.tell_exchange(row.clone());
            }
        }
        match dice.below(400) {
            0 => ledger.flush().await.ok(),
            1 => ledger.limit_pages(1).ok(),
            2 => ledger.limit_pages(1_000_000).ok(),
            _ => None,
        };
    }
    ledger.limit_pages(1_000_000).unwrap();
    for number in open {
        ledger.tell_exchange(rows[number].clone());
    }
    // A batch that failed while the disk was full answers for whoever asks before it is over.
    for _ in 0..500 {
        if ledger.flush().await.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    ledger.flush().await.unwrap();

    assert_eq!(ledger.exchange_count().unwrap(), 20_000);
    for row in rows.iter().step_by(997) {
        assert_eq!(ledger.exchange(&row.id).unwrap().as_ref(), Some(row));
    }
    let totals = ledger.totals_since(NOW).unwrap();
    assert_eq!((totals.requests, totals.cost_nano), (20_000, cost(&rows)));
    ledger.close();
    agree(&dir.path().join("nexdesk.db"));
}

#[tokio::test]
async fn any_stretch_of_time_comes_to_what_its_rows_come_to_merged_or_not() {
    let ledger = Ledger::in_memory().unwrap();
    let mut dice = Dice(7);
    let rows: Vec<_> = (0..600)
        .map(|_| {
            let at = NOW - dice.below(80 * DAY as u64) as i64;
            ended(&mut dice, at)
        })
        .collect();
    for row in &rows {
        ledger.tell_exchange(row.clone());
    }
    ledger.flush().await.unwrap();
    for merged in [false, true] {
        for _ in 0..300 {
            let from = NOW - dice.below(85 * DAY as u64) as i64;
            let step = [1, 15 * MINUTE, DAY][dice.below(3) as usize];
            let from = from - from.rem_euclid(step);
            let to = from + dice.below(3 * DAY as u64) as i64;
            let within: Vec<_> = rows
                .iter()
                .filter(|row| (from..to).contains(&row.started_at))
                .cloned()
                .collect();
            let mut sums = Sums::default();
            for (_, more) in ledger.usage_between(from, to).unwrap() {
                sums.add(&more);
            }
            assert_eq!(
                (sums.requests, sums.cost_nano()),
                (within.len() as i64, cost(&within)),
                "{from} to {to}, merged: {merged}"
            );
        }
        ledger.tend(NOW, &Limits::default()).unwrap();
    }
    // What comes late into a merged day counts like the rest.
    let late = ended(&mut dice, NOW - 60 * DAY);
    ledger.tell_exchange(late.clone());
    ledger.flush().await.unwrap();
    let all = ledger.totals_since(NOW - 90 * DAY).unwrap();
    assert_eq!(all.requests, 601);
    assert_eq!(all.cost_nano, cost(&rows) + cost(&[late]));
}

#[tokio::test]
async fn one_absurd_count_spoils_no_other_sum_and_stops_no_write() {
    let ledger = Ledger::in_memory().unwrap();
    for _ in 0..3 {
        let mut row = ended(&mut Dice(1), NOW);
        row.input = Some(i64::MAX as u64);
        row.cost_nano = Some(i64::MAX);
        ledger.tell_exchange(row);
        ledger.flush().await.unwrap();
    }
    let totals = ledger.totals_since(NOW).unwrap();
    assert_eq!((totals.requests, totals.cost_nano), (3, i64::MAX));
}

#[tokio::test]
async fn a_row_that_cannot_be_written_takes_none_of_its_neighbours_along() {
    let ledger = Ledger::in_memory().unwrap();
    let mut dice = Dice(7);
    let mut rows: Vec<_> = (0..40).map(|number| ended(&mut dice, NOW + number)).collect();
    rows[5].input = Some(u64::MAX);
    // Two words on one exchange among its neighbours: the later counts.
    rows[20] = ExchangeRow {
        cost_nano: Some(123),
        ..rows[19].clone()
    };
    for row in &rows {
        ledger.tell_exchange(row.clone());
    }
    ledger.flush().await.unwrap();

    assert_eq!(ledger.exchange(&rows[5].id).unwrap(), None);
    rows.remove(19);
    rows.remove(5);
    for row in &rows {
        assert_eq!(ledger.exchange(&row.id).unwrap().as_ref(), Some(row));
    }
    let totals = ledger.totals_since(NOW).unwrap();
    assert_eq!((totals.requests, totals.cost_nano), (38, cost(&rows)));
}

#[tokio::test]
async fn what_a_token_spent_is_told_by_the_quarter_and_adds_up() {
    let ledger = Ledger::in_memory().unwrap();
    let told = |at, cost_nano| {
        ledger.tell_exchange(ExchangeRow {
            caller_id: Some("token".into()),
            outcome: Outcome::Ok,
            cost_nano: Some(cost_nano),
            ..exchange(at)
        });
    };
    told(NOW - 1, 1000);
    told(NOW, 5);
    told(NOW + 14 * MINUTE, 6);
    told(NOW + 15 * MINUTE, 7);
    told(NOW + 16 * MINUTE, 100_000);
    ledger.flush().await.unwrap();

    let spent: Vec<_> = ledger
        .token_spending(NOW, NOW + 16 * MINUTE)
        .unwrap()
        .into_iter()
        .map(|spent| (spent.at - NOW, spent.nano))
        .collect();
    assert_eq!(spent, [(0, 11), (15 * MINUTE, 7)]);
}

#[tokio::test]
async fn old_rows_go_and_their_sums_stay() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let mut dice = Dice(3);
    let rows: Vec<_> = (0..3000)
        .map(|number| ended(&mut dice, NOW - number * DAY / 3))
        .collect();
    for row in &rows {
        ledger.tell_exchange(row.clone());
    }
    ledger.flush().await.unwrap();
    let before = ledger.totals_since(0).unwrap();
    let limits = Limits {
        row_days: Some(400),
        ..Limits::default()
    };

    while ledger.tend(NOW, &limits).unwrap().unfinished {}

    assert_eq!(
        ledger.exchange_count().unwrap(),
        1201,
        "four hundred days of three"
    );
    assert_eq!(ledger.totals_since(0).unwrap(), before);
    assert_eq!(before.cost_nano, cost(&rows));
    let forever = Limits {
        row_days: None,
        ..limits
    };
    assert_eq!(ledger.tend(NOW + 9000 * DAY, &forever).unwrap().rows, 0);
}

#[tokio::test]
async fn told_again_before_it_is_written_an_exchange_takes_no_second_place() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    ledger.limit_pages(1).unwrap();
    ledger.tell_draft(None, "x".repeat(1 << 20), Vec::new(), NOW);
    assert!(matches!(ledger.flush().await, Err(LedgerError::Full)));
    let mut dice = Dice(11);
    let rows: Vec<_> = (0..60_000).map(|number| ended(&mut dice, NOW + number)).collect();
    // More words than are kept, and some of them while the writer tries again: none is given up.
    for row in &rows {
        ledger.tell_exchange(running(row));
    }
    for row in &rows {
        ledger.tell_exchange(row.clone());
        ledger.tell_token_used("token", row.started_at);
        ledger.tell_key_used("key", row.started_at);
    }
    assert!(ledger.flush().await.is_err());
    ledger.limit_pages(1_000_000).unwrap();
    ledger.flush().await.unwrap();

    let totals = ledger.totals_since(NOW).unwrap();
    assert_eq!((totals.requests, totals.cost_nano), (60_000, cost(&rows)));
    ledger.close();
    agree(&dir.path().join("nexdesk.db"));
}
