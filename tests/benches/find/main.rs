//! What 100,000 messages cost: starting, listing and finding, beside an app that has none.
//!
//! `cargo bench -p nexdesk-tests --bench find` fills a data directory (half of it Chinese, some words far more often
//! than others), opens it as the window does, and asks every kind of question; a number behind `--` fills it with as
//! many messages. Times are of the processor, on the thread that waits, so that what else the machine does is left out;
//! start-up is on the clock too, because other threads take part in it. Nothing here asserts a time.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports to people, or stops"
)]

mod fill;

use std::fs;
use std::time::Duration;

use nexdesk_app::chat::ConversationSummary;
use nexdesk_app::{App, Clock};
use nexdesk_tests::{open, options};
use tempfile::TempDir;

/// Words that are rare, common, nowhere; Chinese of one, two and more characters; beginnings; every filter.
const QUERIES: [&str; 24] = [
    "lighthouse",
    "the",
    "t",
    "th",
    "paper th",
    "paper boats harbour",
    "\"the lighthouse\"",
    "w7777",
    "nowhere",
    "灯塔",
    "的",
    "灯",
    "你是谁",
    "灯塔 纸船",
    "the model:gpt*",
    "灯塔 model:claude*",
    "the has:image",
    "has:image",
    "灯塔 has:code",
    "has:tool",
    "the cost:>0.1",
    "cost:>0.9",
    "the before:2026-01-31",
    "灯塔 before:2025-12-02",
];
const TIMES: usize = 9;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` asks for a list and would otherwise run minutes of load.
    if words.iter().any(|word| word == "--list" || word == "--test") {
        return;
    }
    let count = words.iter().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(count));
}

async fn measure(count: usize) {
    let (empty, full) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (dir, count) in [(&empty, 0), (&full, count)] {
        let app = open(options(dir.path()));
        fill::fill(app.ledger(), count).await;
        app.close(Duration::from_secs(30));
    }
    let file = fs::metadata(full.path().join("nexdesk.db")).unwrap().len();
    println!("{count} messages, {} MB on disk\n", file >> 20);
    println!("{:34}{:>12}{:>12}", "", "0 messages", format!("{count}"));
    let (none, many) = (starts(&empty), starts(&full));
    for ((what, none), (_, many)) in none.iter().zip(&many) {
        println!("{what:34}{:>12}{:>12}", shown(*none), shown(*many));
    }
    println!("\n{:34}{:>12}{:>12}", "search", "hits", "time");
    let app = open(options(full.path()));
    let mut slowest = Duration::ZERO;
    for query in QUERIES {
        let found = app.search(query, 50).unwrap().len();
        let took = median(|| drop(app.search(query, 50)));
        slowest = slowest.max(took);
        println!("{query:34}{found:>12}{:>12}", shown(took));
    }
    println!("{:34}{:>12}{:>12}", "the slowest", "", shown(slowest));
    app.close(Duration::from_secs(5));
}

/// What the start of the window waits for, each the median of several starts.
fn starts(dir: &TempDir) -> [(&'static str, Duration); 4] {
    let clock = Clock::default();
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..TIMES {
        let (begun, spent_before) = (clock.instant(), spent());
        let app = open(options(dir.path()));
        times[0].push(clock.instant() - begun);
        times[1].push(spent() - spent_before);
        let (took, listed) = timed(|| app.list_conversations(None).unwrap());
        times[2].push(took);
        times[3].push(timed(|| open_first(&app, &listed)).0);
        app.close(Duration::from_secs(5));
    }
    let middle = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let [by_the_clock, own, list, conversation] = times.map(middle);
    [
        ("start, by the clock", by_the_clock),
        ("start, processor", own),
        ("list of all conversations", list),
        ("the newest conversation", conversation),
    ]
}

fn open_first(app: &App, listed: &[ConversationSummary]) {
    if let Some(newest) = listed.first() {
        app.open_conversation(&newest.id).unwrap();
    }
}

fn median(work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES).map(|_| timed(&work).0).collect();
    times.sort();
    times[TIMES / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let before = spent();
    let outcome = work();
    (spent() - before, outcome)
}

/// Processor time of this thread. Linux only.
fn spent() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
