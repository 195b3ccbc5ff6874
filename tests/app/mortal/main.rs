//! Asks the built-in sandbox one question in the data directory given, lets a second one wait for it, and prints each batch as it is shown, with the
//! time of it, until somebody kills it.
#![expect(
    clippy::unwrap_used,
    reason = "whoever started this reads why it stopped from standard error"
)]

mod asked;
mod imported;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use nexdesk_app::Options;
use nexdesk_app::chat::{ChatEvent, QueueMessage, SendMessage, Sink};
use nexdesk_tests::{open, options};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut given = std::env::args().skip(1);
    let (dir, question) = (given.next().unwrap(), given.next().unwrap());
    let app = open(Options {
        sandbox_pace: nexdesk_sandbox::Pace::default(),
        ..options(dir.as_ref())
    });
    if let Some(export) = question.strip_prefix("import:") {
        return imported::run(&app, export).await;
    }
    if let Some(transport) = given.next() {
        asked::run(&app, &transport, question).await;
        return;
    }
    let clock = app.clock().clone();
    // Nothing is printed before the second question waits: whoever reads may kill this process at the first line.
    let is_waiting = Arc::new(AtomicBool::new(false));
    let (held, waits) = (Mutex::new(String::new()), is_waiting.clone());
    let sink: Sink = Box::new(move |events| {
        let texts = events.iter().filter_map(|event| match event {
            ChatEvent::Text { text } => Some(text.as_str()),
            _ => None,
        });
        let line = json!({ "at": clock.unix_ms(), "text": texts.collect::<String>() });
        let mut held = held.lock().unwrap();
        held.push_str(&format!("{line}\n"));
        if !waits.load(Ordering::Acquire) {
            return;
        }
        let mut out = std::io::stdout().lock();
        // One write a line: the reader must never find half of one.
        out.write_all(std::mem::take(&mut *held).as_bytes()).unwrap();
        out.flush().unwrap();
    });
    let ask = SendMessage {
        conversation: None,
        parent: None,
        text: question,
        model: "sandbox/sandbox-chat".into(),
        ..SendMessage::default()
    };
    let sent = app.send_message(ask, sink).await.unwrap();
    let waiting = QueueMessage {
        conversation: sent.conversation.id,
        text: "And this after it".into(),
        attachments: Vec::new(),
        model: "sandbox/sandbox-chat".into(),
    };
    app.queue_message(waiting).await.unwrap();
    is_waiting.store(true, Ordering::Release);
    std::future::pending().await
}
