//! Twenty megabytes on their way up: a recording as a form, and pictures inside a JSON body.

use std::net::SocketAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::task::JoinSet;

use crate::clock::micros;
use crate::load::{ask, at, connect, count, post};
use crate::peers::{self, Peer};
use crate::table::{Sizes, Table, Unit};

const SIZE: usize = 20 * 1024 * 1024;
const TIMES: usize = 10;
const BOUNDARY: &str = "----nexdesk-bench-7MA4YWxkTrZu0gW";

/// A body, and where it goes.
struct Upload {
    name: &'static str,
    path: &'static str,
    kind: String,
    body: Bytes,
}

struct Window {
    millis: f64,
    cpu_millis: f64,
}

pub(crate) fn measure(sizes: Sizes, gateway: SocketAddr, table: &mut Table) {
    for upload in [form(), json()] {
        let peers = peers::all(gateway);
        // The client's own work is in all of these; what nginx does to a large body by default is write it to a file.
        let windows = sizes.interleaved(&peers, async |peer| run(peer, &upload, sizes).await);
        table.begin(upload.name);
        table.plain("time, p50", Unit::Millis, &windows, |w| w.millis);
        table.own("CPU per upload", Unit::Millis, &windows, |w| w.cpu_millis);
        table.memory(&peers);
        let [direct, nginx, nexd] = &peers;
        if let Some(unbuffered) = nginx.unbuffered() {
            let peers = [direct, &unbuffered, nexd];
            let windows = sizes.interleaved(peers, async |peer| run(peer, &upload, sizes).await);
            table.plain(
                "time, p50; nginx with request buffering off",
                Unit::Millis,
                &windows,
                |w| w.millis,
            );
            table.own("CPU per upload; nginx so", Unit::Millis, &windows, |w| {
                w.cpu_millis
            });
        }
    }
}

async fn run(peer: &Peer, upload: &Upload, sizes: Sizes) -> Window {
    let mut wires = JoinSet::new();
    let mut sender = connect(peer.address, &mut wires).await;
    let times = sizes.of(TIMES).max(2);
    let before = peer.cpu_time();
    let mut took = Vec::new();
    for _ in 0..times {
        took.push(ask(&mut sender, request(peer, upload)).await);
    }
    let cpu = peer.cpu_time().saturating_sub(before);
    took.sort();
    Window {
        millis: micros(at(&took, 50)) / 1e3,
        cpu_millis: micros(cpu) / 1e3 / count(times),
    }
}

fn request(peer: &Peer, upload: &Upload) -> Request<Full<Bytes>> {
    post(peer, upload.path)
        .header("content-type", &upload.kind)
        .body(Full::new(upload.body.clone()))
        .unwrap()
}

/// The model first, as OpenAI's clients send it.
fn form() -> Upload {
    let mut body = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nbench\r\n--{BOUNDARY}\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"talk.wav\"\r\ncontent-type: audio/wav\r\n\r\n"
    )
    .into_bytes();
    body.extend((0..SIZE).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 13 & 0xFF).unwrap_or(0)));
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Upload {
        name: "(e) 20 MB upload, a form",
        path: "/v1/audio/transcriptions",
        kind: format!("multipart/form-data; boundary={BOUNDARY}"),
        body: body.into(),
    }
}

fn json() -> Upload {
    let picture = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY0".repeat(SIZE / 44);
    let body = format!(
        r#"{{"model":"bench","messages":[{{"role":"user","content":[{{"type":"text","text":"What is this?"}},{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{picture}"}}}}]}}]}}"#
    );
    Upload {
        name: "(e) 20 MB upload, JSON",
        path: "/v1/chat/completions",
        kind: "application/json".into(),
        body: body.into(),
    }
}
