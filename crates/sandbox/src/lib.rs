//! The offline gateway: start here to run one, and to see what it noted about its visitors.
//!
//! It speaks real HTTP/1.1 on the loopback interface, so nothing that talks to it can tell it from a distant
//! gateway except by its answers. It runs on a thread and a runtime of its own: a stalled stream in here must never
//! hold up the program under test.

mod account;
mod audio;
mod call;
mod chat;
mod clock;
mod echo;
mod embeddings;
mod files;
mod generate;
mod messages;
mod models;
mod moderation;
mod pictures;
mod realtime;
mod record;
mod refusal;
mod reply;
mod rerank;
mod responses;
mod routes;
mod server;
mod tokens;
mod video;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub use chat::misbehave::{MISBEHAVIOURS, Misbehaviour, full_text, partial_text};
pub use chat::prose::answer_to;
pub use models::{Kind, MODELS, Model};
pub use record::Seen;
pub use tokens::count as count_tokens;
pub use video::fault::{JOB_FLAWS, JobFlaw};

/// How the sandbox shall behave.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The time between two events of a stream.
    pub pace: Pace,
    /// The keys it accepts; `None` lets everybody in.
    pub keys: Option<Vec<String>>,
    /// Whether requests are kept for [`Sandbox::requests`].
    pub record: bool,
}

impl Settings {
    /// What tests want: a free port, no waiting, everybody let in, every request kept.
    pub fn for_tests() -> Settings {
        Settings {
            pace: Pace::NONE,
            record: true,
            ..Settings::default()
        }
    }
}

/// The time between two events of a stream; by default about as fast as a quick model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace(pub Duration);

impl Pace {
    /// No waiting; every event is still flushed on its own.
    pub const NONE: Pace = Pace(Duration::ZERO);
}

impl Default for Pace {
    fn default() -> Self {
        Pace(Duration::from_millis(25))
    }
}

/// A running sandbox; it stops when dropped.
pub struct Sandbox {
    port: u16,
    gateway: Arc<server::Gateway>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds `127.0.0.1:port` before it returns, so the first request already finds it.
    pub fn start(settings: Settings) -> Result<Sandbox, std::io::Error> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port)))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let gateway = Arc::new(server::Gateway::new(settings, port));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&gateway);
        let thread = std::thread::Builder::new()
            .name("sandbox".into())
            .spawn(move || {
                if let Err(error) = runtime.block_on(server::run(listener, served, stopped)) {
                    tracing::error!(%error, "the sandbox could not listen");
                }
                // A picture being drawn for nobody must not hold up whoever stops us.
                runtime.shutdown_background();
            })?;
        Ok(Sandbox {
            port,
            gateway,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL to type into a client, `/v1` included.
    pub fn url(&self) -> String {
        format!("{}/v1", self.gateway.root())
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The last 1000 requests in the order they came in, if [`Settings::record`] was set.
    pub fn requests(&self) -> Vec<Seen> {
        self.gateway.journal.seen()
    }

    /// Closes every connection and waits for the thread to end.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means the thread has ended already, which is what is wanted.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
