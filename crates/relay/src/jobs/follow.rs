//! One look at one job: ask the gateway, believe what it says, and fetch what it made.

use nexdesk_ledger::{JobFileRow, JobRow, JobState};
use nexdesk_upstream::jobs::{CallParts, Family, Polled, ResultFile, Source, Standing, State, expiry};
use nexdesk_upstream::{Answer, Base, Failure, Key, Kind, provider};

use tokio::sync::broadcast::error::RecvError;

use super::clockwork::pause;
use super::{Jobs, Target, lock};

/// A gateway that has just taken an order may not know it yet.
const GRACE: i64 = 30_000;

impl Jobs {
    /// Asks for a job and fetches its files. Two looks at one job would fetch everything twice.
    pub(super) async fn look_after(&self, id: &str) {
        if !lock(&self.0.busy).insert(id.to_owned()) {
            return;
        }
        let _busy = Busy(self, id);
        let Ok(_place) = self.0.places.acquire().await else {
            return;
        };
        let Ok(Some(row)) = self.0.ledger.job(id) else {
            return;
        };
        let row = self.looked(row).await;
        if self.keep(row.clone()).await {
            self.schedule(&row);
        }
    }

    async fn looked(&self, row: JobRow) -> JobRow {
        let Some(target) = self.target(&row) else {
            return self.lost(row);
        };
        let row = if row.state == JobState::Done {
            row
        } else {
            self.polled(row, &target).await
        };
        if row.state != JobState::Done {
            return row;
        }
        let row = self.fetched(row, &target).await;
        if !row.files.iter().any(is_missing) {
            return row;
        }
        // Links die: the gateway may have fresh ones. What it has made it cannot unmake, whatever it says now.
        let again = self.polled(row.clone(), &target).await;
        if again.state == JobState::Done && again.files != row.files {
            return self.fetched(again, &target).await;
        }
        row
    }

    /// The gateway of a job, read anew: its address or key may have been mended since.
    pub(super) fn target(&self, row: &JobRow) -> Option<Target> {
        let gateway = self.0.ledger.gateway(&row.gateway_id).ok().flatten()?;
        let auth = provider(&gateway.preset)?.auth;
        Some(Target {
            gateway_id: gateway.id,
            gateway: gateway.name,
            base: Base::stored(&gateway.base_url),
            key: row.key_id.clone().map(|id| Key { id, auth }),
            family: Family::named(&row.family)?,
            model: row.model.clone(),
        })
    }

    fn lost(&self, mut row: JobRow) -> JobRow {
        if row.finished_at.is_none() {
            row.state = JobState::Failed;
            row.finished_at = Some(self.0.clock.unix_ms());
            row.error_code = Some("gateway_removed".into());
            row.error_message = Some(format!(
                "The gateway “{}” was removed before this was done.",
                row.gateway
            ));
        }
        row.next_poll_at = None;
        row
    }

    async fn polled(&self, mut row: JobRow, target: &Target) -> JobRow {
        let Some(path) = row.poll_path.clone() else {
            return self.wait(row);
        };
        row.polls += 1;
        let mut answer = self.ask(&path, target).await;
        if let Polled::Standing(Standing {
            look_at: Some(there), ..
        }) = &answer
        {
            answer = self.ask(&there.clone(), target).await;
        }
        match answer {
            Polled::Standing(standing) => self.apply(row, standing).await,
            Polled::Missing if self.0.clock.unix_ms() - row.created_at > GRACE => {
                row.state = JobState::Failed;
                row.finished_at = Some(self.0.clock.unix_ms());
                row.error_code = Some("job_not_found".into());
                row.error_message = Some(format!("{} does not know this job any more.", row.gateway));
                row.next_poll_at = None;
                row
            }
            Polled::Missing => self.wait(row),
            Polled::Trouble(failure) => {
                // The gateway is in trouble, the job is not: it goes on there whether we can ask or not.
                tracing::info!(job = row.id, gateway = row.gateway, %failure, "a job could not be asked for");
                let rest = failure.retry_after.map_or(0, |rest| rest.as_millis());
                let mut row = self.wait(row);
                let rested = self.0.clock.unix_ms() + i64::try_from(rest).unwrap_or(0);
                row.next_poll_at = row.next_poll_at.map(|at| at.max(rested));
                row
            }
        }
    }

    async fn ask(&self, path: &str, target: &Target) -> Polled {
        let parts = CallParts {
            method: http::Method::GET,
            path: path.to_owned(),
            body: bytes::Bytes::new(),
        };
        let Answer {
            status,
            headers,
            body,
        } = match self.call(&parts, target).await {
            Ok(answer) => answer.inflated(),
            Err(failure) => return Polled::Trouble(failure),
        };
        match body.whole().await {
            Ok(body) => target.family.polled(path, status, &headers, &body),
            Err(failure) => Polled::Trouble(failure),
        }
    }

    /// Writes into the row what the gateway said.
    pub(super) async fn apply(&self, mut row: JobRow, standing: Standing) -> JobRow {
        if let Some(word) = &standing.unknown {
            tracing::warn!(
                job = row.id,
                gateway = row.gateway,
                word,
                "a state nobody has heard of"
            );
        }
        // A second look at what is done may only bring fresh links.
        let finished_at = row.finished_at;
        row.progress = standing.progress.or(row.progress);
        row.billing = standing.billing.or(row.billing);
        row.state = match standing.state {
            State::Queued => JobState::Queued,
            State::Running => JobState::Running,
            State::Done => JobState::Done,
            State::Failed => JobState::Failed,
            State::Cancelled => JobState::Cancelled,
        };
        if !standing.state.is_over() {
            return self.wait(row);
        }
        let now = self.0.clock.unix_ms();
        row.finished_at = finished_at.or(Some(now));
        row.next_poll_at = None;
        if let Some(error) = standing.error {
            row.error_code = Some(error.code);
            row.error_message = Some(error.message);
        }
        if standing.state == State::Done {
            row.progress = Some(100);
            row.files = self.found(&row, standing.results).await;
            // Until every file is here, a crash must not forget to fetch it.
            row.next_poll_at = row.files.iter().any(is_missing).then_some(now);
        }
        row
    }

    /// The next time to look, or none when it is late.
    pub(super) fn wait(&self, mut row: JobRow) -> JobRow {
        let now = self.0.clock.unix_ms();
        let since = row.finished_at.unwrap_or(row.created_at);
        row.next_poll_at = pause(now - since).map(|pause| now + pause);
        row
    }

    /// The files of a finished job: those already here stay, the others get their fresh links.
    async fn found(&self, row: &JobRow, results: Vec<ResultFile>) -> Vec<JobFileRow> {
        let mut files = Vec::new();
        for (nth, result) in results.into_iter().enumerate() {
            if let Some(here) = row.files.get(nth).filter(|file| !is_missing(file)) {
                files.push(here.clone());
                continue;
            }
            let (link, link_dies_at) = match &result.source {
                Source::Link(link) => (Some(link.clone()), expiry(link)),
                Source::Content(path) => (Some(path.clone()), None),
                Source::Bytes(_) => (None, None),
            };
            let file = JobFileRow {
                mime: result.mime,
                link,
                link_dies_at,
                ..JobFileRow::default()
            };
            files.push(match result.source {
                Source::Bytes(bytes) => match self.put_bytes(&bytes, file.clone()).await {
                    Ok(file) => file,
                    Err(failure) => {
                        tracing::warn!(job = row.id, %failure, "a file could not be kept");
                        file
                    }
                },
                Source::Link(_) | Source::Content(_) => file,
            });
        }
        files
    }

    /// Fetches what is not here yet.
    async fn fetched(&self, mut row: JobRow, target: &Target) -> JobRow {
        // The caller may know that it is done while the file is still on its way.
        self.keep(row.clone()).await;
        for nth in 0..row.files.len() {
            if !is_missing(&row.files[nth]) {
                continue;
            }
            match self.fetch(&row.files[nth], target).await {
                Ok(file) => row.files[nth] = file,
                Err(failure) => {
                    tracing::info!(job = row.id, gateway = row.gateway, %failure, "a file could not be fetched");
                }
            }
        }
        if row.files.iter().any(is_missing) {
            self.wait(row)
        } else {
            row.next_poll_at = None;
            row
        }
    }

    /// Waits until a job is over; `with_files`, until everything it made is here, too.
    ///
    /// # Errors
    /// When it is gone, or takes longer than we ask.
    pub async fn finished(&self, id: &str, with_files: bool) -> Result<JobRow, Failure> {
        let mut changes = self.changes();
        loop {
            let row = self.0.ledger.job(id).ok().flatten();
            let row = row.ok_or_else(|| Failure::new(Kind::Interrupted, "The job was deleted."))?;
            let missing = row.state == JobState::Done && row.files.iter().any(is_missing);
            if row.finished_at.is_some() && !(with_files && missing) {
                return Ok(row);
            }
            if row.next_poll_at.is_none() {
                let said = if missing {
                    "The gateway has made it, and does not hand it out."
                } else {
                    "The gateway has worked on this for half an hour without an end."
                };
                return Err(Failure::new(Kind::Stalled, said));
            }
            loop {
                let changed = tokio::select! {
                    changed = changes.recv() => changed,
                    () = self.stopped() => Err(RecvError::Closed),
                };
                match changed {
                    Ok(changed) if changed.id != id => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => {
                        return Err(Failure::new(
                            Kind::Interrupted,
                            "Nexdesk is closing. What was ordered goes on, and is fetched when it is opened again.",
                        ));
                    }
                }
            }
        }
    }
}

pub(super) fn is_missing(file: &JobFileRow) -> bool {
    file.sha256.is_none()
}

/// Gives a job free again, however its look ended.
struct Busy<'a>(&'a Jobs, &'a str);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        lock(&self.0.0.busy).remove(self.1);
    }
}
