//! Local tokens, and what each may do.

use nexdesk_app::keys::{LocalToken, NewToken, TokenLimits};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tokens(desk: Held<'_>) -> Answer<Vec<LocalToken>> {
    desk.app().await?.list_tokens()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_token(desk: Held<'_>, name: String) -> Answer<NewToken> {
    desk.app().await?.create_token(&name).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_token_limits(desk: Held<'_>, id: String, limits: TokenLimits) -> Answer<LocalToken> {
    desk.app().await?.set_token_limits(&id, limits).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_token(desk: Held<'_>, id: String, paused: bool) -> Answer<LocalToken> {
    desk.app().await?.pause_token(&id, paused).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_token(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.revoke_token(&id).await
}
