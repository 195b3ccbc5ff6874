//! A gateway that answers as it is told and shows what it was asked, to the last byte. Unlike `Replay` it keeps its
//! connections open, takes and sends bodies in every framing, and each answer is made for its request.

use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use bytes::Bytes;

use crate::Request;

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By its length, said in front.
    Length,
    /// By a last chunk.
    Chunks,
    /// By the end of the connection.
    Close,
    /// Not at all: chunks, and then a broken connection.
    Cut,
}

/// What a recorder says to one request.
#[derive(Clone, Debug)]
pub struct Said {
    /// Status line and headers, without those that frame the body and without the blank line.
    pub head: String,
    /// The body, in the pieces it is written in.
    pub pieces: Vec<Bytes>,
    /// How its end is told.
    pub framing: Framing,
}

/// A running one; it takes no more visitors when dropped.
pub struct Recorder {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

type Handler = Arc<dyn Fn(&Request) -> Said + Send + Sync>;

impl Said {
    /// A 200 of this content type.
    #[must_use]
    pub fn ok(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::with("200 OK", &format!("Content-Type: {content_type}"), body)
    }

    /// A 200 of JSON.
    #[must_use]
    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::ok("application/json", body)
    }

    /// A 200 of events, in chunks.
    #[must_use]
    pub fn events(body: impl Into<Bytes>) -> Self {
        Self {
            framing: Framing::Chunks,
            ..Self::ok("text/event-stream", body)
        }
    }

    /// A status like `429 Too Many Requests`, and headers like `Retry-After: 2`.
    #[must_use]
    pub fn with(status: &str, headers: &str, body: impl Into<Bytes>) -> Self {
        Self {
            head: format!("HTTP/1.1 {status}\r\n{headers}"),
            pieces: vec![body.into()],
            framing: Framing::Length,
        }
    }

    /// The same, its end told otherwise.
    #[must_use]
    pub fn framed(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }
}

impl Request {
    /// A header's value; empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let found = lines.find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    /// Verb and target.
    #[must_use]
    pub fn line(&self) -> &str {
        let first = self.head.lines().next().unwrap_or_default();
        first.trim_end_matches(" HTTP/1.1")
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Recorder {
    /// Answers every request but that for the list of models as `handler` says, and lists `models`.
    #[must_use]
    pub fn start(models: &[&str], handler: impl Fn(&Request) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, stopped) = (
            Arc::<Mutex<Vec<Request>>>::default(),
            Arc::new(AtomicBool::new(false)),
        );
        let listed: Vec<_> = models.iter().map(|id| serde_json::json!({ "id": id })).collect();
        let list = Bytes::from(serde_json::json!({ "data": listed }).to_string());
        let noted = Arc::clone(&seen);
        let handler: Handler = Arc::new(move |request: &Request| {
            // What the app asks on its own account: the list, and prices and balances nobody has here.
            if request.line() == "GET /v1/models" {
                return Said::json(list.clone());
            }
            noted.lock().unwrap().push(request.clone());
            handler(request)
        });
        let over = stopped.clone();
        let thread = std::thread::spawn(move || {
            for visitor in listener.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let (visitor, handler) = (visitor.unwrap(), Arc::clone(&handler));
                // A visitor that hangs up early is its own business.
                std::thread::spawn(move || visit(visitor, &handler));
            }
        });
        Self {
            address,
            seen,
            stopped,
            thread: Some(thread),
        }
    }

    /// The same answer to everybody.
    #[must_use]
    pub fn of(answer: Said) -> Self {
        Self::start(&["m"], move |_| answer.clone())
    }

    /// The base URL to add a gateway by.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What came in, in order, but for the questions that the app asks on its own account.
    ///
    /// # Panics
    /// When a serving thread has panicked.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let seen = self.seen.lock().unwrap();
        let own = ["/api/", "/dashboard/", "/v1/dashboard/", "/v1/balance", "/user/"];
        let is_own = |request: &&Request| {
            let target = request.line().split(' ').nth(1).unwrap_or_default();
            own.iter().any(|start| target.starts_with(start))
        };
        seen.iter().filter(|request| !is_own(request)).cloned().collect()
    }

    /// Takes out those with this header, so that ten thousand do not pile up.
    ///
    /// # Panics
    /// When a serving thread has panicked.
    #[must_use]
    pub fn take(&self, name: &str, value: &str) -> Vec<Request> {
        let mut seen = self.seen.lock().unwrap();
        seen.extract_if(.., |request| request.header(name) == value)
            .collect()
    }

    /// The last of them.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn last(&self) -> Request {
        self.requests().pop().expect("somebody asked something")
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // The thread waits for a visitor; this is the last one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn visit(socket: TcpStream, handler: &Handler) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut socket = socket;
    while let Some(request) = read(&mut reader)? {
        let answer = handler(&request);
        let bodiless = request.line().starts_with("HEAD ");
        write(&mut socket, &answer, bodiless)?;
        if matches!(answer.framing, Framing::Close | Framing::Cut) {
            return socket.shutdown(Shutdown::Both);
        }
    }
    Ok(())
}

fn read(reader: &mut impl BufRead) -> Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut request = Request {
        head: String::from_utf8_lossy(&head).into_owned(),
        body: Vec::new(),
    };
    if request
        .header("transfer-encoding")
        .eq_ignore_ascii_case("chunked")
    {
        request.body = chunks(reader)?;
    } else if let Ok(length) = request.header("content-length").parse() {
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

fn chunks(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim_end(), 16);
        let size = size.map_err(|_| Error::new(ErrorKind::InvalidData, line))?;
        let from = body.len();
        body.resize(from + size + 2, 0);
        reader.read_exact(&mut body[from..])?;
        if body.split_off(from + size) != b"\r\n" {
            return Err(Error::new(ErrorKind::InvalidData, "a chunk has no line end"));
        }
        if size == 0 {
            return Ok(body);
        }
    }
}

fn write(socket: &mut TcpStream, answer: &Said, bodiless: bool) -> Result<()> {
    let size: usize = answer.pieces.iter().map(Bytes::len).sum();
    let framing = match answer.framing {
        Framing::Length => format!("Content-Length: {size}\r\n"),
        Framing::Chunks | Framing::Cut => "Transfer-Encoding: chunked\r\n".to_owned(),
        Framing::Close => "Connection: close\r\n".to_owned(),
    };
    let has_none = [" 204 ", " 304 "]
        .iter()
        .any(|status| answer.head.contains(status));
    let framing = if has_none { String::new() } else { framing };
    socket.write_all(format!("{}\r\n{framing}\r\n", answer.head.trim_end()).as_bytes())?;
    if bodiless || has_none {
        return Ok(());
    }
    let in_chunks = matches!(answer.framing, Framing::Chunks | Framing::Cut);
    for piece in answer.pieces.iter().filter(|piece| !piece.is_empty()) {
        if in_chunks {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            socket.write_all(&chunk)?;
        } else {
            socket.write_all(piece)?;
        }
    }
    if answer.framing == Framing::Chunks {
        socket.write_all(b"0\r\n\r\n")?;
    }
    Ok(())
}
