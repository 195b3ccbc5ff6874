//! One timer for all jobs, and when each is looked after: every 5 s for 30 s, every 10 s to two minutes, then every
//! 30 s, which is new-api's own advice. After half an hour nobody asks by himself; then a job is asked for only when
//! its caller asks us.

use std::time::Duration;

use nexdesk_ledger::{JobRow, LedgerError};

use super::{Jobs, lock};

const SECOND: i64 = 1000;
/// How long the timer may sleep while there is work: a clock that is set forward must be noticed.
const NAP: Duration = Duration::from_secs(1);
/// A caller that asks about a job nobody follows any more is answered from the gateway, this often at most.
const ON_DEMAND: i64 = 10 * SECOND;

/// How long to wait at this age of a job; `None` when it is time to stop.
pub(super) fn pause(age_ms: i64) -> Option<i64> {
    match age_ms / SECOND {
        ..30 => Some(5 * SECOND),
        30..120 => Some(10 * SECOND),
        120..1800 => Some(30 * SECOND),
        _ => None,
    }
}

impl Jobs {
    /// Starts the timer, and goes on with what the last life left open. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn start(&self) -> Result<(), LedgerError> {
        for row in self.0.ledger.open_jobs()? {
            self.schedule(&row);
        }
        let jobs = self.clone();
        self.0.tasks.spawn(async move {
            jobs.sweep().await;
            jobs.keep_time().await;
        });
        Ok(())
    }

    /// Looks at the clock again, because it was set.
    pub fn wake(&self) {
        self.0.woken.notify_one();
    }

    /// Puts a job on the timer, or takes it off.
    pub(super) fn schedule(&self, row: &JobRow) {
        let mut due = lock(&self.0.due);
        match row.next_poll_at {
            Some(at) => due.insert(row.id.clone(), at),
            None => due.remove(&row.id),
        };
        drop(due);
        self.0.woken.notify_one();
    }

    pub(super) fn forget(&self, id: &str) {
        lock(&self.0.due).remove(id);
    }

    async fn keep_time(&self) {
        while !self.0.stop.is_cancelled() {
            let now = self.0.clock.unix_ms();
            for id in self.take_due(now) {
                let jobs = self.clone();
                self.0.tasks.spawn(async move {
                    tokio::select! {
                        () = jobs.look_after(&id) => {}
                        // The row is as it was, so the next life asks again.
                        () = jobs.0.stop.cancelled() => {}
                    }
                });
            }
            let nap = self.nap(now);
            tokio::select! {
                () = async { match nap { Some(nap) => tokio::time::sleep(nap).await, None => std::future::pending().await } } => {}
                () = self.0.woken.notified() => {}
                () = self.0.stop.cancelled() => {}
            }
        }
    }

    fn take_due(&self, now: i64) -> Vec<String> {
        let mut due = lock(&self.0.due);
        let ready: Vec<String> = due
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in &ready {
            due.remove(id);
        }
        ready
    }

    /// `None` while nothing is open: an idle relay wakes nobody.
    fn nap(&self, now: i64) -> Option<Duration> {
        let next = lock(&self.0.due).values().min().copied()?;
        let wait = u64::try_from(next - now).unwrap_or(0);
        Some(Duration::from_millis(wait).min(NAP))
    }

    /// Asks for a job that nobody follows any more, because its caller asks.
    pub(super) async fn on_demand(&self, row: JobRow) -> JobRow {
        let is_open = row.finished_at.is_none() && row.poll_path.is_some();
        let lately = self.0.clock.unix_ms() - row.updated_at < ON_DEMAND;
        if !is_open || row.next_poll_at.is_some() || lately {
            return row;
        }
        self.look_after(&row.id).await;
        self.0.ledger.job(&row.id).ok().flatten().unwrap_or(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_asked_for_less_and_less_often_and_after_half_an_hour_no_more() {
        let mut asked_at = Vec::new();
        let mut age = 0;
        while let Some(wait) = pause(age) {
            age += wait;
            asked_at.push(age / SECOND);
        }
        assert_eq!(asked_at[..9], [5, 10, 15, 20, 25, 30, 40, 50, 60]);
        assert_eq!(asked_at[14..17], [120, 150, 180]);
        assert_eq!(asked_at.last(), Some(&1800));
    }
}
