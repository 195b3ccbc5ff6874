//! Answers on their way out: how their end is told, and that a broken one never looks whole.

use std::io::ErrorKind;

use bytes::Bytes;
use nexdesk_tests::{Framing, Recorder, Replay, Said, World, question};
use tokio::io::AsyncReadExt;

use super::{Caller, PATIENCE, SPEECH, chat, recorder, sound};

fn speech(caller: &Caller) -> String {
    let headers = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n",
        SPEECH.len()
    );
    caller.head("POST /v1/audio/speech", &headers) + SPEECH
}

#[tokio::test]
async fn an_answer_says_how_long_it_is_and_when_it_was_given() {
    let gateway = recorder();
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    for said in [caller.list(), caller.chat(&chat("Hello")), caller.chat("{")] {
        caller.says(said).await;
        let answer = caller.hears().await;
        let count = |name: &str| answer.head.matches(&format!("\r\n{name}: ")).count();
        assert_eq!(
            (count("content-length"), count("date")),
            (1, 1),
            "{}",
            answer.head
        );
        assert_eq!((count("transfer-encoding"), count("connection")), (0, 0));
        let date = answer.header("date").unwrap();
        assert!(date.ends_with(" gmt") && date.len() == 29, "{date}");
    }
}

#[tokio::test]
async fn a_stream_comes_in_chunks_and_the_connection_serves_again() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let stream = question("upstream/sandbox-chat", "A haiku, please", true).to_string();
    caller.says(caller.chat(&stream)).await;
    let answer = caller.hears().await;
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert!(answer.text().ends_with("data: [DONE]\n\n"));
    caller.is_still_served().await;
}

#[tokio::test]
async fn answers_without_a_body_have_none_and_the_connection_serves_again() {
    let gateway = Recorder::start(&["m"], |request| {
        if request.line().starts_with("HEAD") {
            return Said::ok("application/octet-stream", "twelve bytes");
        }
        Said::with("204 No Content", "X-Kept: yes", "")
    });
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    caller.says(caller.head("DELETE /v1/files/file-1", "")).await;
    let answer = caller.hears().await;
    assert_eq!((answer.status, answer.header("x-kept")), (204, Some("yes")));
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("transfer-encoding"), None);
    caller.is_still_served().await;

    caller
        .says(caller.head("HEAD /v1/files/file-1/content", ""))
        .await;
    let head = caller.takes_until("\r\n\r\n").await;
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    caller.is_still_served().await;

    caller.says(caller.head("HEAD /nowhere", "")).await;
    let head = caller.takes_until("\r\n\r\n").await;
    let head = String::from_utf8(head).unwrap();
    caller.says(caller.head("GET /nowhere", "")).await;
    let length = caller.hears().await.body.len();
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    assert!(head.contains(&format!("content-length: {length}\r\n")), "{head}");
}

#[tokio::test]
async fn large_bodies_come_whole_in_every_framing_even_to_who_reads_slowly() {
    let pieces: Vec<Bytes> = (0..60_u8)
        .map(|number| vec![number; 1 + usize::from(number) * 4000].into())
        .collect();
    let whole = pieces.concat();
    for framing in [Framing::Length, Framing::Chunks, Framing::Close] {
        let gateway = sound(pieces.clone(), framing);
        let world = World::around(&gateway).await;
        let mut caller = Caller::at(&world).await;
        caller.says(speech(&caller)).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let answer = caller.hears().await;
        let length = whole.len().to_string();
        let is_announced = framing == Framing::Length;
        assert_eq!(
            answer.header("content-length"),
            is_announced.then_some(length.as_str())
        );
        assert!(answer.body == whole, "{framing:?}");
        caller.is_still_served().await;
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_in_chunks_has_no_last_one() {
    let gateway = sound(vec![vec![b'x'; 3000].into()], Framing::Cut);
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    caller.says(speech(&caller)).await;
    let heard = caller.hears_out().await;
    assert!(heard.contains("xxx"), "what had come is passed on: {heard}");
    assert!(!heard.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn an_answer_that_is_shorter_than_announced_stays_shorter() {
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 5000",
        &[b'x'; 3000],
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Recorder", &gateway.url(), "sk-replay")
        .await;
    let mut caller = Caller::at(&world).await;
    caller.says(speech(&caller)).await;
    let heard = caller.hears_out().await;
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 5000"), "{head}");
    assert_eq!(body.len(), 3000);
}

#[tokio::test]
async fn who_tells_the_end_by_the_connection_sees_it_break() {
    let gateway = sound(vec![vec![b'x'; 3000].into()], Framing::Cut);
    let world = World::around(&gateway).await;
    let mut caller = Caller::at(&world).await;
    let said = speech(&caller).replace("HTTP/1.1", "HTTP/1.0");
    caller.says(said).await;
    let mut heard = Vec::new();
    let reading = tokio::time::timeout(PATIENCE, caller.socket.read_to_end(&mut heard));
    let ended = reading.await.unwrap();
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(heard.ends_with(b"xxx"), "what had come is passed on");
}

#[tokio::test]
async fn what_is_said_along_with_a_switch_of_protocols_is_not_lost() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let switch = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let line = "GET /v1/realtime?model=upstream/sandbox-realtime";
    let event = "{\"type\":\"response.create\"}";
    // A text frame, masked with nothing.
    let mut frame = vec![0x81, 0x80 | u8::try_from(event.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(event.as_bytes());
    caller
        .says([caller.head(line, switch).as_bytes(), &frame].concat())
        .await;
    let answer = caller.hears().await;
    assert_eq!(
        (
            answer.status,
            answer.header("upgrade"),
            answer.header("connection")
        ),
        (101, Some("websocket"), Some("upgrade"))
    );
    caller.takes_until("response.create").await;
    caller.says(&frame).await;
    caller.takes_until("response.create").await;
}
