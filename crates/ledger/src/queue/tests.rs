//! What is put back after a failed batch keeps its order, and an exchange that ends soon takes one place.

use nexdesk_protocol::talk::Basis;

use super::*;
use crate::Outcome;

fn word(cost: i64) -> Arc<ExchangeRow> {
    Arc::new(ExchangeRow {
        id: "01a1feb7-430b-736a-92aa-6d23a7719b7a".into(),
        started_at: 0,
        caller_id: None,
        caller: "tool".into(),
        door: "http".into(),
        endpoint: "chat/completions".into(),
        interface: "chat".into(),
        stream: false,
        model_asked: "m".into(),
        model_answered: None,
        gateway: None,
        gateway_id: None,
        key: None,
        key_id: None,
        status: None,
        outcome: Outcome::Ok,
        code: None,
        input: None,
        cached: None,
        output: None,
        reasoning: None,
        units: None,
        tokens_basis: Basis::Reported,
        cost_nano: Some(cost),
        cost_basis: Basis::Reported,
        price: None,
        first_token_ms: None,
        took_ms: None,
        message: None,
        job: None,
        attempts: Vec::new(),
    })
}

fn beginning() -> Arc<ExchangeRow> {
    Arc::new(ExchangeRow {
        outcome: Outcome::Running,
        cost_nano: None,
        ..(*word(0)).clone()
    })
}

/// What is known of exchanges in a batch, in its order.
fn taken(batch: &VecDeque<Job>) -> Vec<(Outcome, Option<i64>)> {
    let exchanges = batch.iter().filter_map(|job| match job {
        Job::Exchange(row) => Some((row.outcome, row.cost_nano)),
        _ => None,
    });
    exchanges.collect()
}

#[test]
fn after_two_failed_batches_the_newest_word_on_an_exchange_is_still_the_last() {
    let queue = Queue::default();
    let mut batch = VecDeque::new();
    queue.push_exchange(word(1));
    queue.take(&mut batch);
    queue.push_exchange(word(2));
    queue.put_back(&mut batch);
    queue.take(&mut batch);
    queue.put_back(&mut batch);
    queue.push_exchange(word(3));
    queue.take(&mut batch);
    let words = taken(&batch);
    assert_eq!(
        words.last(),
        Some(&(Outcome::Ok, Some(3))),
        "written in this order: {words:?}"
    );
}

#[test]
fn that_an_exchange_has_begun_is_written_once_it_did_not_end_soon() {
    let queue = Queue::default();
    let mut batch = VecDeque::new();
    queue.push_exchange(beginning());
    for _ in 1..HOLD {
        queue.take(&mut batch);
    }
    assert_eq!(taken(&batch), []);
    queue.take(&mut batch);
    assert_eq!(taken(&batch), [(Outcome::Running, None)]);
}

#[test]
fn an_exchange_that_ends_soon_is_one_write() {
    let queue = Queue::default();
    let mut batch = VecDeque::new();
    queue.push_exchange(beginning());
    queue.take(&mut batch);
    queue.push_exchange(word(1));
    for _ in 0..=HOLD {
        queue.take(&mut batch);
    }
    assert_eq!(taken(&batch), [(Outcome::Ok, Some(1))]);
    queue.done(&mut batch);
    assert_eq!(queue.waiting(), 0);
}

#[test]
fn who_asks_finds_what_has_begun_before() {
    let queue = Queue::default();
    let mut batch = VecDeque::new();
    queue.push_exchange(beginning());
    queue.push(Job::ask(|_| Ok(())).0);
    queue.take(&mut batch);
    assert_eq!(taken(&batch), [(Outcome::Running, None)]);
    assert!(matches!(batch.back(), Some(Job::Ask(_))));
}

#[test]
fn who_asks_a_sleeping_writer_waits_for_nothing_to_gather() {
    const HOUR: Duration = Duration::from_secs(3600);
    let queue = Arc::new(Queue::default());
    let (tell, told) = std::sync::mpsc::channel();
    let sleeper = queue.clone();
    let writer = thread::spawn(move || tell.send(sleeper.wait(Some(HOUR))));
    while !lock(&queue.0).asleep {
        thread::yield_now();
    }
    assert_eq!(queue.push(Job::ask(|_| Ok(())).0), Pushed::WakeTheWriter);
    writer.thread().unpark();
    assert_eq!(told.recv_timeout(Duration::from_secs(60)), Ok(true));
}

#[test]
fn a_beginning_whose_batch_failed_gives_way_to_the_end_that_came_meanwhile() {
    let queue = Queue::default();
    let mut batch = VecDeque::new();
    queue.push_exchange(beginning());
    queue.push(Job::ask(|_| Ok(())).0);
    queue.take(&mut batch);
    queue.push_exchange(word(1));
    queue.put_back(&mut batch);
    assert_eq!(queue.waiting(), 1);
    queue.take(&mut batch);
    assert_eq!(taken(&batch), [(Outcome::Ok, Some(1))]);
}
