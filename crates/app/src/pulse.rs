//! What the window is told without asking: exchanges as they begin and end, and the strip, at most twice a second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexdesk_ledger::ExchangeRow;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::problem::Problem;
use crate::status::{AppEvent, Status};

const BEAT: Duration = Duration::from_millis(500);
/// Exchanges gather this long before they are shown: a busy tool has a thousand of them a second.
const GATHER: Duration = Duration::from_millis(50);
/// More than this at once is shown by nobody: the next page of Usage has them all.
const SHOWN: usize = 200;
const WRITE_TROUBLE: &str = "ledger-trouble";

pub(crate) async fn beat(app: App) {
    let mut keys = app.relay().key_news();
    // Nobody is listened to for a window that is not there: every row would be copied for it.
    let mut exchanges: Option<Receiver<Arc<ExchangeRow>>> = None;
    let mut ticks = interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shown: Option<Status> = None;
    loop {
        tokio::select! {
            () = app.0.engine.ending().cancelled() => return,
            first = next(&mut exchanges) => {
                tokio::time::sleep(GATHER).await;
                show_exchanges(&app, first, &mut exchanges);
            }
            Ok(news) = keys.recv() => app.tell_of_key(&news),
            fresh = app.0.ears.opened() => exchanges = exchanges.or(fresh),
            _ = ticks.tick() => {
                if app.0.events.receiver_count() == 0 {
                    exchanges = None;
                }
                show_status(&app, &mut shown);
            }
        }
    }
}

/// Where the exchanges wait from the moment somebody listens until the pulse takes them up: none may be missed between.
#[derive(Default)]
pub(crate) struct Ears {
    waiting: Mutex<Option<Receiver<Arc<ExchangeRow>>>>,
    opened: Notify,
}

impl Ears {
    pub(crate) fn open(&self, exchanges: impl FnOnce() -> Receiver<Arc<ExchangeRow>>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get_or_insert_with(exchanges);
        self.opened.notify_one();
    }

    async fn opened(&self) -> Option<Receiver<Arc<ExchangeRow>>> {
        self.opened.notified().await;
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

async fn next(exchanges: &mut Option<Receiver<Arc<ExchangeRow>>>) -> Option<Arc<ExchangeRow>> {
    match exchanges {
        Some(exchanges) => exchanges.recv().await.ok(),
        None => std::future::pending().await,
    }
}

/// The latest state of each.
fn show_exchanges(app: &App, first: Option<Arc<ExchangeRow>>, more: &mut Option<Receiver<Arc<ExchangeRow>>>) {
    let mut gathered: Vec<Arc<ExchangeRow>> = first.into_iter().collect();
    while let Some(row) = more.as_mut().and_then(heard) {
        match gathered.iter().position(|known| known.id == row.id) {
            Some(known) => gathered[known] = row,
            None if gathered.len() < SHOWN => gathered.push(row),
            None => {}
        }
    }
    for row in gathered {
        app.emit(AppEvent::ExchangeChanged {
            exchange: (&*row).into(),
        });
    }
}

fn heard(exchanges: &mut Receiver<Arc<ExchangeRow>>) -> Option<Arc<ExchangeRow>> {
    loop {
        match exchanges.try_recv() {
            Ok(row) => return Some(row),
            Err(TryRecvError::Lagged(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
        }
    }
}

fn show_status(app: &App, shown: &mut Option<Status>) {
    match app.ledger().trouble() {
        Some(error) => app.0.notices.raise(WRITE_TROUBLE, Problem::from(error)),
        None => app.0.notices.lower(WRITE_TROUBLE),
    }
    // Without a window nobody listens, and the sums need not be made.
    if app.0.events.receiver_count() == 0 {
        return;
    }
    let Ok(status) = app.status() else { return };
    if shown.as_ref() != Some(&status) {
        app.emit(AppEvent::Status {
            status: status.clone(),
        });
        *shown = Some(status);
    }
}
