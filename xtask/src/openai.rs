//! OpenAI's own SDK tests, sent through `nexd serve` to a mock made from OpenAI's API description: the relay must not
//! be told from a gateway. The suite lies beside the repository, in `../shared`, and keeps what it installs in the
//! build output.

mod nexd;
mod running;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Report, Totals};
use crate::say::{self, Stop};
use crate::{bounds, tool};
use nexd::Nexd;
use running::Running;

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
        mock.listens("the mock of OpenAI's API", address, &log)?;
        Ok((mock, format!("http://{address}/v1")))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format!("{} cannot be written: {error}", path.display()))
}
