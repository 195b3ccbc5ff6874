//! One folder per dialect, the same file names in each.

pub mod openai_chat;
