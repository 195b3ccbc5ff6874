//! A gateway that answers every request with the same bytes, to the last one: for what no proper server would send,
//! and for comparing what a caller gets with what was sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// The first line and the headers, as sent.
    pub head: String,
    /// The body, as sent.
    pub body: Vec<u8>,
}

/// A running one; it stops when dropped.
pub struct Replay {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Replay {
    /// Answers `POST` with `head` (status line and headers, without the blank line) and `body`, and `GET` with an
    /// empty list of models.
    #[must_use]
    pub fn of(head: &str, body: &[u8]) -> Self {
        Self::start(head, body, b"{\"data\":[]}")
    }

    /// Answers the first `POST` with the first of these, the next with the next, and all others with the last.
    #[must_use]
    pub fn in_turn(answers: &[(&str, &[u8])]) -> Self {
        let whole = |(head, body): &(&str, &[u8])| vec![answer(head, body)];
        Self::serve(answers.iter().map(whole).collect(), answer(OK, b"{\"data\":[]}"))
    }

    /// Answers `POST` with `head` and these pieces, each of which arrives by itself.
    #[must_use]
    pub fn in_pieces(head: &str, pieces: &[&[u8]]) -> Self {
        let mut all = vec![answer(head, b"")];
        all.extend(pieces.iter().map(|piece| piece.to_vec()));
        Self::serve(vec![all], answer(OK, b"{\"data\":[]}"))
    }

    /// Answers everything under a 200 with `body`, which is a web page.
    #[must_use]
    pub fn page(body: &[u8]) -> Self {
        Self::start("HTTP/1.1 200 OK\r\nContent-Type: text/html", body, body)
    }

    fn start(head: &str, body: &[u8], list: &[u8]) -> Self {
        Self::serve(vec![vec![answer(head, body)]], answer(OK, list))
    }

    fn serve(answers: Vec<Vec<Vec<u8>>>, list: Vec<u8>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, stopped) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (noted, over) = (Arc::clone(&seen), stopped.clone());
        let thread = std::thread::spawn(move || {
            for visitor in listener.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                // A visitor that hangs up early is its own business.
                let _ = serve(visitor.unwrap(), &answers, &list, &noted);
            }
        });
        Self {
            address,
            seen,
            stopped,
            thread: Some(thread),
        }
    }

    /// The base URL to add a gateway by.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What came in, in order.
    ///
    /// # Panics
    /// When the serving thread has panicked.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // The thread waits for a visitor; this is the last one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Long enough for what was written to have been read.
const APART: Duration = Duration::from_millis(20);
const OK: &str = "HTTP/1.1 200 OK";

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [head.as_bytes(), b"\r\nConnection: close\r\n\r\n", body].concat()
}

fn serve(
    mut socket: TcpStream,
    answers: &[Vec<Vec<u8>>],
    list: &[u8],
    seen: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut came = Vec::new();
    let mut piece = [0; 16 * 1024];
    let head = loop {
        if let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        match socket.read(&mut piece)? {
            0 => return Ok(()),
            read => came.extend_from_slice(&piece[..read]),
        }
    };
    let said = String::from_utf8_lossy(&came[..head]).into_owned();
    let length = said.to_lowercase();
    let length = length.split("content-length: ").nth(1).unwrap_or("0");
    let length: usize = length.lines().next().unwrap_or("0").trim().parse().unwrap_or(0);
    while came.len() < head + length {
        match socket.read(&mut piece)? {
            0 => break,
            read => came.extend_from_slice(&piece[..read]),
        }
    }
    let is_chat = said.starts_with("POST");
    let turn = {
        let mut seen = seen.lock().unwrap();
        let before = seen.iter().filter(|request| request.head.starts_with("POST"));
        let turn = before.count().min(answers.len() - 1);
        seen.push(Request {
            head: said,
            body: came[head..].to_vec(),
        });
        turn
    };
    if !is_chat {
        return socket.write_all(list);
    }
    let (first, rest) = answers[turn].split_first().expect("an answer has a head");
    socket.write_all(first)?;
    for piece in rest {
        std::thread::park_timeout(APART);
        socket.write_all(piece)?;
    }
    Ok(())
}
