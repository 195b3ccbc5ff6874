//! Answers of a gateway that no tool could use: web pages, nothing at all, a way elsewhere.

use nexdesk_tests::{Replay, World};

#[tokio::test]
async fn a_proxys_page_becomes_a_sentence_under_its_own_status() {
    for (status, head) in [
        (503, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html"),
        (502, "HTTP/1.1 502 Bad Gateway"),
        (
            429,
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Type: text/plain",
        ),
    ] {
        let gateway = Replay::of(head, if status == 502 { b"" } else { b"<html>busy</html>" });
        let world = World::new().await;
        world
            .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
            .await;
        let heard = world.cursor().await.streams("replay/anything", "Hello").await;
        assert_eq!(heard.status, status);
        let said = heard.json()["error"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            said.starts_with("Replay: The gateway answered"),
            "who said what: {said}"
        );
        assert_eq!(heard.header("retry-after"), if status == 429 { "7" } else { "" });
    }
}

#[tokio::test]
async fn a_redirect_is_followed_neither_by_us_nor_by_the_caller() {
    let elsewhere = Replay::of("HTTP/1.1 200 OK\r\nContent-Type: application/json", b"{}");
    let head = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nContent-Type: application/json\r\nLocation: {}/chat/completions",
        elsewhere.url()
    );
    let gateway = Replay::of(&head, b"{}");
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.asks("replay/anything", "Hello").await;

    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (502, Some("gateway_failed"))
    );
    assert_eq!(
        heard.header("location"),
        "",
        "the caller's token is not sent there either"
    );
    assert!(elsewhere.requests().is_empty(), "the key went to nobody else");
}
