//! What a person should know until they have dismissed it: a database set aside, a relay on another port.

use std::sync::{Mutex, PoisonError};

use crate::App;
use crate::problem::Problem;
use crate::status::Notice;

#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    pub(crate) fn raise(&self, id: &str, problem: Problem) {
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notices.retain(|notice| notice.id != id);
        notices.push(Notice {
            id: id.into(),
            problem,
        });
    }

    pub(crate) fn lower(&self, id: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|notice| notice.id != id);
    }

    fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// Takes a notice away.
    pub fn dismiss_notice(&self, id: &str) {
        self.0.notices.lower(id);
    }

    /// Adds a notice from outside: the desktop's settings file, say.
    pub fn raise_notice(&self, id: &str, problem: Problem) {
        self.0.notices.raise(id, problem);
    }

    /// What there is to know right now.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.0.notices.all()
    }
}
