//! The answers under way: what has come of each, and the way to stop it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{Message, MessageState, Receipt};
use crate::problem::Problem;

/// The answers under way.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<String, Arc<Live>>>);

/// One of them.
pub(super) struct Live {
    pub(super) stop: CancellationToken,
    pub(super) conversation: String,
    message: Mutex<Message>,
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

    pub(super) fn begin(&self, conversation: &str, message: Message, stop: CancellationToken) -> Arc<Live> {
        let id = message.id.clone();
        let live = Arc::new(Live {
            stop,
            conversation: conversation.to_owned(),
            message: Mutex::new(message),
        });
        self.all().insert(id, live.clone());
        live
    }

    pub(super) fn end(&self, answer: &str) {
        self.all().remove(answer);
    }

    pub(super) fn stop(&self, answer: &str) {
        if let Some(live) = self.all().get(answer) {
            live.stop.cancel();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    pub(super) fn end(&self, state: MessageState, receipt: Option<Receipt>, problem: Option<Problem>) {
        let mut message = self.now();
        (message.state, message.receipt, message.problem) = (state, receipt, problem);
    }

    pub(super) fn now(&self) -> MutexGuard<'_, Message> {
        self.message.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
