//! The gateway behind all three: on a thread of its own, answering from memory, so that it costs as little as can be.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use futures::stream;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;

/// Events of one streamed answer, the last two aside.
pub(crate) const EVENTS: usize = 200;

pub(crate) fn start() -> SocketAddr {
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
                    let service = service_fn(answer);
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

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<UnsyncBoxBody<Bytes, Infallible>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let streamed = body.windows(13).any(|bytes| bytes == b"\"stream\":true");
    let usage = json!({ "prompt_tokens": 12, "completion_tokens": 200, "total_tokens": 212 });
    if path.ends_with("/models") {
        return Ok(whole(
            json!({ "object": "list", "data": [{ "id": "bench", "object": "model" }] }).to_string(),
        ));
    }
    if !streamed {
        let choice = json!({ "index": 0, "message": { "role": "assistant", "content": "Hello!" }, "finish_reason": "stop" });
        let answer = json!({ "id": "b", "object": "chat.completion", "model": "bench", "choices": [choice], "usage": usage });
        return Ok(whole(answer.to_string()));
    }
    let chunk = |delta: serde_json::Value, finish: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        format!(
            "data: {}\n\n",
            json!({ "id": "b", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [choice] })
        )
    };
    let word: Bytes = chunk(json!({ "content": " word" }), None).into();
    let usage = json!({ "id": "b", "object": "chat.completion.chunk", "model": "bench", "choices": [], "usage": usage });
    let end: Bytes = format!(
        "{}data: {usage}\n\ndata: [DONE]\n\n",
        chunk(json!({}), Some("stop"))
    )
    .into();
    let events = stream::unfold(0, move |sent| {
        let next = if sent < EVENTS {
            Some(word.clone())
        } else {
            (sent == EVENTS).then(|| end.clone())
        };
        async move {
            // Back to the loop between events: each leaves as a write of its own, as a model's would.
            tokio::task::yield_now().await;
            next.map(|bytes| (Ok(Frame::data(bytes)), sent + 1))
        }
    });
    let mut response = Response::new(StreamBody::new(events).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "text/event-stream".parse().unwrap());
    Ok(response)
}

fn whole(text: String) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
    response
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    response
}
