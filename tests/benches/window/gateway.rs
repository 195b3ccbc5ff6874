//! The gateway behind the window: it streams one long answer at the pace it was told, an event for each token.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// The question that is answered at length; all others briefly.
pub(crate) const LONG: &str = "Write a long answer";
/// Characters of a token.
const TOKEN: usize = 4;
/// The runtime's timers are no finer.
const TICK: Duration = Duration::from_millis(1);

struct Story {
    tokens: Vec<String>,
    per_tick: usize,
}

/// Starts it on a thread of its own.
pub(crate) fn start(answer: &str, tokens_per_second: usize) -> SocketAddr {
    let letters: Vec<char> = answer.chars().collect();
    let story = Arc::new(Story {
        tokens: letters
            .chunks(TOKEN)
            .map(|token| token.iter().collect())
            .collect(),
        per_tick: tokens_per_second.div_ceil(1_000),
    });
    let (ready, address) = std::sync::mpsc::channel();
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
                    let story = story.clone();
                    let service = service_fn(move |request| respond(request, story.clone()));
                    tokio::task::spawn_local(
                        http1::Builder::new().serve_connection(TokioIo::new(socket), service),
                    );
                }
            };
            tasks.run_until(accept).await;
        });
    });
    address.recv().unwrap()
}

async fn respond(
    request: Request<Incoming>,
    story: Arc<Story>,
) -> Result<Response<UnsyncBoxBody<Bytes, Infallible>>, Infallible> {
    let (parts, body) = request.into_parts();
    let asked = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
    let says = |word: &str| asked.windows(word.len()).any(|bytes| bytes == word.as_bytes());
    let path = parts.uri.path();
    Ok(match path {
        _ if path.ends_with("/chat/completions") && says("\"stream\":true") && says(LONG) => streamed(story),
        _ if path.ends_with("/chat/completions") => whole(&json!({
            "id": "b", "object": "chat.completion", "created": 1, "model": "bench",
            "choices": [{ "index": 0, "message": { "role": "assistant", "content": "Yes." }, "finish_reason": "stop" }],
        })),
        _ if path.ends_with("/models") => whole(
            &json!({ "object": "list", "data": [{ "id": "bench", "object": "model", "created": 1, "owned_by": "bench" }] }),
        ),
        // The app asks its gateways what they charge, and who they are.
        _ => whole(&json!({ "error": { "message": "not here" } })),
    })
}

fn whole(body: &serde_json::Value) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    response
}

struct Telling {
    story: Arc<Story>,
    told: usize,
    pace: Interval,
}

fn streamed(story: Arc<Story>) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let mut pace = interval(TICK);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let telling = Telling { story, told: 0, pace };
    let events = stream::unfold(Some(telling), async |telling| {
        let mut telling = telling?;
        telling.pace.tick().await;
        let Telling { story, told, .. } = &mut telling;
        let until = (*told + story.per_tick).min(story.tokens.len());
        let mut events = BytesMut::new();
        for token in &story.tokens[*told..until] {
            let delta = json!({ "id": "b", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [{ "index": 0, "delta": { "content": token }, "finish_reason": null }] });
            events.extend_from_slice(format!("data: {delta}\n\n").as_bytes());
        }
        *told = until;
        let over = until == story.tokens.len();
        if over {
            let end = json!({ "id": "b", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
            events.extend_from_slice(format!("data: {end}\n\ndata: [DONE]\n\n").as_bytes());
        }
        let frame: Result<_, Infallible> = Ok(Frame::data(events.freeze()));
        Some((frame, (!over).then_some(telling)))
    });
    let mut response = Response::new(StreamBody::new(events).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "text/event-stream".parse().unwrap());
    response
}
