//! OpenAI's own SDK tests, sent through `nexd serve` to a mock made from OpenAI's API description: the relay must not
//! be told from a gateway. The suite lies beside the repository, in `../shared`, and keeps what it installs in the
//! build output.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::report::{Report, Totals};
use crate::say::{self, Stop};
use crate::{bounds, tool};

/// What the step is called.
pub(crate) const NAME: &str = "OpenAI's own tests through the relay";
/// What the suite counts when nothing stands between it and its mock.
const PASSED: u64 = 6247;
const SKIPPED: u64 = 24;

/// Runs the suite, or says aloud that it is not there. Wants `nexd` built.
pub(crate) fn step(report: &mut Report) {
    let script = bounds::root().join("../shared/suites/openai-python.sh");
    let Ok(script) = script.canonicalize() else {
        let why = "../shared/suites/openai-python.sh is not beside the repository, so NOTHING was proven";
        return report.skip(NAME, why);
    };
    report.count(NAME, |totals| through_the_relay(&script, totals));
}

fn through_the_relay(script: &Path, totals: &mut Totals) -> Result<(), Stop> {
    let suite = Suite::new(script)?;
    let (_mock, gateway) = suite.mock()?;
    let nexd = Nexd::new(&suite.folder)?;
    let token = nexd.set_up(&gateway)?;
    let (_relay, base) = nexd.serve()?;
    let ran = tool::stream(&mut suite.script(&["test", &base, &token]), |line| {
        totals.read(line)
    });
    if !totals.ran() {
        // Half an installation would be taken for a whole one next time.
        let _ = std::fs::remove_dir_all(&suite.folder);
    }
    ran?;
    let found = totals.to_string();
    if totals.at_best(PASSED, SKIPPED) {
        say::line(&format!(
            "Through the relay: {found}. Directly: {PASSED} passed, {SKIPPED} skipped."
        ));
        return Ok(());
    }
    let wanted = format!("directly against the mock, {PASSED} pass and {SKIPPED} are skipped");
    Err(Stop::failed(format!("Through the relay: {found}; {wanted}.")))
}

struct Suite {
    script: PathBuf,
    folder: PathBuf,
}

impl Suite {
    fn new(script: &Path) -> Result<Self, Stop> {
        let folder = bounds::target().join("openai-suite");
        std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        Ok(Self {
            script: script.to_owned(),
            folder,
        })
    }

    fn script(&self, words: &[&str]) -> Command {
        let mut command = tool::command("bash");
        command.arg(&self.script).args(words).env("WORK", &self.folder);
        command
    }

    /// The mock, from the moment it answers, and its address.
    fn mock(&self) -> Result<(Running, String), Stop> {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = address.map_err(|error| Stop::failed(format!("No port is free: {error}")))?;
        let log = self.folder.join("mock.log");
        let mut mock = Running::start(self.script(&["mock", &address.port().to_string()]))?;
        mock.until("the mock of OpenAI's API", &log, |line| {
            line.contains("Ready to accept").then_some(())
        })?;
        Ok((mock, format!("http://{address}/v1")))
    }
}

/// `nexd` with a data directory of its own.
struct Nexd {
    home: PathBuf,
}

impl Nexd {
    fn new(folder: &Path) -> Result<Self, Stop> {
        let home = folder.join("home");
        let _ = std::fs::remove_dir_all(&home); // of the last run
        std::fs::create_dir_all(&home).map_err(|error| unwritable(&home, &error))?;
        Ok(Self { home })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = tool::command(&bounds::program("nexd", "debug").to_string_lossy());
        command
            .args(words)
            .env("HOME", &self.home)
            .env("NEXDESK_DATA_DIR", self.home.join("data"))
            .env("NEXDESK_KEYCHAIN", "off")
            .env("NEXDESK_PASSPHRASE", "openai-suite");
        command
    }

    /// The mock as the only gateway, for whatever model a test makes up; the answer is a token without limits.
    fn set_up(&self, gateway: &str) -> Result<String, Stop> {
        let add = [
            "gateways",
            "add",
            "mock",
            "--preset",
            "openai-compatible",
            "--url",
            gateway,
        ];
        tool::run(&mut self.command(&add))?;
        tool::run(&mut self.command(&["gateways", "remove", "sandbox"]))?;
        self.add_key()?;
        tool::run(&mut self.command(&["routes", "add", "*", "--to", "mock/"]))?;
        let made = self.command(&["tokens", "add", "suite"]).output();
        let made = made.map_err(|error| Stop::failed(format!("nexd did not start: {error}")))?;
        let token = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        if token.is_empty() {
            return Err(Stop::failed(String::from_utf8_lossy(&made.stderr).trim()));
        }
        Ok(token)
    }

    fn add_key(&self) -> Result<(), Stop> {
        let mut adding = self.command(&["keys", "add", "mock"]);
        let spawned = adding.stdin(Stdio::piped()).spawn();
        let failed = |error| Stop::failed(format!("The mock's key cannot be stored: {error}"));
        let mut adding = spawned.map_err(failed)?;
        if let Some(mut input) = adding.stdin.take() {
            input.write_all(b"sk-mock\n").map_err(failed)?;
        }
        // The mock is asked with it at once; whether it likes that is what the tests say.
        adding.wait().map(drop).map_err(failed)
    }

    fn serve(&self) -> Result<(Running, String), Stop> {
        let log = self.home.join("serve.log");
        let mut relay = Running::start(self.command(&["serve", "--json", "--port", "0"]))?;
        let base = relay.until("the relay", &log, |line| {
            let url = line.split_once("\"url\":\"")?.1;
            Some(url.split_once('"')?.0.to_owned())
        })?;
        Ok((relay, base))
    }
}

/// A program that goes on until it is dropped, with whatever it started itself.
struct Running {
    child: Child,
    output: Option<BufReader<ChildStdout>>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, Stop> {
        say::line(&format!("$ {} &", tool::written(&command)));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let started = command.stdout(Stdio::piped()).spawn();
        let mut child =
            started.map_err(|error| Stop::missing(format!("It could not be started: {error}")))?;
        let output = child.stdout.take().map(BufReader::new);
        Ok(Self { child, output })
    }

    /// Waits for the line that says what is waited for. What comes afterwards goes into a file, or the pipe would fill.
    fn until<T>(&mut self, what: &str, log: &Path, ready: impl Fn(&str) -> Option<T>) -> Result<T, Stop> {
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

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format!("{} cannot be written: {error}", path.display()))
}
