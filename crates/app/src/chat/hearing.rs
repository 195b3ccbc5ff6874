//! One answer as it is heard: deltas become what is known of the message and what the window is told.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexdesk_ledger::new_id;
use nexdesk_protocol::talk::{Delta, Finish};

use super::batch::Batch;
use super::joint::Joint;
use super::running::Live;
use super::{ChatEvent, Citation, calls};
use crate::App;

/// What is heard of an answer, over all the requests it takes.
pub(super) struct Hearing {
    pub(super) batch: Batch,
    pub(super) finish: Option<Finish>,
    thinking_since: Option<Instant>,
    joint: Joint,
    /// How many calls there were when this request was made.
    round: usize,
}

impl Hearing {
    /// Of an answer that says this much already.
    pub(super) fn behind(live: &Live) -> Self {
        let mut hearing = Self {
            batch: Batch::default(),
            finish: None,
            thinking_since: None,
            joint: Joint::behind(""),
            round: 0,
        };
        hearing.goes_on(live);
        hearing
    }

    /// Another request goes on with the answer.
    pub(super) fn goes_on(&mut self, live: &Live) {
        let message = live.now();
        self.finish = None;
        self.joint = Joint::behind(&message.text);
        self.round = message.tool_calls.len();
    }

    /// The results of calls go with another request: what comes is a new paragraph, and no repetition.
    pub(super) fn goes_on_behind_calls(&mut self, live: &Live) {
        self.goes_on(live);
        self.joint = Joint::behind("");
        let text = live.now().text.clone();
        if !text.is_empty() && !text.ends_with('\n') {
            self.say("\n\n".to_owned(), live);
        }
    }

    /// What was held back at the joint, when nothing more comes.
    pub(super) fn end(&mut self, live: &Live) {
        let text = self.joint.end();
        self.say(text, live);
    }

    fn say(&mut self, text: String, live: &Live) {
        if text.is_empty() {
            return;
        }
        live.now().text.push_str(&text);
        self.batch.push(ChatEvent::Text { text });
    }

    fn stop_thinking(&mut self, live: &Live, now: Instant) {
        if let Some(since) = self.thinking_since.take() {
            let took = u64::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX);
            let mut message = live.now();
            message.reasoning_ms = Some(message.reasoning_ms.unwrap_or(0) + took);
        }
    }
}

impl App {
    pub(super) async fn take(&self, delta: Delta, hearing: &mut Hearing, live: &Live) {
        let now = self.clock().instant();
        let event = match delta {
            Delta::TextDelta(text) => {
                hearing.stop_thinking(live, now);
                let text = hearing.joint.pass(text);
                return hearing.say(text, live);
            }
            Delta::ReasoningDelta(text) => {
                hearing.thinking_since.get_or_insert(now);
                live.now().reasoning.push_str(&text);
                ChatEvent::Reasoning { text }
            }
            Delta::ToolCallDelta {
                index,
                id,
                name,
                arguments,
            } => {
                hearing.stop_thinking(live, now);
                hearing.end(live);
                let (id_of, name_of) = (id.as_deref(), name.as_deref());
                let place = calls::join(&mut live.now(), hearing.round, index, id_of, name_of, &arguments);
                ChatEvent::ToolCall {
                    index: u32::try_from(place).unwrap_or(u32::MAX),
                    id,
                    name,
                    arguments,
                }
            }
            Delta::Picture(url) => {
                hearing.end(live);
                match self.keep_picture(&url, live).await {
                    Some(id) => ChatEvent::Picture { id },
                    // A picture by address is not fetched without being asked: the address may be there to watch.
                    None => ChatEvent::Text {
                        text: format!("\n\n[{url}]({url})\n\n"),
                    },
                }
            }
            Delta::Citation { title, url } => {
                let page = Citation::named(title, url);
                if !self.keep_citation(&page, live).await {
                    return;
                }
                page.into()
            }
            Delta::Finish(finish) => {
                hearing.finish = Some(finish);
                return;
            }
            // The relay has counted them; the receipt shows its figures, so that there is only one set.
            Delta::Usage(_) => return,
        };
        hearing.batch.push(event);
    }

    /// Whether it is one that was not named yet. Written down before it is shown.
    async fn keep_citation(&self, page: &Citation, live: &Live) -> bool {
        let id = {
            let mut message = live.now();
            if message.citations.iter().any(|known| known.url == page.url) {
                return false;
            }
            message.citations.push(page.clone());
            message.id.clone()
        };
        let (title, url) = (page.title.clone(), page.url.clone());
        // On a full disk it is shown as long as the app runs.
        let _ = self.ledger().add_citation(&id, title, url).await;
        true
    }

    async fn keep_picture(&self, url: &str, live: &Live) -> Option<String> {
        let (mime, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
        let bytes = STANDARD.decode(data).ok()?;
        let (id, message) = (new_id(), live.now().id.clone());
        self.ledger().add_picture(&id, &message, mime, bytes).await.ok()?;
        live.now().pictures.push(id.clone());
        Some(id)
    }
}
