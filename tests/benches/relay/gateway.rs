//! The gateway behind all three: on a thread of its own, answering from memory, so that it costs as little as can be.
//! It counts tokens differently for every request and keeps books, which the relay's must equal.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use crate::clock;

/// Events of one streamed answer where nothing else is asked for, the last three aside.
pub(crate) const EVENTS: usize = 200;
/// Asks for so many microseconds between two events.
pub(crate) const PACE: &str = "x-bench-pace";
/// Asks for so many events.
pub(crate) const COUNT: &str = "x-bench-events";
const BEFORE_STAMP: &str = r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"content":""#;
const BEHIND_STAMP: &str = "\"},\"finish_reason\":null}]}\n\n";
const DIGITS: usize = 20;
/// All events are this long, so that whoever reads them sees a lost byte at once.
pub(crate) const EVENT: usize = BEFORE_STAMP.len() + DIGITS + BEHIND_STAMP.len();
/// How a stream ends.
pub(crate) const END: &str = concat!(
    r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    "\n\n",
    r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"bench","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":200,"total_tokens":212}}"#,
    "\n\ndata: [DONE]\n\n"
);
/// Two dollars a million tokens read, a quarter of it from the cache, eight dollars a million written.
const PRICES: &str = r#"{"success":true,"group_ratio":{"default":1},"usable_group":{"default":"all"},"data":[{"model_name":"bench","quota_type":0,"model_ratio":1,"completion_ratio":4,"cache_ratio":0.25,"enable_groups":["default"]}]}"#;
const MODELS: &str =
    r#"{"object":"list","data":[{"id":"bench","object":"model","created":1,"owned_by":"bench"}]}"#;

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) books: Arc<Books>,
    /// When a stream was let go before its end, as the gateway noticed.
    pub(crate) left: UnboundedReceiver<u64>,
}

/// What the gateway says it answered in one body each, in nano-dollars at [`PRICES`].
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) requests: AtomicU64,
    pub(crate) nano: AtomicU64,
}

pub(crate) fn start() -> Gateway {
    let (ready, address) = std::sync::mpsc::channel();
    let (tell, left) = unbounded_channel();
    let books = Arc::new(Books::default());
    let kept = books.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            ready.send(listener.local_addr().unwrap()).unwrap();
            let tasks = tokio::task::LocalSet::new();
            let accept = async {
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    socket.set_nodelay(true).unwrap();
                    let (books, tell) = (kept.clone(), tell.clone());
                    let service = service_fn(move |request| answer(request, books.clone(), tell.clone()));
                    tokio::task::spawn_local(
                        http1::Builder::new().serve_connection(TokioIo::new(socket), service),
                    );
                }
            };
            tasks.run_until(accept).await;
        });
    });
    let address = address.recv().unwrap();
    Gateway { address, books, left }
}

async fn answer(
    request: Request<Incoming>,
    books: Arc<Books>,
    tell: UnboundedSender<u64>,
) -> Result<Response<UnsyncBoxBody<Bytes, Infallible>>, Infallible> {
    let (parts, mut body) = request.into_parts();
    let path = parts.uri.path();
    // Of a large upload only the beginning is looked at, and nothing kept.
    let mut streamed = false;
    let mut first = true;
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref().filter(|_| std::mem::take(&mut first)) {
            let beginning = &data[..data.len().min(1024)];
            streamed = beginning.windows(13).any(|bytes| bytes == b"\"stream\":true");
        }
    }
    if streamed {
        return Ok(events(&parts.headers, tell));
    }
    Ok(match path {
        _ if path.ends_with("/models") => whole(MODELS.into()),
        _ if path.ends_with("/pricing") => whole(PRICES.into()),
        _ if path.ends_with("/transcriptions") => whole(r#"{"text":"Hello!"}"#.into()),
        _ if path.ends_with("/chat/completions") => whole(counted(&books)),
        // Somebody looks around; that is no answer, and not in the books.
        _ => nothing(path),
    })
}

/// An answer whose numbers no other has; the sequence is the same in every run.
fn counted(books: &Books) -> String {
    let seed = scattered(books.requests.fetch_add(1, Ordering::Relaxed));
    let (read, written) = (16 + seed % 4_000, 1 + (seed >> 32) % 2_000);
    let cached = if seed & (1 << 20) == 0 { 0 } else { read / 2 };
    let nano = (read - cached) * 2_000 + cached * 500 + written * 8_000;
    books.nano.fetch_add(nano, Ordering::Relaxed);
    let total = read + written;
    format!(
        r#"{{"id":"b","object":"chat.completion","created":1,"model":"bench","choices":[{{"index":0,"message":{{"role":"assistant","content":"Hello!"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{read},"completion_tokens":{written},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":{cached}}}}}}}"#
    )
}

/// Splitmix64.
fn scattered(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream on its way. Dropped before its end, it says when.
struct Stream {
    left: usize,
    pace: Option<Interval>,
    tell: Option<UnboundedSender<u64>>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(tell) = self.tell.take() {
            let _ = tell.send(clock::nanos());
        }
    }
}

impl Stream {
    async fn next(mut self) -> Option<(Result<Frame<Bytes>, Infallible>, Self)> {
        match &mut self.pace {
            Some(pace) => drop(pace.tick().await),
            // Back to the loop between events: each leaves as a write of its own, as a model's would.
            None => tokio::task::yield_now().await,
        }
        let bytes = if self.left > 0 {
            self.left -= 1;
            event(clock::nanos())
        } else {
            self.tell.take()?;
            Bytes::from_static(END.as_bytes())
        };
        Some((Ok(Frame::data(bytes)), self))
    }
}

fn events(headers: &HeaderMap, tell: UnboundedSender<u64>) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let number = |name| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    let pace = number(PACE).map(|micros| {
        // Not all at the same moment.
        let first = Duration::from_micros(scattered(clock::nanos()) % micros.max(1));
        let mut pace = interval_at(tokio::time::Instant::now() + first, Duration::from_micros(micros));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pace
    });
    let left = number(COUNT)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(EVENTS);
    let start = Stream {
        left,
        pace,
        tell: Some(tell),
    };
    let mut response = Response::new(StreamBody::new(stream::unfold(start, Stream::next)).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "text/event-stream".parse().unwrap());
    response
}

fn event(nanos: u64) -> Bytes {
    let mut event = BytesMut::with_capacity(EVENT);
    event.extend_from_slice(BEFORE_STAMP.as_bytes());
    event.extend_from_slice(format!("{nanos:020}").as_bytes());
    event.extend_from_slice(BEHIND_STAMP.as_bytes());
    event.freeze()
}

/// When an event left the gateway; `None` if a byte of it is not as it was.
pub(crate) fn stamp(event: &[u8]) -> Option<u64> {
    let rest = event.strip_prefix(BEFORE_STAMP.as_bytes())?;
    let digits = rest.strip_suffix(BEHIND_STAMP.as_bytes())?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn nothing(path: &str) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let mut response = whole(format!(
        r#"{{"error":{{"message":"there is nothing at {path}"}}}}"#
    ));
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response
}

fn whole(text: String) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    response
}
