//! How soon a gateway learns that nobody listens any more: every token written after that is paid for nothing.

use http_body_util::BodyExt;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::clock::{self, micros_between};
use crate::gateway::Gateway;
use crate::load::{at, connect};
use crate::paced;
use crate::peers::{self, Peer};
use crate::table::{Sizes, Table, Unit};

const TIMES: usize = 40;

struct Noticed {
    p50: f64,
    worst: f64,
}

pub(crate) fn measure(sizes: Sizes, gateway: &mut Gateway, table: &mut Table) {
    let (peers, left) = (peers::all(gateway.address), &mut gateway.left);
    // Streams of earlier loads all came to their end, but one never knows.
    while left.try_recv().is_ok() {}
    let few = sizes.with_rounds(3);
    let windows = few.interleaved(&peers, async |peer| run(peer, sizes.of(TIMES).max(5), left).await);
    table.begin("the caller hangs up in the middle of a stream");
    table.plain("the gateway knows, p50", Unit::Micros, &windows, |w| w.p50);
    table.worst("the gateway knows, at the latest (µs)", &windows, |w| w.worst);
}

async fn run(peer: &Peer, times: usize, left: &mut UnboundedReceiver<u64>) -> Noticed {
    let mut delays = Vec::new();
    for _ in 0..times {
        let mut wires = JoinSet::new();
        let mut sender = connect(peer.address, &mut wires).await;
        let request = paced::request(peer, 10_000, 100_000);
        let mut body = sender.send_request(request).await.unwrap().into_body();
        for _ in 0..3 {
            body.frame().await.unwrap().unwrap();
        }
        let gone = clock::nanos();
        drop(body);
        drop(sender);
        wires.shutdown().await; // now the socket is closed
        let noticed = left.recv().await.unwrap();
        delays.push(micros_between(gone, noticed));
    }
    delays.sort_by(f64::total_cmp);
    Noticed {
        p50: at(&delays, 50),
        worst: at(&delays, 100),
    }
}
