//! The thread that everything asynchronous runs on: the relay's sockets, the window's answers, the timers.
//!
//! One thread, because a second costs 13 µs a request in wake-ups (`reference/performance.md`), and apart from Tauri's
//! own, so that a busy relay never delays the window.

use std::future::Future;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) struct Engine {
    handle: Handle,
    tasks: TaskTracker,
    ending: CancellationToken,
    thread: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Engine {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("nexdesk-engine".into())
            .spawn(move || {
                let _ = runtime.block_on(stopped);
                // Sockets and timers go; a task that sits in the keychain does not hold up the exit.
                runtime.shutdown_timeout(Duration::from_millis(200));
            })?;
        let thread = Mutex::new(Some((stop, thread)));
        Ok(Self {
            handle,
            tasks: TaskTracker::new(),
            ending: CancellationToken::new(),
            thread,
        })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Cancelled when the app closes: loops end by it, answers are stopped and written down.
    pub(crate) fn ending(&self) -> &CancellationToken {
        &self.ending
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(task, &self.handle);
    }

    /// Runs `task` on the engine and waits for it, from whatever runtime the caller is on.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, outcome) = oneshot::channel();
        self.spawn(async move {
            let _ = done.send(task.await);
        });
        outcome.await.ok()
    }

    /// The same, from a thread without a runtime.
    pub(crate) fn block_on<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, outcome) = std::sync::mpsc::channel();
        self.spawn(async move {
            let _ = done.send(task.await);
        });
        outcome.recv().ok()
    }

    pub(crate) async fn wind_down(&self, patience: Duration) {
        self.ending.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(patience, self.tasks.wait()).await;
    }

    pub(crate) fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = thread {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}
