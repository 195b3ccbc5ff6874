//! The vocabulary of these tests: servers, ways to start them, and a look at the processes they leave.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nexdesk_mcp::{Outcome, Patience, Server, State, Tools, Transport, Trouble};
use nexdesk_vault::Secret;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Short where a test waits for the end of it, long enough for a busy machine everywhere else.
pub(crate) fn patience() -> Patience {
    Patience {
        start: Duration::from_secs(30),
        call: Duration::from_secs(30),
        pause: Duration::from_millis(5),
        restarts: 2,
    }
}

pub(crate) fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned())
}

pub(crate) fn stdio(id: &str, command: &str, args: &[&str]) -> Server {
    with_env(id, command, args, &[])
}

pub(crate) fn with_env(id: &str, command: &str, args: &[&str], env: &[(&str, &str)]) -> Server {
    let transport = Transport::Stdio {
        command: command.to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), secret(value)))
            .collect(),
    };
    Server {
        id: id.to_owned(),
        name: id.to_owned(),
        transport,
    }
}

pub(crate) fn http(id: &str, url: &str, headers: &[(&str, &str)]) -> Server {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), secret(value)))
        .collect();
    let transport = Transport::Http {
        url: url.to_owned(),
        headers,
    };
    Server {
        id: id.to_owned(),
        name: id.to_owned(),
        transport,
    }
}

/// The server of `rogue.mjs`, misbehaving in one way; `folder` is where it writes what it saw.
pub(crate) fn rogue(manner: &str, folder: &Path) -> Server {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mcp/rogue.mjs");
    let folder = folder.to_str().unwrap();
    with_env(
        "rogue",
        "node",
        &[script, manner, folder],
        &[("ROGUE_API_KEY", PLANTED)],
    )
}

/// A key that must be seen nowhere.
pub(crate) const PLANTED: &str = "sk-planted/4d5e6f7a8b9c";

/// Starts one server and waits until it stands somewhere.
pub(crate) async fn started(server: Server) -> (Tools, State) {
    started_with(patience(), server).await
}

pub(crate) async fn started_with(patience: Patience, server: Server) -> (Tools, State) {
    let tools = Tools::new(patience);
    let id = server.id.clone();
    tools.start(server);
    let state = tools.settled(&id).await;
    (tools, state)
}

/// Starts a server that cannot be started.
pub(crate) async fn trouble(server: Server) -> Trouble {
    trouble_with(patience(), server).await
}

pub(crate) async fn trouble_with(patience: Patience, server: Server) -> Trouble {
    match started_with(patience, server).await.1 {
        State::Failed(trouble) => trouble,
        state => panic!("it should have failed, and is {state:?}"),
    }
}

pub(crate) async fn call(tools: &Tools, id: &str, tool: &str, arguments: Value) -> Result<Outcome, Trouble> {
    tools.call(id, tool, arguments, &CancellationToken::new()).await
}

/// Waits for something another process does; a test that waits in vain fails.
pub(crate) async fn eventually(what: &str, mut seen: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if seen() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain: {what}");
}

/// The running processes with this in their command line.
#[cfg(target_os = "linux")]
pub(crate) fn processes(marker: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(marker)).collect()
}
