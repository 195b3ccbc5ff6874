//! One data directory and several who want it: one writes, the others go through it or are told who it is.

use crate::nexd::Nexd;

#[test]
fn a_second_nexd_works_through_the_one_that_serves() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    nexd.run(&["tokens", "add", "codex"]).good();
    nexd.run(&["ask", "-m", "sandbox-fast", "hello"]).good();
    let status = nexd.run(&["status", "--json"]).good().json();
    assert_eq!(status[0]["relay"]["url"], serving.url, "that one's status");
    let missing = nexd.run(&["ask", "-m", "gpt-17", "hello"]).refused(66);
    assert!(
        missing.err.contains("gpt-17"),
        "problems come through as well: {missing:#?}"
    );
    serving.signal("TERM");
    serving.ended().good();
    assert_eq!(nexd.run(&["usage", "--json"]).good().json()[0]["total"], 2);
    assert_eq!(nexd.run(&["tokens", "list"]).good().row("codex")[0], "codex");
}

#[test]
fn two_cannot_serve_from_one_directory_and_the_second_is_told_who_does() {
    let nexd = Nexd::new();
    let first = nexd.serve();
    let second = nexd.run(&["serve", "--port", "0"]).refused(75);
    assert!(second.out.is_empty(), "{second:#?}");
    assert!(
        second.err.contains(&first.process().to_string()),
        "names it: {second:#?}"
    );
    first.signal("TERM");
    first.ended().good();
    let third = nexd.serve();
    third.signal("TERM");
    third.ended().good();
}

#[test]
fn a_process_killed_while_it_holds_the_directory_leaves_it_usable() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    nexd.run(&["tokens", "add", "codex"]).good();
    serving.signal("KILL");
    assert_eq!(serving.ended().code, None);
    assert_eq!(nexd.run(&["tokens", "list"]).good().row("codex")[0], "codex");
    drop(nexd.serve());
}

#[test]
fn many_at_once_all_get_their_turn_and_no_row_is_lost() {
    let nexd = Nexd::new();
    std::thread::scope(|all| {
        for number in 0..6 {
            let nexd = &nexd;
            all.spawn(move || nexd.run(&["tokens", "add", &format!("tool-{number}")]).good());
            all.spawn(move || nexd.run(&["ask", "-m", "sandbox-fast", "hello"]).good());
        }
    });
    assert_eq!(nexd.run(&["usage", "--json"]).good().json()[0]["total"], 6);
    let tokens = nexd.run(&["tokens", "list", "--json"]).good().json();
    assert_eq!(tokens[0].as_array().map(Vec::len), Some(6));
}

#[test]
fn a_key_added_through_the_one_that_serves_is_in_its_vault() {
    let nexd = Nexd::new();
    let sandbox = nexdesk_sandbox::Sandbox::start(nexdesk_sandbox::Settings::for_tests()).unwrap();
    let nexd = nexd.with_passphrase(None);
    let serving = nexd.serve();
    nexd.run(&["gateways", "add", "mine", "--url", &sandbox.url()])
        .good();
    nexd.run_with("sk-0123456789", &["keys", "add", "mine"])
        .refused(69);
    // The passphrase of who adds the key makes the file that the holder did not have.
    let nexd = nexd.with_passphrase(Some("a long enough passphrase"));
    nexd.run_with("sk-0123456789", &["keys", "add", "mine"]).good();
    nexd.run(&["ask", "-m", "mine/sandbox-fast", "hello"]).good();
    let seen = sandbox.requests();
    assert_eq!(
        seen.last().unwrap().header("authorization"),
        Some("Bearer sk-0123456789")
    );
    drop(serving);
}
