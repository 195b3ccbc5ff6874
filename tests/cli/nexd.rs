//! The actor: somebody with `nexd`, a home and a data directory.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

/// The binary: the one that was given, else a fresh one.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(given) = std::env::var_os("NEXD_BIN") {
            return given.into();
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "nexdesk-cli"]);
        let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(built.success(), "nexd does not build");
        let deps = std::env::current_exe().unwrap();
        let profile = deps.ancestors().nth(2).unwrap();
        profile.join(format!("nexd{}", std::env::consts::EXE_SUFFIX))
    })
}

/// Somebody with `nexd`.
pub(crate) struct Nexd {
    home: TempDir,
    passphrase: Option<String>,
    log: Option<&'static str>,
}

/// What came of running it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Nexd {
    pub(crate) fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            passphrase: Some(PASSPHRASE.into()),
            log: None,
        }
    }

    pub(crate) fn with_passphrase(mut self, passphrase: Option<&str>) -> Self {
        self.passphrase = passphrase.map(str::to_owned);
        self
    }

    pub(crate) fn logging(mut self, filter: &'static str) -> Self {
        self.log = Some(filter);
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// With nothing of this computer's own settings, and without its keychain.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).env_clear().stdin(Stdio::null());
        command
            .env("HOME", self.home.path())
            .env("NEXDESK_DATA_DIR", self.data_dir())
            .env("NEXDESK_KEYCHAIN", "off");
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs(
            self.passphrase
                .as_ref()
                .map(|passphrase| ("NEXDESK_PASSPHRASE", passphrase)),
        );
        command.envs(self.log.map(|filter| ("RUST_LOG", filter)));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments))
    }

    /// With something on standard input.
    pub(crate) fn run_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever refuses the arguments does not read the input, which is its right.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Begins it and leaves the rest to be asked for.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Running {
        Running::of(self.command(arguments))
    }

    /// `nexd serve` on any free port, from the moment it listens.
    pub(crate) fn serve(&self) -> Running {
        self.listen(&["serve", "--json", "--port", "0"])
    }

    pub(crate) fn listen(&self, arguments: &[&str]) -> Running {
        let mut running = self.begin(arguments);
        let line = running.line();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no listening line: {line}"));
        let url = said["url"].as_str().expect("an address");
        running.url = url.to_owned();
        assert_eq!(line, format!("{{\"event\":\"listening\",\"url\":\"{url}\"}}\n"));
        running
    }
}

impl Ran {
    pub(crate) fn of(mut command: Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// It must have gone well.
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It must have ended with this code and said why.
    #[track_caller]
    pub(crate) fn refused(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(self.err.starts_with("nexd: "), "a sentence: {self:#?}");
        assert!(
            !self.err.contains("panicked") && !self.err.contains("Error {"),
            "for people: {self:#?}"
        );
        self
    }

    /// Each line of standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {self:#?}"));
        self.out.lines().map(read).collect()
    }

    /// The words that mean something in the one row that holds `name`.
    #[track_caller]
    pub(crate) fn row(&self, name: &str) -> Vec<String> {
        let row = self.out.lines().find(|line| line.contains(name));
        let row = row.unwrap_or_else(|| panic!("no {name} in {self:#?}"));
        row.split_whitespace().map(str::to_owned).collect()
    }
}

impl From<std::process::Output> for Ran {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A `nexd` that has not ended yet. Dropping it kills it.
pub(crate) struct Running {
    /// Where it listens, if it does.
    pub(crate) url: String,
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    err: Option<JoinHandle<String>>,
}

impl Running {
    fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = child.stdout.take().map(BufReader::new);
        let mut err = child.stderr.take().unwrap();
        // Read all the time: a full pipe would hold the program up.
        let err = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = err.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        Self {
            url: String::new(),
            child,
            out,
            err: Some(err),
        }
    }

    /// The root of the address, as actors over HTTP want it.
    pub(crate) fn root(&self) -> &str {
        self.url.strip_suffix("/v1").unwrap()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.as_mut().unwrap().read_line(&mut line).unwrap();
        line
    }

    /// What one read of standard output brings; empty at its end.
    pub(crate) fn piece(&mut self) -> String {
        let mut piece = [0; 4096];
        let read = self.out.as_mut().unwrap().read(&mut piece).unwrap();
        String::from_utf8_lossy(&piece[..read]).into_owned()
    }

    /// Stops reading, as `head` does.
    pub(crate) fn close_the_pipe(&mut self) {
        self.out = None;
    }

    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.unwrap().success(), "the signal was sent");
    }

    /// Waits for its end; what was read before is not in it.
    pub(crate) fn ended(mut self) -> Ran {
        let mut out = String::new();
        if let Some(reader) = &mut self.out {
            reader.read_to_string(&mut out).unwrap();
        }
        Ran {
            code: self.child.wait().unwrap().code(),
            out,
            err: self.err.take().unwrap().join().unwrap(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
