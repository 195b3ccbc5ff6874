//! Orders about conversations: listing them, and the way in and out.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::App;
use crate::chat::{ConversationSummary, ExportFormat, ImportReport, SearchHit};
use crate::problem::Problem;

/// One order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "chats", rename_all = "snake_case")]
pub enum ChatsOrder {
    /// Lists them.
    List,
    /// Finds messages.
    Find {
        /// By what.
        query: String,
        /// How many.
        limit: u32,
    },
    /// Takes over another program's export.
    Import {
        /// The file or folder, as an absolute path.
        path: String,
        /// Whether only to say what would be done.
        dry_run: bool,
    },
    /// Writes one into a file.
    Export {
        /// Which.
        id: String,
        /// How.
        format: ExportFormat,
        /// The folder, as an absolute path.
        dir: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "chats", content = "data", rename_all = "snake_case")]
pub enum ChatsReply {
    /// Conversations.
    List(Vec<ConversationSummary>),
    /// Messages.
    Found(Vec<SearchHit>),
    /// What was taken over, or would be.
    Import(ImportReport),
    /// The file that was written.
    Exported(String),
}

impl App {
    pub(super) async fn obey_chats(&self, order: ChatsOrder) -> Result<Reply, Problem> {
        let reply = match order {
            ChatsOrder::List => ChatsReply::List(self.list_conversations(None)?),
            ChatsOrder::Find { query, limit } => ChatsReply::Found(self.search(&query, limit)?),
            ChatsOrder::Import { path, dry_run: true } => ChatsReply::Import(self.read_import(&path).await?),
            ChatsOrder::Import { path, dry_run: false } => ChatsReply::Import(self.run_import(&path).await?),
            ChatsOrder::Export { id, format, dir } => {
                let path = self.export_conversation(&id, format, Path::new(&dir)).await?;
                ChatsReply::Exported(path.display().to_string())
            }
        };
        Ok(Reply::Chats(Box::new(reply)))
    }
}
