//! What may go wrong with a job, by the end of its model's name: `sandbox-veo-fails`, `sandbox-vidu-404-first`.

use crate::chat::misbehave::Fault;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    Fails,
    CompletedWithDetail,
    ForeignStatusUrl,
    MissingFirst,
    CreateTimesOut,
    LinkExpires,
}

/// A way for a job to go wrong, for listings.
#[derive(Debug, Clone, Copy)]
pub struct JobFlaw {
    /// What stands behind the name of any model that makes jobs.
    pub ending: &'static str,
    /// What goes wrong, in one sentence.
    pub what: &'static str,
    flaw: Flaw,
}

const fn row(ending: &'static str, flaw: Flaw, what: &'static str) -> JobFlaw {
    JobFlaw { ending, what, flaw }
}

/// Every way for a job to go wrong.
pub const JOB_FLAWS: &[JobFlaw] = &[
    row("-fails", Flaw::Fails, "Fails half way, in its family's words."),
    row(
        "-completed-with-detail",
        Flaw::CompletedWithDetail,
        "Fails; in the queue family it says COMPLETED and gives the reason in `detail`.",
    ),
    row(
        "-foreign-status-url",
        Flaw::ForeignStatusUrl,
        "In the queue family: its links name another host, as the real one's do.",
    ),
    row(
        "-404-first",
        Flaw::MissingFirst,
        "Is not known at the first poll, and then it is.",
    ),
    row(
        "-create-times-out",
        Flaw::CreateTimesOut,
        "Takes the order and never says so.",
    ),
    row(
        "-link-expires",
        Flaw::LinkExpires,
        "Its link is good for one download.",
    ),
];

impl Flaw {
    /// By the model's name, or by the misbehaving model that takes jobs and lets them fail.
    pub(crate) fn of(model: &str, fault: Option<Fault>) -> Option<Flaw> {
        let row = JOB_FLAWS.iter().find(|row| model.ends_with(row.ending));
        row.map(|row| row.flaw)
            .or_else(|| (fault == Some(Fault::Job)).then_some(Flaw::Fails))
    }
}

/// The well-behaved model behind a name.
pub(crate) fn plain(model: &str) -> &str {
    let ended = JOB_FLAWS.iter().find_map(|row| model.strip_suffix(row.ending));
    ended
        .filter(|_| !model.starts_with("sandbox-bad-"))
        .unwrap_or(model)
}
