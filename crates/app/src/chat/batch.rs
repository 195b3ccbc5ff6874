//! Deltas gathered for the window: one message a frame, each small enough for Tauri's fast path (8 KB).

use std::future::Future;
use std::pin::Pin;

use nexdesk_ledger::{JournalKind, Ledger};
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;

use super::{Citation, MessageState, Receipt, Sink, ToolState};
use crate::problem::Problem;

/// Escaped as JSON, control characters grow sixfold; ordinary text hardly at all. 2 KB of text stays below 8 KB of
/// message for anything but a stream of control characters.
const PIECE: usize = 2048;

/// One step of an answer, as the window hears of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ChatEvent {
    /// Thinking that comes next.
    Reasoning {
        /// To append.
        text: String,
    },
    /// Text that comes next.
    Text {
        /// To append.
        text: String,
    },
    /// A tool call begins or goes on; fragments are joined by `index`.
    ToolCall {
        /// Which call.
        index: u32,
        /// Comes once.
        id: Option<String>,
        /// Comes once.
        name: Option<String>,
        /// To append.
        arguments: String,
    },
    /// A picture has come; it is loaded by its id.
    Picture {
        /// Its id.
        id: String,
    },
    /// How a tool call fares; what it has already is told again.
    Tool {
        /// Which call.
        index: u32,
        /// Whose tool it is.
        server: Option<String>,
        /// How far it has come.
        state: ToolState,
        /// What it gave, or why not.
        result: Option<String>,
        /// How long it took.
        took_ms: Option<u64>,
        /// Ids of pictures it gave.
        pictures: Vec<String>,
    },
    /// A page that a tool links to, or that the model names beside its answer.
    Citation {
        /// What it is called.
        title: String,
        /// Where it is.
        url: String,
    },
    /// In a comparison, first in each batch: whose events follow.
    Answer {
        /// Its id.
        id: String,
    },
    /// The answer is over. Comes exactly once, last.
    Ended {
        /// How.
        state: MessageState,
        /// How long the model thought.
        reasoning_ms: Option<u64>,
        /// What it took.
        receipt: Option<Box<Receipt>>,
        /// What went wrong.
        problem: Option<Box<Problem>>,
    },
}

impl From<Citation> for ChatEvent {
    fn from(Citation { title, url }: Citation) -> Self {
        ChatEvent::Citation { title, url }
    }
}

/// What has come since the last frame, and the frame that is being written down.
#[derive(Default)]
pub(super) struct Batch {
    events: Vec<ChatEvent>,
    journalled: u64,
    writing: Option<Writing>,
}

/// Events on their way into the journal, to be shown when they are there.
struct Writing {
    events: Vec<ChatEvent>,
    written: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Batch {
    /// `journalled` is where the journal of a continued answer goes on.
    pub(super) fn push(&mut self, event: ChatEvent) {
        match (self.events.last_mut(), event) {
            (Some(ChatEvent::Text { text }), ChatEvent::Text { text: more })
                if text.len() + more.len() <= PIECE =>
            {
                text.push_str(&more);
            }
            (Some(ChatEvent::Reasoning { text }), ChatEvent::Reasoning { text: more })
                if text.len() + more.len() <= PIECE =>
            {
                text.push_str(&more);
            }
            (_, ChatEvent::Text { text }) => self
                .events
                .extend(pieces(&text).map(|text| ChatEvent::Text { text })),
            (_, ChatEvent::Reasoning { text }) => {
                self.events
                    .extend(pieces(&text).map(|text| ChatEvent::Reasoning { text }));
            }
            (
                _,
                ChatEvent::ToolCall {
                    index,
                    id,
                    name,
                    arguments,
                },
            ) => {
                let (mut id, mut name) = (id, name);
                let mut parts: Vec<String> = pieces(&arguments).collect();
                if parts.is_empty() {
                    parts.push(String::new());
                }
                self.events
                    .extend(parts.into_iter().map(|arguments| ChatEvent::ToolCall {
                        index,
                        id: id.take(),
                        name: name.take(),
                        arguments,
                    }));
            }
            (_, event) => self.events.push(event),
        }
    }

    /// Whether there is something to journal, and nothing on its way into the journal.
    pub(super) fn is_due(&self) -> bool {
        !self.events.is_empty() && self.writing.is_none()
    }

    pub(super) fn is_being_written(&self) -> bool {
        self.writing.is_some()
    }

    /// Hands what has come to the journal. It is shown by `show`, once it is `written`: whatever kills the process,
    /// what a person has seen is never lost, and meanwhile the socket is drained.
    pub(super) fn journal(&mut self, ledger: &Ledger, message: &str) {
        for event in &self.events {
            if let Some((kind, text)) = entry(event) {
                ledger.tell_journal(message, self.journalled, kind, text);
                self.journalled += 1;
            }
        }
        let ledger = ledger.clone();
        self.writing = Some(Writing {
            events: std::mem::take(&mut self.events),
            // A disk that takes nothing keeps nobody from reading; the end of the answer is written again.
            written: Box::pin(async move { drop(ledger.flush().await) }),
        });
    }

    /// Returns when what was journalled last is on disk.
    pub(super) async fn written(&mut self) {
        if let Some(writing) = &mut self.writing {
            writing.written.as_mut().await;
        }
    }

    /// Shows what was journalled last, in messages that are small enough.
    pub(super) fn show(&mut self, sink: &Sink) {
        let mut size = 0;
        let mut frame = Vec::new();
        for event in self.writing.take().into_iter().flat_map(|writing| writing.events) {
            let weight = weight(&event);
            if size + weight > PIECE && !frame.is_empty() {
                sink(std::mem::take(&mut frame));
                size = 0;
            }
            size += weight;
            frame.push(event);
        }
        if !frame.is_empty() {
            sink(frame);
        }
    }

    /// Journals and shows all that is left.
    pub(super) async fn flush(&mut self, ledger: &Ledger, message: &str, sink: &Sink) {
        while self.is_being_written() || self.is_due() {
            if self.is_due() {
                self.journal(ledger, message);
            }
            self.written().await;
            self.show(sink);
        }
    }
}

fn entry(event: &ChatEvent) -> Option<(JournalKind, String)> {
    match event {
        ChatEvent::Text { text } => Some((JournalKind::Text, text.clone())),
        ChatEvent::Reasoning { text } => Some((JournalKind::Reasoning, text.clone())),
        ChatEvent::ToolCall {
            index,
            id,
            name,
            arguments,
        } => {
            let fragment = json!({ "index": index, "id": id, "name": name, "arguments": arguments });
            Some((JournalKind::ToolCall, fragment.to_string()))
        }
        ChatEvent::Picture { .. }
        | ChatEvent::Tool { .. }
        | ChatEvent::Citation { .. }
        | ChatEvent::Answer { .. }
        | ChatEvent::Ended { .. } => None,
    }
}

fn weight(event: &ChatEvent) -> usize {
    match event {
        ChatEvent::Text { text } | ChatEvent::Reasoning { text } => text.len(),
        ChatEvent::ToolCall { arguments, .. } => arguments.len(),
        ChatEvent::Tool { result, .. } => result.as_ref().map_or(0, String::len),
        ChatEvent::Citation { title, url } => title.len() + url.len(),
        ChatEvent::Picture { .. } | ChatEvent::Answer { .. } | ChatEvent::Ended { .. } => 0,
    }
}

/// Cuts at character boundaries.
fn pieces(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let cut = rest.floor_char_boundary(PIECE);
        let (piece, behind) = rest.split_at(cut);
        rest = behind;
        (!piece.is_empty()).then(|| piece.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn however_much_comes_at_once_no_message_to_the_window_exceeds_eight_kilobytes() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = sizes.clone();
        let sink: Sink = Box::new(move |events| {
            let size = serde_json::to_string(&events).expect("events are JSON").len();
            seen.lock().expect("no panic").push((size, events));
        });
        let text = "她说：“你好，世界！”\n".repeat(2000);
        let mut batch = Batch::default();
        batch.push(ChatEvent::Text { text: text.clone() });
        batch.push(ChatEvent::ToolCall {
            index: 0,
            id: Some("a".into()),
            name: None,
            arguments: "{\"x\":1}".repeat(900),
        });
        batch
            .flush(&Ledger::in_memory().expect("a ledger"), "none", &sink)
            .await;
        let sizes = sizes.lock().expect("no panic");
        assert!(
            sizes.len() > 10 && sizes.iter().all(|(size, _)| *size < 8192),
            "every message fits the fast path"
        );
        let joined: String = sizes
            .iter()
            .flat_map(|(_, events)| events)
            .filter_map(|event| {
                if let ChatEvent::Text { text } = event {
                    Some(text.as_str())
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(joined, text, "and nothing is lost between them");
    }
}
