//! `nexd serve`, killed a hundred times at a moment of chance while tools ask it: what was finished is on record, and
//! nothing was ordered twice.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::Method;
use http::header::CONTENT_TYPE;
use nexdesk_ledger::{Ledger, Outcome};
use nexdesk_sandbox::{Pace, Sandbox, Settings};
use nexdesk_tests::{Cursor, question};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::nexd::Nexd;

const KILLS: usize = 100;
const TOOLS: usize = 6;
/// Rows are gathered for some milliseconds before they are committed; a second is more than any machine takes.
const SETTLED: Duration = Duration::from_secs(1);
const FAMILIES: &str =
    r#"{"rows": [{"preset": "lm-studio", "for": "video", "models": ["sandbox-vidu*"], "family": "queue"}]}"#;

/// An exchange whose answer came whole: its id in the ledger, and when.
type Finished = (String, Instant);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_nothing_that_was_finished_and_order_nothing_twice() {
    let gateway = Sandbox::start(Settings {
        pace: Pace::NONE,
        ..Settings::for_tests()
    })
    .unwrap();
    let nexd = Nexd::new().with_passphrase(None);
    nexd.run(&[
        "gateways",
        "add",
        "up",
        "--preset",
        "lm-studio",
        "--url",
        &gateway.url(),
    ])
    .good();
    std::fs::write(nexd.data_dir().join("families.json"), FAMILIES).unwrap();
    let token = nexd.run(&["tokens", "add", "tool"]).good().out.trim().to_owned();
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let mut chance = Chance(seed.unwrap_or(20_261_121));
    println!("SEED={}", chance.0);

    let counter = Arc::new(AtomicUsize::new(0));
    let mut settled: Vec<String> = Vec::new();
    for _ in 0..KILLS {
        let serving = nexd.serve();
        let load = Load::begin(serving.root(), &token, &counter);
        // Half of the kills come early, in the middle of beginnings; the others have something to lose.
        let most = if chance.below(2) == 0 { 300 } else { 1_600 };
        tokio::time::sleep(Duration::from_millis(20 + chance.below(most))).await;
        let killed = now();
        serving.signal("KILL");
        let finished = load.end().await;
        drop(serving);
        settled.extend(
            finished
                .into_iter()
                .filter(|(_, at)| *at + SETTLED < killed)
                .map(|(id, _)| id),
        );
    }

    assert!(
        settled.len() > 100,
        "there was something to lose: {}",
        settled.len()
    );
    // One more life, in which what was still under way is told to have been interrupted.
    let serving = nexd.serve();
    serving.signal("TERM");
    serving.ended().good();
    let outcomes = outcomes(&nexd);
    let lost: Vec<_> = settled
        .iter()
        .filter(|id| outcomes.get(*id) != Some(&Outcome::Ok))
        .collect();
    assert!(
        lost.is_empty(),
        "of {} finished exchanges these are not on record: {lost:?}",
        settled.len()
    );
    let running = outcomes.values().filter(|outcome| **outcome == Outcome::Running);
    assert_eq!(running.count(), 0);
    nothing_was_ordered_twice(&gateway);
}

/// Tools that ask as fast as they are answered.
struct Load {
    tools: JoinSet<Vec<Finished>>,
    over: Arc<AtomicBool>,
}

impl Load {
    fn begin(root: &str, token: &str, counter: &Arc<AtomicUsize>) -> Self {
        let mut tools = JoinSet::new();
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..TOOLS {
            let cursor = Cursor::new(root, token);
            tools.spawn(ask(cursor, counter.clone(), over.clone()));
        }
        Self { tools, over }
    }

    async fn end(self) -> Vec<Finished> {
        self.over.store(true, Ordering::Relaxed);
        self.tools.join_all().await.into_iter().flatten().collect()
    }
}

async fn ask(cursor: Cursor, counter: Arc<AtomicUsize>, over: Arc<AtomicBool>) -> Vec<Finished> {
    let mut finished = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        let (path, body) = match number % 8 {
            0 => (
                "/v1/videos",
                json!({ "model": "sandbox-vidu", "prompt": format!("order {number}") }),
            ),
            1 => ("/v1/chat/completions", question("sandbox-chat", "Hello", true)),
            _ => ("/v1/chat/completions", question("sandbox-chat", "Hello", false)),
        };
        let request = cursor
            .request(Method::POST, path)
            .header(CONTENT_TYPE, "application/json");
        let Ok(response) = request.body(body.to_string()).send().await else {
            return finished;
        };
        let id = response.headers().get("x-nexdesk-request-id").cloned();
        let is_chat = path.ends_with("completions") && response.status() == 200;
        if response.bytes().await.is_err() {
            return finished;
        }
        if let (true, Some(id)) = (is_chat, id) {
            finished.push((id.to_str().unwrap().to_owned(), now()));
        }
    }
    finished
}

fn outcomes(nexd: &Nexd) -> HashMap<String, Outcome> {
    let ledger = Ledger::open(&nexd.data_dir(), 0).unwrap().ledger;
    let (mut all, mut before) = (HashMap::new(), None);
    loop {
        let (rows, next) = ledger.exchanges(before.as_deref(), 500).unwrap();
        all.extend(rows.into_iter().map(|row| (row.id.to_string(), row.outcome)));
        match next {
            Some(next) => before = Some(next),
            None => return all,
        }
    }
}

fn nothing_was_ordered_twice(gateway: &Sandbox) {
    let orders = gateway.requests().into_iter().filter(|seen| {
        seen.method == "POST" && seen.path.starts_with("/queue/") && !seen.path.contains("/requests/")
    });
    let mut prompts = HashSet::new();
    for order in orders {
        let body: Value = serde_json::from_slice(&order.body).unwrap();
        let prompt = body["prompt"].as_str().unwrap().to_owned();
        assert!(prompts.insert(prompt.clone()), "{prompt} was ordered twice");
    }
    assert!(prompts.len() > KILLS / 2, "there were orders: {}", prompts.len());
}

/// A generator whose seed is printed, so that a bad hundred can be had again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what was finished long before a kill is told by the clock"
)]
fn now() -> Instant {
    Instant::now()
}
