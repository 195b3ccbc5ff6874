//! Sending orders to the process that holds the data directory.

use std::path::Path;

use super::{Order, Reply};
use crate::chat::Sink;
use crate::problem::Problem;

/// A way to the holder of a data directory.
pub struct Remote {
    #[cfg(unix)]
    socket: std::path::PathBuf,
}

impl Remote {
    /// The way to the holder of `data_dir`, if it listens.
    #[must_use]
    #[cfg(unix)]
    pub fn find(data_dir: &Path) -> Option<Self> {
        let socket = data_dir.join(super::serve::SOCKET);
        std::os::unix::net::UnixStream::connect(&socket).ok()?;
        Some(Self { socket })
    }

    /// There is none without Unix sockets.
    #[must_use]
    #[cfg(not(unix))]
    pub fn find(_data_dir: &Path) -> Option<Self> {
        None
    }

    /// Sends an order and waits for what comes of it. Blocks.
    ///
    /// # Errors
    /// With what stood in the way there, or when the holder went away. `DataDirHeld` means that it went before it
    /// heard the order, which may then be tried again from the start.
    #[cfg(unix)]
    pub fn obey(&self, order: &Order, sink: &Sink) -> Result<Reply, Problem> {
        use std::io::{BufRead, BufReader, Write};
        use std::os::unix::net::UnixStream;

        use super::Line;
        use crate::problem::ProblemCode;

        let unheard = || {
            Problem::new(
                ProblemCode::DataDirHeld,
                "The Nexdesk that holds the data directory is just closing.",
            )
        };
        let lost = || {
            Problem::new(
                ProblemCode::Internal,
                "The Nexdesk that holds the data directory went away.",
            )
        };
        let mut socket = UnixStream::connect(&self.socket).map_err(|_| unheard())?;
        let mut line = serde_json::to_vec(order).map_err(|_| lost())?;
        line.push(b'\n');
        socket.write_all(&line).map_err(|_| unheard())?;
        let mut lines = BufReader::new(socket).lines();
        let heard = lines.next().and_then(Result::ok);
        let heard = heard.and_then(|line| serde_json::from_str(&line).ok());
        if !matches!(heard, Some(Line::Heard)) {
            return Err(unheard());
        }
        for line in lines {
            let line = serde_json::from_str(&line.map_err(|_| lost())?).map_err(|_| lost())?;
            match line {
                Line::Heard => {}
                Line::Events(events) => sink(events),
                Line::Reply(reply) => return Ok(reply),
                Line::Problem(problem) => return Err(problem),
            }
        }
        Err(lost())
    }

    /// Never called: there is no way without Unix sockets.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(unix))]
    pub fn obey(&self, _order: &Order, _sink: &Sink) -> Result<Reply, Problem> {
        Err(Problem::new(
            crate::problem::ProblemCode::DataDirHeld,
            "Another process holds the data directory.",
        ))
    }
}
