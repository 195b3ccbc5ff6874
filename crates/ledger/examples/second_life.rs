//! A process for the tests to kill, or to run as somebody who may not write: `second_life journal DIR` tells numbered
//! deltas and says so for ever, `second_life open DIR` says whether the ledger opens.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use nexdesk_ledger::{ConversationRow, JournalKind, Ledger, MessageRow, MessageState, Role};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["journal", dir] => journal(Path::new(dir)),
        ["open", dir] => open(Path::new(dir)),
        _ => Err("give journal or open, and a directory".into()),
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
