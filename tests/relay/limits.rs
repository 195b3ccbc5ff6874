//! What a token may: models, endpoints, time and speed. Everything as a tool sees it.

use std::time::Duration;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use nexdesk_app::keys::{LocalToken, TokenLimits};
use nexdesk_tests::{Cursor, Heard, Setup, World, question, soon};
use serde_json::json;

pub(crate) const HELLO: &str = "Hello";
pub(crate) const CHAT: &str = "upstream/sandbox-chat";

/// A tool whose token has these limits.
pub(crate) async fn limited(world: &World, limits: impl FnOnce(&mut TokenLimits)) -> (Cursor, LocalToken) {
    let made = world.app().create_token("Limited").await.unwrap();
    let mut wanted = made.token.limits.clone();
    limits(&mut wanted);
    let token = world
        .app()
        .set_token_limits(&made.token.id, wanted)
        .await
        .unwrap();
    (Cursor::new(&world.relay(), &made.secret), token)
}

pub(crate) fn refused(heard: &Heard, status: u16, code: &str) -> String {
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (status, Some(code)),
        "{heard:?}"
    );
    heard.json()["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_model_that_is_not_allowed_is_refused_by_name_and_not_listed() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| may.models = vec!["sandbox-ch*".into()]).await;
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 200);
    assert_eq!(cursor.asks("sandbox-chat", HELLO).await.status, 200);

    let said = refused(
        &cursor.asks("upstream/sandbox-fast", HELLO).await,
        403,
        "model_not_allowed",
    );
    assert!(
        said.contains("sandbox-ch*") && said.contains("upstream/sandbox-fast"),
        "{said}"
    );
    refused(
        &cursor.streams("sandbox-chat/x", HELLO).await,
        404,
        "model_not_found",
    );

    let listed = cursor.gets("/v1/models").await.json();
    let ids: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert!(
        ids.contains(&json!("sandbox-chat")) && !ids.contains(&json!("sandbox-fast")),
        "{ids:?}"
    );
    assert_eq!(cursor.gets("/v1/models/sandbox-fast").await.status, 404);
    assert_eq!(
        world.chats_seen().len(),
        2,
        "the gateway heard nothing of the rest"
    );
}

#[tokio::test]
async fn a_gateway_in_a_pattern_holds_whichever_way_the_model_is_named() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| may.models = vec!["sandbox/*".into()]).await;
    refused(&cursor.asks(CHAT, HELLO).await, 403, "model_not_allowed");
    assert_eq!(
        cursor.asks("sandbox-chat", HELLO).await.status,
        200,
        "the sandbox has it too"
    );
    assert!(world.chats_seen().is_empty(), "and only the sandbox was asked");
}

#[tokio::test]
async fn an_endpoint_that_is_not_allowed_is_refused_and_models_are_listed_all_the_same() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| {
        may.endpoints = vec!["images".into(), "video".into()]
    })
    .await;
    let said = refused(&cursor.asks(CHAT, HELLO).await, 403, "endpoint_not_allowed");
    assert!(said.contains("images, video") && said.contains("chat"), "{said}");
    assert_eq!(cursor.gets("/v1/models").await.status, 200);
}

#[tokio::test]
async fn a_token_expires_pauses_goes_on_and_is_revoked() {
    let world = World::new().await;
    let end = world.clock().unix_ms() + 3_600_000;
    let (cursor, token) = limited(&world, |may| may.expires_at = Some(end)).await;
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 200);

    world.app().pause_token(&token.id, true).await.unwrap();
    let said = refused(&cursor.asks(CHAT, HELLO).await, 403, "token_paused");
    assert!(said.contains("Limited"), "{said}");
    assert_eq!(cursor.gets("/v1/models").await.status, 403);
    world.app().pause_token(&token.id, false).await.unwrap();
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 200);

    world.clock().advance(Duration::from_secs(3_600));
    let said = refused(&cursor.asks(CHAT, HELLO).await, 401, "invalid_api_key");
    assert!(said.contains("expired"), "{said}");
    world.app().revoke_token(&token.id).await.unwrap();
    let said = refused(&cursor.asks(CHAT, HELLO).await, 401, "invalid_api_key");
    assert!(said.contains("revoked"), "{said}");
}

#[tokio::test]
async fn an_answer_that_has_begun_when_its_token_is_revoked_comes_to_its_end() {
    let world = Setup::default().pace(Duration::from_millis(5)).open().await;
    let (cursor, token) = limited(&world, |_| ()).await;
    let mut hearing = cursor.begins(CHAT, HELLO).await;
    hearing.until(4).await;
    world.app().revoke_token(&token.id).await.unwrap();
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 401);
    assert!(hearing.rest().await.is_done());
}

#[tokio::test]
async fn more_requests_than_a_minute_allows_wait_and_every_answer_says_how_many_are_left() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| may.rpm = Some(2)).await;
    let first = cursor.asks(CHAT, HELLO).await;
    assert_eq!(first.header("x-ratelimit-limit-requests"), "2");
    assert_eq!(first.header("x-ratelimit-remaining-requests"), "1");
    assert_eq!(
        cursor
            .streams(CHAT, HELLO)
            .await
            .header("x-ratelimit-remaining-requests"),
        "0"
    );

    let third = cursor.asks(CHAT, HELLO).await;
    let said = refused(&third, 429, "rate_limit_exceeded");
    assert!(said.contains("2 requests"), "{said}");
    let wait: u64 = third.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(third.header("x-ratelimit-remaining-requests"), "0");
    assert!(!third.header("x-ratelimit-reset-requests").is_empty());
    assert_eq!(
        third.header("x-ratelimit-limit-tokens"),
        "",
        "nothing is said of what is not limited"
    );

    world.clock().advance(Duration::from_secs(wait));
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 200, "it was true");
    let free = world.cursor().await.asks(CHAT, HELLO).await;
    assert_ne!(
        free.header("x-ratelimit-limit-requests"),
        "2",
        "a token without a limit hears its gateway's"
    );
}

#[tokio::test]
async fn tokens_of_a_minute_are_counted_as_they_were_used() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| may.tpm = Some(60)).await;
    let (input, _, output) = cursor.asks(CHAT, HELLO).await.usage().unwrap();
    assert!(
        input + output > 60,
        "the answer alone is more than the rest of the minute"
    );
    let next = cursor.asks(CHAT, HELLO).await;
    let said = refused(&next, 429, "rate_limit_exceeded");
    assert!(said.contains("60 tokens"), "{said}");
    assert_eq!(next.header("x-ratelimit-remaining-tokens"), "0");
    world.clock().advance(Duration::from_secs(61));
    let long = "word ".repeat(400);
    refused(&cursor.asks(CHAT, &long).await, 400, "request_too_large");
}

#[tokio::test]
async fn one_request_at_once_means_one_and_a_caller_that_leaves_makes_room() {
    let world = Setup::default().pace(Duration::from_millis(20)).open().await;
    let (cursor, _) = limited(&world, |may| may.concurrency = Some(1)).await;
    let mut hearing = cursor.begins(CHAT, HELLO).await;
    hearing.until(2).await;
    let second = cursor.asks(CHAT, HELLO).await;
    refused(&second, 429, "rate_limit_exceeded");
    assert_eq!(second.header("retry-after"), "1");
    drop(hearing);
    soon("the place is free again", async || {
        (world.app().relay().places_taken() == 0).then_some(())
    })
    .await;
    assert_eq!(cursor.asks(CHAT, HELLO).await.status, 200);
}

#[tokio::test]
async fn a_token_is_accepted_wherever_a_tool_puts_it() {
    let world = World::new().await;
    let made = world.app().create_token("Tools").await.unwrap();
    let cursor = Cursor::new(&world.relay(), "nxd-not-this-one");
    let ask = |path: &str| {
        let asked = cursor
            .bare(Method::POST, path)
            .header(CONTENT_TYPE, "application/json");
        asked.body(question("sandbox-chat", HELLO, false).to_string())
    };
    let path = "/v1/chat/completions";
    let secret = made.secret.as_str();
    let in_query = format!("{path}?alt=sse&key={secret}");
    for (how, asked) in [
        ("bearer", ask(path).bearer_auth(secret)),
        (
            "a scheme in small letters",
            ask(path).header(AUTHORIZATION, format!("bearer  {secret}")),
        ),
        ("no scheme", ask(path).header(AUTHORIZATION, secret)),
        ("x-api-key", ask(path).header("x-api-key", secret)),
        ("x-goog-api-key", ask(path).header("x-goog-api-key", secret)),
        ("?key=", ask(&in_query)),
        (
            "behind a stale key",
            ask(path).bearer_auth("sk-old").header("x-api-key", secret),
        ),
    ] {
        assert_eq!(Heard::of(asked).await.status, 200, "{how}");
    }
    for (how, asked) in [
        ("none", ask(path)),
        ("another", ask(path).bearer_auth("nxd-guessed")),
        ("half of it", ask(path).bearer_auth(&secret[..secret.len() / 2])),
        (
            "the scheme twice",
            ask(path).header(AUTHORIZATION, format!("Bearer Bearer {secret}")),
        ),
        ("another parameter", ask(&format!("{path}?api_key={secret}"))),
    ] {
        assert_eq!(Heard::of(asked).await.status, 401, "{how}");
    }
}

#[tokio::test]
async fn a_model_that_stands_in_the_path_is_held_to_the_same_list() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| may.models = vec!["sandbox-chat".into()]).await;
    let body = json!({ "contents": [{ "role": "user", "parts": [{ "text": HELLO }] }] });
    let ask = |model: &str| {
        let path = format!("/v1beta/models/{model}:generateContent");
        Heard::of(
            cursor
                .request(Method::POST, &path)
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string()),
        )
    };
    assert_eq!(ask("sandbox-fast").await.status, 403);
    assert_ne!(ask("sandbox-chat").await.status, 403);
}
