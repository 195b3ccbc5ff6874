//! How far a job is, in one set of words for the dozens that gateways use.

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waiting at the gateway.
    Queued,
    /// Being made.
    Running,
    /// Made.
    Done,
    /// It will not be made.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl State {
    /// Reads a gateway's word, whatever its case. `None` is a word nobody has seen yet: such a job goes on, because
    /// giving up on a paid one is the worse mistake.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "queued" | "pending" | "submitted" | "not_start" | "initializing" | "in_queue" => Self::Queued,
            "running" | "processing" | "in_progress" | "downloading" | "uploading" | "unknown" => {
                Self::Running
            }
            "completed" | "succeeded" | "succeed" | "success" | "done" => Self::Done,
            "failed" | "failure" | "error" | "aborted" | "expired" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            _ => return None,
        })
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gateways_word_means_one_of_five_things_whatever_its_case() {
        for (words, state) in [
            (
                "queued pending submitted NOT_START Initializing IN_QUEUE",
                State::Queued,
            ),
            (
                "Running processing IN_PROGRESS downloading Uploading UNKNOWN",
                State::Running,
            ),
            (
                "completed Completed COMPLETED succeeded succeed SUCCESS done",
                State::Done,
            ),
            ("failed FAILURE error aborted expired", State::Failed),
            ("cancelled canceled", State::Cancelled),
        ] {
            for word in words.split(' ') {
                assert_eq!(State::of(word), Some(state), "{word}");
            }
        }
        assert_eq!(
            State::of("rendering_pass_2"),
            None,
            "the caller goes on and says so"
        );
    }
}
