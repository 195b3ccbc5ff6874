//! An answer while it comes: the socket is drained at full speed, the journal and the window get one batch a frame.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexdesk_client::{ChatStream, ClientError};
use nexdesk_ledger::{LedgerError, MessageRow, new_id};
use nexdesk_protocol::talk::{Delta, Finish};
use nexdesk_protocol::wire::openai::chat::ChatRequest;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::batch::Batch;
use super::{ChatEvent, Message, MessageState, Receipt, Sink, ToolCall};
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// A frame of a 30 Hz display: in WebKitGTK every DOM commit is dear. It also bounds what a killed process can lose.
const FRAME: Duration = Duration::from_millis(33);
/// How often a full disk is asked whether it has room again.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// An answer to get, and the row it goes into.
pub(super) struct Job {
    pub(super) request: ChatRequest,
    pub(super) row: MessageRow,
}

/// The answers under way.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<String, Arc<Live>>>);

struct Live {
    stop: CancellationToken,
    message: Mutex<Message>,
    conversation: String,
}

/// How an answer ended, before it is written down.
struct Ending {
    state: MessageState,
    problem: Option<Problem>,
    exchange: Option<String>,
}

impl Running {
    pub(super) fn is_streaming(&self, conversation: &str) -> bool {
        let is_coming = |live: &Live| live.now().state == MessageState::Streaming;
        self.all()
            .values()
            .any(|live| live.conversation == conversation && is_coming(live))
    }

    pub(super) fn snapshot(&self, answer: &str) -> Option<Message> {
        self.all().get(answer).map(|live| live.now().clone())
    }

    pub(super) fn stop_all_of(&self, conversation: &str) {
        self.all()
            .values()
            .filter(|live| live.conversation == conversation)
            .for_each(|live| live.stop.cancel());
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn end(&self, state: MessageState, receipt: Option<Receipt>, problem: Option<Problem>) {
        let mut message = self.now();
        (message.state, message.receipt, message.problem) = (state, receipt, problem);
    }

    fn now(&self) -> MutexGuard<'_, Message> {
        self.message.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Stops an answer. What has come of it stays.
    pub fn stop_answer(&self, answer: &str) {
        if let Some(live) = self.0.answers.all().get(answer) {
            live.stop.cancel();
        }
    }

    pub(super) fn begin_answer(&self, job: Job, sink: Sink) {
        let Job { request, row } = job;
        let message = Mutex::new(Message::shown(row.clone(), Vec::new()));
        let stop = self.0.engine.ending().child_token();
        let live = Arc::new(Live {
            stop,
            message,
            conversation: row.conversation.clone(),
        });
        self.0.answers.all().insert(row.id.clone(), live.clone());
        let app = self.clone();
        self.0.engine.spawn(async move {
            let ending = app.listen(&request, &row.id, &live, &sink).await;
            app.finish(row, &live, ending, &sink).await;
        });
    }

    async fn listen(&self, request: &ChatRequest, id: &str, live: &Live, sink: &Sink) -> Ending {
        let client = self.client("window", Some(id.to_owned()));
        let mut stream = tokio::select! {
            () = live.stop.cancelled() => return Ending::stopped(None),
            begun = client.chat_stream(request) => match begun {
                Ok(stream) => stream,
                Err(error) => return Ending::failed(error, live),
            },
        };
        let exchange = stream.request_id().map(str::to_owned);
        let ending = self.hear(&mut stream, id, live, sink).await;
        Ending { exchange, ..ending }
    }

    async fn hear(&self, stream: &mut ChatStream, id: &str, live: &Live, sink: &Sink) -> Ending {
        let mut hearing = Hearing {
            batch: Batch::default(),
            thinking_since: None,
            finish: None,
        };
        let mut shown_at = self.clock().instant().checked_sub(FRAME);
        let ending = loop {
            let due = shown_at.map_or(FRAME, |at| FRAME.saturating_sub(self.clock().instant() - at));
            tokio::select! {
                () = live.stop.cancelled() => break Ending::stopped(None),
                () = sleep(due), if !hearing.batch.is_empty() => {
                    hearing.batch.flush(self.ledger(), id, sink);
                    shown_at = Some(self.clock().instant());
                }
                delta = stream.next() => match delta {
                    Some(Ok(delta)) => self.take(delta, &mut hearing, live).await,
                    Some(Err(error)) => break Ending::failed(error, live),
                    None => break Ending::of(hearing.finish.take()),
                },
            }
        };
        hearing.batch.flush(self.ledger(), id, sink);
        ending
    }

    async fn take(&self, delta: Delta, hearing: &mut Hearing, live: &Live) {
        let now = self.clock().instant();
        let event = match delta {
            Delta::TextDelta(text) => {
                hearing.stop_thinking(live, now);
                live.now().text.push_str(&text);
                ChatEvent::Text { text }
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
                join(
                    &mut live.now().tool_calls,
                    index,
                    id.as_deref(),
                    name.as_deref(),
                    &arguments,
                );
                ChatEvent::ToolCall {
                    index: u32::try_from(index).unwrap_or(u32::MAX),
                    id,
                    name,
                    arguments,
                }
            }
            Delta::Picture(url) => match self.keep_picture(&url, live).await {
                Some(id) => ChatEvent::Picture { id },
                // A picture by address is not fetched without being asked: the address may be there to watch.
                None => ChatEvent::Text {
                    text: format!("\n\n[{url}]({url})\n\n"),
                },
            },
            Delta::Finish(finish) => {
                hearing.finish = Some(finish);
                return;
            }
            // The relay has counted them; the receipt shows its figures, so that there is only one set.
            Delta::Usage(_) => return,
        };
        hearing.batch.push(event);
    }

    async fn keep_picture(&self, url: &str, live: &Live) -> Option<String> {
        let (mime, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
        let bytes = STANDARD.decode(data).ok()?;
        let (id, message) = (new_id(), live.now().id.clone());
        self.ledger().add_picture(&id, &message, mime, bytes).await.ok()?;
        live.now().pictures.push(id.clone());
        Some(id)
    }

    async fn finish(&self, row: MessageRow, live: &Live, ending: Ending, sink: &Sink) {
        // The meter has told the row by the time the stream ends; flushing makes it readable.
        let _ = self.ledger().flush().await;
        let exchange = ending
            .exchange
            .as_deref()
            .and_then(|id| self.ledger().exchange(id).ok().flatten());
        let receipt = exchange
            .as_ref()
            .filter(|row| row.took_ms.is_some())
            .map(Receipt::of);
        let message = live.now().clone();
        let (state, problem) = (ending.state, ending.problem);
        let finished = MessageRow {
            state: state.into(),
            text: message.text,
            reasoning: message.reasoning,
            reasoning_ms: message.reasoning_ms,
            tool_calls: serde_json::to_value(message.tool_calls).unwrap_or_default(),
            exchange: ending.exchange,
            receipt: receipt.as_ref().and_then(Receipt::to_json),
            problem: problem
                .as_ref()
                .and_then(|problem| serde_json::to_value(problem).ok()),
            ..row
        };
        let saved = self.ledger().finish_message(finished.clone()).await;
        let problem = problem.or_else(|| saved.as_ref().err().cloned().map(Problem::from));
        live.end(state, receipt.clone(), problem.clone());
        match saved {
            Err(LedgerError::Full | LedgerError::ReadOnly | LedgerError::Busy) => self.save_later(finished),
            // The journal still has every word, and the next start folds it in.
            Ok(()) | Err(_) => drop(self.0.answers.all().remove(&finished.id)),
        }
        sink(vec![ChatEvent::Ended {
            state,
            reasoning_ms: message.reasoning_ms,
            receipt: receipt.map(Box::new),
            problem: problem.map(Box::new),
        }]);
        let _ = self.conversation_changed(&live.conversation);
    }

    /// Until the disk takes it, the answer is shown from memory.
    fn save_later(&self, row: MessageRow) {
        let app = self.clone();
        self.0.engine.spawn(async move {
            let mut closing = false;
            while !closing {
                tokio::select! {
                    () = sleep(SAVE_AGAIN) => {}
                    () = app.0.engine.ending().cancelled() => closing = true,
                }
                if app.ledger().finish_message(row.clone()).await.is_ok() {
                    app.0.answers.all().remove(&row.id);
                    let _ = app.conversation_changed(&row.conversation);
                    return;
                }
            }
        });
    }
}

struct Hearing {
    batch: Batch,
    thinking_since: Option<Instant>,
    finish: Option<Finish>,
}

impl Hearing {
    fn stop_thinking(&mut self, live: &Live, now: Instant) {
        if let Some(since) = self.thinking_since.take() {
            let took = u64::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX);
            let mut message = live.now();
            message.reasoning_ms = Some(message.reasoning_ms.unwrap_or(0) + took);
        }
    }
}

impl Ending {
    fn of(finish: Option<Finish>) -> Self {
        let state = match finish {
            Some(Finish::Length) => MessageState::Truncated,
            _ => MessageState::Complete,
        };
        let filtered = matches!(finish, Some(Finish::ContentFilter)).then(|| {
            Problem::new(
                ProblemCode::InvalidInput,
                "The gateway's content filter cut this answer off.",
            )
        });
        Self {
            state,
            problem: filtered,
            exchange: None,
        }
    }

    fn stopped(exchange: Option<String>) -> Self {
        Self {
            state: MessageState::Stopped,
            problem: None,
            exchange,
        }
    }

    /// With something to show the answer was interrupted and can go on; with nothing it failed.
    fn failed(error: ClientError, live: &Live) -> Self {
        let exchange = match &error {
            ClientError::Refused { request_id, .. } => request_id.clone(),
            ClientError::Unreachable(_) | ClientError::Interrupted | ClientError::NotUnderstood => None,
        };
        let state = if live.now().text.is_empty() {
            MessageState::Failed
        } else {
            MessageState::Interrupted
        };
        Self {
            state,
            problem: Some(Problem::from(error)),
            exchange,
        }
    }
}

fn join(calls: &mut Vec<ToolCall>, index: usize, id: Option<&str>, name: Option<&str>, arguments: &str) {
    // A gateway that counts from somewhere odd gets the next place, not a thousand empty calls.
    let index = index.min(calls.len());
    if index == calls.len() {
        calls.push(ToolCall::default());
    }
    let Some(call) = calls.get_mut(index) else { return };
    if call.id.is_empty() {
        call.id = id.unwrap_or_default().to_owned();
    }
    if call.name.is_empty() {
        call.name = name.unwrap_or_default().to_owned();
    }
    call.arguments.push_str(arguments);
}
