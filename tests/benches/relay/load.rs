//! Asking, and taking the time.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::gateway::EVENTS;
use crate::micros;
use crate::peers::Peer;

/// Whether a whole answer or a stream is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Whole,
    Stream,
}

/// What one window of load found.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) rate: f64,
    cpu: Duration,
    units: usize,
}

impl Window {
    /// CPU time of the process in between, per request or per event.
    pub(crate) fn cpu_us(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
        let units = self.units as f64;
        micros(self.cpu) / units
    }
}

pub(crate) async fn run(peer: &Peer, shape: Shape, connections: usize, requests: usize) -> Window {
    let mut senders = Vec::new();
    let mut wires = JoinSet::new();
    for _ in 0..connections {
        let socket = TcpStream::connect(peer.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (sender, wire) = http1::handshake(TokioIo::new(socket)).await.unwrap();
        wires.spawn(wire);
        senders.push(sender);
    }
    let before = peer.pid.map_or(Duration::ZERO, cpu_time);
    let began = now();
    let mut askers = JoinSet::new();
    for sender in senders {
        askers.spawn(ask_often(sender, request(peer, shape), requests / connections));
    }
    let mut times: Vec<Duration> = askers.join_all().await.into_iter().flatten().collect();
    let took = now() - began;
    let cpu = peer.pid.map_or(Duration::ZERO, cpu_time).saturating_sub(before);
    times.sort();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .map_or(f64::NAN, micros)
    };
    let units = if shape == Shape::Stream {
        times.len() * (EVENTS + 2)
    } else {
        times.len()
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
    let rate = times.len() as f64 / took.as_secs_f64();
    Window {
        p50: at(50),
        p99: at(99),
        rate,
        cpu,
        units,
    }
}

async fn ask_often(
    mut sender: SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    times: usize,
) -> Vec<Duration> {
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let began = now();
        sender.ready().await.unwrap();
        let answer = sender.send_request(request.clone()).await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.is_empty());
        taken.push(now() - began);
    }
    taken
}

fn request(peer: &Peer, shape: Shape) -> Request<Full<Bytes>> {
    let stream = if shape == Shape::Stream {
        r#""stream":true,"#
    } else {
        ""
    };
    let body = format!(
        r#"{{"model":"bench",{stream}"messages":[{{"role":"user","content":"Say hello, please."}}]}}"#
    );
    Request::post("/v1/chat/completions")
        .header("host", peer.address.to_string())
        .header("authorization", format!("Bearer {}", peer.token))
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap()
}

/// User and system time of a process, from /proc. A tick is 10 ms: windows are long enough for that.
fn cpu_time(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name = stat.rsplit_once(") ").unwrap().1;
    let ticks: u64 = behind_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}
