//! What the relay reads of bytes that pass through it, tried with what clients and gateways really send.
#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

mod agreement;
mod answers;
mod asked;
mod counted;
mod forms;
mod oracle;
