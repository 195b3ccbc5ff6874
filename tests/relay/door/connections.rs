//! Many requests on one connection: asked one after the other or all at once, kept open, closed, left.

use std::time::Duration;

use nexdesk_tests::{Setup, World, question, soon};

use super::{Caller, chat, recorder};

#[tokio::test]
async fn two_requests_in_one_segment_are_answered_in_their_order() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    let (first, second) = (caller.chat(&chat("one")), caller.chat(&chat("two")));
    let list = caller.list();
    caller.says(format!("{first}{list}{second}")).await;
    assert!(caller.hears().await.text().contains("chat.completion"));
    assert!(caller.hears().await.text().contains("\"list\""));
    assert!(caller.hears().await.text().contains("chat.completion"));
    let asked = gateway.requests();
    assert!(asked[0].text().contains("one") && asked[1].text().contains("two"));
    caller.is_still_served().await;
}

#[tokio::test]
async fn a_thousand_requests_ahead_are_all_answered() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let all = caller.list().repeat(1000);
    // More than the relay reads ahead, so that it has to be written while the answers are read.
    let (mut reader, mut writer) = caller.socket.split();
    let writing = async { tokio::io::AsyncWriteExt::write_all(&mut writer, all.as_bytes()).await };
    let reading = async {
        let mut answers = 0;
        while answers < 1000 {
            let read = tokio::io::AsyncReadExt::read_buf(&mut reader, &mut caller.come).await;
            assert!(read.unwrap() > 0, "hung up after {answers}");
            let come = std::mem::take(&mut caller.come);
            let text = String::from_utf8_lossy(&come);
            answers += text.matches("HTTP/1.1 200 OK\r\n").count();
            // A status line may lie across two reads.
            let cut = text.len().saturating_sub("HTTP/1.1 200 OK\r\n".len() - 1);
            let rest = text[cut..].find('H').map_or("", |at| &text[cut + at..]);
            caller.come = rest.as_bytes().to_vec();
        }
    };
    let (written, ()) = tokio::join!(writing, reading);
    written.unwrap();
}

#[tokio::test]
async fn a_caller_that_wants_to_close_is_answered_and_left() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let list = caller.head("GET /v1/models", "Connection: foo, Close\r\n");
    caller.says(list).await;
    let answer = caller.hears().await;
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(caller.is_left().await);
}

#[tokio::test]
async fn the_old_version_is_spoken_to_who_speaks_it() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let old = |caller: &Caller, headers: &str| {
        caller
            .head("GET /v1/models", headers)
            .replace("HTTP/1.1", "HTTP/1.0")
    };
    for _ in 0..2 {
        caller.says(old(&caller, "Connection: Keep-Alive\r\n")).await;
        let answer = caller.hears().await;
        assert!(answer.head.starts_with("http/1.0 200 ok\r\n"), "{}", answer.head);
        assert_eq!(answer.header("connection"), Some("keep-alive"));
    }
    caller.says(old(&caller, "")).await;
    assert_eq!(caller.hears().await.status, 200);
    assert!(caller.is_left().await, "it keeps nothing unasked");

    let mut caller = caller.again().await;
    let stream = question("upstream/sandbox-chat", "Hello", true).to_string();
    caller
        .says(caller.chat(&stream).replace("HTTP/1.1", "HTTP/1.0"))
        .await;
    let heard = caller.hears_out().await;
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("transfer-encoding") && !head.contains("content-length"));
    assert!(
        body.starts_with("data: ") && body.ends_with("data: [DONE]\n\n"),
        "{body}"
    );
}

#[tokio::test]
async fn a_head_may_come_byte_by_byte_and_after_empty_lines() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let list = format!("\r\n\r\n{}", caller.list());
    for byte in list.bytes() {
        caller.says([byte]).await;
    }
    assert_eq!(caller.hears().await.status, 200);
    caller.is_still_served().await;
}

#[tokio::test]
async fn a_head_that_takes_too_long_is_told_so_and_silence_is_left_in_silence() {
    let access = nexdesk_app::Access {
        head_time: Duration::from_millis(200),
        ..Default::default()
    };
    let world = Setup::default().access(access).open().await;
    let mut caller = Caller::at(&world).await;
    caller.is_still_served().await;
    assert!(
        caller.is_left().await,
        "between two requests there is nothing to say"
    );
    let mut caller = caller.again().await;
    caller.says("GET /v1/models HTTP/1.1\r\nHost: ").await;
    let answer = caller.hears().await;
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    assert!(caller.is_left().await);
}

#[tokio::test]
async fn an_answer_may_take_longer_than_a_head() {
    let access = nexdesk_app::Access {
        head_time: Duration::from_millis(100),
        ..Default::default()
    };
    let setup = Setup::default().access(access).pace(Duration::from_millis(30));
    let world = setup.open().await;
    let mut caller = Caller::at(&world).await;
    let stream = question("upstream/sandbox-chat", "A haiku", true).to_string();
    for _ in 0..2 {
        caller.says(caller.chat(&stream)).await;
        assert!(caller.hears().await.text().ends_with("data: [DONE]\n\n"));
    }
}

#[tokio::test]
async fn who_closes_its_side_has_hung_up_even_if_it_had_asked_for_more() {
    for more in [false, true] {
        let world = World::new().await;
        let mut caller = Caller::at(&world).await;
        let slow = question("upstream/sandbox-slow", "A long essay, please", true).to_string();
        caller.says(caller.chat(&slow)).await;
        if more {
            caller.says(caller.list().repeat(3)).await;
        }
        caller.takes_until("data: ").await;
        // A socket that is closed and one whose owner has only stopped speaking look the same from here; the first is
        // common and costs money.
        drop(caller);
        soon("the gateway sees the caller leave", async || {
            world.chats_seen()[0].hung_up.then_some(())
        })
        .await;
        assert_eq!(world.exchanges().await[0].code.as_deref(), Some("cancelled"));
    }
}

#[tokio::test]
async fn what_lies_idle_is_left_at_once_when_the_relay_closes() {
    let mut world = World::new().await;
    let mut used = Caller::at(&world).await;
    used.is_still_served().await;
    let mut fresh = used.again().await;
    let closing = tokio::task::spawn_blocking(move || {
        world.close();
        world
    });
    assert!(used.is_left().await && fresh.is_left().await);
    closing.await.unwrap();
}

#[tokio::test]
async fn an_answer_under_way_when_the_relay_closes_is_the_last_of_its_connection() {
    let mut world = Setup::default().pace(Duration::from_millis(15)).open().await;
    let mut caller = Caller::at(&world).await;
    let stream = question("upstream/sandbox-chat", "A haiku", true).to_string();
    let twice = caller.chat(&stream) + &caller.list();
    caller.says(twice).await;
    caller.takes_until("data: ").await;
    let closing = tokio::task::spawn_blocking(move || {
        world.close();
        world
    });
    let rest = caller.hears_out().await;
    assert!(rest.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"), "{rest:?}");
    closing.await.unwrap();
}
