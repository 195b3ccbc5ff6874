//! What goes over the wire to a gateway and what comes back, against a server that sends exactly the bytes it is told.
#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderMap, Method, StatusCode};
use nexdesk_upstream::{Answer, Call, Failure, Kind, Outgoing, Patience, Upstream};
use nexdesk_vault::Vault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// What the server does on one connection, in order.
#[derive(Clone)]
enum Does {
    /// Reads one request, head and announced body.
    Reads,
    /// Reads the head of a request only.
    ReadsHead,
    /// Writes, and lets the network carry it before anything else.
    Says(&'static str),
    /// Waits until the other end hangs up.
    IsLeft,
}
use Does::{IsLeft, Reads, ReadsHead, Says};

struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    heard: mpsc::UnboundedReceiver<String>,
}

/// A server whose first connection does `plans[0]`, and so on; the last plan is for all that follow. Each ends with a
/// hang-up.
async fn serving(plans: Vec<Vec<Does>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let (tell, heard) = mpsc::unbounded_channel();
    let counted = connections.clone();
    let tasks = TaskTracker::new();
    tasks.clone().spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let plan = plans[number.min(plans.len() - 1)].clone();
            let tell = tell.clone();
            tasks.spawn(async move {
                for step in plan {
                    perform(&mut socket, step, &tell).await;
                }
            });
        }
    });
    Server {
        url,
        connections,
        heard,
    }
}

async fn perform(socket: &mut TcpStream, step: Does, tell: &mpsc::UnboundedSender<String>) {
    match step {
        Says(text) => {
            socket.write_all(text.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        IsLeft => {
            let mut sink = vec![0; 65_536];
            while socket.read(&mut sink).await.is_ok_and(|read| read > 0) {}
            tell.send("left".into()).unwrap();
        }
        Reads | ReadsHead => {
            let (mut came, mut piece) = (Vec::new(), vec![0; 65_536]);
            let head = loop {
                if let Some(at) = came.windows(4).position(|four| four == b"\r\n\r\n") {
                    break at + 4;
                }
                match socket.read(&mut piece).await {
                    Ok(read) if read > 0 => came.extend_from_slice(&piece[..read]),
                    _ => return,
                }
            };
            let text = String::from_utf8_lossy(&came[..head]).into_owned();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            while matches!(step, Reads) && came.len() < head + length {
                let read = socket.read(&mut piece).await.unwrap();
                came.extend_from_slice(&piece[..read]);
            }
            tell.send(String::from_utf8_lossy(&came).into_owned()).unwrap();
        }
    }
}

fn upstream() -> Upstream {
    let patience = Patience {
        silence: Duration::from_secs(20),
        ..Patience::default()
    };
    Upstream::new(Vault::in_memory(), patience).unwrap()
}

fn post(server: &Server, body: impl Into<Outgoing>) -> Call {
    Call {
        method: Method::POST,
        url: format!("{}/things", server.url),
        headers: HeaderMap::new(),
        body: body.into(),
        key: None,
        once: false,
    }
}

async fn text(answer: Answer) -> Result<String, Failure> {
    Ok(String::from_utf8(answer.body.whole().await?.to_vec()).unwrap())
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_chunk_size_that_is_cut_in_two_is_waited_for() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1";
    let server = serving(vec![vec![
        Reads,
        Says(chunked),
        Says("0\r\n, and good day.!\r\n0\r"),
        Says("\n\r\n"),
    ]])
    .await;
    let answer = upstream().send(post(&server, Bytes::from("{}"))).await.unwrap();
    assert_eq!(text(answer).await.unwrap(), "hello, and good day.!");
}

#[tokio::test]
async fn the_head_goes_out_in_one_piece_with_host_and_length() {
    let mut server = serving(vec![vec![Reads, Says(OK)]]).await;
    upstream()
        .send(post(&server, Bytes::from("{\"a\":1}")))
        .await
        .unwrap();
    let host = server.url.trim_start_matches("http://").trim_end_matches("/v1");
    let heard = server.heard.recv().await.unwrap();
    assert_eq!(
        heard,
        format!("POST /v1/things HTTP/1.1\r\nhost: {host}\r\ncontent-length: 7\r\n\r\n{{\"a\":1}}")
    );
}

#[tokio::test]
async fn one_connection_serves_one_call_after_another() {
    let server = serving(vec![vec![Reads, Says(OK), Reads, Says(OK), Reads, Says(OK)]]).await;
    let upstream = upstream();
    for _ in 0..3 {
        let answer = upstream.send(post(&server, Bytes::from("{}"))).await.unwrap();
        assert_eq!(text(answer).await.unwrap(), "ok");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_the_gateway_closed_meanwhile_is_no_failure() {
    let server = serving(vec![vec![Reads, Says(OK)], vec![Reads, Says(OK)]]).await;
    let upstream = upstream();
    for _ in 0..2 {
        let answer = upstream.send(post(&server, Bytes::from("{}"))).await.unwrap();
        assert_eq!(text(answer).await.unwrap(), "ok");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_billed_goes_out_once_and_on_a_connection_of_its_own() {
    let server = serving(vec![vec![Reads, Says(OK), IsLeft], vec![Reads]]).await;
    let upstream = upstream();
    upstream.send(post(&server, Bytes::from("{}"))).await.unwrap();
    let order = Call {
        once: true,
        ..post(&server, Bytes::from("{}"))
    };
    let failure = upstream.send(order).await.err().unwrap();
    assert_eq!(failure.kind, Kind::Interrupted);
    assert_eq!(server.connections.load(Ordering::SeqCst), 2, "no third try");
}

#[tokio::test]
async fn an_answer_that_comes_before_the_upload_has_ended_is_heard() {
    let refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch";
    let server = serving(vec![vec![ReadsHead, Says(refusal), IsLeft]]).await;
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 16_384]))).boxed();
    let body = Outgoing::Coming {
        length: None,
        pieces: endless,
    };
    let answer = upstream().send(post(&server, body)).await.unwrap();
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(text(answer).await.unwrap(), "much");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken_for_whole() {
    for head in ["Content-Length: 10", "Transfer-Encoding: chunked"] {
        let said: &'static str = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n5\r\nhe").leak();
        let server = serving(vec![vec![Reads, Says(said)]]).await;
        let answer = upstream().send(post(&server, Bytes::from("{}"))).await.unwrap();
        assert_eq!(text(answer).await.unwrap_err().kind, Kind::Interrupted, "{head}");
    }
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_its_connection() {
    let server = serving(vec![vec![
        Reads,
        Says("HTTP/1.0 200 OK\r\n\r\nall of"),
        Says(" it"),
    ]])
    .await;
    let answer = upstream().send(post(&server, Bytes::from("{}"))).await.unwrap();
    assert_eq!(text(answer).await.unwrap(), "all of it");
}

#[tokio::test]
async fn leaving_an_answer_hangs_up_on_the_gateway() {
    let began = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let mut server = serving(vec![vec![Reads, Says(began), IsLeft]]).await;
    let mut answer = upstream().send(post(&server, Bytes::from("{}"))).await.unwrap();
    assert_eq!(answer.body.next().await.unwrap().unwrap(), "hello");
    assert!(server.heard.recv().await.unwrap().starts_with("POST"));
    drop(answer);
    assert_eq!(server.heard.recv().await.unwrap(), "left");
}

#[tokio::test]
async fn what_comes_before_the_answer_is_passed_over() {
    let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let server = serving(vec![vec![Reads, Says(hints), Says(OK)]]).await;
    let answer = upstream().send(post(&server, Bytes::from("{}"))).await.unwrap();
    assert_eq!(
        (answer.status, text(answer).await.unwrap()),
        (StatusCode::OK, "ok".to_owned())
    );
}

#[tokio::test]
async fn what_is_no_http_is_said_to_be_none() {
    for said in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    ] {
        let server = serving(vec![vec![ReadsHead, Says(said)]]).await;
        let failure = upstream()
            .send(post(&server, Bytes::from("{}")))
            .await
            .err()
            .unwrap();
        assert_eq!(failure.kind, Kind::NotAnApi, "{said}");
    }
    let server = serving(vec![vec![ReadsHead]]).await;
    let failure = upstream()
        .send(post(&server, Bytes::from("{}")))
        .await
        .err()
        .unwrap();
    assert_eq!(
        failure.kind,
        Kind::Interrupted,
        "hung up without a word: {failure}"
    );
}

#[tokio::test]
async fn silence_is_noticed_though_the_connection_stands() {
    let began = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let server = serving(vec![vec![Reads, Says(began), IsLeft]]).await;
    let patience = Patience {
        silence: Duration::from_millis(50),
        ..Patience::default()
    };
    let upstream = Upstream::new(Vault::in_memory(), patience).unwrap();
    let mut answer = upstream.send(post(&server, Bytes::from("{}"))).await.unwrap();
    assert_eq!(answer.body.next().await.unwrap().unwrap(), "hello");
    assert_eq!(answer.body.next().await.unwrap().unwrap_err().kind, Kind::Stalled);
}

#[tokio::test]
async fn after_a_switch_of_protocols_bytes_go_both_ways_and_none_is_lost() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhel";
    let mut server = serving(vec![vec![ReadsHead, Says(switch), Says("lo"), IsLeft]]).await;
    let answer = upstream().send(post(&server, Outgoing::empty())).await.unwrap();
    assert_eq!(answer.status, StatusCode::SWITCHING_PROTOCOLS);
    let mut tunnel = answer.body.into_tunnel().unwrap();
    let mut rest = [0; 2];
    tunnel.socket.read_exact(&mut rest).await.unwrap();
    assert_eq!([tunnel.ahead.as_slice(), &rest].concat(), b"hello");
    server.heard.recv().await.unwrap();
    drop(tunnel);
    assert_eq!(server.heard.recv().await.unwrap(), "left");
}
