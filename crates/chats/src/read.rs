//! One reader per program, each from that program's words to the neutral form. What they share is beside them: cutting
//! a file into conversations, making a tree of links that may lie, finding thoughts and pages in text.

mod chatbox;
mod chatgpt;
mod cherry;
mod claude;
mod elements;
mod jan;
mod librechat;
mod links;
mod openwebui;
mod own;
mod settle;
mod thoughts;
mod tree;

use crate::chat::{Chat, Source};
use crate::error::{Skipped, Unreadable};
use crate::files::Files;

/// What every reader gives: conversations one by one, good or skipped.
pub(crate) type Stream<'a> = Box<dyn Iterator<Item = Result<Chat, Skipped>> + Send + 'a>;

/// The conversations of `source` in these files of the export.
pub(crate) fn stream<'a>(
    source: Source,
    files: &'a Files,
    parts: &'a [usize],
) -> Result<Stream<'a>, Unreadable> {
    Ok(match source {
        Source::ChatGpt => chatgpt::stream(files, parts),
        Source::Claude => claude::stream(files, parts),
        Source::Cherry => cherry::stream(files, parts)?,
        Source::Chatbox => chatbox::stream(files, parts),
        Source::Jan => jan::stream(files, parts),
        Source::OpenWebUi => openwebui::stream(files, parts),
        Source::LibreChat => librechat::stream(files, parts),
        Source::Nexdesk => own::stream(files, parts),
    })
}

/// What is said of a conversation without messages. Every long history has some.
const SILENT: &str = "it has no messages";

/// What is said of an element that is no conversation.
const STRANGE: &str = "it is not a conversation";

/// What is said of a conversation beyond [`crate::json::MOST`].
const ENDLESS: &str = "it is longer than 256 MB";
