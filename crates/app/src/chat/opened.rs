//! A conversation as it is opened: its tree with everything that marks the messages, what stands in the composer, what
//! waits, and how full its branch is.

use std::collections::{HashMap, HashSet};

use nexdesk_ledger::{CompactionRow, MessageRow};

use super::history::Past;
use super::receipt;
use super::{Attachment, Compaction, Conversation, Message, NewDraft};
use crate::App;
use crate::problem::Problem;

impl App {
    /// A whole conversation.
    ///
    /// # Errors
    /// When it is gone.
    pub fn open_conversation(&self, id: &str) -> Result<Conversation, Problem> {
        let summary = self.summary(id)?;
        let leaf = self.ledger().conversation(id)?.and_then(|row| row.leaf);
        let past = Past {
            rows: self.ledger().messages(id)?,
            summaries: self.ledger().compactions(id)?,
            ..Past::default()
        };
        let at = leaf.as_deref().unwrap_or_default();
        let compaction = past.branch(at).summary.cloned();
        let compacted = compacted(&past, compaction.as_ref());
        let context_used = context_used(&past, at);
        let mut messages = self.shown_messages(id, past.rows)?;
        for message in &mut messages {
            message.compacted = compacted.contains(&message.id);
        }
        let draft = self.ledger().draft(Some(id))?.unwrap_or_default();
        Ok(Conversation {
            summary,
            messages,
            leaf,
            draft: draft.text,
            draft_attachments: self.shown_attachments(&draft.attachments)?,
            settings: self.settings_of(Some(id))?,
            queue: self.queue_of(id)?,
            context_used,
            compaction: compaction.map(Compaction::shown),
        })
    }

    fn shown_messages(&self, conversation: &str, rows: Vec<MessageRow>) -> Result<Vec<Message>, Problem> {
        let mut pictures: HashMap<String, Vec<String>> = HashMap::new();
        for (owner, picture) in self.ledger().pictures_of(conversation)? {
            pictures.entry(owner).or_default().push(picture);
        }
        let marks = self.ledger().marks_of(conversation)?;
        let mut marks: HashMap<String, _> = marks
            .into_iter()
            .map(|marks| (marks.message.clone(), marks))
            .collect();
        let shown = |row: MessageRow| {
            let marks = marks.remove(&row.id).unwrap_or_default();
            // What is journalled of a running answer has not reached its row yet; the running answer knows it.
            let live = self.0.answers.snapshot(&row.id);
            let attachments = self.shown_attachments(&marks.attachments)?;
            let message = live.unwrap_or_else(|| {
                let own = pictures.remove(&row.id).unwrap_or_default();
                Message::shown(row, own)
            });
            let misfit = message.schema_problem.clone();
            let message = message.marked(marks, attachments);
            Ok(Message {
                schema_problem: message.schema_problem.clone().or(misfit),
                ..message
            })
        };
        rows.into_iter().map(shown).collect()
    }

    /// One message as it stands.
    pub(super) fn shown_message(&self, row: MessageRow) -> Result<Message, Problem> {
        let conversation = row.conversation.clone();
        let mut shown = self.shown_messages(&conversation, vec![row])?;
        shown.pop().ok_or_else(|| Problem::not_found("such message"))
    }

    fn shown_attachments(&self, ids: &[String]) -> Result<Vec<Attachment>, Problem> {
        let rows = self.ledger().attachments(ids)?;
        Ok(rows.into_iter().map(Attachment::shown).collect())
    }

    /// Keeps what was typed and attached and not sent: for a conversation, for the one not yet begun, or, under a
    /// message's id, in the place of what that message says. Returns when it is on disk; on one that is full it gets there
    /// later.
    pub async fn save_draft(&self, conversation: Option<&str>, text: String, attachments: Vec<String>) {
        let now = self.clock().unix_ms();
        self.ledger().tell_draft(conversation, text, attachments, now);
        let _ = self.ledger().flush().await;
    }

    /// What was typed in the place of a message and not sent; none where nothing was.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn load_edit(&self, message: &str) -> Result<Option<String>, Problem> {
        Ok(self.ledger().draft(Some(message))?.map(|draft| draft.text))
    }

    /// What stands in the composer of the conversation not yet begun.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn new_draft(&self) -> Result<NewDraft, Problem> {
        let draft = self.ledger().draft(None)?.unwrap_or_default();
        Ok(NewDraft {
            text: draft.text,
            attachments: self.shown_attachments(&draft.attachments)?,
            settings: self.settings_of(None)?,
        })
    }
}

impl Compaction {
    pub(super) fn shown(row: CompactionRow) -> Self {
        Self {
            through: row.through,
            text: row.text,
            tokens: row.tokens,
        }
    }
}

fn compacted(past: &Past, compaction: Option<&CompactionRow>) -> HashSet<String> {
    let through = compaction.map(|compaction| compaction.through.as_str());
    let stood_for = past.path(through.unwrap_or_default());
    stood_for.into_iter().map(|row| row.id.clone()).collect()
}

/// What went into the last answer of the branch and came out of it, unless a summary has changed that since.
fn context_used(past: &Past, leaf: &str) -> Option<u64> {
    let branch = past.branch(leaf);
    let made = branch.summary.map_or(i64::MIN, |summary| summary.created_at);
    let last = branch.rows.iter().rev().find(|row| row.receipt.is_some())?;
    (last.created_at > made).then(|| receipt::context(last)).flatten()
}
