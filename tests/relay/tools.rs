//! What real tools send and cannot bear, one test a fact: the numbers are those of `reference/tools.md` §1, for the facts
//! that need no translation.

mod bodies;
mod errors;
mod routes;
mod streams;

use nexdesk_tests::{Recorder, STREAMS, Said, Streamed, World};

const CHAT: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hello"}]}"#;
const ANSWER: &str = r#"{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":2}}"#;
const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":8,"output_tokens":2}}"#;

fn stream(interface: &str) -> Streamed {
    let mut all = STREAMS.into_iter();
    all.find(|stream| stream.interface == interface)
        .expect("a stream of this kind")
}

/// A world around a recorder that answers all with this, and a tool in it.
async fn world(said: Said) -> (World, Recorder) {
    let recorder = Recorder::of(said);
    (World::around(&recorder).await, recorder)
}

fn gzipped(body: &str) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
