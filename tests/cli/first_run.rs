//! The first minute of somebody who has no key and no network.

use crate::nexd::{Nexd, Ran};

#[test]
fn a_newcomer_lists_the_sandboxs_models_asks_one_and_finds_the_row_in_usage() {
    let nexd = Nexd::new();
    let models = nexd.run(&["models"]).good();
    assert_eq!(
        models.row("sandbox/sandbox-chat"),
        ["sandbox/sandbox-chat", "chat", "free", "free"]
    );
    let answer = nexd.run(&["ask", "Write a haiku"]).good();
    assert!(answer.out.lines().count() >= 3, "a haiku: {answer:#?}");
    assert!(
        answer.out.ends_with('\n') && !answer.out.ends_with("\n\n"),
        "one line end: {answer:#?}"
    );
    assert!(
        answer.err.starts_with("sandbox-chat · Sandbox · ") && answer.err.contains(" out · $0 · "),
        "the receipt: {answer:#?}"
    );
    let usage = nexd.run(&["usage"]).good();
    let row = usage.row("sandbox-chat");
    assert_eq!(row[2..5], ["nexd", "sandbox-chat", "Sandbox"], "{usage:#?}");
    assert_eq!(row.last().map(String::as_str), Some("ok"));
    let rows = nexd.run(&["usage", "--json"]).good().json();
    assert_eq!(rows[0]["total"], 1);
    assert_eq!(rows[0]["rows"][0]["caller"], "nexd");
    assert!(
        rows[0]["rows"][0]["tokens"]["output"].as_u64() > Some(0),
        "{rows:#?}"
    );
}

#[test]
fn without_a_word_about_it_the_data_is_where_the_window_keeps_its_own() {
    let nexd = Nexd::new();
    let mut plain = nexd.command(&["models"]);
    plain.env_remove("NEXDESK_DATA_DIR");
    Ran::of(plain).good();
    let mut chosen = nexd.command(&["models"]);
    chosen.env_remove("NEXDESK_DATA_DIR");
    chosen.env("XDG_DATA_HOME", nexd.home().join("share"));
    Ran::of(chosen).good();
    if cfg!(target_os = "linux") {
        assert!(nexd.home().join(".local/share/nexdesk/nexdesk.db").exists());
        assert!(nexd.home().join("share/nexdesk/nexdesk.db").exists());
    }
    let elsewhere = nexd.home().join("elsewhere");
    nexd.run(&["models", "--data-dir", elsewhere.to_str().unwrap()])
        .good();
    assert!(
        elsewhere.join("nexdesk.db").exists(),
        "an argument goes before the environment"
    );
    assert!(!nexd.data_dir().exists());
}

#[test]
fn status_says_where_things_are_and_what_today_came_to() {
    let nexd = Nexd::new();
    nexd.run(&["ask", "hello"]).good();
    let status = nexd.run(&["status"]).good();
    assert_eq!(status.row("Data")[1], nexd.data_dir().to_str().unwrap());
    assert!(
        status.out.contains("not running") && status.out.contains("nexd serve"),
        "{status:#?}"
    );
    assert_eq!(status.row("Today")[1..3], ["1", "requests,"], "{status:#?}");
    let told = nexd.run(&["status", "--json"]).good().json();
    assert_eq!(told[0]["today"]["requests"], 1);
    assert_eq!(told[0]["relay"]["state"], "stopped");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_can_be_typed() {
    let nexd = Nexd::new();
    for arguments in [
        &["askk"][..],
        &[],
        &["keys", "add"],
        &["usage", "--limit", "0"],
        &["serve", "--port", "70000"],
    ] {
        let ran = nexd.run(arguments);
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(
            ran.err.contains("Usage: nexd") || ran.err.contains("--help"),
            "{ran:#?}"
        );
    }
    assert!(!nexd.data_dir().exists(), "nothing was begun");
    assert!(nexd.run(&["--help"]).good().out.contains("Exit codes:"));
}
