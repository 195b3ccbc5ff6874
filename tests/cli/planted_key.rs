//! A key with a secret one can search for, taken through everything that goes well and wrong, is found nowhere.

use std::fs;
use std::path::Path;

use nexdesk_sandbox::{Sandbox, Settings};

use crate::nexd::{Nexd, Ran};

const PLANTED: &str = "sk-planted-7Qz93kXv0pWmTt5LrYb8";
/// What is asked is nobody else's business either; answers quote it, logs must not.
const QUESTION: &str = "platypus-riddle-4711";
const REFUSED: &str = "sk-planted-Jh2GdN6cUeRfAa1SoMi4";
/// The part of each that is never shown; the last four characters are.
const SEARCHED: [&str; 2] = ["7Qz93kXv0pWmTt5L", "Jh2GdN6cUeRfAa1S"];

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[track_caller]
fn clean(what: &str, bytes: &[u8]) {
    for needle in SEARCHED {
        assert!(!holds(bytes, needle), "a key is in {what}");
    }
}

/// Every byte of every file, and how many files there were.
fn clean_below(dir: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += clean_below(&path);
        } else if path.is_file() {
            clean(&path.display().to_string(), &fs::read(&path).unwrap());
            files += 1;
        }
    }
    files
}

#[track_caller]
fn clean_words(ran: &Ran) {
    clean("standard output", ran.out.as_bytes());
    clean("standard error", ran.err.as_bytes());
    assert!(!ran.err.contains(QUESTION), "what was asked is in the log");
}

/// What a person does with a key, and what goes wrong with it.
fn a_day_with_it(nexd: &Nexd) -> Vec<Ran> {
    let add = |secret: &str, name: &str| nexd.run_with(secret, &["keys", "add", "x", "--name", name]);
    let mut said = vec![add(PLANTED, "good").good(), add(REFUSED, "refused").good()];
    said.extend(
        [
            &["keys", "list", "--json"][..],
            &["keys", "check", "x"],
            &["gateways", "list", "--json"],
            &["ask", "-m", "x/sandbox-fast", QUESTION],
            &["ask", "-m", "x/sandbox-bad-401", QUESTION],
            &["ask", "-m", "x/sandbox-bad-500", "--json", QUESTION],
            &["ask", "-m", "x/sandbox-bad-cut", QUESTION],
            &["ask", "-m", "x/sandbox-bad-html", QUESTION],
            &["usage", "--json"],
            &["status", "--json"],
            &["keys", "remove", "x", "--name", "refused"],
        ]
        .map(|arguments| nexd.run(arguments)),
    );
    said
}

#[test]
fn a_planted_key_is_found_in_no_file_and_no_output_not_even_in_a_trace() {
    let nexd = Nexd::new().logging("trace");
    let gateway = Sandbox::start(Settings {
        keys: Some(vec![PLANTED.into()]),
        ..Settings::for_tests()
    })
    .unwrap();
    nexd.run(&["gateways", "add", "x", "--url", &gateway.url()])
        .good();
    let alone = a_day_with_it(&nexd);
    alone.iter().for_each(clean_words);
    assert!(
        alone.iter().any(|ran| ran.err.contains("TRACE")),
        "there was a trace to search"
    );
    let used = gateway.requests().iter().any(|seen| {
        let sent = seen.header("authorization");
        seen.path == "/v1/chat/completions" && sent.is_some_and(|value| value.contains(PLANTED))
    });
    assert!(used, "the key was really used");
    assert!(
        clean_below(nexd.home()) >= 3,
        "database, lock and vault were searched"
    );

    nexd.run(&["keys", "remove", "x", "--name", "good"]).good();
    let serving = nexd.serve();
    a_day_with_it(&nexd).iter().for_each(clean_words);
    assert!(
        clean_below(nexd.home()) >= 4,
        "with the write-ahead log of the one that serves"
    );
    serving.signal("TERM");
    clean_words(&serving.ended().good());
    clean_below(nexd.home());
}
