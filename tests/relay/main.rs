//! What a tool sees of the relay, and what the ledger keeps of it: real sockets on both sides of a real app.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its ground is missing"
)]

mod bytes;
mod cost;
mod credentials;
mod doors;
mod guard;
mod keys;
mod leaving;
mod limits;
mod misbehaviour;
mod models;
mod pages;
mod raw_key;
mod whole;
