//! What the ledger promises, on real files and, where a process must die, with real processes.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod conversations;
#[cfg(test)]
mod exchanges;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod library;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod sums;
#[cfg(test)]
mod support;
#[cfg(test)]
mod writing;
