//! Addresses that are no MCP server, or do not want us, and what a person is told.

use nexdesk_mcp::{State, Trouble};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::support::{PLANTED, http, patience, trouble, trouble_with};

/// An address that gives everybody this answer, with the caller's own headers behind it.
pub(crate) async fn answering(status: &str, kind: &str, body: &str) -> (JoinSet<()>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n");
    let body = body.to_owned();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 16 * 1024];
            let length = stream.read(&mut asked).await.unwrap_or(0);
            let body = format!("{body}{}", String::from_utf8_lossy(&asked[..length]));
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (serving, address)
}

async fn told(status: &str, kind: &str) -> Trouble {
    let (_serving, address) = answering(status, kind, "").await;
    trouble(http("web", &format!("{address}/mcp"), &[])).await
}

#[tokio::test]
async fn every_refusal_has_a_sentence_of_its_own() {
    let refused = told("401 Unauthorized", "text/plain").await;
    assert!(matches!(refused, Trouble::KeyRefused { .. }), "{refused:?}");
    let nothing = told("404 Not Found", "text/html").await;
    assert!(matches!(nothing, Trouble::WrongAddress { .. }), "{nothing:?}");
    let page = told("200 OK", "text/html").await;
    assert!(matches!(page, Trouble::WrongAddress { .. }), "{page:?}");
    let failing = told("503 Service Unavailable", "text/plain").await;
    assert!(matches!(failing, Trouble::Failing { .. }), "{failing:?}");
}

#[tokio::test]
async fn nobody_at_an_address_is_told_with_the_reason() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let alone = trouble(http("web", &format!("{address}/mcp?key={PLANTED}"), &[])).await;
    assert_eq!(alone.to_string(), format!("web cannot be reached at {address}."));
    assert!(alone.detail().unwrap().contains("refused"), "{alone:?}");
}

#[tokio::test]
async fn an_address_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/mcp", listener.local_addr().unwrap());
    let mut hasty = patience();
    hasty.start = std::time::Duration::from_secs(1);
    let silent = trouble_with(hasty, http("web", &address, &[])).await;
    assert!(matches!(silent, Trouble::Silent { .. }), "{silent:?}");
}

#[tokio::test]
async fn what_cannot_be_an_address_or_a_header_is_not_tried() {
    for (url, headers) in [
        ("localhost:3000", [("X-Key", "fine")]),
        ("http://localhost", [("X Key", "not fine")]),
    ] {
        let wrong = trouble(http("web", url, &headers)).await;
        assert!(matches!(wrong, Trouble::Invalid { .. }), "{wrong:?}");
    }
    let tools = nexdesk_mcp::Tools::new(patience());
    assert_eq!(tools.state("web"), State::Off);
}
