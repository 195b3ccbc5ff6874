//! What the relay costs: the same requests straight to a gateway, through nginx, and through `nexd serve`, interleaved
//! in one run, so that whatever else the machine does hits all three alike. Ratios are what to look at.
//!
//! `cargo xtask bench` builds nexd with optimisation, installs nginx and runs this. Nothing here asserts a time.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench reports to people, or stops"
)]

mod gateway;
mod load;
mod peers;

use std::time::Duration;

use load::{Shape, Window};
use peers::Peer;

/// Windows a peer and load: the median of them is reported, so one disturbed window changes nothing.
const ROUNDS: usize = 5;

/// What is asked, how often at once, how many times a window.
const LOADS: [(&str, Shape, usize, usize); 3] = [
    ("1 connection, small answers", Shape::Whole, 1, 1_500),
    ("64 connections, small answers", Shape::Whole, 64, 8_000),
    ("64 streams of 200 events", Shape::Stream, 64, 256),
];

fn main() {
    // `cargo test --benches` asks for a list and would otherwise run minutes of load.
    if std::env::args().any(|word| word == "--list" || word == "--test") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let gateway = gateway::start();
    let peers = [Peer::direct(gateway), Peer::nginx(gateway), Peer::nexd(gateway)];
    for (name, shape, connections, requests) in LOADS {
        let mut windows: [Vec<Window>; 3] = Default::default();
        for round in 0..=ROUNDS {
            for (peer, windows) in peers.iter().zip(&mut windows) {
                let window = runtime.block_on(load::run(peer, shape, connections, requests));
                // The first round warms connections, caches and the branch predictor.
                if round > 0 {
                    windows.push(window);
                }
            }
        }
        report(name, shape, &peers, &windows);
    }
}

fn report(name: &str, shape: Shape, peers: &[Peer; 3], windows: &[Vec<Window>; 3]) {
    println!("\n{name}");
    let what = if shape == Shape::Stream {
        "event"
    } else {
        "request"
    };
    println!(
        "  {:8} {:>10} {:>10} {:>12} {:>14}",
        "",
        "p50 µs",
        "p99 µs",
        "requests/s",
        format!("CPU µs/{what}")
    );
    for (peer, windows) in peers.iter().zip(windows) {
        let cpu = if peer.pid.is_some() {
            format!("{:.1}", median(windows, Window::cpu_us))
        } else {
            "—".into()
        };
        let row = [
            median(windows, |w| w.p50),
            median(windows, |w| w.p99),
            median(windows, |w| w.rate),
        ];
        println!(
            "  {:8} {:>10.0} {:>10.0} {:>12.0} {:>14}",
            peer.name, row[0], row[1], row[2], cpu
        );
    }
    let [direct, nginx, nexd] = windows;
    let added = |of: fn(&Window) -> f64, via: &[Window]| paired(via, direct, |a, b| of(a) - of(b));
    for (label, of) in [
        ("p50", (|w: &Window| w.p50) as fn(&Window) -> f64),
        ("p99", |w| w.p99),
    ] {
        let (ours, theirs) = (added(of, nexd), added(of, nginx));
        println!(
            "  added {label}: nexd {ours:.0} µs, nginx {theirs:.0} µs, ratio {:.2}",
            ours / theirs
        );
    }
    let ratio = paired(nexd, nginx, |a, b| a.cpu_us() / b.cpu_us());
    println!("  CPU per {what}: {ratio:.2} × nginx");
}

fn median(windows: &[Window], of: impl Fn(&Window) -> f64) -> f64 {
    middle(windows.iter().map(of).collect())
}

/// The median of differences between windows that ran next to each other.
fn paired(one: &[Window], other: &[Window], of: impl Fn(&Window, &Window) -> f64) -> f64 {
    middle(one.iter().zip(other).map(|(a, b)| of(a, b)).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
