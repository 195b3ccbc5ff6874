//! The library of conversations: folders, finding, branches taken out or copied, the way in and out.

use nexdesk_app::chat::{
    Conversation, ConversationSummary, ConversationTotal, Folder, ImportReport, SearchHit,
};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(desk: Held<'_>, query: String, limit: u32) -> Answer<Vec<SearchHit>> {
    desk.app().await?.search(&query, limit)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_folders(desk: Held<'_>) -> Answer<Vec<Folder>> {
    desk.app().await?.list_folders()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_folder(desk: Held<'_>, folder: Folder) -> Answer<Folder> {
    desk.app().await?.save_folder(folder).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_folder(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.delete_folder(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_conversation(
    desk: Held<'_>,
    id: String,
    folder: Option<String>,
) -> Answer<ConversationSummary> {
    desk.app().await?.move_conversation(&id, folder.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pin_conversation(
    desk: Held<'_>,
    id: String,
    pinned: bool,
) -> Answer<ConversationSummary> {
    desk.app().await?.pin_conversation(&id, pinned).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn archive_conversation(
    desk: Held<'_>,
    id: String,
    archived: bool,
) -> Answer<ConversationSummary> {
    desk.app().await?.archive_conversation(&id, archived).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn fork_conversation(desk: Held<'_>, message: String) -> Answer<ConversationSummary> {
    desk.app().await?.fork_conversation(&message).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_message(desk: Held<'_>, id: String) -> Answer<Conversation> {
    desk.app().await?.delete_message(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_message(desk: Held<'_>, id: String) -> Answer<Conversation> {
    desk.app().await?.restore_message(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_total(desk: Held<'_>, id: String) -> Answer<ConversationTotal> {
    desk.app().await?.conversation_total(&id)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_import(desk: Held<'_>, path: String) -> Answer<ImportReport> {
    desk.app().await?.read_import(&path).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn run_import(desk: Held<'_>, path: String) -> Answer<ImportReport> {
    desk.app().await?.run_import(&path).await
}
