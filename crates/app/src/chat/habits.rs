//! What a person has said about every answer, whatever the conversation.

use std::sync::PoisonError;

use crate::App;
use crate::settings::Settings;

/// What is done about every answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Whether what broke off is continued without asking.
    pub auto_continue: bool,
    /// Whether a model names conversations.
    pub titles: bool,
    /// Which one; by default the cheapest of the gateway that answered.
    pub title_model: Option<String>,
}

impl From<&Settings> for Habits {
    fn from(settings: &Settings) -> Self {
        Self {
            auto_continue: settings.auto_continue,
            titles: settings.auto_title,
            title_model: settings.title_model.clone(),
        }
    }
}

impl App {
    pub(crate) fn chat_by(&self, habits: Habits) {
        *self.0.habits.lock().unwrap_or_else(PoisonError::into_inner) = habits;
    }

    pub(super) fn habits(&self) -> Habits {
        self.0
            .habits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
