//! What was asked and answered, kept for a person: only where they want it, and without secrets.

use std::time::Duration;

use nexdesk_app::keys::{Capture, TokenLimits};
use nexdesk_app::watching::{Captured, Watch};
use nexdesk_tests::{Cursor, Heard, Replay, World, question, soon};
use serde_json::json;

use super::{OK, PLANTED};

async fn captures(world: &World, capture: Capture) -> Cursor {
    let cursor = world.cursor().await;
    let token = world.app().list_tokens().unwrap().remove(0);
    let limits = TokenLimits {
        capture,
        ..TokenLimits::default()
    };
    world.app().set_token_limits(&token.id, limits).await.unwrap();
    cursor
}

/// What was kept of the answer that was just heard.
async fn kept(world: &World, heard: &Heard) -> Captured {
    let id = heard.header("x-nexdesk-request-id").to_owned();
    soon("the body is on its way to the ledger", async || {
        world.app().ledger().flush().await.unwrap();
        let found = world.app().captured(&id).unwrap();
        found.response.is_some().then_some(found)
    })
    .await
}

/// Once everything under way has reached the ledger.
async fn kept_in_all(world: &World) -> u64 {
    world.app().relay().stop_watching(Duration::from_secs(10)).await;
    world.app().ledger().flush().await.unwrap();
    world.app().ledger().bodies_total().unwrap().0
}

#[tokio::test]
async fn what_is_said_is_kept_only_for_the_tokens_that_want_it() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    world.window().asks("sandbox-chat", "Hello").await;
    assert_eq!(kept_in_all(&world).await, 0, "by default nothing");

    let watch = Watch {
        capture_window: Capture::All,
        ..Watch::default()
    };
    world.app().watch(watch).await;
    world.window().asks("sandbox-chat", "Hello").await;
    assert_eq!(
        kept_in_all(&world).await,
        2,
        "the window's too, if its person wants it"
    );
}

#[tokio::test]
async fn a_stream_is_kept_as_it_passed() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::All).await;
    let heard = cursor.streams("sandbox-chat", "Hello").await;
    let kept = kept(&world, &heard).await;
    let (request, response) = (kept.request.unwrap(), kept.response.unwrap());
    assert_eq!(
        request.text.unwrap(),
        question("sandbox-chat", "Hello", true).to_string()
    );
    assert_eq!(response.text.unwrap().into_bytes(), heard.bytes());
    assert_eq!(
        (response.size, response.truncated),
        (heard.bytes().len() as u64, false)
    );
    assert!(request.head.contains("content-type: application/json\n"));
    assert!(response.head.contains("content-type: text/event-stream"));
    assert!(!request.head.contains("authorization") && !request.head.contains("nxd-"));
}

#[tokio::test]
async fn of_errors_only_what_went_wrong_is_kept() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::Errors).await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    assert_eq!(kept_in_all(&world).await, 0);
    let refused = cursor.asks("upstream/sandbox-bad-404", "Hello").await;
    let answer = kept(&world, &refused).await.response.unwrap();
    assert_eq!(answer.text.unwrap().into_bytes(), refused.bytes());
    let unknown = cursor.asks("nobody/has-this", "Hello").await;
    assert_eq!(unknown.status, 404);
    let answer = kept(&world, &unknown).await.response.unwrap();
    assert_eq!(
        answer.text.unwrap().into_bytes(),
        unknown.bytes(),
        "a refusal of our own too"
    );
}

#[tokio::test]
async fn a_broken_stream_is_kept_with_what_the_caller_was_told() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::Errors).await;
    let heard = cursor
        .streams("upstream/sandbox-bad-midstream-cut", "Hello")
        .await;
    assert!(heard.error_code().is_some(), "{heard:?}");
    let answer = kept(&world, &heard).await.response.unwrap();
    assert_eq!(answer.text.unwrap().into_bytes(), heard.bytes());
}

#[tokio::test]
async fn no_secret_is_kept_whoever_said_it() {
    let said = format!(
        "{{\"choices\":[{{\"message\":{{\"content\":\"Your key {PLANTED} and shapeless-precious are mine\"}}}}]}}"
    );
    let gateway = Replay::of(OK, said.as_bytes());
    let world = World::new().await;
    // A key without any shape is known because it is in use.
    world
        .add_gateway_with_key("Leaky", &gateway.url(), "shapeless-precious")
        .await;
    let cursor = captures(&world, Capture::All).await;
    let body = json!({
        "model": "leaky/m", "messages": [{ "role": "user", "content": format!("curl -H 'x-api-key: {PLANTED}'") }],
        "metadata": { "api_key": "hunter2 and more", "n": 1 },
    });
    let heard = cursor.posts(body.to_string()).await;
    assert!(
        heard.text().contains(PLANTED),
        "the caller gets the gateway's bytes"
    );
    let kept = kept(&world, &heard).await;
    let (asked, answered) = (
        kept.request.unwrap().text.unwrap(),
        kept.response.unwrap().text.unwrap(),
    );
    assert_eq!(
        answered,
        said.replace(PLANTED, "[redacted]")
            .replace("shapeless-precious", "[redacted]")
    );
    let expected = body
        .to_string()
        .replace(PLANTED, "[redacted]")
        .replace("hunter2 and more", "[redacted]");
    assert_eq!(asked, expected, "and nothing else was touched");
}

#[tokio::test]
async fn a_large_body_is_kept_to_the_cap_and_says_so() {
    let text = "ein langer Text, sogar mit ü. ".repeat(30_000);
    let said = json!({ "choices": [{ "message": { "content": text } }] }).to_string();
    let gateway = Replay::of(OK, said.as_bytes());
    let world = World::new().await;
    world
        .add_gateway_with_key("Large", &gateway.url(), "sk-large")
        .await;
    let cursor = captures(&world, Capture::All).await;
    let heard = cursor.asks("large/m", &text).await;
    assert_eq!(heard.status, 200);
    let kept = kept(&world, &heard).await;
    for (body, size) in [
        (
            kept.request.unwrap(),
            question("large/m", &text, false).to_string().len(),
        ),
        (kept.response.unwrap(), said.len()),
    ] {
        assert_eq!((body.size, body.truncated), (size as u64, true));
        let length = body.text.unwrap().len();
        assert!((256 * 1024 - 4..=256 * 1024).contains(&length), "{length}");
    }
}
