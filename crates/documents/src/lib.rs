//! What a file given to a chat is, and what a model can be told of it. Bytes in; text, figures and content parts out;
//! no network, no disk, no ledger. A file's author is a stranger: whatever the bytes are, an answer comes within the
//! [`Limits`], and it is a document or a sentence.

mod archive;
mod document;
mod encoding;
mod epub;
mod html;
mod kind;
mod language;
mod limits;
mod markdown;
mod models;
mod odf;
pub mod parts;
mod pdf;
mod picture;
mod rtf;
mod sheets;
mod slides;
mod sound;
mod unreadable;
mod word;
mod xml;

pub use document::{Document, Remark, Text, text_tokens};
pub use kind::Kind;
pub use limits::Limits;
pub use models::{hears, sees, watches};
pub use picture::{Copy, Picture, tile_tokens};
pub use unreadable::Unreadable;
