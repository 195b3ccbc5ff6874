//! What needs a window, and nothing else: everything Nexdesk can do is in `nexdesk-app`.
//!
//! `bridge` hands the app's functions to the page; `desk` opens the app beside the window, so that a slow keychain
//! does not delay the first paint; `settings_file` keeps the settings; `window` is about its place on the screen.

mod bridge;
mod desk;
mod settings_file;
mod window;

use std::process::ExitCode;
use std::time::Duration;

use nexdesk_app::redact::Struck;
use tauri::{Manager, RunEvent};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use desk::Desk;

/// A relay that tools are reading from is not cut off at once when its window closes.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs until the window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let asked = EnvFilter::from_default_env().and(filter_fn(nexdesk_app::may_be_logged));
    // A gateway may say a key back to us in an error.
    let lines = fmt::layer().with_writer(|| Struck(std::io::stderr()));
    registry().with(lines.with_filter(asked)).init();
    let bridge = bridge::builder();
    let built = tauri::Builder::default()
        // First, as its documentation asks: a second start ends here, and the window that is there comes forward.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::come_forward(app)
        }))
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bridge.invoke_handler())
        .setup(move |app| {
            bridge.mount_events(app);
            window::fit_the_screen(app.handle());
            app.manage(Desk::open(app.handle()));
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    app.state::<Desk>().close(PATIENCE);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            // There is no window to say it in.
            tracing::error!(%error, "the window cannot be opened");
            ExitCode::FAILURE
        }
    }
}
