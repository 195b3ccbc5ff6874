//! The relay the suite is sent through: `nexd` with the mock as its only gateway.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::running::Running;
use super::unwritable;
use crate::say::Stop;
use crate::{bounds, tool};

/// `nexd` with a data directory of its own.
pub(super) struct Nexd {
    home: PathBuf,
}

impl Nexd {
    pub(super) fn new(folder: &Path) -> Result<Self, Stop> {
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
    pub(super) fn set_up(&self, gateway: &str) -> Result<String, Stop> {
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

    pub(super) fn serve(&self) -> Result<(Running, String), Stop> {
        let log = self.home.join("serve.log");
        let mut relay = Running::start(self.command(&["serve", "--json", "--port", "0"]))?;
        let base = relay.until("the relay", &log, |line| {
            let url = line.split_once("\"url\":\"")?.1;
            Some(url.split_once('"')?.0.to_owned())
        })?;
        Ok((relay, base))
    }
}
