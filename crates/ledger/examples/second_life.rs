//! A process for the tests to kill, or to run as somebody who may not write: `second_life journal DIR` tells numbered
//! deltas and says so for ever, `second_life exchanges DIR SEED` tells exchanges and says which are committed for ever,
//! `second_life open DIR` says whether the ledger opens.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use nexdesk_ledger::{
    Basis, ConversationRow, ExchangeRow, JournalKind, Ledger, Limits, MessageRow, MessageState, Outcome,
    Role, new_id,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["journal", dir] => journal(Path::new(dir)),
        ["exchanges", dir, seed] => exchanges(Path::new(dir), seed.parse()?),
        ["open", dir] => open(Path::new(dir)),
        _ => Err("give journal, exchanges or open, and a directory".into()),
    }
}

fn open(dir: &Path) -> Result<(), Box<dyn Error>> {
    match Ledger::open(dir, 0) {
        Ok(_) => writeln!(io::stdout(), "opened")?,
        Err(cause) => writeln!(io::stdout(), "{cause:?}: {cause}")?,
    }
    Ok(())
}

fn journal(dir: &Path) -> Result<(), Box<dyn Error>> {
    let ledger = Ledger::open(dir, 0)?.ledger;
    let conversation = ConversationRow {
        id: "conversation".into(),
        title: "Counting".into(),
        model: None,
        created_at: 0,
        updated_at: 0,
        leaf: Some("answer".into()),
        deleted_at: None,
        ..ConversationRow::default()
    };
    let answer = MessageRow {
        id: "answer".into(),
        conversation: "conversation".into(),
        parent: None,
        role: Role::Assistant,
        state: MessageState::Streaming,
        model: None,
        text: String::new(),
        reasoning: String::new(),
        reasoning_ms: None,
        tool_calls: serde_json::json!([]),
        exchange: None,
        receipt: None,
        problem: None,
        created_at: 0,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(ledger.begin_turn(conversation, vec![answer]))?;
    let (_never, pause) = channel::<()>();
    for number in 0u64.. {
        ledger.tell_journal("answer", number, JournalKind::Text, format!("{number} "));
        writeln!(io::stdout(), "{number}")?;
        if pause.recv_timeout(Duration::from_millis(2)).is_ok() {
            break;
        }
    }
    Ok(())
}

/// Starts and ends exchanges in any order, tidies up in between, and says `id nano-dollars` of each whose end is
/// committed.
fn exchanges(dir: &Path, seed: u64) -> Result<(), Box<dyn Error>> {
    let ledger = Ledger::open(dir, 0)?.ledger;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut dice = seed | 1;
    let mut below = move |end: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % end
    };
    let (mut open, mut told) = (Vec::new(), Vec::new());
    for number in 0.. {
        let row = running(number * 50_000, below(3));
        ledger.tell_exchange(row.clone());
        open.push(row);
        while below(2) == 0
            && let Some(row) = open.pop()
        {
            let cost = number * 1_000_003 % 999_999_937;
            told.push(format!("{} {cost}", row.id));
            ledger.tell_exchange(ExchangeRow {
                outcome: Outcome::Ok,
                cost_nano: Some(cost),
                input: Some(below(1000)),
                ..row
            });
        }
        if below(100) == 0 {
            runtime.block_on(ledger.flush())?;
            for line in told.drain(..) {
                writeln!(io::stdout(), "{line}")?;
            }
        }
        if below(5000) == 0 {
            ledger.tend(number * 50_000 + 40 * 86_400_000, &Limits::default())?;
        }
    }
    Ok(())
}

fn running(started_at: i64, caller: u64) -> ExchangeRow {
    ExchangeRow {
        id: new_id().into(),
        started_at,
        caller_id: Some(format!("token-{caller}").into()),
        caller: "tool".into(),
        door: "http".into(),
        endpoint: "chat/completions".into(),
        interface: "chat".into(),
        stream: false,
        model_asked: "small".into(),
        model_answered: None,
        gateway: None,
        gateway_id: None,
        key: None,
        key_id: None,
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
        price: None,
        first_token_ms: None,
        took_ms: None,
        message: None,
        job: None,
        attempts: Vec::new(),
    }
}
