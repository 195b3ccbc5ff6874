//! Orders about conversations.

use std::path::{Path, absolute};

use nexdesk_app::chat::ExportFormat;
use nexdesk_app::control::{ChatsOrder, Order};

use super::Errand;
use crate::args::{Chats, Format};
use crate::exit::Stop;

pub(super) fn of_chats(verb: Chats) -> Result<Errand, Stop> {
    let about = match verb {
        Chats::List => ChatsOrder::List,
        Chats::Find { query, limit } => ChatsOrder::Find {
            query: query.join(" "),
            limit,
        },
        Chats::Import { file, dry_run } => ChatsOrder::Import {
            path: whole(&file)?,
            dry_run,
        },
        Chats::Export { id, format, to } => ChatsOrder::Export {
            id,
            format: match format {
                Format::Md => ExportFormat::Markdown,
                Format::Html => ExportFormat::Html,
                Format::Json => ExportFormat::Json,
            },
            dir: whole(&to)?,
        },
    };
    Ok(Order::Chats { about }.into())
}

/// Whoever carries out the order may stand in another directory.
fn whole(path: &Path) -> Result<String, Stop> {
    Ok(absolute(path)?.display().to_string())
}
