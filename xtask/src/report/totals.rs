//! The totals that test runners print, read from their output: libtest's `test result:`, Vitest's `Tests`, and
//! pytest's last line.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Totals {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Totals {
    /// Adds what one line of output says, if it is a total.
    pub(crate) fn read(&mut self, line: &str) {
        let plain = without_colours(line);
        let words = plain.trim();
        // libtest counts in `result: ok. 3 passed; 0 failed; 1 ignored`, Vitest in `Tests  1 failed | 3 passed (4)`,
        // pytest in `1 failed, 3 passed in 0.12s`.
        let counts = words
            .strip_prefix("test result:")
            .or_else(|| vitest(words))
            .or_else(|| pytest(words));
        for part in counts.unwrap_or_default().split([';', '|', '.', '(', ',']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" | "error" | "errors" => self.failed += number,
                "ignored" | "skipped" | "todo" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// Whether any test ran at all.
    pub(crate) fn ran(&self) -> bool {
        self.passed + self.failed > 0
    }

    /// Whether at least so many passed, at most so many were skipped, and none failed.
    pub(crate) fn at_best(&self, passed: u64, skipped: u64) -> bool {
        self.passed >= passed && self.skipped <= skipped && self.failed == 0
    }

    pub(super) fn skip_one(&mut self) {
        self.skipped += 1;
    }

    /// For a step that failed: it must show in the totals even when no test said so.
    pub(super) fn at_least_one_failed(&mut self) {
        self.failed = self.failed.max(1);
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Not `Test Files  2 passed (2)`, which counts files.
fn vitest(line: &str) -> Option<&str> {
    line.strip_prefix("Tests").filter(|rest| rest.starts_with(' '))
}

/// Between the equals signs it has without `-q`; what else names numbers does not end in a time.
fn pytest(line: &str) -> Option<&str> {
    let (counts, time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    let time = time.split(' ').next()?.strip_suffix('s')?;
    time.parse::<f64>().is_ok().then_some(counts)
}

/// Vitest may colour its totals although it does not write to a terminal.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut inside = false;
    for c in line.chars() {
        match (inside, c) {
            (false, '\u{1b}') => inside = true,
            (true, 'm') => inside = false,
            (false, _) => plain.push(c),
            (true, _) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> String {
        let mut totals = Totals::default();
        lines.iter().for_each(|line| totals.read(line));
        totals.to_string()
    }

    #[test]
    fn the_totals_of_every_test_program_are_added_up() {
        let said = read(&[
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.20s",
            "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ]);
        assert_eq!(said, "17 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let said = read(&[
            " Test Files  1 failed | 2 passed (3)",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m11 passed\u{1b}[39m (12)",
        ]);
        assert_eq!(said, "11 passed, 1 failed");
    }

    #[test]
    fn pytests_last_line_is_its_total() {
        let said = read(&[
            "........................................................................ [ 35%]",
            "3 failed, 6244 passed, 24 skipped, 2 warnings, 1 error in 75.20s (0:01:15)",
            "=============== 2 passed in 0.12s ===============",
        ]);
        assert_eq!(said, "6246 passed, 4 failed, 24 skipped");
    }

    #[test]
    fn a_line_that_only_talks_about_tests_counts_nothing() {
        assert_eq!(
            read(&[
                "Tests are fun",
                "3 passed",
                "3 passed in a row",
                "test a::b ... ok"
            ]),
            "0 passed, 0 failed"
        );
    }

    #[test]
    fn a_failed_step_is_counted_once_at_least_and_never_twice() {
        let mut silent = Totals::default();
        silent.at_least_one_failed();
        let mut spoken = Totals::default();
        spoken.read("test result: FAILED. 0 passed; 3 failed; 0 ignored");
        spoken.at_least_one_failed();
        silent += spoken;
        assert_eq!(silent.to_string(), "0 passed, 4 failed");
    }
}
