//! How a task speaks, and how it stops: the one place that prints, and the exit codes with their meaning.

/// Why a task cannot go on, as a sentence for the person at the terminal, and the exit code that says it to a program.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) sentence: String,
    pub(crate) code: u8,
}

impl Stop {
    /// Something the task ran has failed.
    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: 1,
        }
    }

    /// The command line asks for something that does not exist (`EX_USAGE`).
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: 64,
        }
    }

    /// The machine lacks something that must be installed first (`EX_UNAVAILABLE`).
    pub(crate) fn missing(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: 69,
        }
    }
}

/// One line on standard output.
#[expect(
    clippy::print_stdout,
    reason = "a task speaks to the terminal, and this is where"
)]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// What the task does next, apart from what its children print.
pub(crate) fn heading(text: &str) {
    line(&format!("\n== {text}"));
}

/// A sentence on standard error.
#[expect(
    clippy::print_stderr,
    reason = "a task speaks to the terminal, and this is where"
)]
pub(crate) fn trouble(text: &str) {
    eprintln!("{text}");
}
