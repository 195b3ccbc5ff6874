//! What the sandbox notes about its visitors, and how it starts and stops.

use std::io::Read;

use nexdesk_sandbox::{Pace, Sandbox, Settings};
use serde_json::json;

use crate::visitor::{Visitor, question_to, streamed};

/// Waits for a state that comes by itself, and gives up long after it should have come.
async fn until(reached: impl Fn() -> bool) {
    for _ in 0..2000 {
        if reached() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it never happened");
}

async fn until_hung_up(visitor: &Visitor) {
    until(|| visitor.sandbox.requests().last().is_some_and(|seen| seen.hung_up)).await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_is_noticed() {
    for model in ["sandbox-bad-stall", "sandbox-slow"] {
        let visitor = Visitor::new();
        let mut socket = visitor.socket(&streamed(question_to(model, "hi")));
        socket.read_exact(&mut [0; 64]).unwrap();
        assert!(!visitor.sandbox.requests()[0].hung_up);
        drop(socket);
        until_hung_up(&visitor).await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_is_noticed() {
    let visitor = Visitor::new();
    let socket = visitor.socket(&streamed(question_to("sandbox-bad-slow-first", "hi")));
    until(|| !visitor.sandbox.requests().is_empty()).await;
    drop(socket);
    until_hung_up(&visitor).await;
}

#[tokio::test]
async fn a_client_that_listens_to_the_end_did_not_hang_up() {
    let visitor = Visitor::new();
    for model in [
        "sandbox-chat",
        "sandbox-bad-cut",
        "sandbox-bad-no-done",
        "sandbox-bad-split",
        "sandbox-bad-empty",
    ] {
        let _ = visitor.stream(model, "hi").await.text().await;
        let _ = visitor
            .post("/v1/chat/completions", question_to(model, "hi"))
            .await
            .text()
            .await;
    }
    let seen = visitor.sandbox.requests();
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|seen| !seen.hung_up));
}

#[tokio::test]
async fn a_request_is_kept_as_it_came() {
    let visitor = Visitor::new();
    visitor
        .post(
            "/v1/chat/completions?x=1",
            json!({"model": "sandbox-chat", "odd": [1.0]}),
        )
        .await;
    let seen = &visitor.sandbox.requests()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/v1/chat/completions?x=1")
    );
    assert_eq!(seen.header("authorization"), Some("Bearer sk-visitor"));
    assert_eq!(&seen.body[..], br#"{"model":"sandbox-chat","odd":[1.0]}"#);
}

#[tokio::test]
async fn nothing_is_kept_unless_asked_for_and_only_the_last_thousand() {
    let silent = Visitor::to(Settings {
        record: false,
        ..Settings::for_tests()
    });
    silent.get("/api/status").await;
    assert!(silent.sandbox.requests().is_empty());
    let visitor = Visitor::new();
    for nth in 0..1005 {
        visitor
            .get(&format!("/nowhere/{nth}"))
            .await
            .bytes()
            .await
            .unwrap();
    }
    let seen = visitor.sandbox.requests();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1000, "/nowhere/5"));
}

#[tokio::test]
async fn a_stopped_sandbox_frees_its_port_even_with_a_stream_open() {
    let visitor = Visitor::to(Settings {
        pace: Pace::default(),
        ..Settings::for_tests()
    });
    let mut socket = visitor.socket(&streamed(question_to("sandbox-bad-stall", "hi")));
    socket.read_exact(&mut [0; 16]).unwrap();
    let port = visitor.sandbox.port();
    visitor.sandbox.stop();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_port_in_use_is_an_error_at_once() {
    let first = Sandbox::start(Settings::for_tests()).unwrap();
    let second = Sandbox::start(Settings {
        port: first.port(),
        ..Settings::for_tests()
    });
    assert_eq!(second.err().unwrap().kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(first.url(), format!("http://127.0.0.1:{}/v1", first.port()));
}
