//! How it ends: the exit code of every problem, and what to do about it from a terminal.

use std::io;
use std::process::ExitCode;

use nexdesk_app::{Problem, ProblemCode};

use crate::print::Paper;

/// Why a command ends before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something stood in the way.
    Problem(Box<Problem>),
    /// The same, and it has been printed among other things.
    Told(ProblemCode),
    /// Who was reading has gone: `nexd models | head`.
    PipeClosed,
    /// A signal came; this is the exit code that says so.
    Signal(u8),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::PipeClosed,
            io::ErrorKind::StorageFull => Problem::new(
                ProblemCode::StorageFull,
                "The disk that the output goes to is full.",
            )
            .into(),
            _ => Problem::new(
                ProblemCode::StorageFailed,
                format!("The terminal, or the file in its place, failed: {error}."),
            )
            .into(),
        }
    }
}

/// Says what is left to say, and gives the code.
pub(crate) fn end(stop: &Stop, paper: Paper) -> ExitCode {
    ExitCode::from(match stop {
        Stop::Problem(problem) => {
            paper.problem(problem);
            code(problem.code)
        }
        Stop::Told(problem) => code(*problem),
        Stop::PipeClosed => 0,
        Stop::Signal(code) => *code,
    })
}

/// As in `sysexits.h` where that has a word for it.
fn code(problem: ProblemCode) -> u8 {
    use ProblemCode as C;
    match problem {
        C::QuotaExhausted | C::RateLimited | C::BudgetExhausted => 1,
        C::GatewayFailed | C::NotAnApi | C::StreamInterrupted | C::Stalled => 1,
        C::InvalidInput | C::NotTaken | C::NameTaken => 65,
        C::NotFound | C::ModelNotFound => 66,
        C::GatewayUnreachable | C::VaultMissing | C::PortInUse => 69,
        C::Internal => 70,
        C::StorageReadOnly => 73,
        C::StorageFull | C::StorageFailed => 74,
        C::DataDirHeld => 75,
        C::NoKey | C::KeyRefused | C::NotAllowed | C::VaultLocked | C::WrongPassphrase => 77,
        C::Cancelled => 130,
    }
}

/// What to do, at a terminal. The app's usual remedies name places in the window; those that do not stay.
pub(crate) fn remedy(problem: &Problem) -> Option<&str> {
    use ProblemCode as C;
    // The vault's own sentences name no remedy apart, and do not know of NEXDESK_PASSPHRASE.
    let of_vault = matches!(
        problem.code,
        C::VaultMissing | C::VaultLocked | C::WrongPassphrase
    );
    let usual =
        problem.remedy == Problem::new(problem.code, "").remedy || (of_vault && problem.remedy.is_none());
    let here = match problem.code {
        C::NoKey => "Add one with `nexd keys add GATEWAY --name NAME`.",
        C::KeyRefused => {
            "Check the key in the gateway's console; `nexd keys remove` and `nexd keys add` replace it."
        }
        C::BudgetExhausted | C::NotAllowed => "`nexd tokens set` changes what it may do.",
        C::ModelNotFound => "`nexd models` lists what there is; `nexd keys check` fetches the lists anew.",
        C::NotFound => "`nexd gateways list`, `keys list` and `tokens list` say what there is.",
        C::StreamInterrupted | C::Stalled => "What arrived is above; try again.",
        C::VaultMissing => {
            "Start a keychain, or give NEXDESK_PASSPHRASE: the keys are then kept in a file encrypted with it."
        }
        C::VaultLocked => "Give its passphrase in NEXDESK_PASSPHRASE, or run this in a terminal to be asked.",
        C::WrongPassphrase => "It comes from NEXDESK_PASSPHRASE, or is asked for in a terminal.",
        C::StorageReadOnly => {
            "Give this user the right to write there, or choose another place with --data-dir."
        }
        C::PortInUse => "Choose another with --port.",
        C::DataDirHeld => "Try again when that one is closed, or choose another place with --data-dir.",
        C::StorageFull => "Free some space and try again.",
        _ => return problem.remedy.as_deref(),
    };
    if usual {
        Some(here)
    } else {
        problem.remedy.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_of_the_window_is_said_in_the_words_of_the_terminal_and_one_of_its_own_stays() {
        let usual = Problem::new(ProblemCode::NoKey, "DeepSeek has no key yet.");
        assert!(remedy(&usual).is_some_and(|said| said.contains("nexd keys add")));
        let own = Problem {
            remedy: Some("Nothing was deleted.".into()),
            ..Problem::new(ProblemCode::PortInUse, "x")
        };
        assert_eq!(remedy(&own), Some("Nothing was deleted."));
    }
}
