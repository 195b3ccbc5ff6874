//! Exports of other programs, as close to real ones as their sources show, read through the public door; and what we
//! write ourselves.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

mod chatbox;
mod chatgpt;
mod cherry;
mod claude;
mod hostile;
mod jan;
mod librechat;
mod openwebui;
mod support;
mod writing;
