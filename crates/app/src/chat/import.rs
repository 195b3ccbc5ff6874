//! Conversations from other programs: looked at first, then taken over one by one. Each is stored whole with its note
//! of where it comes from, so that a process killed in between has lost nothing and the next run goes on.

mod arrival;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use futures::executor::block_on;
use nexdesk_chats::{Chat, Export, Skipped};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

/// Conversations between two words to the window on how far it is.
const TELL: u32 = 20;
/// Longer lists are read by nobody.
const NAMED: usize = 200;

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The program, by the name people know.
    pub source: String,
    /// Conversations that are new.
    pub conversations: u32,
    /// Their messages.
    pub messages: u32,
    /// Conversations that are here already.
    pub already: u32,
    /// What was left out.
    pub skipped: Vec<LeftOut>,
}

/// Something that was left out of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// The reason.
    pub why: String,
}

impl From<Skipped> for LeftOut {
    fn from(skipped: Skipped) -> Self {
        Self {
            what: skipped.what,
            why: skipped.why,
        }
    }
}

impl ImportReport {
    fn leave_out(&mut self, what: LeftOut) {
        if self.skipped.len() < NAMED {
            self.skipped.push(what);
        }
    }
}

impl App {
    /// What importing a file or folder would do. Nothing is stored.
    ///
    /// # Errors
    /// When it cannot be read, or is of no program we know.
    pub async fn read_import(&self, path: &str) -> Result<ImportReport, Problem> {
        let (app, path) = (self.clone(), PathBuf::from(path));
        self.blocking(move || {
            app.go_through(&path, |_, chat| {
                Ok(Some(u32::try_from(chat.messages.len()).unwrap_or(u32::MAX)))
            })
        })
        .await?
    }

    /// Imports a file or folder. What is here already stays as it is.
    ///
    /// # Errors
    /// As above, or when the ledger cannot be written; what was stored until then stays.
    pub async fn run_import(&self, path: &str) -> Result<ImportReport, Problem> {
        let (app, path) = (self.clone(), PathBuf::from(path));
        let outcome = self
            .blocking(move || {
                app.go_through(&path, |export, chat| {
                    // On a thread of its own, which may wait: only reading is done here, the rest elsewhere.
                    block_on(app.take_over(export, chat))
                })
            })
            .await;
        self.emit(AppEvent::ConversationsChanged);
        outcome?
    }

    /// `take` is given each conversation that is not here yet and says how many messages it took, or none if it has
    /// come here meanwhile. Blocks.
    fn go_through(
        &self,
        path: &Path,
        take: impl Fn(&Export, Chat) -> Result<Option<u32>, Problem>,
    ) -> Result<ImportReport, Problem> {
        let unreadable =
            |error: nexdesk_chats::Unreadable| Problem::told(ProblemCode::InvalidInput, error.to_string());
        let export = nexdesk_chats::open(path).map_err(unreadable)?;
        let known: HashSet<String> = self.ledger().imported_from(export.source().word())?;
        let mut report = ImportReport {
            source: export.source().name().to_owned(),
            ..ImportReport::default()
        };
        for found in export.conversations().map_err(unreadable)? {
            if self.0.engine.ending().is_cancelled() {
                break;
            }
            match found {
                Err(skipped) => report.leave_out(skipped.into()),
                Ok(chat) if known.contains(&chat.foreign_id) => report.already += 1,
                Ok(chat) => match take(&export, chat)? {
                    Some(messages) => {
                        report.conversations += 1;
                        report.messages = report.messages.saturating_add(messages);
                    }
                    None => report.already += 1,
                },
            }
            let done = report.conversations + report.already;
            if done.is_multiple_of(TELL) {
                self.emit(AppEvent::ImportProgress {
                    conversations: done,
                    messages: report.messages,
                });
            }
        }
        Ok(report)
    }

    async fn take_over(&self, export: &Export, chat: Chat) -> Result<Option<u32>, Problem> {
        let arrival = self.arrival(export, chat).await;
        let messages = u32::try_from(arrival.messages.len()).unwrap_or(u32::MAX);
        Ok(self.ledger().import(arrival).await?.then_some(messages))
    }
}
