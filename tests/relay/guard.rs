//! Who may come in: programs on this computer with a local token, and nobody else.

use http::Method;
use nexdesk_tests::{Heard, World, question};

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn without_a_token_there_is_a_401_in_openais_shape() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let heard = Heard::of(
        cursor
            .bare(Method::POST, CHAT)
            .body(question("sandbox-chat", "Hello", true).to_string()),
    )
    .await;
    assert_eq!(heard.status, 401);
    let error = &heard.json()["error"];
    assert_eq!(
        (error["code"].as_str(), error["type"].as_str()),
        (Some("invalid_api_key"), Some("authentication_error"))
    );
    assert!(error["message"].as_str().unwrap().contains("nexd tokens add"));
    assert!(
        error["param"].is_null(),
        "the four fields OpenAI's error has: {error}"
    );
    assert!(
        world.chats_seen().is_empty() && world.exchanges().await.is_empty(),
        "a stranger leaves no trace"
    );
}

#[tokio::test]
async fn a_token_nobody_made_is_refused() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for wrong in [
        "nxd-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sk-first",
        "",
        "nxd-\u{e9}",
    ] {
        let heard = cursor.with_token(wrong).streams("sandbox-chat", "Hello").await;
        assert_eq!(
            heard.status, 401,
            "“{wrong}”, even if it is the gateway's own key"
        );
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    assert_eq!(cursor.gets("/v1/models").await.status, 200);
    let token = world.app().list_tokens().unwrap().remove(0);
    world.app().revoke_token(&token.id).await.unwrap();
    assert_eq!(cursor.gets("/v1/models").await.status, 401);
}

#[tokio::test]
async fn the_token_may_stand_where_other_dialects_put_it() {
    let world = World::new().await;
    let token = world.app().create_token("Claude Code").await.unwrap().secret;
    let cursor = world.cursor().await;
    for (name, value) in [
        ("x-api-key", token.clone()),
        ("x-goog-api-key", token.clone()),
        ("authorization", format!("bearer  {token}")),
        ("authorization", token.clone()),
    ] {
        let heard = Heard::of(cursor.bare(Method::GET, "/v1/models").header(name, value)).await;
        assert_eq!(heard.status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused_even_with_a_token() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let port = world.relay().rsplit(':').next().unwrap().to_owned();
    for (name, value, code) in [
        ("host", "evil.example".to_owned(), "foreign_host"),
        ("host", format!("evil.example:{port}"), "foreign_host"),
        ("host", "127.0.0.1:1".to_owned(), "foreign_host"),
        ("host", format!("127.0.0.1.evil.example:{port}"), "foreign_host"),
        ("origin", "https://evil.example".to_owned(), "foreign_origin"),
        ("origin", "null".to_owned(), "foreign_origin"),
        ("origin", "http://127.0.0.1:1".to_owned(), "foreign_origin"),
        ("origin", format!("https://127.0.0.1:{port}"), "foreign_origin"),
    ] {
        let heard = Heard::of(cursor.request(Method::GET, "/v1/models").header(name, &value)).await;
        assert_eq!(
            (heard.status, heard.error_code().as_deref()),
            (403, Some(code)),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn its_own_names_are_welcome() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let port = world.relay().rsplit(':').next().unwrap().to_owned();
    for (name, value) in [
        ("host", format!("localhost:{port}")),
        ("origin", format!("http://127.0.0.1:{port}")),
        ("origin", format!("http://localhost:{port}")),
    ] {
        let heard = Heard::of(cursor.request(Method::GET, "/v1/models").header(name, &value)).await;
        assert_eq!(heard.status, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn no_web_page_is_ever_allowed_to_read_an_answer() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let asked = Heard::of(
        cursor
            .bare(Method::OPTIONS, CHAT)
            .header("origin", "https://evil.example")
            .header("access-control-request-method", "POST"),
    )
    .await;
    assert_eq!(asked.status, 403);
    let answers = [
        asked,
        cursor.gets("/v1/models").await,
        cursor.streams("sandbox-chat", "Hello").await,
    ];
    for heard in answers {
        let cors = heard
            .headers
            .keys()
            .find(|name| name.as_str().starts_with("access-control"));
        assert_eq!(cors, None);
    }
}

#[tokio::test]
async fn an_address_outside_the_api_is_not_served() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for path in [
        "/",
        "/v1",
        "/admin",
        "/api/pricing",
        "/v1/../admin",
        "/v1/%2e%2e/api/pricing",
    ] {
        let lost = cursor.gets(path).await;
        assert_eq!(
            (lost.status, lost.error_code().as_deref()),
            (404, Some("unknown_url")),
            "{path}"
        );
    }
    assert!(world.exchanges().await.is_empty());
}

#[tokio::test]
async fn a_version_typed_twice_or_not_at_all_is_understood() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for path in ["/v1/v1/models", "/models", "/v1/models/", "/v1/models?limit=2"] {
        assert_eq!(cursor.gets(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_the_callers_mistake() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for body in [
        "",
        "{",
        "[]",
        "{\"messages\":[]}",
        "{\"model\":7}",
        "{\"model\":\"a\",\"stream\":\"yes\"}",
    ] {
        let heard = cursor.posts(body).await;
        assert_eq!(
            (heard.status, heard.error_code().as_deref()),
            (400, Some("invalid_input")),
            "{body}"
        );
    }
    assert!(world.chats_seen().is_empty());
}

#[tokio::test]
async fn a_body_of_any_size_reaches_the_gateway() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for megabytes in [15, 17, 40] {
        let body = question("upstream/sandbox-bad-404", "", false).to_string();
        let padding = " ".repeat(megabytes * 1024 * 1024 - body.len());
        let heard = cursor.posts(format!("{body}{padding}")).await;
        assert_eq!(
            (heard.status, heard.error_code().as_deref()),
            (404, Some("model_not_found")),
            "the gateway's own refusal of {megabytes} MB"
        );
        assert!(world.chats_seen().pop().unwrap().body.len() > (megabytes - 1) * 1024 * 1024);
    }
}
