//! Bodies on their way in: in pieces, in chunks, announced, unwanted, broken.

use std::time::Duration;

use nexdesk_tests::World;

use super::{CHAT, Caller, chat, recorder};

#[tokio::test]
async fn a_body_reaches_the_gateway_whole_though_it_comes_byte_by_byte() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    let body = chat("byte by byte");
    for byte in caller.chat(&body).bytes() {
        caller.says([byte]).await;
    }
    assert_eq!(caller.hears().await.status, 200);
    assert_eq!(gateway.last().text(), body.replace("recorder/", ""));
    caller.is_still_served().await;
}

#[tokio::test]
async fn bodies_of_every_size_reach_the_gateway_whole() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    for size in [1, 3_000, 4_096, 5_000, 70_000, 262_144, 262_145, 900_000] {
        let body = chat(&"x".repeat(size));
        caller.says(caller.chat(&body)).await;
        assert_eq!(caller.hears().await.status, 200);
        assert!(
            gateway.last().text() == body.replace("recorder/", ""),
            "{size} characters"
        );
    }
}

#[tokio::test]
async fn chunks_reach_the_gateway_as_one_body_wherever_the_network_cuts_them() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    let body = chat("in chunks");
    let (first, second) = body.split_at(body.len() / 2);
    let wire = format!(
        "{:x};name=\"value\"\r\n{first}\r\n{:X}\r\n{second}\r\n0\r\nX-Trailer: late\r\n\r\n",
        first.len(),
        second.len()
    );
    for cut in 0..=wire.len() {
        caller.says(caller.chunked() + &wire[..cut]).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        caller.says(&wire[cut..]).await;
        assert_eq!(caller.hears().await.status, 200, "cut at {cut}");
        let seen = gateway.last();
        assert_eq!(seen.text(), body.replace("recorder/", ""), "cut at {cut}");
        assert_eq!(seen.header("x-trailer"), "");
    }
}

#[tokio::test]
async fn who_waits_to_be_asked_for_its_body_is_asked() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    let body = chat("may I?");
    let headers = format!("Content-Length: {}\r\nExpect: 100-Continue\r\n", body.len());
    for _ in 0..2 {
        caller.says(caller.head(&format!("POST {CHAT}"), &headers)).await;
        assert_eq!(
            caller.takes_until("\r\n\r\n").await,
            b"HTTP/1.1 100 Continue\r\n\r\n"
        );
        caller.says(&body).await;
        assert_eq!(caller.hears().await.status, 200);
        assert_eq!(gateway.last().text(), body.replace("recorder/", ""));
    }
    // Whoever sends it along need not be asked.
    caller
        .says(caller.head(&format!("POST {CHAT}"), &headers) + &body)
        .await;
    assert_eq!(caller.hears().await.status, 200);
}

#[tokio::test]
async fn a_stranger_is_not_asked_for_its_body() {
    let world = World::new().await;
    let mut stranger = Caller::with(&world, "nxd-nobody".into()).await;
    let headers = "Content-Length: 1000\r\nExpect: 100-continue\r\n";
    stranger
        .says(stranger.head(&format!("POST {CHAT}"), headers))
        .await;
    let answer = stranger.hears().await;
    assert_eq!((answer.status, answer.header("connection")), (401, Some("close")));
    assert!(stranger.is_left().await);
}

#[tokio::test]
async fn a_refusal_is_heard_by_who_sends_its_whole_body_first() {
    let world = World::new().await;
    let mut stranger = Caller::with(&world, "nxd-nobody".into()).await;
    let head = stranger.chat(&"x".repeat(8 * 1024 * 1024));
    stranger.says(head).await;
    let answer = stranger.hears().await;
    assert_eq!((answer.status, answer.header("connection")), (401, Some("close")));
    assert!(stranger.is_left().await);
}

#[tokio::test]
async fn a_small_body_that_nobody_wanted_does_not_cost_the_connection() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let whole = caller
        .chat("{\"model\":\"m\"}")
        .replace("Bearer nxd", "Bearer no");
    let (head, body) = whole.split_at(whole.len() - 5);
    caller.says(head).await;
    assert_eq!(caller.hears().await.status, 401, "before the body has come");
    caller.says(body).await;
    caller.is_still_served().await;
}

#[tokio::test]
async fn a_body_that_is_not_asked_for_is_no_request() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let list = caller.list();
    let inner = caller.head("GET /v1/models", &format!("Content-Length: {}\r\n", list.len()));
    caller.says(inner + &list).await;
    assert_eq!(caller.hears().await.status, 200);
    caller.is_still_served().await;
    assert!(caller.come.is_empty(), "one answer, though two heads were sent");
}

#[tokio::test]
async fn broken_chunks_are_the_callers_mistake_and_no_gateway_is_asked() {
    let world = World::new().await;
    let caller = Caller::at(&world).await;
    let broken = [
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "+1\r\nx\r\n0\r\n\r\n",
        "0x1\r\nx\r\n0\r\n\r\n",
        "1 \r\n{\r\n0\r\n\r\n",
        "1\n{\n0\n\n",
        "2\r\n{}x\r\n0\r\n\r\n",
        "1;a\rb\r\n{\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nx",
        "10000000000000001\r\n{\r\n0\r\n\r\n",
    ];
    for chunks in broken {
        let mut caller = caller.again().await;
        caller.says(caller.chunked() + chunks + &caller.list()).await;
        let answer = caller.hears().await;
        assert_eq!(
            (answer.status, answer.header("connection")),
            (400, Some("close")),
            "{chunks:?}"
        );
        assert!(caller.is_left().await, "what follows is not believed: {chunks:?}");
    }
    let mut endless = caller.again().await;
    endless.says(endless.chunked() + &"1".repeat(8 * 1024)).await;
    assert_eq!(endless.hears().await.status, 400, "a size without an end");
    assert!(world.seen().iter().all(|request| request.path != CHAT));
}

#[tokio::test]
async fn a_body_that_breaks_off_reaches_no_gateway() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let caller = Caller::at(&world).await;
    let whole = caller.chat(&chat("half of it"));
    let chunked = caller.chunked() + "4\r\n{\"mo\r\n";
    for half in [&whole[..whole.len() - 1], &chunked] {
        let mut caller = caller.again().await;
        caller.says(half).await;
        tokio::io::AsyncWriteExt::shutdown(&mut caller.socket)
            .await
            .unwrap();
        let heard = caller.hears_out().await;
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 400 "), "{heard}");
    }
    assert!(gateway.requests().is_empty());
}
