//! The client of MCP servers against real servers from npm, against programs that misbehave, and against the JSON of
//! other apps. Come here to see what a server can do to us, and what a person is told then.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

mod import;
mod npm;
mod real;
mod refusing;
mod rogue;
mod secrets;
mod support;
