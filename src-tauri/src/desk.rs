//! The app beside the window: opened on a thread of its own, awaited by every command.

use std::time::Duration;

use nexdesk_app::settings::Settings;
use nexdesk_app::{App, AppEvent, Opening, Options, Problem, ProblemCode, default_data_dir};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::settings_file::SettingsFile;

/// What the page is told without asking.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct Heard(AppEvent);

pub(crate) struct Desk {
    /// `None` while it is being opened.
    app: watch::Sender<Option<Result<App, Problem>>>,
    options: Options,
    handle: AppHandle,
    settings: SettingsFile,
    /// What to tell about the settings file once there is an app to tell it.
    trouble: Option<Problem>,
}

impl Desk {
    pub(crate) fn open(handle: &AppHandle) -> Self {
        let dir = default_data_dir();
        let (settings, trouble) = SettingsFile::open(handle, &dir);
        let kept = settings.read();
        let mut options = Options {
            relay_port: Some(kept.relay_port),
            habits: (&kept).into(),
            ..Options::new(dir, "window")
        };
        // A file edited by hand may say anything. What cannot be understood leaves the door closed.
        let unclear = match (kept.access(), kept.watch()) {
            (Ok(access), Ok(watch)) => {
                (options.access, options.watch) = (access, watch);
                None
            }
            (Err(problem), _) | (_, Err(problem)) => Some(problem),
        };
        let desk = Self {
            app: watch::Sender::new(None),
            options,
            handle: handle.clone(),
            settings,
            trouble: trouble.or(unclear),
        };
        desk.begin();
        desk
    }

    fn begin(&self) {
        let opened = self.app.clone();
        let (options, handle, trouble) = (self.options.clone(), self.handle.clone(), self.trouble.clone());
        // A thread, not a task: the keychain may keep it waiting for a person.
        std::thread::spawn(move || {
            let outcome = match App::open(options) {
                Ok(Opening::Ours(app)) => Ok(app),
                Ok(Opening::Held(held)) => Err(held.problem),
                Err(problem) => Err(problem),
            };
            if let Ok(app) = &outcome {
                if let Some(problem) = trouble {
                    app.raise_notice("settings-set-aside", problem);
                }
                tauri::async_runtime::spawn(forward(app.clone(), handle));
            }
            opened.send_replace(Some(outcome));
        });
    }

    /// Tries once more, if opening failed: the person may have removed what stood in the way.
    pub(crate) fn open_again(&self) {
        let failed = self.app.send_if_modified(|app| {
            let failed = matches!(app, Some(Err(_)));
            if failed {
                *app = None;
            }
            failed
        });
        if failed {
            self.begin();
        }
    }

    /// The app, as soon as it is open; or why it could not be opened.
    pub(crate) async fn app(&self) -> Result<App, Problem> {
        let mut app = self.app.subscribe();
        let closed = || Problem::new(ProblemCode::Internal, "Nexdesk could not start.");
        let opened = app.wait_for(Option::is_some).await.map_err(|_| closed())?;
        opened.clone().unwrap_or_else(|| Err(closed()))
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.read()
    }

    pub(crate) fn keep_settings(&self, settings: &Settings) -> Result<(), Problem> {
        self.settings.write(settings)
    }

    pub(crate) fn close(&self, patience: Duration) {
        if let Some(Ok(app)) = self.app.borrow().clone() {
            app.close(patience);
        }
    }
}

async fn forward(app: App, handle: AppHandle) {
    let mut events = app.events();
    loop {
        match events.recv().await {
            // A page that is being reloaded misses events; it asks for everything when it is back.
            Ok(event) => drop(Heard(event).emit(&handle)),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
