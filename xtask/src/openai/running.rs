//! A program in the background: the mock, and the relay before it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::unwritable;
use crate::say::{self, Stop};
use crate::tool;

/// Tenths of a second: npm may have to fetch the mock first.
const PATIENCE: usize = 3000;

/// A program that goes on until it is dropped, with whatever it started itself.
pub(super) struct Running {
    child: Child,
    output: Option<BufReader<ChildStdout>>,
}

impl Running {
    pub(super) fn start(mut command: Command) -> Result<Self, Stop> {
        say::line(&format!("$ {} &", tool::written(&command)));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let started = command.stdout(Stdio::piped()).spawn();
        let mut child =
            started.map_err(|error| Stop::missing(format!("It could not be started: {error}")))?;
        let output = child.stdout.take().map(BufReader::new);
        Ok(Self { child, output })
    }

    /// Waits until something listens there. What the program says is no sign: Steady words it otherwise where `CI` is set.
    pub(super) fn listens(&mut self, what: &str, at: SocketAddr, log: &Path) -> Result<(), Stop> {
        let Some(mut output) = self.output.take() else {
            return Err(Stop::failed(format!("{what} has been waited for already.")));
        };
        let mut file = std::fs::File::create(log).map_err(|error| unwritable(log, &error))?;
        std::thread::spawn(move || std::io::copy(&mut output, &mut file));
        for _ in 0..PATIENCE {
            if TcpStream::connect(at).is_ok() {
                return Ok(());
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            pause();
        }
        let said = std::fs::read_to_string(log).unwrap_or_default();
        Err(Stop::failed(format!("{what} did not start. {}", said.trim())))
    }

    /// Waits for the line that says what is waited for. What comes afterwards goes into a file, or the pipe would fill.
    pub(super) fn until<T>(
        &mut self,
        what: &str,
        log: &Path,
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Stop> {
        let Some(mut output) = self.output.take() else {
            return Err(Stop::failed(format!("{what} has been waited for already.")));
        };
        let mut file = std::fs::File::create(log).map_err(|error| unwritable(log, &error))?;
        let mut line = String::new();
        while output.read_line(&mut line).is_ok_and(|read| read > 0) {
            let _ = file.write_all(line.as_bytes());
            if let Some(found) = ready(&line) {
                std::thread::spawn(move || std::io::copy(&mut output, &mut file));
                return Ok(found);
            }
            line.clear();
        }
        let said = std::fs::read_to_string(log).unwrap_or_default();
        Err(Stop::failed(format!("{what} did not start. {}", said.trim())))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // npm's programs start the real one and would leave it behind.
        let group = format!("-{}", self.child.id());
        let _ = tool::output("kill", &["-s", "TERM", "--", &group]);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a task waits for a program of somebody else's"
)]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(100));
}
