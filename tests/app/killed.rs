//! A process killed in the middle of an answer: the next one finds it, and goes on.

use std::process::Stdio;

use nexdesk_app::chat::{Message, MessageState, Role};
use nexdesk_app::{App, Clock};
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Window, open, options};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const QUESTION: &str = "A long essay about lighthouses, please";
/// What may be lost is what was shown in the last tenth of a second.
const GRACE_MS: i64 = 100;

/// What the killed process had shown: when, and what.
type Shown = Vec<(i64, String)>;

fn started(dir: &TempDir) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nexdesk-mortal"))
        .arg(dir.path())
        .arg(QUESTION)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

fn read(line: &str) -> (i64, String) {
    let line: Value = serde_json::from_str(line).unwrap();
    (
        line["at"].as_i64().unwrap(),
        line["text"].as_str().unwrap().to_owned(),
    )
}

/// Lets it talk for a while and kills it. Gives back what was shown, and when it was killed.
async fn killed(dir: &TempDir) -> (Shown, i64) {
    let (mut child, mut lines) = started(dir);
    let mut shown = Shown::new();
    let length = |shown: &Shown| shown.iter().map(|(_, text)| text.len()).sum::<usize>();
    while length(&shown) < 200 {
        shown.push(read(
            &lines.next_line().await.unwrap().expect("it is still talking"),
        ));
    }
    let at = Clock::default().unix_ms();
    child.kill().await.unwrap();
    // What stood in the pipe was shown too.
    while let Some(line) = lines.next_line().await.unwrap() {
        shown.push(read(&line));
    }
    (shown, at)
}

fn answer(app: &App) -> (String, Message) {
    let conversation = app.list_conversations(None).unwrap().remove(0).id;
    let opened = app.open_conversation(&conversation).unwrap();
    let answer = opened
        .messages
        .into_iter()
        .find(|message| message.role == Role::Assistant);
    (conversation, answer.unwrap())
}

#[tokio::test]
async fn at_most_a_tenth_of_a_second_of_an_answer_is_lost_and_it_can_be_continued() {
    let dir = TempDir::new().unwrap();
    let (shown, killed_at) = killed(&dir).await;

    let app = open(options(dir.path()));

    let (conversation, kept) = answer(&app);
    let safe = shown.iter().filter(|(at, _)| *at <= killed_at - GRACE_MS);
    let safe: String = safe.map(|(_, text)| text.as_str()).collect();
    assert!(safe.len() > 50, "the test let it talk long enough: {shown:?}");
    assert!(
        kept.text.starts_with(&safe),
        "kept: {:?}\nshown before: {safe:?}",
        kept.text
    );
    assert!(
        answer_to(QUESTION).starts_with(&kept.text),
        "and nothing that was not said"
    );
    assert_eq!(kept.state, MessageState::Interrupted);
    let (rows, _) = app.ledger().exchanges(None, 10).unwrap();
    assert_eq!(
        rows[0].outcome,
        nexdesk_ledger::Outcome::Interrupted,
        "in Usage as well"
    );

    let window = Window::of(app.clone());
    let rest = window.continues(&kept.id).await.ended().await;
    assert_eq!(rest.state, MessageState::Complete);
    let whole = window.message(&conversation, &kept.id).text;
    assert!(whole.ends_with(&rest.text()) && whole.starts_with(&kept.text));
    assert!(
        whole == answer_to(QUESTION),
        "the two are joined without a seam: {whole:.400}"
    );
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn what_one_restart_has_saved_the_next_one_finds_unchanged() {
    let dir = TempDir::new().unwrap();
    killed(&dir).await;
    let app = open(options(dir.path()));
    let (_, first) = answer(&app);
    app.close(std::time::Duration::from_secs(5));
    let app = open(options(dir.path()));
    let (_, second) = answer(&app);
    assert_eq!(first, second);
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn what_waited_still_waits_and_the_broken_answer_is_offered_until_it_was_seen() {
    let dir = TempDir::new().unwrap();
    killed(&dir).await;

    let app = open(options(dir.path()));

    let (conversation, kept) = answer(&app);
    let opened = app.open_conversation(&conversation).unwrap();
    let waiting: Vec<_> = opened.queue.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(waiting, ["And this after it"]);
    let offered = app.interrupted_answers().unwrap();
    let [offer] = offered.as_slice() else {
        panic!("one answer broke off: {offered:?}");
    };
    assert_eq!((&offer.conversation, &offer.message), (&conversation, &kept.id));
    assert!(kept.text.ends_with(&offer.text) && !offer.text.is_empty());

    app.dismiss_interrupted().await.unwrap();
    assert!(app.interrupted_answers().unwrap().is_empty());
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn after_an_orderly_end_nothing_is_offered() {
    let dir = TempDir::new().unwrap();
    killed(&dir).await;
    open(options(dir.path())).close(std::time::Duration::from_secs(5));
    let app = open(options(dir.path()));
    assert!(app.interrupted_answers().unwrap().is_empty());
    let (_, kept) = answer(&app);
    assert_eq!(
        kept.state,
        MessageState::Interrupted,
        "it stays in its conversation"
    );
    app.close(std::time::Duration::from_secs(5));
}
