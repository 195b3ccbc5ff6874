//! Lives that are killed in the middle of something, and what they had shown until then.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A process with a data directory of its own.
pub(crate) struct Mortal {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Mortal {
    pub(crate) fn begun(dir: &Path, what: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nexdesk-mortal"))
            .arg(dir)
            .args(what)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Lets it go on until `enough` was said, and up to a few frames longer, and kills it. Gives back all it said:
    /// what stood in the pipe was shown too.
    pub(crate) async fn killed_when(mut self, mut enough: impl FnMut(&Value) -> bool) -> Vec<Value> {
        let read = |line: String| serde_json::from_str::<Value>(&line).unwrap();
        let mut said = Vec::new();
        loop {
            let line = self.lines.next_line().await.unwrap();
            said.push(read(line.expect("it is still talking")));
            if said.last().is_some_and(&mut enough) {
                break;
            }
        }
        let longer = std::time::Duration::from_micros(random(60_000) as u64);
        tokio::time::sleep(longer).await;
        self.child.kill().await.unwrap();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            said.push(read(line));
        }
        said
    }
}

/// A number below this one.
pub(crate) fn random(below: usize) -> usize {
    RandomState::new().hash_one(below) as usize % below
}
