//! Two secrets that must not meet: the caller's token stays here, the gateway's key goes to the gateway alone.

use http::Method;
use http::header::{CONTENT_TYPE, COOKIE, REFERER};
use nexdesk_tests::{Heard, Setup, World, question};

#[tokio::test]
async fn the_gateway_sees_its_own_key_and_nothing_of_the_caller() {
    let world = World::new().await;
    let token = world.app().create_token("Claude Code").await.unwrap().secret;
    let cursor = world.cursor().await;
    let asked = cursor
        .request(Method::POST, "/v1/chat/completions")
        .header("x-api-key", &token)
        .header("x-goog-api-key", &token)
        .header(COOKIE, "session=mine")
        .header(REFERER, "http://localhost/secret-project")
        .header("origin", world.relay())
        .header("connection", "keep-alive, x-hop")
        .header("x-hop", "here only")
        .header("x-stainless-lang", "python")
        .header(CONTENT_TYPE, "application/json")
        .body(question("sandbox-chat", "Hello", true).to_string());
    assert_eq!(Heard::of(asked).await.status, 200);

    let seen = world.chats_seen().remove(0);
    assert_eq!(seen.header("authorization"), Some("Bearer sk-first"));
    for private in [
        "x-api-key",
        "x-goog-api-key",
        "cookie",
        "referer",
        "origin",
        "x-hop",
    ] {
        assert_eq!(
            seen.header(private),
            None,
            "{private} is nobody's business upstream"
        );
    }
    assert_eq!(seen.header("x-stainless-lang"), Some("python"), "the rest passes");
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(!format!("{seen:?}").contains(&token));
}

#[tokio::test]
async fn nothing_the_caller_gets_holds_the_gateways_key() {
    let world = Setup::default()
        .keys(&["first", "second"])
        .strange_keys(&["stale"])
        .open()
        .await;
    let cursor = world.cursor().await;
    for model in ["sandbox-chat", "sandbox-bad-401", "sandbox-bad-cut", "nothing"] {
        let heard = cursor.streams(&format!("upstream/{model}"), "Hello").await;
        let all = format!("{:?} {}", heard.headers, String::from_utf8_lossy(&heard.bytes()));
        for key in ["sk-first", "sk-second", "sk-stale"] {
            assert!(!all.contains(key), "{model}: {all}");
        }
    }
}
