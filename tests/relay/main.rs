//! What a tool sees of the relay, and what the ledger keeps of it: real sockets on both sides of a real app.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its ground is missing"
)]

mod budgets;
mod bytes;
mod cost;
mod credentials;
mod door;
mod doors;
mod guard;
mod guard_modes;
mod jobs;
mod keys;
mod learning;
mod leaving;
mod limits;
mod manners;
mod models;
mod pages;
mod raw_key;
mod recorder;
mod routes;
mod tools;
mod watching;
mod whole;
