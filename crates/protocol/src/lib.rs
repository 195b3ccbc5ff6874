//! The languages of model APIs. Pure: no sockets, no clock, no runtime.
//!
//! `wire` is what stands in the bytes, field for field; `talk` is the neutral form the rest of the house speaks;
//! `translate` goes between the two, one folder per dialect; `Interface` says what kind of work an exchange is;
//! `sse` finds the events in a stream of bytes; `reading` reads along while an answer passes; `refusal` is how we say
//! no in the caller's own dialect.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod decimal;
mod interface;
pub mod reading;
pub mod refusal;
pub mod sse;
pub mod talk;
pub mod translate;
pub mod wire;

pub use interface::Interface;
