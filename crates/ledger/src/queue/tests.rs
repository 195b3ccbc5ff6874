//! What is put back after a failed batch keeps its order, and the newest word stays the newest.

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
    let costs: Vec<_> = batch
        .iter()
        .filter_map(|job| match job {
            Job::Exchange(_, row) => row.cost_nano,
            _ => None,
        })
        .collect();
    assert_eq!(costs.last(), Some(&3), "written in this order: {costs:?}");
}
