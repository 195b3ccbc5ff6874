//! Endings that are nobody's fault: the caller leaves in the middle, or the relay is stopped.

use std::time::Duration;

use nexdesk_ledger::{Basis, Outcome};
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Setup, World, soon};

#[tokio::test]
async fn a_caller_that_leaves_stops_the_model_and_pays_for_what_had_come() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let mut hearing = cursor
        .begins("upstream/sandbox-slow", "A long essay, please")
        .await;
    let heard = hearing.until(20).await;
    drop(hearing);

    soon("the gateway sees the caller leave", async || {
        world.chats_seen()[0].hung_up.then_some(())
    })
    .await;
    let kept = world.last_exchange().await;
    assert_eq!(
        (kept.outcome, kept.code.as_deref()),
        (Outcome::Cancelled, Some("cancelled"))
    );
    assert_eq!(kept.status, Some(200));
    assert_eq!(
        kept.tokens_basis,
        Basis::Estimated,
        "the gateway never got to its usage"
    );
    let least = heard.len() as u64 / 8;
    assert!(
        kept.output.unwrap() >= least,
        "what had come is counted: {kept:?}"
    );
    assert!(kept.first_token_ms.is_some() && kept.cost_nano.is_some_and(|nano| nano > 0));
}

#[tokio::test]
async fn a_caller_that_leaves_before_the_first_word_stops_the_model_too() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let impatient = tokio::time::timeout(
        Duration::from_millis(300),
        cursor.streams("upstream/sandbox-bad-slow-first", "Hello"),
    )
    .await;
    assert!(impatient.is_err(), "it gave up");
    let kept = world.last_exchange().await;
    assert_eq!(kept.outcome, Outcome::Cancelled);
    assert_eq!(
        (kept.output, kept.cost_nano),
        (None, None),
        "nothing came, nothing is counted"
    );
}

#[tokio::test]
async fn closing_finishes_the_answers_that_are_still_streaming() {
    let mut world = Setup::default().pace(Duration::from_millis(15)).open().await;
    let cursor = world.cursor().await;
    let mut hearing = cursor.begins("upstream/sandbox-chat", "A haiku, please").await;
    hearing.until(5).await;

    let rest = tokio::task::spawn_blocking(move || {
        world.close();
        world
    });
    let heard = hearing.rest().await;
    let mut world = rest.await.unwrap();

    assert_eq!(heard.text(), answer_to("A haiku, please"));
    assert!(heard.is_done());
    world.reopen();
    assert_eq!(world.last_exchange().await.outcome, Outcome::Ok);
}

#[tokio::test]
async fn a_closed_relay_takes_no_new_requests() {
    let mut world = World::new().await;
    let cursor = world.cursor().await;
    world.close();
    let tried = cursor.request(http::Method::GET, "/v1/models").send().await;
    assert!(tried.is_err_and(|error| error.is_connect()));
}
