//! The one timer of a connection. It is set anew when it rings too early, not at every request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

#[derive(Default)]
pub(super) struct Alarm {
    until: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    /// What was waited for has come.
    pub(super) fn quiet(&mut self) {
        self.until = None;
    }

    /// Ready when as much time has passed since it was first asked after it was quiet.
    pub(super) fn poll(&mut self, patience: Duration, cx: &mut Context<'_>) -> Poll<()> {
        if self.until.is_none() {
            self.until = Instant::now().checked_add(patience);
        }
        let Some(until) = self.until else {
            return Poll::Pending; // patience without end
        };
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if sleep.deadline() > until {
            sleep.as_mut().reset(until);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= until {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(until);
        }
    }
}
