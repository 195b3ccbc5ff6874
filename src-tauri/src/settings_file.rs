//! The settings on disk, through tauri-plugin-store. The file holds only what differs from the defaults.

use std::path::Path;
use std::sync::Arc;

use nexdesk_app::settings::Settings;
use nexdesk_app::{Problem, ProblemCode};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

pub(crate) struct SettingsFile {
    store: Option<Arc<Store<Wry>>>,
}

impl SettingsFile {
    /// Opens the file; what to tell the person if it had to be kept aside.
    pub(crate) fn open(handle: &AppHandle, dir: &Path) -> (Self, Option<Problem>) {
        let file = dir.join("settings.json");
        // Before the store sees it: the store takes an unreadable file for an empty one and would write over it.
        let aside = Settings::set_aside_unreadable(&file, &nexdesk_app::Clock::default());
        let trouble = aside.map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let said = format!(
                "The settings file could not be read. It was kept aside as {name}; the defaults hold."
            );
            Problem::new(ProblemCode::StorageFailed, said)
        });
        (
            Self {
                store: handle.store(file).ok(),
            },
            trouble,
        )
    }

    pub(crate) fn read(&self) -> Settings {
        let Some(store) = &self.store else {
            return Settings::default();
        };
        Settings::from_differences(store.entries().into_iter().collect())
    }

    pub(crate) fn write(&self, settings: &Settings) -> Result<(), Problem> {
        let unwritable = |why: String| {
            Problem::new(
                ProblemCode::StorageFailed,
                format!("The settings could not be saved: {why}."),
            )
        };
        let store = self
            .store
            .as_ref()
            .ok_or_else(|| unwritable("the file cannot be opened".into()))?;
        store.clear();
        for (name, value) in settings.differences() {
            store.set(name, value);
        }
        store.save().map_err(|error| unwritable(error.to_string()))
    }
}
