//! What the relay's panel and Usage look at: figures, what was kept of an exchange, and its bill.

use nexdesk_app::bill::Bill;
use nexdesk_app::watching::{Captured, MetricsToken, RelayFigures};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn relay_figures(desk: Held<'_>) -> Answer<RelayFigures> {
    Ok(desk.app().await?.relay_figures())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn captured(desk: Held<'_>, exchange: String) -> Answer<Captured> {
    desk.app().await?.captured(&exchange)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bill(desk: Held<'_>, exchange: String) -> Answer<Bill> {
    desk.app().await?.bill(&exchange)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn metrics_token(desk: Held<'_>) -> Answer<Option<MetricsToken>> {
    desk.app().await?.metrics_token()
}

/// Shown this once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_metrics_token(desk: Held<'_>) -> Answer<String> {
    desk.app().await?.create_metrics_token().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_metrics_token(desk: Held<'_>) -> Answer<()> {
    desk.app().await?.remove_metrics_token().await
}

/// What the collector's header says; nothing removes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_collector_secret(desk: Held<'_>, secret: String) -> Answer<()> {
    desk.app().await?.keep_collector_secret(secret).await
}
