//! The vocabulary of the tests: a `World` with an app and a pretend gateway in it, and the actors that visit it.
//!
//! `World::new()` is the usual one; `Setup` changes one thing about it. `cursor()` comes in over HTTP with a local
//! token, `window()` through the app. When a world goes, it checks that nothing was left under way.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

mod cursor;
mod dialects;
mod events;
mod recorder;
mod replay;
mod soon;
mod window;
mod world;

pub use cursor::{Cursor, Heard, Hearing, question};
pub use dialects::{STREAMS, Streamed};
pub use events::{delivered_events, read_events, text_of};
pub use recorder::{Framing, Recorder, Said};
pub use replay::{Replay, Request};
pub use soon::soon;
pub use window::{Answer, Coming, Window, collecting};
pub use world::{Setup, World, open, options};
