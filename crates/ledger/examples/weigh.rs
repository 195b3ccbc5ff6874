//! What an exchange costs: `weigh [ROWS]` tells that many from one thread, each at its start and its end with the uses
//! of its token and key, and says how much processor time that took on each thread; `weigh ROWS late` ends each only
//! after its start was written. Linux only, for its `/proc`.

use std::error::Error;
use std::fs;
use std::io::{self, Write};

use nexdesk_ledger::{AttemptRow, Basis, ExchangeId, ExchangeRow, Ledger, Outcome, new_id};

/// Rows between two waits for the writer: a burst, where a relay tells a few hundred.
const BURST: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let rows: usize = words.next().map_or(Ok(1_000_000), |rows| rows.parse())?;
    let late = words.next().is_some_and(|word| word == "late");
    let dir = tempfile::tempdir()?;
    let ledger = Ledger::open(dir.path(), 0)?.ledger;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let usual = usual();
    let mut open = Vec::new();
    let before = spent()?;
    for number in 0..rows {
        let row = begin(&ledger, &usual, i64::try_from(number)?);
        match late {
            true => open.push(row),
            false => end(&ledger, row),
        }
        if number % BURST == BURST - 1 {
            runtime.block_on(ledger.flush())?;
            open.drain(..).for_each(|row| end(&ledger, row));
        }
    }
    open.drain(..).for_each(|row| end(&ledger, row));
    runtime.block_on(ledger.flush())?;
    let mut out = io::stdout();
    for (name, nanos) in spent()? {
        let was = before.iter().find(|(known, _)| *known == name);
        let nanos = nanos - was.map_or(0, |(_, nanos)| *nanos);
        let each = nanos / u64::try_from(rows)?;
        writeln!(out, "{name}: {}.{:02} µs a row", each / 1000, each % 1000 / 10)?;
    }
    let status = fs::read_to_string("/proc/self/status")?;
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
    {
        writeln!(out, "{line}")?;
    }
    ledger.close();
    let size = fs::metadata(dir.path().join("nexdesk.db"))?.len();
    writeln!(out, "{} bytes a row on disk", size / u64::try_from(rows)?)?;
    Ok(())
}

/// Nanoseconds of processor time of every thread so far.
fn spent() -> io::Result<Vec<(String, u64)>> {
    fs::read_dir("/proc/self/task")?
        .map(|thread| {
            let thread = thread?.path();
            let name = fs::read_to_string(thread.join("comm"))?.trim().to_owned();
            let times = fs::read_to_string(thread.join("schedstat"))?;
            let nanos = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
            Ok((name, nanos.unwrap_or_default()))
        })
        .collect()
}

fn begin(ledger: &Ledger, usual: &ExchangeRow, number: i64) -> ExchangeRow {
    ledger.tell_token_used(usual.caller_id.as_deref().unwrap_or_default(), number);
    ledger.tell_key_used(usual.key_id.as_deref().unwrap_or_default(), number);
    let row = ExchangeRow {
        id: ExchangeId::fresh(),
        started_at: usual.started_at + number / 20,
        ..usual.clone()
    };
    ledger.tell_exchange(row.clone());
    row
}

fn end(ledger: &Ledger, mut row: ExchangeRow) {
    row.status = Some(200);
    row.outcome = Outcome::Ok;
    row.model_answered = Some("sandbox-chat".into());
    row.input = Some(12);
    row.cached = Some(0);
    row.output = Some(40);
    row.tokens_basis = Basis::Reported;
    row.cost_nano = Some(430_000);
    row.first_token_ms = Some(3);
    row.took_ms = Some(4);
    row.attempts.push(AttemptRow {
        gateway: "upstream".into(),
        key: Some("first".into()),
        status: Some(200),
        code: None,
        took_ms: 3,
    });
    ledger.tell_exchange(row);
}

fn usual() -> ExchangeRow {
    ExchangeRow {
        id: ExchangeId::fresh(),
        started_at: 1_795_261_500_000,
        caller_id: Some(new_id().into()),
        caller: "cursor".into(),
        door: "http".into(),
        endpoint: "chat/completions".into(),
        interface: "chat".into(),
        stream: true,
        model_asked: "upstream/sandbox-chat".into(),
        model_answered: None,
        gateway: Some("upstream".into()),
        gateway_id: Some(new_id().into()),
        key: Some("first".into()),
        key_id: Some(new_id().into()),
        status: None,
        outcome: Outcome::Running,
        code: None,
        input: None,
        cached: None,
        output: None,
        reasoning: None,
        units: None,
        tokens_basis: Basis::Estimated,
        cost_nano: None,
        cost_basis: Basis::Estimated,
        price: Some(r#"{"input":2500,"cached":1250,"output":10000,"request":0,"basis":"reported"}"#.into()),
        first_token_ms: None,
        took_ms: None,
        message: None,
        job: None,
        attempts: Vec::new(),
    }
}
