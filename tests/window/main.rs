//! The real window: the built app under Xvfb, driven through WebKitWebDriver as a person would use it.
//!
//! `cargo xtask e2e` runs these; each has a display, a D-Bus session, a keychain and a home of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod desk;
mod journey;
mod restart;
mod screens;
