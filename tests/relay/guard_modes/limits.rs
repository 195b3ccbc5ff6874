//! What holds a socket for nothing is let go, and what is too much is not read.

use std::time::Duration;

use nexdesk_app::Access;
use nexdesk_tests::{World, question};

use super::{CHAT, knock, list, port, raw, status, token, with};

#[tokio::test]
async fn who_dawdles_over_headers_or_body_is_let_go() {
    let access = Access {
        head_time: Duration::from_millis(150),
        body_silence: Duration::from_millis(150),
        ..Access::default()
    };
    let world = with(access).await;
    let (port, token) = (port(&world), token(&world).await);
    let half = raw(knock(&world).await, "GET /v1/models HTTP/1.1\r\nHost: local").await;
    assert_ne!(
        status(&half),
        "200",
        "it hung up, or said that it took too long: {half}"
    );
    let nothing = raw(knock(&world).await, "").await;
    assert_eq!(nothing, "", "who says nothing hears nothing");

    let head = format!("POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n");
    let body = question("sandbox-chat", "Hello", false).to_string();
    let announced = format!("{head}Content-Length: {}\r\n\r\n{}", body.len() + 5, body);
    assert_eq!(status(&raw(knock(&world).await, &announced).await), "400");
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n",
        body.len()
    );
    assert_eq!(
        status(&raw(knock(&world).await, &chunked).await),
        "400",
        "half a body is not taken for a whole one"
    );
    assert!(world.chats_seen().is_empty(), "and no gateway is asked");
}

#[tokio::test]
async fn heads_are_limited_in_size_and_number() {
    let world = World::new().await;
    let (port, token) = (port(&world), token(&world).await);
    let host = format!("127.0.0.1:{port}");
    let some = |count: usize| {
        (0..count)
            .map(|number| format!("X-Number-{number}: 1\r\n"))
            .collect::<String>()
    };
    // Host, Authorization and Connection are headers too.
    assert_eq!(
        status(&raw(knock(&world).await, &list(&host, &token, &some(125))).await),
        "200"
    );
    assert_eq!(
        status(&raw(knock(&world).await, &list(&host, &token, &some(126))).await),
        "431"
    );
    let huge = format!("X-Huge: {}\r\n", "a".repeat(1024 * 1024));
    let heard = raw(knock(&world).await, &list(&host, &token, &huge)).await;
    assert!(
        ["431", ""].contains(&status(&heard)),
        "refused, or hung up on while it was still being sent: {heard}"
    );
    let both = format!(
        "POST {CHAT} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    assert_ne!(
        status(&raw(knock(&world).await, &both).await),
        "200",
        "a body of two lengths is somebody's trick"
    );
}

#[tokio::test]
async fn a_flood_of_sockets_waits_outside_and_is_served_when_there_is_room() {
    let access = Access {
        connections: 3,
        ..Access::default()
    };
    let world = with(access).await;
    let (port, token) = (port(&world), token(&world).await);
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(knock(&world).await);
    }
    let asked = list(&format!("127.0.0.1:{port}"), &token, "");
    let mut waiting = std::pin::pin!(raw(knock(&world).await, &asked));
    let early = tokio::time::timeout(Duration::from_millis(300), waiting.as_mut()).await;
    assert!(early.is_err(), "there is no seat");
    drop(idle.pop());
    assert_eq!(status(&waiting.await), "200");
}
