//! Finding what was said: how texts become words, what a query means, which messages it finds, and where in them.
//!
//! A message's words are noted in the transaction that stores the message. The words of what an older version stored
//! are noted in the background, newest first (`backlog`).

mod backlog;
mod cut;
mod find;
pub(crate) mod index;
mod query;
mod snippet;

pub use find::FoundRow;
pub use query::Midnight;
