//! Imports an export and prints a line whenever the app says how far it is.

use nexdesk_app::{App, AppEvent};
use serde_json::json;

use crate::say;

pub(crate) async fn run(app: &App, export: &str) {
    let mut events = app.events();
    let telling = async {
        while let Ok(event) = events.recv().await {
            if let AppEvent::ImportProgress {
                conversations,
                messages,
            } = event
            {
                say(&json!({ "conversations": conversations, "messages": messages }));
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
