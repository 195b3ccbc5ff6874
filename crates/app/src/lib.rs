//! What Nexdesk can do, whoever asks: the window, `nexd`, a test. No Tauri, no terminal.
//!
//! One folder or file per panel (`chat`, `keys`, `usage`, `tools`), `status` for the strip, `control` for a second process
//! that works through the first. Types that cross to the window derive their TypeScript.

pub mod bill;
pub mod chat;
pub mod control;
pub mod figures;
pub mod keys;
pub mod problem;
pub mod routes;
pub mod settings;
pub mod status;
pub mod tools;
pub mod usage;
pub mod watching;

mod data_dir;
mod door;
mod engine;
mod jobs;
mod media;
mod notices;
mod open;
mod pulse;
mod tidy;
mod time;
mod window_door;

use std::path::Path;
use std::sync::{Arc, Mutex};

use nexdesk_client::Client;
use nexdesk_ledger::{Ledger, Limits};
use nexdesk_relay::Relay;
use nexdesk_sandbox::Sandbox;
use nexdesk_upstream::Upstream;
use nexdesk_vault::Vault;
use tokio::sync::broadcast;

pub use data_dir::default_data_dir;
pub use nexdesk_mcp::may_be_logged;
pub use nexdesk_relay::{Access, Clock, NoAccess, NoCollector, Reports, redact};
pub use open::{Held, Opening, Options, restore_snapshot};
pub use problem::{Fault, Problem, ProblemCode};
pub use status::AppEvent;

use engine::Engine;
use window_door::WindowDoor;

/// A running Nexdesk. Cloning it is cheap; all clones are one app.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    data_dir: std::path::PathBuf,
    ledger: Ledger,
    vault: Vault,
    upstream: Upstream,
    relay: Relay,
    clock: Clock,
    engine: Engine,
    events: broadcast::Sender<AppEvent>,
    ears: pulse::Ears,
    notices: notices::Notices,
    limits: Mutex<Limits>,
    answers: chat::Running,
    habits: Mutex<chat::Habits>,
    asked: chat::Asked,
    guests: control::Guests,
    door: Mutex<door::Door>,
    sandbox: Mutex<Option<Sandbox>>,
    tools: nexdesk_mcp::Tools,
}

impl App {
    /// What the window and `nexd` are told without asking.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        let events = self.0.events.subscribe();
        self.0.ears.open(|| self.0.relay.exchanges());
        events
    }

    /// Where everything but the keys is kept.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.0.data_dir
    }

    /// The clock, which a test can move.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The relay, for tests and benches that look inside.
    #[must_use]
    pub fn relay(&self) -> &Relay {
        &self.0.relay
    }

    /// The ledger, for tests that read its rows or fill the disk under it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn emit(&self, event: AppEvent) {
        // Nobody listening is fine: headless, or before the window is up.
        let _ = self.0.events.send(event);
    }

    /// The way into the relay without a socket, asking on behalf of `message`.
    pub(crate) fn client(&self, caller: &'static str, message: Option<String>) -> Client<WindowDoor> {
        Client::new(WindowDoor::new(self.0.relay.clone(), caller, message))
    }
}
