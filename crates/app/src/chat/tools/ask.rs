//! Whether a call may be made: what was said for good, and else the question to the person and their answer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nexdesk_ledger::{MessageState as Row, ToolPermission};
use nexdesk_mcp::Function;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::oneshot;

use super::Talk;
use crate::chat::calls::{self, ToolCall, ToolState};
use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

const REFUSED: &str = "The person did not allow this call.";
const NEVER: &str = "The person does not let this tool be called.";
const STOPPED: &str = "The person stopped the answer before this was called.";

/// What a person says to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ToolAnswer {
    /// This one.
    Once,
    /// This one, and this tool from now on.
    Always,
    /// No.
    Refuse,
}

/// Whether a call may be made.
pub(super) enum Leave {
    Given,
    /// With what the model is told.
    Refused(&'static str),
    /// The app ends before anybody has answered.
    Open,
}

/// The questions that wait for an answer.
#[derive(Default)]
pub(crate) struct Asked(Mutex<HashMap<(String, String), Question>>);

struct Question {
    /// The server's id and the tool.
    of: (String, String),
    answer: oneshot::Sender<ToolAnswer>,
}

impl Asked {
    fn all(&self) -> MutexGuard<'_, HashMap<(String, String), Question>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is always allowed is allowed for the calls beside this one too.
    fn answer(&self, message: &str, call: &str, how: ToolAnswer) -> bool {
        let mut all = self.all();
        let Some(question) = all.remove(&(message.to_owned(), call.to_owned())) else {
            return false;
        };
        if how == ToolAnswer::Always {
            let same = all
                .iter()
                .filter(|((of, _), other)| of == message && other.of == question.of);
            let same: Vec<(String, String)> = same.map(|(key, _)| key.clone()).collect();
            for other in same.iter().filter_map(|key| all.remove(key)) {
                let _ = other.answer.send(ToolAnswer::Once);
            }
        }
        question.answer.send(how).is_ok()
    }
}

impl App {
    /// Says whether a call may be made. Of an answer that nobody is writing any more, the call is made, or not, when
    /// the answer is continued.
    ///
    /// # Errors
    /// When nobody asks that any more.
    pub async fn answer_tool_call(&self, message: &str, call: &str, how: ToolAnswer) -> Result<(), Problem> {
        if self.0.asked.answer(message, call, how) {
            return Ok(());
        }
        let gone = || Problem::not_found("such question");
        let mut row = self.ledger().message(message)?.ok_or_else(gone)?;
        if row.state == Row::Streaming {
            let said = "This call was answered already.";
            return Err(Problem::new(ProblemCode::InvalidInput, said));
        }
        let mut calls = calls::kept(&row.tool_calls);
        let is_it = |one: &&mut ToolCall| one.id == call && one.state == ToolState::Asked;
        let asked = calls.iter_mut().find(is_it).ok_or_else(gone)?;
        match how {
            ToolAnswer::Refuse => {
                asked.state = ToolState::Refused;
                asked.result = Some(REFUSED.into());
            }
            ToolAnswer::Once | ToolAnswer::Always => asked.state = ToolState::Allowed,
        }
        let of = (
            asked.server.clone().unwrap_or_default(),
            asked.tool.clone().unwrap_or_default(),
        );
        row.tool_calls = serde_json::to_value(calls).unwrap_or_default();
        let conversation = row.conversation.clone();
        self.ledger().finish_message(row).await?;
        if how == ToolAnswer::Always {
            let servers = self.ledger().mcp_servers()?;
            if let Some(server) = servers.into_iter().find(|server| server.name == of.0) {
                self.allow(&server.id, &of.1).await;
            }
        }
        self.conversation_changed(&conversation).map(drop)
    }

    async fn allow(&self, server: &str, tool: &str) {
        // A server that was removed meanwhile has nothing left to be allowed.
        let _ = self
            .ledger()
            .set_tool_permission(server, tool, ToolPermission::Always)
            .await;
        self.emit(AppEvent::ServersChanged);
    }
}

impl Talk<'_> {
    /// A server's word that a tool only reads is no leave: only the person gives it.
    pub(super) async fn leave(&self, place: usize, function: &Function) -> Leave {
        let said = self
            .app
            .ledger()
            .tool_permissions(&function.server)
            .unwrap_or_default();
        let said = said.into_iter().find(|(tool, _)| *tool == function.tool);
        let allowed = self
            .calls()
            .get(place)
            .is_some_and(|call| call.state == ToolState::Allowed);
        match said.map(|(_, permission)| permission) {
            Some(ToolPermission::Never) => Leave::Refused(NEVER),
            Some(ToolPermission::Always) => Leave::Given,
            Some(ToolPermission::Ask) | None if allowed => Leave::Given,
            Some(ToolPermission::Ask) | None => self.question(place, function).await,
        }
    }

    async fn question(&self, place: usize, function: &Function) -> Leave {
        let id = self
            .calls()
            .get(place)
            .map(|call| call.id.clone())
            .unwrap_or_default();
        let key = (self.row.id.clone(), id);
        let (answer, answered) = oneshot::channel();
        let of = (function.server.clone(), function.tool.clone());
        self.app
            .0
            .asked
            .all()
            .insert(key.clone(), Question { of, answer });
        self.change(place, |call| call.state = ToolState::Asked);
        // Before it is shown, so that no question is seen that could be lost.
        self.keep().await;
        self.show(place);
        let how = tokio::select! {
            () = self.live.stop.cancelled() => None,
            how = answered => how.ok(),
        };
        self.app.0.asked.all().remove(&key);
        match how {
            Some(ToolAnswer::Always) => {
                self.app.allow(&function.server, &function.tool).await;
                Leave::Given
            }
            Some(ToolAnswer::Once) => Leave::Given,
            Some(ToolAnswer::Refuse) => Leave::Refused(REFUSED),
            None if self.app.0.engine.ending().is_cancelled() => Leave::Open,
            None => Leave::Refused(STOPPED),
        }
    }
}
