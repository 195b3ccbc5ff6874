//! What a run of several steps found: every step is tried, timed and counted, and the end says it in one line.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::say::{self, Stop};
use crate::tool;

mod totals;

pub(crate) use totals::Totals;

enum Outcome {
    Passed,
    Failed(String),
    LeftOut(String),
    Skipped(String),
}

struct Step {
    name: String,
    took: Duration,
    outcome: Outcome,
}

/// The steps so far, and the tests they counted.
#[derive(Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
    totals: Totals,
}

impl Report {
    /// Runs one command and says whether it succeeded. Test totals in its output are added up.
    pub(crate) fn run(&mut self, name: &str, mut command: Command) -> bool {
        self.time(name, |totals| {
            tool::stream(&mut command, |line| totals.read(line))
        })
    }

    /// As [`Report::run`], for a command that must run tests: a filter that fits none of them is a failure.
    pub(crate) fn run_tests(&mut self, name: &str, mut command: Command) -> bool {
        self.time(name, |totals| {
            tool::stream(&mut command, |line| totals.read(line))?;
            if totals.ran() {
                Ok(())
            } else {
                Err(Stop::failed("It ran no test."))
            }
        })
    }

    /// Runs a step which is no single command.
    pub(crate) fn act(&mut self, name: &str, step: impl FnOnce() -> Result<(), Stop>) -> bool {
        self.time(name, |_| step())
    }

    /// As [`Report::act`], for a step that counts tests itself.
    pub(crate) fn count(&mut self, name: &str, step: impl FnOnce(&mut Totals) -> Result<(), Stop>) -> bool {
        self.time(name, step)
    }

    /// Puts a step on record whose ground is missing on this machine; it is counted as skipped, and said aloud.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        say::heading(name);
        say::trouble(&format!("SKIPPED: {reason}."));
        self.totals.skip_one();
        self.steps.push(Step {
            name: name.to_owned(),
            took: Duration::ZERO,
            outcome: Outcome::Skipped(reason.to_owned()),
        });
    }

    /// Puts a step on record that makes no sense after an earlier failure.
    pub(crate) fn leave_out(&mut self, name: &str, reason: &str) {
        self.steps.push(Step {
            name: name.to_owned(),
            took: Duration::ZERO,
            outcome: Outcome::LeftOut(reason.to_owned()),
        });
    }

    /// The table of steps, and whether all went well.
    pub(crate) fn close(&self) -> ExitCode {
        say::heading("steps");
        for step in &self.steps {
            say::line(&step.row());
        }
        let failed = self
            .steps
            .iter()
            .any(|step| matches!(step.outcome, Outcome::Failed(_) | Outcome::LeftOut(_)));
        if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// As [`Report::close`], and last of all the one line that CI reads.
    pub(crate) fn close_with_totals(&self) -> ExitCode {
        let code = self.close();
        say::line(&format!("\n{}", self.totals));
        code
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the duration of a step is the wall clock's"
    )]
    fn time(&mut self, name: &str, step: impl FnOnce(&mut Totals) -> Result<(), Stop>) -> bool {
        say::heading(name);
        let started = Instant::now();
        let mut found = Totals::default();
        let outcome = match step(&mut found) {
            Ok(()) => Outcome::Passed,
            Err(stop) => {
                say::trouble(&format!("FAILED: {}", stop.sentence));
                // A step that fails without a failed test (a lint, a compile error) still counts as one.
                found.at_least_one_failed();
                Outcome::Failed(stop.sentence)
            }
        };
        let passed = matches!(outcome, Outcome::Passed);
        self.totals += found;
        self.steps.push(Step {
            name: name.to_owned(),
            took: started.elapsed(),
            outcome,
        });
        passed
    }
}

impl Step {
    fn row(&self) -> String {
        let seconds = self.took.as_secs_f64();
        match &self.outcome {
            Outcome::Passed => format!("  ok      {seconds:>7.1} s  {}", self.name),
            Outcome::Failed(why) => format!("  FAILED  {seconds:>7.1} s  {}: {why}", self.name),
            Outcome::Skipped(why) => format!("  SKIPPED            {}: {why}", self.name),
            Outcome::LeftOut(why) => format!("  left out           {}: {why}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_does_not_keep_the_next_from_running() {
        let mut report = Report::default();
        assert!(!report.run("breaks", tool::command("false")));
        let mut says = tool::command("echo");
        says.arg("test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        assert!(report.run("counts", says));

        assert_eq!(report.totals.to_string(), "4 passed, 1 failed, 1 skipped");
        assert_eq!(report.close(), ExitCode::FAILURE);
    }

    #[test]
    fn a_run_of_tests_without_a_test_is_a_failure() {
        let mut report = Report::default();
        let mut says = tool::command("echo");
        says.arg("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out");
        assert!(!report.run_tests("filtered", says));
        assert_eq!(report.totals.to_string(), "0 passed, 1 failed");
    }

    #[test]
    fn a_skipped_step_is_counted_as_one_and_lets_the_run_pass() {
        let mut report = Report::default();
        report.skip("suite", "it is not here");
        assert_eq!(report.totals.to_string(), "0 passed, 0 failed, 1 skipped");
        assert_eq!(report.close(), ExitCode::SUCCESS);
    }

    #[test]
    fn a_step_left_out_keeps_the_run_from_passing() {
        let mut report = Report::default();
        report.leave_out("window", "nothing was built");
        assert_eq!(report.close(), ExitCode::FAILURE);
    }
}
