//! The sandbox as a client sees it: every test speaks to a running one over a socket.

// `cfg(test)` tells clippy that the helpers, too, are tests and may unwrap.
#[cfg(test)]
mod account;
#[cfg(test)]
mod chat;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod families;
#[cfg(test)]
mod hanging_up;
#[cfg(test)]
mod media;
#[cfg(test)]
mod misbehaviour;
#[cfg(test)]
mod others;
#[cfg(test)]
mod text_tools;
#[cfg(test)]
mod visitor;
