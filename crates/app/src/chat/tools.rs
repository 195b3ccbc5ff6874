//! Tools in an answer: the model calls, the person allows, the server answers, and the model goes on.
//!
//! All of it is one assistant message, however many rounds it takes (`calls.rs` says how its parts keep their order;
//! `told.rs` turns it into the messages a model expects). The message is written whole whenever a call changes, which
//! also empties its journal: so a question that was asked is still asked after the process was killed.

mod ask;
mod standing;
mod told;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use nexdesk_documents::sees;
use nexdesk_ledger::MessageRow;
use nexdesk_mcp::{Function, State};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Message as Wire};
use serde_json::{Value, json};

pub(crate) use ask::Asked;
pub use ask::ToolAnswer;

use super::answer::{Ending, Job};
use super::calls::{self, ToolCall, ToolState};
use super::hearing::Hearing;
use super::history::Listener;
use super::running::Live;
use super::{ChatEvent, Citation, MessageState, Sink};
use crate::App;
use crate::problem::{Problem, ProblemCode};
use told::{Since, is_between, told, without_tools};

/// A model that has called so often in one go is not getting anywhere.
const ROUNDS: usize = 25;
const NOT_MADE: &str = "This call was not made: the answer ended first.";

/// One answer that may call tools.
struct Talk<'a> {
    app: &'a App,
    to: Listener,
    row: &'a MessageRow,
    live: &'a Live,
    sink: &'a Sink,
    since: Since,
}

/// The messages that tell a model of a message with calls; none for one without.
pub(super) fn told_of(app: &App, row: &MessageRow, to: &Listener) -> Option<Vec<Wire>> {
    let calls = calls::kept(&row.tool_calls);
    has_results(row).then(|| {
        told(
            &row.text,
            &calls,
            Since::default(),
            |_| None,
            |id| app.picture_for(to, id),
        )
    })
}

/// Whether there is something to tell of an answer that said nothing.
pub(super) fn has_results(row: &MessageRow) -> bool {
    calls::kept(&row.tool_calls).iter().any(ToolCall::is_settled)
}

/// Whether an answer broke off behind a call: then it goes on with what the call brings.
pub(super) fn broke_off_behind_a_call(row: &MessageRow) -> bool {
    is_between(&row.text, &calls::kept(&row.tool_calls))
}

impl App {
    /// Gets an answer, with as many rounds of calls as it takes.
    pub(super) async fn with_tools(
        &self,
        job: &Job,
        request: &ChatRequest,
        live: &Live,
        hearing: &mut Hearing,
        sink: &Sink,
    ) -> Ending {
        let since = {
            let message = live.now();
            Since::of(&message.text, &message.tool_calls)
        };
        let to = self.listener(&request.model).unwrap_or_else(|_| Listener {
            provider: String::new(),
            model: request.model.clone(),
        });
        let talk = Talk {
            app: self,
            to,
            row: &job.row,
            live,
            sink,
            since,
        };
        let ending = talk.rounds(request, &job.settings.mcp_servers, hearing).await;
        talk.drop_unmade();
        ending
    }

    /// A picture's address, for a model that can see it. Where nobody knows whether it can, it is shown.
    fn picture_for(&self, to: &Listener, id: &str) -> Option<String> {
        if sees(&to.model) == Some(false) {
            return None;
        }
        let (mime, bytes) = self.ledger().picture(id).ok()??;
        Some(format!("data:{mime};base64,{}", STANDARD.encode(bytes)))
    }
}

impl Talk<'_> {
    async fn rounds(&self, request: &ChatRequest, servers: &[String], hearing: &mut Hearing) -> Ending {
        let ready = tokio::select! {
            () = self.live.stop.cancelled() => return self.stopped(None),
            ready = self.app.ready_mcp_servers(servers) => ready,
        };
        self.give_up_fragments();
        let mut functions = self.app.0.tools.functions(&ready);
        if self.settle(&functions).await.is_err() {
            return self.stopped(None);
        }
        if self.since == Since::default() {
            hearing.goes_on_behind_calls(self.live);
        }
        let mut thoughts = HashMap::new();
        let mut exchange = None;
        for _ in 0..ROUNDS {
            functions = self.offered(&ready, functions);
            let (round, thought) = (self.calls().len(), self.live.now().reasoning.len());
            let asked = self.asked(request, &functions, &thoughts);
            let ending = self.app.listen(&asked, self.live, hearing, self.sink).await;
            let wants = self.calls().iter().any(|call| !call.is_settled());
            if functions.is_empty() || !wants || ending.state != MessageState::Complete {
                return Ending {
                    exchange: ending.exchange.or(exchange),
                    ..ending
                };
            }
            let thought = self
                .live
                .now()
                .reasoning
                .get(thought..)
                .unwrap_or_default()
                .to_owned();
            thoughts.insert(u32::try_from(round).unwrap_or(u32::MAX), thought);
            exchange = ending.exchange;
            if self.settle(&functions).await.is_err() {
                return self.stopped(exchange);
            }
            hearing.goes_on_behind_calls(self.live);
        }
        let said = format!("The model has called tools {ROUNDS} times in a row and was stopped.");
        Ending {
            state: MessageState::Interrupted,
            problem: Some(Problem {
                remedy: Some("Continue lets it go on.".into()),
                ..Problem::new(ProblemCode::NotAllowed, said)
            }),
            exchange,
        }
    }

    /// What may be called in the next round. A server that ended in this one is being started again: a call waits for
    /// it, and the model must not find its tools gone.
    fn offered(&self, ready: &[String], before: Vec<Function>) -> Vec<Function> {
        let tools = &self.app.0.tools;
        let mut functions = tools.functions(ready);
        let away = before
            .into_iter()
            .filter(|function| tools.state(&function.server) != State::Ready);
        for function in away {
            if !functions.iter().any(|known| known.name == function.name) {
                functions.push(function);
            }
        }
        functions
    }

    /// The request, with what this answer has said and called meanwhile, and with the tools it may call.
    fn asked(
        &self,
        request: &ChatRequest,
        functions: &[Function],
        thoughts: &HashMap<u32, String>,
    ) -> ChatRequest {
        let mut request = request.clone();
        let message = self.live.now().clone();
        let thought = |round| {
            thoughts
                .get(&round)
                .filter(|thought| !thought.is_empty())
                .cloned()
        };
        let picture = |id: &str| self.app.picture_for(&self.to, id);
        let told = told(&message.text, &message.tool_calls, self.since, thought, picture);
        request.messages.extend(told);
        if functions.is_empty() {
            without_tools(&mut request);
            return request;
        }
        let offered = functions.iter().map(|function| {
            json!({ "type": "function", "function": { "name": function.name,
                "description": function.description, "parameters": function.parameters } })
        });
        // The person's own JSON may have brought some.
        let mut tools = match request.extra.remove("tools") {
            Some(Value::Array(tools)) => tools,
            _ => Vec::new(),
        };
        tools.extend(offered);
        request.extra.insert("tools".into(), tools.into());
        request
    }

    /// Makes every call that is open, all at once. An error when the answer was stopped meanwhile.
    async fn settle(&self, functions: &[Function]) -> Result<(), ()> {
        let calls = self.calls().into_iter().enumerate();
        let open: Vec<usize> = calls
            .filter(|(_, call)| !call.is_settled())
            .map(|(place, _)| place)
            .collect();
        if !open.is_empty() {
            self.name(&open);
            join_all(open.into_iter().map(|place| self.make(place, functions))).await;
            self.keep().await;
        }
        if self.live.stop.is_cancelled() {
            Err(())
        } else {
            Ok(())
        }
    }

    /// Some gateways give a call no id, or begin each round with the same ones.
    fn name(&self, open: &[usize]) {
        for place in open {
            let calls = self.calls();
            let own = calls.get(*place).map(|call| call.id.clone()).unwrap_or_default();
            if !own.is_empty() && !calls.iter().take(*place).any(|call| call.id == own) {
                continue;
            }
            let id = format!("call_{}", nexdesk_ledger::new_id().replace('-', ""));
            self.change(*place, |call| call.id.clone_from(&id));
            (self.sink)(vec![ChatEvent::ToolCall {
                index: u32::try_from(*place).unwrap_or(u32::MAX),
                id: Some(id),
                name: None,
                arguments: String::new(),
            }]);
        }
    }

    async fn make(&self, place: usize, functions: &[Function]) {
        let Some(call) = self.calls().into_iter().nth(place) else {
            return;
        };
        let Some(function) = functions.iter().find(|function| function.name == call.name) else {
            let why = format!("There is no tool called {} here.", call.name);
            return self.end(place, ToolState::Failed, why).await;
        };
        let server = self.app.ledger().mcp_server(&function.server).ok().flatten();
        self.change(place, |call| {
            call.server = server.map(|row| row.name);
            call.tool = Some(function.tool.clone());
        });
        let written = if call.arguments.trim().is_empty() {
            "{}"
        } else {
            &call.arguments
        };
        let arguments: Value = match serde_json::from_str(written) {
            Ok(arguments @ Value::Object(_)) => arguments,
            _ => {
                let why = "The arguments are not a JSON object. Write them again.".to_owned();
                return self.end(place, ToolState::Failed, why).await;
            }
        };
        match self.leave(place, function).await {
            ask::Leave::Given => self.run(place, function, arguments).await,
            ask::Leave::Refused(why) => self.end(place, ToolState::Refused, why.to_owned()).await,
            ask::Leave::Open => {}
        }
    }

    async fn run(&self, place: usize, function: &Function, arguments: Value) {
        self.change(place, |call| call.state = ToolState::Running);
        self.keep().await;
        self.show(place);
        let tools = &self.app.0.tools;
        let outcome = tools
            .call(&function.server, &function.tool, arguments, &self.live.stop)
            .await;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(trouble) => {
                let remedy = trouble
                    .remedy()
                    .map(|remedy| format!(" {remedy}"))
                    .unwrap_or_default();
                return self
                    .end(place, ToolState::Failed, format!("{trouble}{remedy}"))
                    .await;
            }
        };
        let cited = outcome.citations.into_iter();
        let citations: Vec<Citation> = cited
            .map(|it| Citation {
                title: it.title,
                url: it.url,
            })
            .collect();
        let mut pictures = Vec::new();
        for (mime, bytes) in outcome.pictures {
            let id = nexdesk_ledger::new_id();
            let kept = self
                .app
                .ledger()
                .add_picture(&id, &self.row.id, &mime, bytes)
                .await;
            pictures.extend(kept.is_ok().then_some(id));
        }
        self.change(place, |call| {
            call.took_ms = u64::try_from(outcome.took.as_millis()).ok();
            call.pictures = pictures;
            call.citations.clone_from(&citations);
        });
        let state = if outcome.is_error {
            ToolState::Failed
        } else {
            ToolState::Done
        };
        self.end(place, state, outcome.text).await;
        self.cite(citations);
    }

    fn cite(&self, citations: Vec<Citation>) {
        let known = self.live.now().citations.clone();
        let fresh = citations
            .into_iter()
            .filter(|one| !known.iter().any(|known| known.url == one.url));
        let fresh: Vec<Citation> = fresh.collect();
        self.live.now().citations.extend(fresh.iter().cloned());
        if !fresh.is_empty() {
            (self.sink)(fresh.into_iter().map(ChatEvent::from).collect());
        }
    }

    /// Written down first: what was shown is there when the process is killed.
    async fn end(&self, place: usize, state: ToolState, result: String) {
        self.change(place, |call| {
            call.state = state;
            call.result = Some(result);
        });
        self.keep().await;
        self.show(place);
    }
}
