//! Gateways and their keys. A key goes this way once and never comes back.

use nexdesk_app::keys::{AddGateway, AddKey, Gateway, Key, KeyCheck, Preset, UpdateGateway, UpdateKey};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_presets(desk: Held<'_>) -> Answer<Vec<Preset>> {
    Ok(desk.app().await?.list_presets())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_gateways(desk: Held<'_>) -> Answer<Vec<Gateway>> {
    desk.app().await?.list_gateways()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_gateway(desk: Held<'_>, ask: AddGateway) -> Answer<Gateway> {
    desk.app().await?.add_gateway(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn update_gateway(desk: Held<'_>, ask: UpdateGateway) -> Answer<Gateway> {
    desk.app().await?.update_gateway(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_gateway(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_gateway(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_key(desk: Held<'_>, ask: AddKey) -> Answer<Key> {
    desk.app().await?.add_key(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_key(desk: Held<'_>, gateway: String, key: Option<String>) -> Answer<KeyCheck> {
    desk.app().await?.check_key(&gateway, key.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_key(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_key(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn update_key(desk: Held<'_>, ask: UpdateKey) -> Answer<Key> {
    desk.app().await?.update_key(ask).await
}
