//! What is said about conversations.

use std::io;

use nexdesk_app::chat::{ConversationSummary, ImportReport, SearchHit};
use nexdesk_app::control::ChatsReply;

use super::figures::{cost, count, moment};
use super::{Paper, Table};

impl Paper {
    pub(super) fn chats(self, reply: &ChatsReply) -> io::Result<()> {
        match reply {
            ChatsReply::List(rows) => self.list(rows, conversations, "No conversations yet."),
            ChatsReply::Found(rows) => self.list(rows, hits, "Nothing was found."),
            ChatsReply::Import(report) if self.json => self.value(report),
            ChatsReply::Import(report) => self.report(report),
            ChatsReply::Exported(path) if self.json => self.value(&path),
            ChatsReply::Exported(path) => self.line(path),
        }
    }

    fn report(self, report: &ImportReport) -> io::Result<()> {
        self.line(&format!(
            "{}: {} new conversations with {} messages, {} here already, {} left out.",
            report.source,
            count(report.conversations.into()),
            count(report.messages.into()),
            count(report.already.into()),
            count(report.skipped.len() as u64),
        ))?;
        for left in &report.skipped {
            self.aside(&format!("Left out: {}: {}", left.what, left.why));
        }
        Ok(())
    }
}

fn conversations(rows: &[ConversationSummary]) -> String {
    let mut table = Table::new(&["ID", "CHANGED", ">MESSAGES", ">COST", "TITLE"]);
    for row in rows {
        table.row([
            row.id.clone(),
            moment(Some(row.updated_at)),
            count(row.messages),
            cost(row.cost),
            row.title.clone(),
        ]);
    }
    table.text()
}

fn hits(rows: &[SearchHit]) -> String {
    let mut table = Table::new(&["CONVERSATION", "WROTE", "TITLE", "TEXT"]);
    for row in rows {
        table.row([
            row.conversation.clone(),
            moment(Some(row.created_at)),
            row.title.clone(),
            row.snippet.clone(),
        ]);
    }
    table.text()
}
