//! HTTP as the relay's door speaks it, to the byte: sockets that say exactly what they are told, and read what comes back.

mod answers;
mod bodies;
mod connections;
mod tricks;

use std::time::Duration;

use nexdesk_tests::{Framing, Recorder, Said, World, question};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CHAT: &str = "/v1/chat/completions";
/// Far more than anything here takes, even while other programs hold the processor.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody at the door who speaks HTTP by hand.
struct Caller {
    socket: TcpStream,
    token: String,
    host: String,
    come: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    /// Status line and headers, in lower case.
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Caller {
    async fn at(world: &World) -> Self {
        let token = world.app().create_token("Raw").await.unwrap().secret;
        Self::with(world, token).await
    }

    async fn with(world: &World, token: String) -> Self {
        let host = world.relay().trim_start_matches("http://").to_owned();
        let socket = TcpStream::connect(&host).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket,
            token,
            host,
            come: Vec::new(),
        }
    }

    /// The same caller on a connection of its own.
    async fn again(&self) -> Self {
        let socket = TcpStream::connect(&self.host).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket,
            token: self.token.clone(),
            host: self.host.clone(),
            come: Vec::new(),
        }
    }

    /// A head: first line without the version, and headers, each with its line end.
    fn head(&self, line: &str, headers: &str) -> String {
        let (host, token) = (&self.host, &self.token);
        format!("{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
    }

    fn list(&self) -> String {
        self.head("GET /v1/models", "")
    }

    fn chat(&self, body: &str) -> String {
        let length = format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        self.head(&format!("POST {CHAT}"), &length) + body
    }

    fn chunked(&self) -> String {
        let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
        self.head(&format!("POST {CHAT}"), headers)
    }

    async fn says(&mut self, said: impl AsRef<[u8]>) {
        self.socket.write_all(said.as_ref()).await.unwrap();
    }

    /// Reads once; nothing at the end.
    async fn reads(&mut self) -> usize {
        let reading = self.socket.read_buf(&mut self.come);
        let read = tokio::time::timeout(PATIENCE, reading).await;
        read.expect("the relay says something, or hangs up")
            .unwrap_or_default()
    }

    async fn takes(&mut self, bytes: usize) -> Vec<u8> {
        while self.come.len() < bytes {
            assert!(self.reads().await > 0, "the relay hung up");
        }
        self.come.drain(..bytes).collect()
    }

    async fn takes_until(&mut self, end: &str) -> Vec<u8> {
        loop {
            let mut windows = self.come.windows(end.len());
            if let Some(at) = windows.position(|window| window == end.as_bytes()) {
                return self.takes(at + end.len()).await;
            }
            assert!(
                self.reads().await > 0,
                "the relay hung up: {:?}",
                String::from_utf8_lossy(&self.come)
            );
        }
    }

    /// The next answer, which must say where it ends.
    async fn hears(&mut self) -> Answer {
        let head = self.takes_until("\r\n\r\n").await;
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = self.takes_until("\r\n").await;
                let size = String::from_utf8(size).unwrap();
                let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
                answer.body.extend(self.takes(size).await);
                assert_eq!(self.takes(2).await, b"\r\n");
                if size == 0 {
                    break;
                }
            }
        } else if status >= 200 {
            let length = answer.header("content-length").unwrap_or("0").parse().unwrap();
            answer.body = self.takes(length).await;
        }
        answer
    }

    /// All that comes until the relay hangs up.
    async fn hears_out(&mut self) -> String {
        while self.reads().await > 0 {}
        String::from_utf8_lossy(&std::mem::take(&mut self.come)).into_owned()
    }

    /// Whether the relay has hung up without another word.
    async fn is_left(&mut self) -> bool {
        self.come.is_empty() && self.reads().await == 0
    }

    async fn is_still_served(&mut self) {
        let list = self.list();
        self.says(list).await;
        assert_eq!(self.hears().await.status, 200, "the connection serves again");
    }
}

/// A chat with the gateway named Recorder.
fn chat(text: &str) -> String {
    question("recorder/m", text, false).to_string()
}

/// A gateway that records, and answers each chat with a whole answer.
fn recorder() -> Recorder {
    let said = "{\"id\":\"1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\
        \"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";
    Recorder::of(Said::json(said))
}

/// Sound, in these pieces, which nobody has to understand.
fn sound(pieces: Vec<bytes::Bytes>, framing: Framing) -> Recorder {
    Recorder::of(Said {
        pieces,
        ..Said::ok("audio/mpeg", "").framed(framing)
    })
}

const SPEECH: &str = "{\"model\":\"recorder/m\",\"input\":\"Hello\",\"voice\":\"alloy\"}";
