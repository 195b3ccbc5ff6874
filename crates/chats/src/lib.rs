//! Conversations from and to other programs. Come here to read what somebody exported from ChatGPT, Claude, Cherry
//! Studio, Chatbox, Jan, Open WebUI, LibreChat or Nexdesk itself, or to write one of ours as Markdown, HTML or JSON.
//!
//! [`open`] recognises an export by what it holds, never by its name; [`Export::conversations`] then reads one
//! conversation at a time, so that an export of a gigabyte needs the memory of its longest conversation. A conversation
//! that cannot be read is a [`Skipped`] in that stream and never the end of it. Everything becomes a [`Chat`]: a tree of
//! messages, with ids that stay the same from one export to the next. Keys and other secrets of a backup are not read.
//!
//! Nothing here knows the ledger, and nothing here opens a connection: a link in an export stays a link.

mod chat;
mod error;
mod export;
mod files;
mod json;
mod read;
mod recognise;
mod write;

pub use chat::{Asset, AssetEntry, Chat, Citation, Place, Role, Said, Source, ToolCall};
pub use error::{Skipped, Unreadable};
pub use export::{Conversations, Export, open, open_bytes};
pub use write::{Language, Layout, html, json, markdown};
