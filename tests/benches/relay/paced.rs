//! Streams as models write them: so many events a second, each with the moment it left the gateway, each looked at
//! byte by byte where it arrives.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use http::Request;
use http_body_util::{BodyExt, Full};
use tokio::task::JoinSet;

use crate::clock::{self, micros, micros_between};
use crate::gateway::{COUNT, END, EVENT, PACE, stamp};
use crate::load::{at, connect, count, post};
use crate::peers::{self, Peer};
use crate::table::{Sizes, Table, Unit};

struct Load {
    name: &'static str,
    streams: usize,
    pace_micros: u64,
    events: usize,
    rounds: usize,
}

const LOADS: [Load; 2] = [
    Load {
        name: "(d) 200 streams, 5 ms between events",
        streams: 200,
        pace_micros: 5_000,
        events: 200,
        rounds: 5,
    },
    Load {
        name: "(g) 500 streams, 40 events a second, 10 s",
        streams: 500,
        pace_micros: 25_000,
        events: 400,
        rounds: 3,
    },
];

/// What one spell of streaming found.
struct Spell {
    p50: f64,
    p99: f64,
    cpu: f64,
    lost: f64,
}

/// What one stream found.
#[derive(Default)]
struct Heard {
    /// Nanoseconds each event was under way.
    delays: Vec<u64>,
    /// Bytes that did not come, or not as they left.
    lost: usize,
}

pub(crate) fn measure(sizes: Sizes, gateway: SocketAddr, table: &mut Table) {
    for load in &LOADS {
        let peers = peers::all(gateway);
        let few = sizes.with_rounds(load.rounds);
        let windows = few.interleaved(&peers, async |peer| run(peer, load, few).await);
        table.begin(load.name);
        table.added("delay of an event, added p50", Unit::Micros, &windows, |w| w.p50);
        table.added("delay of an event, added p99", Unit::Micros, &windows, |w| w.p99);
        table.own("CPU per event", Unit::Micros, &windows, |w| w.cpu);
        table.worst("bytes lost", &windows, |w| w.lost);
        table.memory(&peers);
    }
}

async fn run(peer: &Peer, load: &Load, sizes: Sizes) -> Spell {
    let events = sizes.of(load.events);
    let before = peer.cpu_time();
    let mut listeners = JoinSet::new();
    for _ in 0..load.streams {
        listeners.spawn(listen(
            peer.address,
            request(peer, load.pace_micros, events),
            events,
        ));
    }
    let all = listeners.join_all().await;
    let cpu = peer.cpu_time().saturating_sub(before);
    let lost: usize = all.iter().map(|heard| heard.lost).sum();
    let mut delays: Vec<u64> = all.into_iter().flat_map(|heard| heard.delays).collect();
    delays.sort_unstable();
    assert!(!delays.is_empty(), "not one event came whole");
    Spell {
        p50: micros_between(0, at(&delays, 50)),
        p99: micros_between(0, at(&delays, 99)),
        cpu: micros(cpu) / count(delays.len()),
        lost: count(lost),
    }
}

async fn listen(address: SocketAddr, request: Request<Full<Bytes>>, events: usize) -> Heard {
    let mut wires = JoinSet::new();
    let mut sender = connect(address, &mut wires).await;
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut body = answer.into_body();
    let (mut heard, mut held) = (Heard::default(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.unwrap().into_data() else {
            continue;
        };
        let now = clock::nanos();
        held.extend_from_slice(&data);
        while heard.delays.len() < events && held.len() >= EVENT {
            let event = held.split_to(EVENT);
            match stamp(&event) {
                Some(left) => heard.delays.push(now.saturating_sub(left)),
                // From here on nothing is where it should be.
                None => break,
            }
        }
    }
    let whole = heard.delays.len() == events && held == END.as_bytes();
    if !whole {
        let wanted = events * EVENT + END.len();
        let came = heard.delays.len() * EVENT;
        heard.lost = wanted - came;
    }
    heard
}

/// The caller asks for usage itself: only then are the bytes those of the gateway, every one.
pub(crate) fn request(peer: &Peer, pace_micros: u64, events: usize) -> Request<Full<Bytes>> {
    let body = r#"{"model":"bench","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Say hello, please."}]}"#;
    post(peer, "/v1/chat/completions")
        .header("content-type", "application/json")
        .header(PACE, pace_micros)
        .header(COUNT, events)
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap()
}
