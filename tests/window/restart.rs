//! What a person said and was told outlives the window, however it ends.

use std::time::Duration;

use crate::desk::Desk;

/// The sandbox speaks a word every 25 ms; 100 ms of it and some slack for the browser's own word.
const HUNDRED_MS_OF_TEXT: usize = 60;

#[tokio::test]
async fn a_conversation_outlives_the_window_and_a_stopped_answer_says_so() {
    let desk = Desk::new();
    let window = desk.open().await;
    window.send("Hello, how are you?").await;
    let mut pieces = std::collections::BTreeSet::new();
    loop {
        let answer = window.last_answer().await;
        if !answer.is_empty() {
            pieces.insert(answer.len());
        }
        if window.text_of("[data-testid=receipt]").await.contains("tok/s") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert!(
        pieces.len() > 2,
        "the answer arrived in more than one piece: {pieces:?}"
    );
    let first = window.drawn_answer().await;

    window.send("Now something long, please").await;
    window.until_last_answer_is("streaming").await;
    window.until("some of the long answer", "return [...document.querySelectorAll('[data-testid=answer-text]')].at(-1)?.innerText.length > 200").await;
    window.click("stop").await;
    window.until_last_answer_is("stopped").await;
    let second = window.drawn_answer().await;
    window.close().await;

    let window = desk.open().await;
    window.click("conversation-item").await;
    window.until_last_answer_is("stopped").await;
    assert_eq!(
        window.drawn_answer().await,
        second,
        "the stopped answer is as it was"
    );
    let texts = window
        .ask("return [...document.querySelectorAll('[data-testid=answer-text]')].map(e => e.innerText)")
        .await;
    assert_eq!(
        texts[0].as_str(),
        Some(first.as_str()),
        "and so is the one before"
    );
    window.close().await;
}

#[tokio::test]
async fn a_killed_process_keeps_what_was_on_the_screen_and_the_answer_can_go_on() {
    let desk = Desk::new();
    let window = desk.open().await;
    window.send("Something long, please").await;
    window.until("some of the answer", "return [...document.querySelectorAll('[data-testid=answer-text]')].at(-1)?.innerText.length > 300").await;
    let shown = window.last_answer().await;
    window.kill().await;

    let window = desk.open().await;
    window.click("conversation-item").await;
    window.until_last_answer_is("interrupted").await;
    let kept = window.drawn_answer().await;
    let sure = shown.chars().count().saturating_sub(HUNDRED_MS_OF_TEXT);
    let sure: String = shown.chars().take(sure).collect();
    assert!(
        kept.starts_with(&sure),
        "at most 100 ms of text is missing\nshown: {shown}\nkept: {kept}"
    );

    window.click("continue").await;
    let more = format!(
        "return [...document.querySelectorAll('[data-testid=answer-text]')].at(-1)?.innerText.length > {}",
        kept.chars().count() + 200
    );
    window.until("the rest of the answer", &more).await;
    window.click("stop").await;
    window.until_last_answer_is("stopped").await;
    let joined = window.drawn_answer().await;
    assert!(
        joined.starts_with(&sure),
        "the rest was joined to what was there\nkept: {kept}\njoined: {joined}"
    );
    window.close().await;
}

#[tokio::test]
async fn what_was_typed_and_not_sent_is_there_after_a_kill() {
    let desk = Desk::new();
    let window = desk.open().await;
    window.type_into("composer", "半句话 and a half").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    window.kill().await;

    let window = desk.open().await;
    window
        .until(
            "the draft",
            "return document.querySelector('[data-testid=composer]').value === '半句话 and a half'",
        )
        .await;
    window.close().await;
}
