//! Opening and closing: what stands in which order, and what is said when something is not as it should be.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nexdesk_ledger::{Ledger, LedgerError, Limits, Opened};
use nexdesk_relay::{Access, Clock, Relay};
use nexdesk_upstream::{Patience, Upstream};
use nexdesk_vault::{Secret, Vault};
use tokio::sync::broadcast;

use crate::engine::Engine;
use crate::notices::Notices;
use crate::problem::{Problem, ProblemCode};
use crate::watching::Watch;
use crate::{App, Inner, chat, control, jobs, keys, pulse, tidy};

/// How long an order that is on its way may take to be named, when the program ends.
const JOBS_PATIENCE: Duration = Duration::from_secs(2);

/// What to open.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything but the keys is kept.
    pub data_dir: PathBuf,
    /// Opens the encrypted key file, where keys are in one.
    pub passphrase: Option<Secret>,
    /// Where keys are kept, if not in the system's keychain: tests bring one in memory.
    pub vault: Option<Vault>,
    /// The relay's port, or `None` to open no HTTP door.
    pub relay_port: Option<u16>,
    /// Who may come in by it.
    pub access: Access,
    /// Who looks on.
    pub watch: Watch,
    /// What is done about every answer.
    pub habits: chat::Habits,
    /// How long to wait for gateways.
    pub patience: Patience,
    /// The clock.
    pub clock: Clock,
    /// Who is opening, so that a second process can be told: `window` or `nexd`.
    pub who: &'static str,
    /// How much the ledger may keep.
    pub limits: Limits,
    /// Whether the sandbox streams at a reading pace or as fast as it can.
    pub sandbox_pace: nexdesk_sandbox::Pace,
}

impl Options {
    /// The usual options for `data_dir`.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, who: &'static str) -> Self {
        Self {
            data_dir: data_dir.into(),
            passphrase: None,
            vault: None,
            relay_port: None,
            access: Access::default(),
            watch: Watch::default(),
            habits: chat::Habits::default(),
            patience: Patience::default(),
            clock: Clock::default(),
            who,
            limits: Limits::default(),
            sandbox_pace: nexdesk_sandbox::Pace::default(),
        }
    }
}

/// Another process holds the data directory. `nexd` goes on through it; the window says who it is.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its process id, where it could be read.
    pub process: Option<u32>,
    /// The sentence.
    pub problem: Problem,
}

/// What came of opening.
pub enum Opening {
    /// It is ours.
    Ours(App),
    /// Somebody else has it.
    Held(Held),
}

/// The way back from an update: puts the snapshot made before it in the place of the database beside it. The database
/// that was there is kept, and returned.
///
/// # Errors
/// When it is no whole snapshot, or the data directory is in use.
pub fn restore_snapshot(snapshot: &Path) -> Result<Option<PathBuf>, Problem> {
    Ok(Ledger::restore_snapshot(snapshot)?)
}

impl App {
    /// Opens the data directory and starts everything.
    ///
    /// # Errors
    /// When the data directory cannot be used; the problem says why and what to do.
    pub fn open(options: Options) -> Result<Opening, Problem> {
        let now = options.clock.unix_ms();
        create(&options.data_dir)?;
        let opened = match Ledger::open(&options.data_dir, now) {
            Ok(opened) => opened,
            Err(LedgerError::InUse { process }) => {
                let problem = Problem::from(LedgerError::InUse { process });
                return Ok(Opening::Held(Held { process, problem }));
            }
            Err(error) => return Err(Problem::from(error)),
        };
        let vault = options
            .vault
            .clone()
            .unwrap_or_else(|| Vault::open(&options.data_dir, options.passphrase.clone(), now / 1000));
        let app = Self::assemble(&options, opened, vault)?;
        app.start(&options)?;
        Ok(Opening::Ours(app))
    }

    fn assemble(options: &Options, opened: Opened, vault: Vault) -> Result<Self, Problem> {
        let Opened {
            ledger, set_aside, ..
        } = opened;
        let notices = Notices::default();
        if let Some(path) = set_aside {
            notices.raise("database-set-aside", set_aside_problem(&path));
        }
        let upstream =
            Upstream::new(vault.clone(), options.patience).map_err(|failure| Problem::from(&failure))?;
        let jobs = jobs::open(options, ledger.clone(), upstream.clone(), &notices)?;
        let relay = Relay::open(ledger.clone(), upstream.clone(), options.clock.clone(), jobs)?;
        let engine =
            Engine::start().map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            data_dir: options.data_dir.clone(),
            ledger,
            vault,
            upstream,
            relay,
            clock: options.clock.clone(),
            engine,
            events: broadcast::channel(1024).0,
            ears: crate::pulse::Ears::default(),
            notices,
            limits: Mutex::new(options.limits),
            answers: chat::Running::default(),
            habits: Mutex::new(options.habits.clone()),
            asked: chat::Asked::default(),
            guests: control::Guests::default(),
            door: Mutex::default(),
            sandbox: Mutex::default(),
            tools: nexdesk_mcp::Tools::new(nexdesk_mcp::Patience::default()),
        })))
    }

    fn start(&self, options: &Options) -> Result<(), Problem> {
        let (app, pace) = (self.clone(), options.sandbox_pace);
        let sandbox = self
            .0
            .engine
            .block_on(async move { keys::open_sandbox(&app, pace).await });
        // Without the sandbox everything else still works; the person is told.
        if let Some(Err(problem)) = sandbox {
            self.0.notices.raise("sandbox", problem);
        }
        let (app, watch) = (self.clone(), options.watch.clone());
        self.0.engine.block_on(async move { app.watch(watch).await });
        let relay = self.0.relay.clone();
        if let Some(started) = self.0.engine.block_on(async move { relay.start() }) {
            started?;
        }
        if let Some(port) = options.relay_port {
            self.open_door(port, options.access.clone());
        }
        self.0.engine.spawn(pulse::beat(self.clone()));
        self.0.engine.spawn(tidy::keep_small(self.clone()));
        self.0.engine.spawn(self.clone().note_old_words());
        let app = self.clone();
        self.0
            .engine
            .spawn(async move { app.forget_unsent_files().await });
        self.0.engine.spawn(self.clone().follow_mcp_servers());
        control::serve(self, options.who);
        Ok(())
    }

    /// Closes everything in order: no new requests, running answers end or are written down as stopped, the ledger
    /// is flushed. Waits at most `patience` for streams that tools are still reading.
    pub fn close(self, patience: Duration) {
        let app = self.clone();
        self.0.engine.block_on(async move {
            let door = app.door().open.take();
            let tools = async {
                if let Some(door) = door {
                    door.stop(patience).await;
                }
            };
            // Whoever waits for a picture must not hold up the others; it is fetched in the next life.
            let jobs = app.0.relay.jobs().stop(JOBS_PATIENCE);
            tokio::join!(tools, jobs, app.0.guests.see_off(patience));
        });
        // The tracker must not wait for the task that waits for it, so this one runs outside of it.
        let app = self.clone();
        let (finished, wait) = std::sync::mpsc::channel();
        drop(self.0.engine.handle().spawn(async move {
            // Beside each other: a server that does not leave has two seconds until it is made to.
            tokio::join!(
                app.0.engine.wind_down(Duration::from_secs(2)),
                app.0.tools.stop_all()
            );
            app.0.relay.stop_watching(Duration::from_secs(2)).await;
            let _ = app.0.ledger.flush().await;
            let _ = finished.send(());
        }));
        let _ = wait.recv_timeout(Duration::from_secs(5));
        self.0.engine.stop();
        control::forget(&self.0.data_dir);
        self.0.ledger.clone().close();
    }
}

fn create(dir: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(dir).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull => ProblemCode::StorageFull,
            _ => ProblemCode::StorageReadOnly,
        };
        Problem::new(
            code,
            format!("The data directory {} cannot be made: {error}.", dir.display()),
        )
    })
}

fn set_aside_problem(path: &Path) -> Problem {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Problem {
        remedy: Some("Nothing was deleted; the file stays in the data directory.".into()),
        ..Problem::new(
            ProblemCode::StorageFailed,
            format!("The database was damaged. It was kept aside as {name}, and a new one was begun."),
        )
    }
}
