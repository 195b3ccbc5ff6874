//! Programs that misbehave, and what becomes of them, of the call, and of the person waiting.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nexdesk_mcp::{Fault, Patience, State, Tools, Trouble};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{
    call, eventually, patience, rogue, started, started_with, stdio, trouble, trouble_with,
};

fn lines(folder: &Path, name: &str) -> usize {
    fs::read_to_string(folder.join(name))
        .unwrap_or_default()
        .lines()
        .count()
}

fn hasty() -> Patience {
    Patience {
        start: Duration::from_secs(2),
        call: Duration::from_secs(1),
        ..patience()
    }
}

#[tokio::test]
async fn a_program_nobody_has_is_named_with_what_to_install() {
    let missing = trouble(stdio("tavily", "npx-of-nobody", &["-y"])).await;
    assert_eq!(
        missing.to_string(),
        "npx-of-nobody was not found on this computer."
    );
    assert_eq!(missing.fault(), Fault::Person);
    let node = Trouble::NotFound {
        command: "npx".to_owned(),
    };
    assert!(
        node.remedy().unwrap().contains("Install Node.js"),
        "{:?}",
        node.remedy()
    );
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_quoted_and_not_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts").to_string_lossy().into_owned();
    let script = format!("echo once >> '{starts}'; echo 'TOKEN is not set' >&2; exit 3");
    let ended = trouble(stdio("broken", "sh", &["-c", &script])).await;
    assert_eq!(
        ended.to_string(),
        "broken ended before it was ready (exit code 3)."
    );
    assert_eq!(ended.detail(), Some("TOKEN is not set"));
    assert_eq!(lines(folder.path(), "starts"), 1);
}

#[tokio::test]
async fn a_program_that_speaks_something_else_is_told_from_one_that_is_silent() {
    let chatty = trouble_with(
        hasty(),
        stdio("shop", "sh", &["-c", "echo Hello, what can I do?; sleep 60"]),
    )
    .await;
    let Trouble::NotMcp { heard, .. } = &chatty else {
        panic!("{chatty:?}");
    };
    assert_eq!(heard, "Hello, what can I do?");
    let silent = trouble_with(
        hasty(),
        stdio("mute", "sh", &["-c", "echo waiting >&2; sleep 60"]),
    )
    .await;
    assert_eq!(
        silent.to_string(),
        "mute did not answer within 2 seconds of its start."
    );
    assert_eq!(silent.detail(), Some("waiting"));
}

#[tokio::test]
async fn what_a_server_writes_between_its_messages_is_overheard() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, state) = started(rogue("chats on stdout", folder.path())).await;
    assert_eq!(state, State::Ready);
    assert_eq!(
        call(&tools, "rogue", "echo", json!({ "text": "a" }))
            .await
            .unwrap()
            .text,
        "a"
    );
}

#[tokio::test]
async fn a_flood_on_stderr_neither_stops_a_server_nor_grows_here() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, state) = started(rogue("floods stderr", folder.path())).await;
    assert_eq!(state, State::Ready);
    let Err(Trouble::Lost { said, .. }) = call(&tools, "rogue", "die", json!({})).await else {
        panic!("it died");
    };
    assert!(
        said.len() <= 4096 && said.ends_with("last words"),
        "{} bytes: …{}",
        said.len(),
        &said[said.len() - 60..]
    );
}

#[tokio::test]
async fn a_text_of_two_megabytes_is_cut_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let much = call(&tools, "rogue", "much", json!({})).await.unwrap();
    assert!(much.text.len() < 1024 * 1024 + 200, "{} bytes", much.text.len());
    assert!(
        much.text.contains("[Cut here: the tool wrote 2097152 bytes"),
        "it says so"
    );
}

#[tokio::test]
async fn a_line_that_nobody_can_hold_ends_the_call_at_once_and_the_server_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let flood = call(&tools, "rogue", "line", json!({})).await.unwrap_err();
    assert!(matches!(flood, Trouble::TooMuch { .. }), "{flood:?}");
    assert_eq!(
        call(&tools, "rogue", "echo", json!({ "text": "back" }))
            .await
            .unwrap()
            .text,
        "back"
    );
}

#[tokio::test]
async fn a_server_that_dies_in_a_call_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let lost = call(&tools, "rogue", "die", json!({})).await.unwrap_err();
    assert_eq!(lost.to_string(), "rogue broke off before the answer was there.");
    eventually("it is started again", || lines(folder.path(), "starts") == 2).await;
    assert_eq!(
        call(&tools, "rogue", "echo", json!({ "text": "again" }))
            .await
            .unwrap()
            .text,
        "again"
    );
}

#[tokio::test]
async fn a_server_that_keeps_dying_is_given_up_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("dies when ready", folder.path())).await;
    eventually("it is given up", || {
        matches!(tools.state("rogue"), State::Failed(_))
    })
    .await;
    let State::Failed(trouble) = tools.state("rogue") else {
        panic!("it was given up");
    };
    assert_eq!(trouble.to_string(), "rogue has ended 3 times in a row.");
    assert_eq!(lines(folder.path(), "starts"), 3, "once, and two restarts");
    assert_eq!(call(&tools, "rogue", "echo", json!({})).await, Err(trouble));
}

#[tokio::test]
async fn a_tool_that_never_answers_is_given_up_and_the_server_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started_with(hasty(), rogue("does well", folder.path())).await;
    let late = call(&tools, "rogue", "wait", json!({})).await.unwrap_err();
    assert_eq!(late.to_string(), "wait of rogue did not answer within 1 seconds.");
    eventually("the server is told", || lines(folder.path(), "cancelled") == 1).await;
}

#[tokio::test]
async fn a_call_that_a_person_stops_ends_at_once_and_the_server_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let cancel = CancellationToken::new();
    let stopping = async {
        eventually("the tool has begun", || lines(folder.path(), "waiting") == 1).await;
        cancel.cancel();
    };
    let (stopped, ()) = tokio::join!(tools.call("rogue", "wait", Value::Null, &cancel), stopping);
    assert_eq!(stopped, Err(Trouble::Cancelled));
    eventually("the server is told", || lines(folder.path(), "cancelled") == 1).await;
}

#[tokio::test]
async fn a_server_that_hangs_can_be_stopped_while_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(patience());
    tools.start(rogue("hangs", folder.path()));
    eventually("it runs", || lines(folder.path(), "starts") == 1).await;
    assert_eq!(tools.state("rogue"), State::Starting);
    tools.stop("rogue").await;
    assert_eq!(tools.state("rogue"), State::Off);
    #[cfg(target_os = "linux")]
    eventually("it is gone", || {
        crate::support::processes(folder.path().to_str().unwrap()).is_empty()
    })
    .await;
}

#[tokio::test]
async fn tools_that_come_later_are_listed_and_announced() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let mut changes = tools.changes();
    call(&tools, "rogue", "grow", json!({})).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), "rogue");
    assert!(tools.tools("rogue").iter().any(|tool| tool.name == "grown"));
}

#[tokio::test]
async fn a_server_that_knows_only_the_newest_protocol_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, state) = started(rogue("is of 2026-07-28", folder.path())).await;
    assert_eq!(state, State::Ready);
    assert_eq!(
        call(&tools, "rogue", "echo", json!({ "text": "new" }))
            .await
            .unwrap()
            .text,
        "new"
    );
}

#[tokio::test]
async fn a_structured_answer_without_text_is_text_and_its_pages_are_sources() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let found = call(&tools, "rogue", "structured", json!({})).await.unwrap();
    assert!(found.text.contains("rust-lang.org"), "{found:?}");
    let sources: Vec<(&str, &str)> = found
        .citations
        .iter()
        .map(|it| (it.title.as_str(), it.url.as_str()))
        .collect();
    assert_eq!(sources, [("Rust", "https://rust-lang.org")]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_grandchild_that_ignores_sigterm_is_gone_after_stop_and_after_drop() {
    use crate::support::processes;
    for stopped in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().to_str().unwrap();
        let (tools, state) = started(rogue("leaves a grandchild", folder.path())).await;
        assert_eq!(state, State::Ready);
        eventually("the grandchild runs", || processes(marker).len() == 2).await;
        if stopped {
            tools.stop("rogue").await;
        } else {
            drop(tools);
        }
        // Not ours to wait for: its parent is gone.
        eventually("nothing is left", || processes(marker).is_empty()).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_is_started_again_takes_the_place_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    tools.start(rogue("does well", folder.path()));
    tools.start(rogue("does well", folder.path()));
    assert_eq!(tools.settled("rogue").await, State::Ready);
    assert_eq!(
        crate::support::processes(folder.path().to_str().unwrap()).len(),
        1
    );
    assert_eq!(
        call(&tools, "rogue", "echo", json!({ "text": "one" }))
            .await
            .unwrap()
            .text,
        "one"
    );
}
