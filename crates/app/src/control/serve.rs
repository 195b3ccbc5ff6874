//! The socket that the holder of a data directory listens on. Only its own user can reach it.

use std::path::Path;

use crate::App;

/// Beside the database, so that whoever finds the one finds the other.
pub(super) const SOCKET: &str = "control.sock";

/// Listens for orders of other processes. Where that cannot be, they are told who holds the directory instead.
#[cfg(unix)]
pub(crate) fn serve(app: &App, who: &'static str) {
    let path = app.data_dir().join(SOCKET);
    // The ledger's lock is ours, so a socket that is still there was left by a process that is gone.
    forget(app.data_dir());
    let app = app.clone();
    let engine = app.clone();
    engine.0.engine.spawn(async move {
        match unix::listen(&path) {
            Ok(listener) => unix::accept(app, listener).await,
            Err(error) => tracing::warn!(%error, %who, "no control socket; a second nexd can only wait"),
        }
    });
}

/// Without Unix sockets a second process is only told who holds the directory.
#[cfg(not(unix))]
pub(crate) fn serve(_app: &App, _who: &'static str) {}

/// Takes the socket away.
pub(crate) fn forget(data_dir: &Path) {
    // It may never have been there.
    let _ = std::fs::remove_file(data_dir.join(SOCKET));
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::unix::OwnedReadHalf;
    use tokio::net::{UnixListener, UnixStream};
    use tokio::sync::mpsc;

    use crate::App;
    use crate::chat::Sink;
    use crate::control::{Line, Order};
    use crate::problem::{Problem, ProblemCode};

    pub(super) fn listen(path: &Path) -> io::Result<UnixListener> {
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    }

    pub(super) async fn accept(app: App, listener: UnixListener) {
        loop {
            tokio::select! {
                () = app.0.guests.leaving().cancelled() => return,
                () = app.0.engine.ending().cancelled() => return,
                accepted = listener.accept() => {
                    let Ok((socket, _)) = accepted else { continue };
                    let guest = converse(app.clone(), socket);
                    app.0.engine.spawn(app.0.guests.under_way().track_future(guest));
                }
            }
        }
    }

    async fn converse(app: App, socket: UnixStream) {
        let (reader, mut writer) = socket.into_split();
        let mut reader = BufReader::new(reader);
        let mut line = String::new();
        if reader.read_line(&mut line).await.is_err() {
            return;
        }
        if !line.ends_with('\n') || writer.write_all(&encoded(&Line::Heard)).await.is_err() {
            return;
        }
        let (lines, mut outgoing) = mpsc::unbounded_channel();
        let work = answer(app, line, lines);
        tokio::pin!(work);
        let mut working = true;
        loop {
            tokio::select! {
                () = &mut work, if working => working = false,
                line = outgoing.recv() => match line {
                    Some(line) => if writer.write_all(&line).await.is_err() { return },
                    None => return,
                },
                // The other side left: what it asked for is no longer wanted, and the model stops.
                () = gone(&mut reader), if working => return,
            }
        }
    }

    async fn answer(app: App, line: String, lines: mpsc::UnboundedSender<Vec<u8>>) {
        let events = lines.clone();
        let sink: Sink = Box::new(move |found| {
            let _ = events.send(encoded(&Line::Events(found)));
        });
        let last = match serde_json::from_str::<Order>(&line) {
            Ok(order) => match app.obey(order, &sink).await {
                Ok(reply) => Line::Reply(reply),
                Err(problem) => Line::Problem(problem),
            },
            // The line may hold a key, so it is not repeated.
            Err(_) => Line::Problem(Problem::new(
                ProblemCode::InvalidInput,
                "The other process does not know this order; the two are of different versions.",
            )),
        };
        let _ = lines.send(encoded(&last));
    }

    async fn gone(reader: &mut BufReader<OwnedReadHalf>) {
        let mut rest = [0; 64];
        while matches!(reader.read(&mut rest).await, Ok(read) if read > 0) {}
    }

    fn encoded(line: &Line) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(line).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
