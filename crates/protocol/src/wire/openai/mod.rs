//! OpenAI's API, and what its many imitators add to it.

pub mod chat;
pub mod models;
