//! Asks a model one question, lets a second one wait for it, and prints each batch as it is shown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use nexdesk_app::App;
use nexdesk_app::chat::{ChatEvent, QueueMessage, SendMessage, Sink};
use serde_json::{Value, json};

use crate::say;

pub(crate) async fn run(app: &App, model: &str, question: String) {
    // Nothing is printed before the second question waits: whoever reads may kill this process at the first line.
    let is_waiting = Arc::new(AtomicBool::new(false));
    let (held, waits) = (Mutex::new(Vec::<Value>::new()), is_waiting.clone());
    let sink: Sink = Box::new(move |events| {
        let (mut text, mut reasoning) = (String::new(), String::new());
        for event in events {
            match event {
                ChatEvent::Text { text: more } => text.push_str(&more),
                ChatEvent::Reasoning { text: more } => reasoning.push_str(&more),
                _ => {}
            }
        }
        let mut held = held.lock().unwrap();
        held.push(json!({ "text": text, "reasoning": reasoning }));
        if waits.load(Ordering::Acquire) {
            held.drain(..).for_each(|line| say(&line));
        }
    });
    let ask = SendMessage {
        text: question,
        model: model.to_owned(),
        ..SendMessage::default()
    };
    let sent = app.send_message(ask, sink).await.unwrap();
    let waiting = QueueMessage {
        conversation: sent.conversation.id,
        text: "And this after it".into(),
        attachments: Vec::new(),
        model: model.to_owned(),
    };
    app.queue_message(waiting).await.unwrap();
    is_waiting.store(true, Ordering::Release);
    std::future::pending().await
}
