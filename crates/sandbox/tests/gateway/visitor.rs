//! One client and one sandbox, and the few ways tests look at answers.

use std::io::{Read, Write};
use std::net::TcpStream;

use nexdesk_sandbox::{Sandbox, Settings};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

pub(crate) struct Visitor {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
    key: &'static str,
}

impl Visitor {
    pub(crate) fn new() -> Visitor {
        Visitor::to(Settings::for_tests())
    }

    pub(crate) fn to(settings: Settings) -> Visitor {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Visitor {
            sandbox: Sandbox::start(settings).unwrap(),
            http,
            key: "sk-visitor",
        }
    }

    pub(crate) fn with_key(mut self, key: &'static str) -> Visitor {
        self.key = key;
        self
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.sandbox.port())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http
            .get(self.address(path))
            .bearer_auth(self.key)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        json_of(self.get(path).await).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.http
            .delete(self.address(path))
            .bearer_auth(self.key)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Response {
        self.send(path, "application/json", body.to_string().into_bytes())
            .await
    }

    pub(crate) async fn send(&self, path: &str, content_type: &str, body: Vec<u8>) -> Response {
        let request = self.http.post(self.address(path)).bearer_auth(self.key);
        request
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn post_json(&self, path: &str, body: Value) -> Value {
        json_of(self.post(path, body).await).await
    }

    /// Asks `model` one thing and gets the whole answer.
    pub(crate) async fn ask(&self, model: &str, question: &str) -> Value {
        self.post_json("/v1/chat/completions", question_to(model, question))
            .await
    }

    /// Asks `model` one thing as a stream, usage included, and waits for its end.
    pub(crate) async fn stream(&self, model: &str, question: &str) -> Response {
        self.post("/v1/chat/completions", streamed(question_to(model, question)))
            .await
    }

    /// A bare socket that has sent this request, for looking at the bytes themselves.
    pub(crate) fn socket(&self, body: &Value) -> TcpStream {
        let mut socket = TcpStream::connect(("127.0.0.1", self.sandbox.port())).unwrap();
        let body = body.to_string();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: sandbox\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(format!("{head}{body}").as_bytes()).unwrap();
        socket
    }
}

pub(crate) fn question_to(model: &str, question: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": question}]})
}

pub(crate) fn streamed(mut request: Value) -> Value {
    request["stream"] = json!(true);
    request["stream_options"] = json!({"include_usage": true});
    request
}

pub(crate) async fn json_of(response: Response) -> Value {
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .unwrap_or_else(|| panic!("no {name}"))
        .to_str()
        .unwrap()
}

/// The data of each event, read as the SSE standard says: any line end, comments skipped, data lines joined.
pub(crate) fn events(text: &str) -> Vec<String> {
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let blocks = text.split("\n\n").map(|block| {
        let data = block.lines().filter_map(|line| line.strip_prefix("data:"));
        data.map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect::<Vec<_>>()
            .join("\n")
    });
    blocks.filter(|data| !data.is_empty()).collect()
}

/// The events that are JSON.
pub(crate) fn chunks(text: &str) -> Vec<Value> {
    let events = events(text);
    events
        .iter()
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

/// All of one text field of the deltas, joined.
pub(crate) fn joined(chunks: &[Value], field: &str) -> String {
    chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"][field].as_str())
        .collect()
}

pub(crate) fn finish(chunks: &[Value]) -> Option<&str> {
    chunks
        .iter()
        .find_map(|chunk| chunk["choices"][0]["finish_reason"].as_str())
}

/// Everything a socket says until it is closed.
pub(crate) fn read_all(mut socket: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 65536];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => return bytes,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
