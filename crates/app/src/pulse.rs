//! What the window is told without asking: exchanges as they begin and end, and the strip, at most twice a second.

use std::time::Duration;

use nexdesk_ledger::ExchangeRow;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::problem::Problem;
use crate::status::{AppEvent, Status};

const BEAT: Duration = Duration::from_millis(500);
const WRITE_TROUBLE: &str = "ledger-trouble";

pub(crate) async fn beat(app: App) {
    let (mut exchanges, mut keys) = (app.relay().exchanges(), app.relay().key_news());
    let mut ticks = interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shown: Option<Status> = None;
    loop {
        tokio::select! {
            () = app.0.engine.ending().cancelled() => return,
            heard = exchanges.recv() => match heard {
                Ok(row) => show_exchange(&app, row),
                // Too many at once to show each: the strip and the next page of Usage have them all.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            Ok(news) = keys.recv() => app.tell_of_key(&news),
            _ = ticks.tick() => show_status(&app, &mut shown),
        }
    }
}

fn show_exchange(app: &App, row: ExchangeRow) {
    if app.0.events.receiver_count() == 0 {
        return;
    }
    app.emit(AppEvent::ExchangeChanged { exchange: row.into() });
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
