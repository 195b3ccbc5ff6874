//! A million small requests: memory must stay flat, and the relay's books must equal the gateway's to the nano-dollar.

use std::path::Path;
use std::sync::atomic::Ordering;

use nexdesk_ledger::Ledger;
use tokio::task::JoinSet;

use crate::clock;
use crate::gateway::{self, Books};
use crate::load::{ask, connect, count, small};
use crate::peers::Peer;
use crate::process;
use crate::table::{Sizes, machine, tenths};

const REQUESTS: usize = 1_000_000;
const CONNECTIONS: usize = 64;
/// Asked before memory is first looked at: buffers and caches have their size by then.
const WARM_UP: usize = 20_000;
const PARTS: usize = 10;

/// What the relay wrote down.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    rows: u64,
    nano: i64,
    unpriced: usize,
}

pub(crate) fn run(sizes: Sizes) {
    let gateway = gateway::start();
    let peer = Peer::nexd(gateway.address);
    let pid = peer.pid.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let began = clock::now();
    runtime.block_on(ask_all(&peer, sizes.of(WARM_UP)));
    let mut held = vec![process::memory(pid)];
    let requests = sizes.of(REQUESTS);
    for part in 1..=PARTS {
        runtime.block_on(ask_all(&peer, requests / PARTS));
        held.push(process::memory(pid));
        println!("… {part}0 % of {requests}: {} MB", tenths(held[part]));
    }
    let took = clock::now() - began;
    let home = peer.stop();
    let answered = answered(&gateway.books);
    let written = written(home.path());
    println!("\n`cargo xtask bench million`, {}\n", machine());
    println!("| | |\n|---|--:|");
    println!("| requests answered, {CONNECTIONS} at once | {} |", answered.rows);
    println!("| rows in the ledger | {} |", written.rows);
    println!("| nano-dollars by the gateway's count | {} |", answered.nano);
    println!("| nano-dollars in the ledger | {} |", written.nano);
    println!("| rows without a cost | {} |", written.unpriced);
    println!(
        "| memory after {} requests | {} MB |",
        sizes.of(WARM_UP),
        tenths(held[0])
    );
    println!("| memory at the end | {} MB |", tenths(held[PARTS]));
    println!(
        "| at most | {} MB |",
        tenths(held.iter().copied().max().unwrap_or(0))
    );
    println!(
        "| time | {:.0} s, {:.0} a second |",
        took.as_secs_f64(),
        count(requests) / took.as_secs_f64()
    );
    assert_eq!(written, answered, "the relay's books differ from the gateway's");
}

async fn ask_all(peer: &Peer, requests: usize) {
    let (mut wires, mut askers) = (JoinSet::new(), JoinSet::new());
    for number in 0..CONNECTIONS {
        let mut sender = connect(peer.address, &mut wires).await;
        let request = small(peer);
        // The remainder goes to the first ones.
        let share = requests / CONNECTIONS + usize::from(number < requests % CONNECTIONS);
        askers.spawn(async move {
            for _ in 0..share {
                ask(&mut sender, request.clone()).await;
            }
        });
    }
    askers.join_all().await;
}

fn answered(books: &Books) -> Written {
    Written {
        rows: books.requests.load(Ordering::Relaxed),
        nano: i64::try_from(books.nano.load(Ordering::Relaxed)).unwrap(),
        unpriced: 0,
    }
}

/// Row by row, and once more as the totals have it: both must say the same.
fn written(home: &Path) -> Written {
    let ledger = Ledger::open(home, 0).unwrap().ledger;
    let totals = ledger.totals_since(0).unwrap();
    let (mut rows, mut nano, mut unpriced) = (0, 0, 0);
    let mut next = None;
    loop {
        let (page, more) = ledger.exchanges(next.as_deref(), 5_000).unwrap();
        rows += page.len() as u64;
        nano += page.iter().filter_map(|row| row.cost_nano).sum::<i64>();
        unpriced += page.iter().filter(|row| row.cost_nano.is_none()).count();
        next = more;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(
        (totals.requests, totals.cost_nano),
        (rows, nano),
        "the totals differ from the rows"
    );
    ledger.close();
    Written { rows, nano, unpriced }
}
