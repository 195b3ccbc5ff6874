//! What stands of an answer's calls: changed, shown, written down.

use nexdesk_ledger::{MessageRow, MessageState as Row};

use super::{NOT_MADE, Talk};
use crate::chat::answer::Ending;
use crate::chat::calls::{ToolCall, ToolState};
use crate::chat::{ChatEvent, MessageState};

impl Talk<'_> {
    /// Half a call from before a break cannot be made.
    pub(super) fn give_up_fragments(&self) {
        for (place, call) in self.calls().into_iter().enumerate() {
            if !call.is_settled() && call.state == ToolState::Running {
                self.change(place, |call| {
                    call.state = ToolState::Failed;
                    call.result = Some("This call broke off before it was whole.".into());
                });
                self.show(place);
            }
        }
    }

    /// What is still open when the answer ends will not be made. A question is kept for the next life.
    pub(super) fn drop_unmade(&self) {
        for (place, call) in self.calls().into_iter().enumerate() {
            if !call.is_settled() && call.state == ToolState::Running {
                self.change(place, |call| {
                    call.state = ToolState::Failed;
                    call.result = Some(NOT_MADE.into());
                });
                self.show(place);
            }
        }
    }

    /// Stopped by the person; by the app's end it is only interrupted.
    pub(super) fn stopped(&self, exchange: Option<String>) -> Ending {
        let asked = self.calls().iter().any(|call| call.state == ToolState::Asked);
        Ending {
            state: if asked {
                MessageState::Interrupted
            } else {
                MessageState::Stopped
            },
            problem: None,
            exchange,
        }
    }

    pub(super) fn calls(&self) -> Vec<ToolCall> {
        self.live.now().tool_calls.clone()
    }

    pub(super) fn change(&self, place: usize, change: impl FnOnce(&mut ToolCall)) {
        if let Some(call) = self.live.now().tool_calls.get_mut(place) {
            change(call);
        }
    }

    pub(super) fn show(&self, place: usize) {
        let Some(call) = self.calls().into_iter().nth(place) else {
            return;
        };
        (self.sink)(vec![ChatEvent::Tool {
            index: u32::try_from(place).unwrap_or(u32::MAX),
            server: call.server,
            state: call.state,
            result: call.result,
            took_ms: call.took_ms,
            pictures: call.pictures,
        }]);
    }

    /// Writes the answer down as it stands. A disk that is full keeps nobody waiting: the end is written again.
    pub(super) async fn keep(&self) {
        let message = self.live.now().clone();
        let row = MessageRow {
            state: Row::Streaming,
            text: message.text,
            reasoning: message.reasoning,
            reasoning_ms: message.reasoning_ms,
            tool_calls: serde_json::to_value(message.tool_calls).unwrap_or_default(),
            ..self.row.clone()
        };
        let _ = self.app.ledger().finish_message(row).await;
    }
}
