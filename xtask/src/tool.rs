//! Running other programs: looked up first, echoed, and streamed while their output is read for totals.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::bounds;
use crate::say::{self, Stop};

/// The full path of a program on `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A command at the repository root that never waits for a person.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(bounds::root()).stdin(Stdio::null());
    command
}

/// Runs a command whose output goes straight to the terminal.
pub(crate) fn run(command: &mut Command) -> Result<(), Stop> {
    say::line(&format!("$ {}", written(command)));
    let status = command.status().map_err(|error| not_started(command, &error))?;
    verdict(command, status)
}

/// Runs a command, hands each line of its standard output to `reader`, and shows it at once.
pub(crate) fn stream(command: &mut Command, mut reader: impl FnMut(&str)) -> Result<(), Stop> {
    say::line(&format!("$ {}", written(command)));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error))?;
    if let Some(output) = child.stdout.take() {
        // Split on bytes: a test may print what is not UTF-8, and its total must still be read.
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            say::line(line.trim_end_matches('\r'));
            reader(&line);
        }
    }
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    verdict(command, status)
}

/// What a short command prints, or nothing where it is absent or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let done = command(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    done.status
        .success()
        .then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// A command as a person would type it, without the folder of its program.
pub(crate) fn written(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or(program.as_os_str())).chain(command.get_args());
    words
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}

fn verdict(command: &Command, status: ExitStatus) -> Result<(), Stop> {
    if status.success() {
        return Ok(());
    }
    Err(Stop::failed(format!(
        "`{}` ended with {status}.",
        written(command)
    )))
}

fn not_started(command: &Command, error: &std::io::Error) -> Stop {
    let program = command.get_program().to_string_lossy();
    Stop::missing(format!(
        "`{program}` could not be started: {error}. Is it installed and on PATH?"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_child_is_read_even_when_it_is_not_text() {
        let mut lines = Vec::new();
        stream(
            command("sh").args(["-c", r"printf 'one\n\377\ntest result'"]),
            |line| lines.push(line.to_owned()),
        )
        .unwrap();
        assert_eq!(lines, ["one", "\u{fffd}", "test result"]);
    }

    #[test]
    fn a_failing_child_and_a_missing_program_stop_with_different_codes() {
        assert_eq!(run(&mut command("false")).unwrap_err().code, 1);
        assert_eq!(run(&mut command("no-such-program-here")).unwrap_err().code, 69);
    }
}
