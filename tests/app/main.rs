//! What the app does for whoever asks, without a window: chats, keys, secrets, and starts after bad days.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its ground is missing"
)]

mod answers;
mod asking;
mod bills;
mod branches;
mod conversations;
mod full_disk;
mod gateways;
mod keys;
mod killed;
mod library;
mod mortality;
mod opening;
mod secrets;
mod tidying;
mod tokens;
mod tools;
mod transfer;
mod troubles;
