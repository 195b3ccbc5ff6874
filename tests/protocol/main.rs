//! The languages of model APIs, tried with what gateways really send: frames, streams, and fields nobody knows.
#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

mod framer;
mod framer_properties;
mod stream_reader;
mod wire;
