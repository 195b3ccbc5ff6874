//! Asking as fast as answers come: small answers, and streams whose events are not waited for.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::request::Builder;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::clock::{self, micros};
use crate::gateway::EVENTS;
use crate::peers::{self, Peer};
use crate::table::{Sizes, Table, Unit};

/// Whether a whole answer or a stream is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Whole,
    Stream,
}

/// What is asked, how often at once, how many times a window.
const LOADS: [(&str, Shape, usize, usize); 3] = [
    ("(a) 1 connection, small answers", Shape::Whole, 1, 3_000),
    ("(b) 64 connections, small answers", Shape::Whole, 64, 16_000),
    ("(c) 64 streams of 200 events", Shape::Stream, 64, 256),
];

/// What one window of load found.
struct Window {
    p50: f64,
    p99: f64,
    rate: f64,
    /// CPU time of the process in between, per request or per event.
    cpu: f64,
}

pub(crate) fn measure(sizes: Sizes, gateway: SocketAddr, table: &mut Table) {
    for (name, shape, connections, requests) in LOADS {
        let peers = peers::all(gateway);
        let requests = sizes.of(requests).max(connections);
        let windows = sizes.interleaved(&peers, async |peer| run(peer, shape, connections, requests).await);
        table.begin(name);
        table.added("added p50", Unit::Micros, &windows, |w| w.p50);
        table.added("added p99", Unit::Micros, &windows, |w| w.p99);
        let unit = if shape == Shape::Stream {
            "CPU per event"
        } else {
            "CPU per request"
        };
        table.own(unit, Unit::Micros, &windows, |w| w.cpu);
        table.plain("requests a second", Unit::Count, &windows, |w| w.rate);
        table.memory(&peers);
    }
}

async fn run(peer: &Peer, shape: Shape, connections: usize, requests: usize) -> Window {
    let mut wires = JoinSet::new();
    let mut senders = Vec::new();
    for _ in 0..connections {
        senders.push(connect(peer.address, &mut wires).await);
    }
    let before = peer.cpu_time();
    let began = clock::now();
    let mut askers = JoinSet::new();
    for sender in senders {
        askers.spawn(ask_often(sender, chat(peer, shape), requests / connections));
    }
    let mut times: Vec<Duration> = askers.join_all().await.into_iter().flatten().collect();
    let took = clock::now() - began;
    let cpu = peer.cpu_time().saturating_sub(before);
    times.sort();
    let units = if shape == Shape::Stream {
        times.len() * (EVENTS + 2)
    } else {
        times.len()
    };
    Window {
        p50: micros(at(&times, 50)),
        p99: micros(at(&times, 99)),
        rate: count(times.len()) / took.as_secs_f64(),
        cpu: micros(cpu) / count(units),
    }
}

/// What so many hundredths are at most.
pub(crate) fn at<T: Copy>(sorted: &[T], share: usize) -> T {
    sorted[(sorted.len() * share / 100).min(sorted.len() - 1)]
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// One connection, driven in a task set: aborting that hangs up.
pub(crate) async fn connect(
    address: SocketAddr,
    wires: &mut JoinSet<Result<(), hyper::Error>>,
) -> SendRequest<Full<Bytes>> {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (sender, wire) = http1::handshake(TokioIo::new(socket)).await.unwrap();
    wires.spawn(wire);
    sender
}

async fn ask_often(
    mut sender: SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    times: usize,
) -> Vec<Duration> {
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        taken.push(ask(&mut sender, request.clone()).await);
    }
    taken
}

/// One request, to the last byte of its answer.
pub(crate) async fn ask(sender: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Duration {
    let began = clock::now();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(
        status == 200 && !body.is_empty(),
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    clock::now() - began
}

/// A request as one tool would send it.
pub(crate) fn post(peer: &Peer, path: &str) -> Builder {
    Request::post(path)
        .header("host", peer.address.to_string())
        .header("authorization", format!("Bearer {}", peer.token))
}

/// The small request of (a), (b) and the million.
pub(crate) fn small(peer: &Peer) -> Request<Full<Bytes>> {
    chat(peer, Shape::Whole)
}

fn chat(peer: &Peer, shape: Shape) -> Request<Full<Bytes>> {
    let stream = if shape == Shape::Stream {
        r#""stream":true,"#
    } else {
        ""
    };
    let body = format!(
        r#"{{"model":"bench",{stream}"messages":[{{"role":"user","content":"Say hello, please."}}]}}"#
    );
    post(peer, "/v1/chat/completions")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap()
}
