//! Tools that live in other programs: a client of MCP servers, over a child process or over streamable HTTP. Come here
//! to start a server, to learn what its tools are, to call one, to name tools for a model, or to read the servers of
//! another app from its JSON.
//!
//! Nothing here knows the ledger or asks the vault: who calls gives the secrets, and they go to the server and nowhere
//! else.

mod catalogue;
mod child;
mod connection;
mod functions;
mod import;
mod links;
mod log;
mod notes;
mod outcome;
mod places;
mod schema;
mod server;
mod tools;
mod transport;
mod trouble;
mod veil;

pub use catalogue::{Offer, catalogue};
pub use connection::{Patience, State, Tool};
pub use functions::{Function, functions};
pub use import::{Imported, NotServers, Reading, Skipped, read_json};
pub use links::Citation;
pub use log::may_be_logged;
pub use outcome::Outcome;
pub use server::{Server, Transport};
pub use tools::Tools;
pub use trouble::{Fault, Trouble};
