//! Imports an export and prints a line whenever the app says how far it is.

use std::io::Write;

use nexdesk_app::{App, AppEvent};

pub(crate) async fn run(app: &App, export: &str) {
    let mut events = app.events();
    let telling = async {
        while let Ok(event) = events.recv().await {
            if let AppEvent::ImportProgress { conversations, .. } = event {
                let mut out = std::io::stdout().lock();
                out.write_all(format!("{conversations}\n").as_bytes()).unwrap();
                out.flush().unwrap();
            }
        }
    };
    tokio::select! {
        () = telling => {}
        imported = app.run_import(export) => {
            imported.unwrap();
        }
    }
}
