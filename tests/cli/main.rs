//! `nexd` as a person at a terminal and a program in a script meet it: the real binary, a data directory and a home of
//! its own for every test, and nothing of the engine but what comes out of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

mod asking;
mod damage;
mod first_run;
mod gateways;
mod keys;
mod killed;
mod nexd;
mod official_clients;
mod planted_key;
mod routes;
mod serving;
mod sharing;
mod tokens;
mod watching;
