//! Jobs, against a pretend gateway of every family: what is ordered is followed, fetched and shown, and never ordered
//! twice, whatever breaks in between.
#![expect(clippy::panic, reason = "a test stops where its ground is missing")]

mod callers;
mod families;
mod house;
mod once;
mod orders;
mod pictures;
mod studio;
mod through;
