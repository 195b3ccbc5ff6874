//! An answer while it comes: the socket is drained at full speed, the journal and the window get one batch a frame.

use std::time::Duration;

use nexdesk_client::{ChatStream, ClientError};
use nexdesk_ledger::{LedgerError, MessageRow};
use nexdesk_protocol::talk::Finish;
use nexdesk_protocol::wire::openai::chat::ChatRequest;
use tokio::time::sleep;

use super::hearing::Hearing;
use super::running::Live;
use super::{ChatEvent, ConversationSettings, Message, MessageState, Sink};
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// A frame of a 30 Hz display: in WebKitGTK every DOM commit is dear. It also bounds what a killed process can lose of
/// what nobody has seen yet.
const FRAME: Duration = Duration::from_millis(33);
/// How often a full disk is asked whether it has room again.
const SAVE_AGAIN: Duration = Duration::from_secs(1);
/// How often an answer is continued without asking: a gateway that breaks every stream must not be paid for ever.
const CONTINUED: u32 = 2;

/// An answer to get, and the row it goes into.
pub(super) struct Job {
    pub(super) request: ChatRequest,
    pub(super) row: MessageRow,
    /// As shown until something comes.
    pub(super) message: Message,
    pub(super) settings: ConversationSettings,
}

/// How an answer ended, before it is written down.
pub(super) struct Ending {
    pub(super) state: MessageState,
    pub(super) problem: Option<Problem>,
    pub(super) exchange: Option<String>,
}

impl App {
    /// Stops an answer. What has come of it stays.
    pub fn stop_answer(&self, answer: &str) {
        self.0.answers.stop(answer);
    }

    pub(super) fn begin_answer(&self, job: Job, sink: Sink) {
        let stop = self.0.engine.ending().child_token();
        let conversation = job.row.conversation.clone();
        let live = self.0.answers.begin(&conversation, job.message.clone(), stop);
        let app = self.clone();
        self.0.engine.spawn(async move {
            let ending = app.hear_all(&job, &live, &sink).await;
            app.finish(job, &live, ending, &sink).await;
        });
    }

    /// Listens, and where the conversation allows it asks for the rest of what broke off.
    async fn hear_all(&self, job: &Job, live: &Live, sink: &Sink) -> Ending {
        let mut hearing = Hearing::behind(live);
        let mut ending = self.with_tools(job, &job.request, live, &mut hearing, sink).await;
        let goes_on = job.settings.auto_continue || self.habits().auto_continue;
        let mut left = if goes_on { CONTINUED } else { 0 };
        while left > 0 && ending.can_go_on() && !live.stop.is_cancelled() && !live.now().text.is_empty() {
            left -= 1;
            let known = live.now().clone();
            let said = MessageRow {
                text: known.text,
                tool_calls: serde_json::to_value(known.tool_calls).unwrap_or_default(),
                ..job.row.clone()
            };
            let Ok(request) = self.rest_of(&said, &job.settings).await else {
                break;
            };
            hearing.goes_on(live);
            let next = self.with_tools(job, &request, live, &mut hearing, sink).await;
            // Of two exchanges the first is kept where the second did not come about.
            ending = Ending {
                exchange: next.exchange.or(ending.exchange),
                ..next
            };
        }
        ending
    }

    /// Makes one request and hears its answer out.
    pub(super) async fn listen(
        &self,
        request: &ChatRequest,
        live: &Live,
        hearing: &mut Hearing,
        sink: &Sink,
    ) -> Ending {
        let id = live.now().id.clone();
        let client = self.client("window", Some(id));
        let mut stream = tokio::select! {
            () = live.stop.cancelled() => return Ending::stopped(None),
            begun = client.chat_stream(request) => match begun {
                Ok(stream) => stream,
                Err(error) => return Ending::failed(error, live),
            },
        };
        let exchange = stream.request_id().map(str::to_owned);
        let ending = self.hear(&mut stream, live, hearing, sink).await;
        Ending { exchange, ..ending }
    }

    async fn hear(&self, stream: &mut ChatStream, live: &Live, hearing: &mut Hearing, sink: &Sink) -> Ending {
        let id = live.now().id.clone();
        let mut shown_at = self.clock().instant().checked_sub(FRAME);
        let ending = loop {
            let due = shown_at.map_or(FRAME, |at| FRAME.saturating_sub(self.clock().instant() - at));
            tokio::select! {
                () = live.stop.cancelled() => break Ending::stopped(None),
                () = hearing.batch.written(), if hearing.batch.is_being_written() => hearing.batch.show(sink),
                () = sleep(due), if hearing.batch.is_due() => {
                    hearing.batch.journal(self.ledger(), &id);
                    shown_at = Some(self.clock().instant());
                }
                delta = stream.next() => match delta {
                    Some(Ok(delta)) => self.take(delta, hearing, live).await,
                    Some(Err(error)) => {
                        hearing.end(live);
                        break Ending::failed(error, live);
                    }
                    None => break Ending::of(hearing.finish.take()),
                },
            }
        };
        hearing.end(live);
        hearing.batch.flush(self.ledger(), &id, sink).await;
        ending
    }

    async fn finish(&self, job: Job, live: &Live, ending: Ending, sink: &Sink) {
        // The meter has told the row by the time the stream ends; flushing makes it readable.
        let _ = self.ledger().flush().await;
        let receipt = self.receipt_of(&job.row.id, ending.exchange.as_deref());
        let (receipt, kept_receipt) = receipt.unzip();
        let (state, problem) = (ending.state, ending.problem);
        if state == MessageState::Complete {
            self.look_at_schema(&job, live);
        }
        let message = live.now().clone();
        let finished = MessageRow {
            state: state.into(),
            text: message.text,
            reasoning: message.reasoning,
            reasoning_ms: message.reasoning_ms,
            tool_calls: serde_json::to_value(message.tool_calls).unwrap_or_default(),
            exchange: ending.exchange,
            receipt: kept_receipt,
            problem: problem
                .as_ref()
                .and_then(|problem| serde_json::to_value(problem).ok()),
            ..job.row
        };
        let saved = self.ledger().finish_message(finished.clone()).await;
        let problem = problem.or_else(|| saved.as_ref().err().cloned().map(Problem::from));
        live.end(state, receipt.clone(), problem.clone());
        match saved {
            Err(LedgerError::Full | LedgerError::ReadOnly | LedgerError::Busy) => self.save_later(finished),
            Ok(()) if state == MessageState::Complete => {
                self.0.answers.end(&finished.id);
                self.name_after(&live.conversation, &finished.id);
            }
            // The journal still has every word, and the next start folds it in.
            Ok(()) | Err(_) => self.0.answers.end(&finished.id),
        }
        sink(vec![ChatEvent::Ended {
            state,
            reasoning_ms: message.reasoning_ms,
            receipt: receipt.map(Box::new),
            problem: problem.map(Box::new),
        }]);
        let _ = self.conversation_changed(&live.conversation);
    }

    fn look_at_schema(&self, job: &Job, live: &Live) {
        let misfit = job.settings.misfit(&live.now().text);
        if misfit.is_some() || live.now().schema_problem.is_some() {
            self.ledger().tell_schema_problem(&job.row.id, misfit.clone());
            live.now().schema_problem = misfit;
        }
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
                    app.0.answers.end(&row.id);
                    let _ = app.conversation_changed(&row.conversation);
                    return;
                }
            }
        });
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
        let state = if live.now().text.is_empty() && live.now().tool_calls.is_empty() {
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

    /// Whether a model might say more if it was asked.
    fn can_go_on(&self) -> bool {
        let refused = self
            .problem
            .as_ref()
            .is_some_and(|problem| problem.code == ProblemCode::NotAllowed);
        !refused && matches!(self.state, MessageState::Truncated | MessageState::Interrupted)
    }
}
