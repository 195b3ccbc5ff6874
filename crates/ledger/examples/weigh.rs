//! Baseline copy: what a told exchange costs.
use std::fs;
use std::io::{self, Write};
use nexdesk_ledger::{AttemptRow, Basis, ExchangeRow, Ledger, Outcome, new_id};

fn cpu() -> Vec<(String, u64)> {
    let mut out = vec![];
    for t in fs::read_dir("/proc/self/task").unwrap() {
        let p = t.unwrap().path();
        let name = fs::read_to_string(p.join("comm")).unwrap_or_default().trim().to_owned();
        let ns: u64 = fs::read_to_string(p.join("schedstat")).unwrap_or_default().split(' ').next().unwrap_or("0").parse().unwrap_or(0);
        out.push((name, ns));
    }
    out
}
fn rss() -> String {
    fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM")).collect::<Vec<_>>().join(" ").replace('\t', " ")
}
fn template() -> ExchangeRow {
    let id = || new_id();
    ExchangeRow {
        id: id(), started_at: 1_795_261_500_000, caller_id: Some(id()), caller: "cursor".into(), door: "http".into(),
        endpoint: "chat/completions".into(), interface: "chat".into(), units: None, job: None, stream: true, model_asked: "upstream/sandbox-chat".into(), model_answered: None,
        gateway: Some("upstream".into()), gateway_id: Some(id()), key: Some("first".into()), key_id: Some(id()), status: None,
        outcome: Outcome::Running, code: None, input: None, cached: None, output: None, reasoning: None,
        tokens_basis: Basis::Estimated, cost_nano: None, cost_basis: Basis::Estimated,
        price: Some(r#"{"input":2500,"cached":1250,"output":10000,"request":0,"basis":"reported"}"#.into()),
        first_token_ms: None, took_ms: None, message: None, attempts: vec![],
    }
}
fn main() {
    let rows: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let ledger = Ledger::open(dir.path(), 0).unwrap().ledger;
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let t = template();
    let (token, key) = (t.caller_id.clone().unwrap(), t.key_id.clone().unwrap());
    let before = cpu();
    let wall = std::time::Instant::now();
    for n in 0..rows {
        ledger.tell_token_used(&token, n as i64);
        ledger.tell_key_used(&key, n as i64);
        let mut row = ExchangeRow { id: new_id(), started_at: t.started_at + n as i64 / 20, ..t.clone() };
        ledger.tell_exchange(row.clone());
        row.status = Some(200); row.outcome = Outcome::Ok; row.model_answered = Some("sandbox-chat".into());
        row.input = Some(12); row.cached = Some(0); row.output = Some(40); row.tokens_basis = Basis::Reported;
        row.cost_nano = Some(430_000); row.first_token_ms = Some(3); row.took_ms = Some(4);
        row.attempts.push(AttemptRow { gateway: "upstream".into(), key: Some("first".into()), status: Some(200), code: None, took_ms: 3 });
        ledger.tell_exchange(row);
        if n % 20_000 == 19_999 { rt.block_on(ledger.flush()).unwrap(); }
    }
    rt.block_on(ledger.flush()).unwrap();
    let wall = wall.elapsed();
    let after = cpu();
    let mut o = io::stdout();
    for (name, ns) in &after {
        let was = before.iter().find(|(n, _)| n == name).map_or(0, |b| b.1);
        writeln!(o, "{name}: {:.2} µs CPU a row", (ns - was) as f64 / rows as f64 / 1000.0).unwrap();
    }
    writeln!(o, "{rows} rows in {:.1} s; {}", wall.as_secs_f64(), rss()).unwrap();
    ledger.close();
    writeln!(o, "{} bytes a row on disk", fs::metadata(dir.path().join("nexdesk.db")).unwrap().len() / rows as u64).unwrap();
}
