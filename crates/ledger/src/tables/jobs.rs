//! Films and pictures that take minutes: what was ordered, how far it is, and where its files are.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Columns, all, first, run, touched};
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// Whether the gateway has the order.
    pub enum Submission {
        /// It is on its way.
        Submitting = "submitting",
        /// The gateway has it and has named it.
        Submitted = "submitted",
        /// It left, and nobody knows whether it arrived. It is never sent again: orders are billed.
        Unknown = "unknown",
    }
}

words! {
    /// How far a job is.
    pub enum JobState {
        /// Waiting at the gateway.
        Queued = "queued",
        /// Being made.
        Running = "running",
        /// Made.
        Done = "done",
        /// It will not be made.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
    }
}

/// A job and what became of it. Names stand beside ids, because the record outlives what it names.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// Its id, ours.
    pub id: String,
    /// The exchange that ordered it.
    pub exchange: Option<String>,
    /// The local token it came with; none from the window.
    pub caller_id: Option<String>,
    /// The caller's name at that time.
    pub caller: String,
    /// The name of the gateway that makes it.
    pub gateway: String,
    /// Its id.
    pub gateway_id: String,
    /// The key it was ordered with, and is asked for with.
    pub key_id: Option<String>,
    /// How this gateway wants it asked for.
    pub family: String,
    /// The interface it was ordered through.
    pub interface: String,
    /// The model asked for.
    pub model_asked: String,
    /// The model as the gateway calls it.
    pub model: String,
    /// What was asked for, in words.
    pub prompt: Option<String>,
    /// The order, without the pictures that came along.
    pub request: Value,
    /// The job it was made from.
    pub remixed_from: Option<String>,
    /// Whether the gateway has the order.
    pub submission: Submission,
    /// The gateway's name for it.
    pub upstream_id: Option<String>,
    /// Where the gateway is asked for it.
    pub poll_path: Option<String>,
    /// How far it is.
    pub state: JobState,
    /// Percent.
    pub progress: Option<u8>,
    /// Why it failed, for programs.
    pub error_code: Option<String>,
    /// Why it failed, for people.
    pub error_message: Option<String>,
    /// What the gateway said about the price.
    pub billing: Option<Value>,
    /// What it cost in nano-dollars.
    pub cost_nano: Option<i64>,
    /// When it was ordered.
    pub created_at: i64,
    /// When something about it last changed.
    pub updated_at: i64,
    /// When it was over.
    pub finished_at: Option<i64>,
    /// When the gateway is asked next, or the files are fetched again.
    pub next_poll_at: Option<i64>,
    /// How often it was asked.
    pub polls: u32,
    /// What was made.
    pub files: Vec<JobFileRow>,
}

/// A file that a job made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFileRow {
    /// What it is.
    pub mime: Option<String>,
    /// The gateway's link to it, or a path at the gateway itself.
    pub link: Option<String>,
    /// When that link dies, where it is known.
    pub link_dies_at: Option<i64>,
    /// The name of our copy.
    pub sha256: Option<String>,
    /// How large it is.
    pub bytes: Option<u64>,
}

const SELECT: &str = "SELECT id, exchange, caller_id, caller, gateway, gateway_id, key_id, family, interface,
    model_asked, model, prompt, request, remixed_from, submission, upstream_id, poll_path, state, progress, error_code,
    error_message, billing, cost_nano, created_at, updated_at, finished_at, next_poll_at, polls FROM jobs";

fn read(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let mut columns = Columns::of(row);
    Ok(JobRow {
        id: columns.take()?,
        exchange: columns.take()?,
        caller_id: columns.take()?,
        caller: columns.take()?,
        gateway: columns.take()?,
        gateway_id: columns.take()?,
        key_id: columns.take()?,
        family: columns.take()?,
        interface: columns.take()?,
        model_asked: columns.take()?,
        model: columns.take()?,
        prompt: columns.take()?,
        request: columns.take()?,
        remixed_from: columns.take()?,
        submission: columns.take()?,
        upstream_id: columns.take()?,
        poll_path: columns.take()?,
        state: columns.take()?,
        progress: columns.take()?,
        error_code: columns.take()?,
        error_message: columns.take()?,
        billing: columns.take()?,
        cost_nano: columns.take()?,
        created_at: columns.take()?,
        updated_at: columns.take()?,
        finished_at: columns.take()?,
        next_poll_at: columns.take()?,
        polls: columns.take()?,
        files: Vec::new(),
    })
}

/// The rows of a statement, each with its files.
fn rows(connection: &Connection, rest: &str, params: impl rusqlite::Params) -> rusqlite::Result<Vec<JobRow>> {
    let mut rows = all(connection, &format!("{SELECT} {rest}"), params, read)?;
    for row in &mut rows {
        row.files = files(connection, &row.id)?;
    }
    Ok(rows)
}

fn files(connection: &Connection, job: &str) -> rusqlite::Result<Vec<JobFileRow>> {
    let sql =
        "SELECT mime, link, link_dies_at, sha256, bytes FROM job_files WHERE job = ?1 ORDER BY position";
    all(connection, sql, [job], |row| {
        let mut columns = Columns::of(row);
        Ok(JobFileRow {
            mime: columns.take()?,
            link: columns.take()?,
            link_dies_at: columns.take()?,
            sha256: columns.take()?,
            bytes: columns.take()?,
        })
    })
}

impl Ledger {
    /// One job.
    pub fn job(&self, id: &str) -> Result<Option<JobRow>, LedgerError> {
        self.read(|c| Ok(rows(c, "WHERE id = ?1", [id])?.pop()))
    }

    /// The jobs of an interface that a caller ordered, or everybody's, newest first; with `after`, those behind that one.
    pub fn jobs(
        &self,
        interface: &str,
        caller: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JobRow>, LedgerError> {
        let rest = "WHERE interface = ?1 AND (?2 IS NULL OR caller_id = ?2)
            AND (?3 IS NULL OR (created_at, id) < (SELECT created_at, id FROM jobs WHERE id = ?3))
            ORDER BY created_at DESC, id DESC LIMIT ?4";
        self.read(|c| Ok(rows(c, rest, params![interface, caller, after, limit])?))
    }

    /// The same, oldest first.
    pub fn jobs_from_the_first(
        &self,
        interface: &str,
        caller: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JobRow>, LedgerError> {
        let rest = "WHERE interface = ?1 AND (?2 IS NULL OR caller_id = ?2)
            AND (?3 IS NULL OR (created_at, id) > (SELECT created_at, id FROM jobs WHERE id = ?3))
            ORDER BY created_at, id LIMIT ?4";
        self.read(|c| Ok(rows(c, rest, params![interface, caller, after, limit])?))
    }

    /// The jobs somebody has to look after: those with a time to be asked at.
    pub fn open_jobs(&self) -> Result<Vec<JobRow>, LedgerError> {
        self.read(|c| {
            Ok(rows(
                c,
                "WHERE next_poll_at IS NOT NULL ORDER BY next_poll_at",
                [],
            )?)
        })
    }

    /// Writes a job down before its order leaves.
    pub async fn add_job(&self, row: JobRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            add(c, &row)?;
            Ok(put_files(c, &row)?)
        })
        .await
    }

    /// Writes down what changed about a job. One that was deleted in the meantime stays deleted.
    ///
    /// # Errors
    /// `NotFound` for a deleted one.
    pub async fn put_job(&self, row: JobRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            touched(put(c, &row)?)?;
            Ok(put_files(c, &row)?)
        })
        .await
    }

    /// Notes what a job cost. Apart from `put_job`, because whoever knows the price does not know how far it is.
    pub async fn settle_job(&self, id: &str, cost_nano: i64) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            touched(run(
                c,
                "UPDATE jobs SET cost_nano = ?2 WHERE id = ?1",
                params![id, cost_nano],
            )?)
        })
        .await
    }

    /// Removes a job, and returns which of its files nobody else has.
    pub async fn remove_job(&self, id: &str) -> Result<Vec<String>, LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let held = files(c, &id)?;
            touched(run(c, "DELETE FROM jobs WHERE id = ?1", [&id])?)?;
            let mut orphans = Vec::new();
            for sha256 in held.into_iter().filter_map(|file| file.sha256) {
                let sql = "SELECT 1 FROM job_files WHERE sha256 = ?1
                    UNION ALL SELECT 1 FROM attachments WHERE sha256 = ?1";
                if first(c, sql, [&sha256], |row| row.get::<_, i64>(0))?.is_none() {
                    orphans.push(sha256);
                }
            }
            Ok(orphans)
        })
        .await
    }
}

fn add(connection: &Connection, row: &JobRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO jobs (id, exchange, caller_id, caller, interface, model_asked, prompt, request, remixed_from,
        created_at, gateway, gateway_id, family, model, submission, state, updated_at, polls)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', '', '', '', 'submitting', 'queued', 0, 0)";
    run(
        connection,
        sql,
        params![
            row.id,
            row.exchange,
            row.caller_id,
            row.caller,
            row.interface,
            row.model_asked,
            row.prompt,
            row.request,
            row.remixed_from,
            row.created_at,
        ],
    )?;
    put(connection, row).map(drop)
}

fn put(connection: &Connection, row: &JobRow) -> rusqlite::Result<usize> {
    let sql = "UPDATE jobs SET gateway = ?2, gateway_id = ?3, key_id = ?4, family = ?5, model = ?6, submission = ?7,
        upstream_id = ?8, poll_path = ?9, state = ?10, progress = ?11, error_code = ?12, error_message = ?13,
        billing = ?14, updated_at = ?15, finished_at = ?16, next_poll_at = ?17, polls = ?18 WHERE id = ?1";
    run(
        connection,
        sql,
        params![
            row.id,
            row.gateway,
            row.gateway_id,
            row.key_id,
            row.family,
            row.model,
            row.submission,
            row.upstream_id,
            row.poll_path,
            row.state,
            row.progress,
            row.error_code,
            row.error_message,
            row.billing,
            row.updated_at,
            row.finished_at,
            row.next_poll_at,
            row.polls,
        ],
    )
}

fn put_files(connection: &Connection, row: &JobRow) -> rusqlite::Result<()> {
    run(connection, "DELETE FROM job_files WHERE job = ?1", [&row.id])?;
    let sql = "INSERT INTO job_files (job, position, mime, link, link_dies_at, sha256, bytes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for (file, position) in row.files.iter().zip(0i64..) {
        let JobFileRow {
            mime,
            link,
            link_dies_at,
            sha256,
            bytes,
        } = file;
        run(
            connection,
            sql,
            params![row.id, position, mime, link, link_dies_at, sha256, bytes],
        )?;
    }
    Ok(())
}

/// Orders that were on their way when the last life ended. They may have arrived, so they are never sent again.
pub(crate) fn doubt_submitting(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE jobs SET submission = 'unknown', state = 'failed', error_code = 'may_have_been_created',
        error_message = 'Nexdesk ended while the order was on its way. The gateway may have taken it, and may charge '
            || 'for it: look at the gateway''s console before you order again.',
        updated_at = max(created_at, ?1), finished_at = max(created_at, ?1), next_poll_at = NULL
        WHERE submission = 'submitting'";
    run(connection, sql, [now]).map(drop)
}
