//! Web pages that were let in by name, and settings that change while the relay runs.

use std::time::Duration;

use http::Method;
use nexdesk_app::Access;
use nexdesk_app::settings::Settings;
use nexdesk_tests::{Cursor, Heard, Setup, World, question, soon};

use super::{CHAT, PAGE, port, token, with};

async fn open_to_a_page() -> World {
    with(Access {
        origins: vec!["https://Notes.example/".into()],
        ..Access::default()
    })
    .await
}

#[tokio::test]
async fn a_browser_that_asks_before_it_sends_is_told_what_may_be_sent() {
    let world = open_to_a_page().await;
    let asked = world.cursor().await.bare(Method::OPTIONS, CHAT);
    let asked = asked
        .header("origin", PAGE)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization, X-Stainless-Lang, x-evil, cookie",
        )
        .header("access-control-request-private-network", "true");
    let told = Heard::of(asked).await;
    assert_eq!(told.status, 204, "before it has a token");
    for (name, value) in [
        ("origin", PAGE),
        ("methods", "GET, POST, PUT, PATCH, DELETE"),
        ("headers", "authorization, x-stainless-lang"),
        ("private-network", "true"),
        ("credentials", ""),
    ] {
        assert_eq!(
            told.header(&format!("access-control-allow-{name}")),
            value,
            "{name}"
        );
    }
    assert!(world.chats_seen().is_empty());
}

#[tokio::test]
async fn a_page_that_was_named_may_read_answers_and_refusals() {
    let world = open_to_a_page().await;
    let cursor = world.cursor().await;
    let body = question("sandbox-chat", "Hello", true).to_string();
    let asked = cursor
        .request(Method::POST, CHAT)
        .header("origin", PAGE)
        .body(body);
    let answered = Heard::of(asked).await;
    assert_eq!(answered.status, 200);
    assert_eq!(answered.header("access-control-allow-origin"), PAGE);
    assert_eq!(answered.header("vary"), "origin");
    let exposed = answered.header("access-control-expose-headers");
    assert!(exposed.contains("x-nexdesk-request-id"), "{exposed}");
    let stranger = Heard::of(cursor.bare(Method::POST, CHAT).header("origin", PAGE)).await;
    assert_eq!(stranger.status, 401, "a token is still needed");
    assert_eq!(
        stranger.header("access-control-allow-origin"),
        PAGE,
        "and it may read why"
    );
}

#[tokio::test]
async fn a_page_that_only_looks_like_it_may_not() {
    let world = open_to_a_page().await;
    let cursor = world.cursor().await;
    let others = "https://evil.example https://notes.example.evil.example http://notes.example null *";
    for other in others.split(' ') {
        let asked = cursor.bare(Method::OPTIONS, CHAT).header("origin", other);
        let refused = Heard::of(asked.header("access-control-request-method", "POST")).await;
        let code = refused.error_code();
        assert_eq!(
            (refused.status, code.as_deref()),
            (403, Some("foreign_origin")),
            "{other}"
        );
        assert_eq!(refused.header("access-control-allow-origin"), "", "{other}");
    }
}

#[tokio::test]
async fn other_settings_hold_at_once_and_what_streams_comes_to_its_end() {
    let world = Setup::default().pace(Duration::from_millis(20)).open().await;
    let cursor = world.cursor().await;
    let port: u16 = port(&world).parse().unwrap();
    let mut streaming = cursor.begins("upstream/sandbox-chat", "Hello").await;
    streaming.until(3).await;
    let token = token(&world).await;
    // A connection of its own each time: the door that closes hangs up on those that are idle.
    let page = async || {
        let fresh = Cursor::new(&world.relay(), &token);
        let asked = fresh.request(Method::GET, "/v1/models");
        Heard::of(asked.header("origin", PAGE)).await.status
    };
    assert_eq!(page().await, 403);

    let settings = Settings {
        relay_port: port,
        allowed_origins: vec![PAGE.into()],
        ..Settings::default()
    };
    world.app().use_settings(&settings).await.unwrap();
    assert!(world.relay().ends_with(&format!(":{port}")), "on the same port");
    assert_eq!(
        world.app().relay().load().streaming,
        1,
        "the answer is still coming"
    );
    assert_eq!(page().await, 200);
    assert!(streaming.rest().await.is_done(), "nobody was cut off");
    let odd = Settings {
        allowed_origins: vec!["*".into()],
        ..settings
    };
    assert!(world.app().use_settings(&odd).await.is_err());
    soon("the door is as it was", async || {
        (page().await == 200).then_some(())
    })
    .await;
}
