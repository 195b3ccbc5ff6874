//! What can wait to be written, and how the writer answers who waits for it.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::tables::bodies::Packed;
use crate::{ExchangeRow, LedgerError};

pub(crate) type Tell = Box<dyn Fn(&Connection) -> rusqlite::Result<()> + Send>;
pub(crate) type Run = Box<dyn FnOnce(Result<&Connection, LedgerError>) -> Ran + Send>;
pub(crate) type Acknowledge = Box<dyn FnOnce(Option<LedgerError>) + Send>;

/// What a moment of last use is kept of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    Key,
    Token,
}

/// Something to write. What is told is applied again until it succeeds; an ask is run once.
pub(crate) enum Job {
    Exchange(Arc<ExchangeRow>),
    Used(Used, String, i64),
    Body(Box<Packed>),
    Tell(Tell),
    /// The caller hears how it went after the commit.
    Ask(Run),
    /// What was here is done with.
    Nothing,
}

/// An ask that has run: whether to undo it, and how to tell its caller, who must not hear of success before the commit.
pub(crate) struct Ran {
    pub(crate) failed: Option<LedgerError>,
    pub(crate) acknowledge: Acknowledge,
}

impl Job {
    pub(crate) fn ask<T: Send + 'static>(
        job: impl FnOnce(&Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> (Job, oneshot::Receiver<Result<T, LedgerError>>) {
        let (send, answer) = oneshot::channel();
        let run: Run = Box::new(move |connection| {
            let outcome = connection.and_then(job);
            let failed = outcome.as_ref().err().cloned();
            // A caller that has gone away does not undo its write.
            let acknowledge = Box::new(move |undone: Option<LedgerError>| {
                drop(send.send(undone.map_or(outcome, Err)));
            });
            Ran { failed, acknowledge }
        });
        (Job::Ask(run), answer)
    }

    pub(super) fn told(&self) -> bool {
        !matches!(self, Job::Ask(_) | Job::Nothing)
    }

    pub(super) fn weight(&self) -> usize {
        match self {
            Job::Body(body) => body.weight(),
            _ => 0,
        }
    }
}

pub(crate) fn take_ask(job: &mut Job) -> Option<Run> {
    match std::mem::replace(job, Job::Nothing) {
        Job::Ask(run) => Some(run),
        other => {
            *job = other;
            None
        }
    }
}
