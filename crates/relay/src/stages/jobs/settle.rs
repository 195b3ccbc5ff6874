//! What an order came to, once its job is over: the exchange that ordered it ended long before, with an estimate.
//!
//! A job may end in a later life of this program than it began in. So nothing depends on what is in memory: every job
//! that is over is compared with its exchange, and both are set right if they are not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nexdesk_ledger::{JobRow, JobState, Outcome, Submission};
use nexdesk_pricing::{Money, Price};
use tokio::sync::broadcast::error::RecvError;

use super::super::meter;
use crate::Relay;
use crate::budget::Reservation;
use crate::jobs::Bill;

/// How far back is looked for what the last life did not settle.
const LOOKED_AT: u32 = 200;

/// What is set aside for jobs that are not over yet, by job.
#[derive(Debug, Default)]
pub(crate) struct SetApart(Mutex<HashMap<String, Reservation>>);

impl SetApart {
    fn put(&self, job: &str, held: Reservation) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(job.to_owned(), held);
    }

    fn take(&self, job: &str) -> Option<Reservation> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(job)
    }
}

/// Settles every job that ends, beginning with those of the last life, until the jobs are stopped.
pub(crate) async fn follow(relay: Relay) {
    let mut changes = relay.0.jobs.changes();
    catch_up(&relay).await;
    loop {
        let changed = tokio::select! {
            changed = changes.recv() => changed,
            () = relay.0.jobs.stopped() => return,
        };
        match changed {
            Ok(job) if job.finished_at.is_some() => settle(&relay, &job).await,
            Ok(job) if job.next_poll_at.is_none() => abandon(&relay, &job),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => catch_up(&relay).await,
            Err(RecvError::Closed) => return,
        }
    }
}

async fn catch_up(relay: &Relay) {
    for interface in ["video", "images"] {
        let jobs = relay.0.ledger.jobs(interface, None, None, LOOKED_AT);
        let unsettled = |job: &JobRow| job.finished_at.is_some() && job.cost_nano.is_none();
        for job in jobs.unwrap_or_default().into_iter().filter(unsettled) {
            settle(relay, &job).await;
        }
    }
}

/// Keeps what was set aside for an order until its job is over.
pub(super) async fn set_apart(relay: &Relay, job: &JobRow, held: Option<Reservation>) {
    if let Some(held) = held {
        relay.0.set_apart.put(&job.id, held);
    }
    // Some are over at once, and that was told before there was anything to settle.
    if let Ok(Some(job)) = relay.0.ledger.job(&job.id)
        && job.finished_at.is_some()
    {
        settle(relay, &job).await;
    }
}

/// A job that was deleted, or is followed no longer, costs what stands on record: nobody may ever know better.
pub(super) fn abandon(relay: &Relay, job: &JobRow) {
    if let Some(held) = relay.0.set_apart.take(&job.id) {
        let exchange = job.exchange.as_deref();
        let row = exchange.and_then(|id| relay.0.ledger.exchange(id).ok().flatten());
        held.settle(row.and_then(|row| row.cost_nano).map(Money));
    }
}

async fn settle(relay: &Relay, job: &JobRow) {
    // The end of its exchange may be on its way to the ledger.
    let _ = relay.0.ledger.flush().await;
    let exchange = job.exchange.as_deref();
    let before = exchange.and_then(|id| relay.0.ledger.exchange(id).ok().flatten());
    let Some(before) = before.filter(|row| row.outcome != Outcome::Running) else {
        return; // somebody waits for it, and settles it
    };
    let mut row = before.clone();
    if job.submission != Submission::Unknown {
        let price: Option<Price> = row
            .price
            .as_deref()
            .and_then(|price| serde_json::from_str(price).ok());
        let bill = Bill::of(job, price.as_ref());
        meter::write(&mut row, &bill.usage, bill.cost, bill.basis);
        row.job = Some(job.id.clone());
        if job.state != JobState::Done && row.outcome == Outcome::Ok {
            row.outcome = Outcome::Failed;
            row.code = Some(
                job.error_code
                    .clone()
                    .unwrap_or_else(|| "generation_failed".into()),
            );
        }
    }
    let cost = row.cost_nano.map(Money);
    let (caller, began) = (row.caller_id.clone(), row.started_at);
    // The exchange before the job, by whose price a next life knows that both are right; and both before the money is
    // given back, so that whoever sees it free finds the reason on record.
    if row != before {
        let row = Arc::new(row);
        relay.0.ledger.tell_exchange(row.clone());
        // Nobody listening is fine.
        let _ = relay.0.exchanges.send(row);
    }
    match cost {
        Some(Money(nano)) => relay.0.jobs.settle(&job.id, nano).await,
        None => drop(relay.0.ledger.flush().await),
    }
    match (relay.0.set_apart.take(&job.id), cost, &caller) {
        (Some(held), ..) => held.settle(cost),
        // When the spending of this token was last read, this was not yet known.
        (None, Some(cost), Some(token)) if before.cost_nano.is_none() => {
            relay.0.admission.count(token, cost, began);
        }
        (None, ..) => {}
    }
}
