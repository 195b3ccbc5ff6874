//! Conversations, and the answers that stream into them.

use nexdesk_app::chat::{ChatEvent, Conversation, ConversationSummary, NewDraft, SendMessage, Sent, Sink};
use tauri::ipc::Channel;

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_conversations(
    desk: Held<'_>,
    search: Option<String>,
) -> Answer<Vec<ConversationSummary>> {
    desk.app().await?.list_conversations(search.as_deref())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_conversation(desk: Held<'_>, id: String) -> Answer<Conversation> {
    desk.app().await?.open_conversation(&id)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_message(
    desk: Held<'_>,
    ask: SendMessage,
    events: Channel<Vec<ChatEvent>>,
) -> Answer<Sent> {
    desk.app().await?.send_message(ask, sink(events)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_answer(
    desk: Held<'_>,
    answer: String,
    model: String,
    events: Channel<Vec<ChatEvent>>,
) -> Answer<Sent> {
    desk.app()
        .await?
        .retry_answer(&answer, &model, sink(events))
        .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn continue_answer(
    desk: Held<'_>,
    answer: String,
    events: Channel<Vec<ChatEvent>>,
) -> Answer<Sent> {
    desk.app().await?.continue_answer(&answer, sink(events)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_answer(desk: Held<'_>, answer: String) -> Answer<()> {
    desk.app().await?.stop_answer(&answer);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_leaf(desk: Held<'_>, conversation: String, leaf: String) -> Answer<()> {
    desk.app().await?.choose_leaf(&conversation, &leaf).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_conversation(
    desk: Held<'_>,
    id: String,
    title: String,
) -> Answer<ConversationSummary> {
    desk.app().await?.rename_conversation(&id, &title).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_conversation(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.delete_conversation(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_conversation(desk: Held<'_>, id: String) -> Answer<ConversationSummary> {
    desk.app().await?.restore_conversation(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(
    desk: Held<'_>,
    conversation: Option<String>,
    text: String,
    attachments: Vec<String>,
) -> Answer<()> {
    let app = desk.app().await?;
    app.save_draft(conversation.as_deref(), text, attachments).await;
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn load_edit(desk: Held<'_>, message: String) -> Answer<Option<String>> {
    desk.app().await?.load_edit(&message)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn new_draft(desk: Held<'_>) -> Answer<NewDraft> {
    desk.app().await?.new_draft()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn load_picture(desk: Held<'_>, id: String) -> Answer<String> {
    desk.app().await?.load_picture(&id)
}

/// A page that was closed or reloaded no longer listens; the answer goes on and stands in the ledger.
fn sink(events: Channel<Vec<ChatEvent>>) -> Sink {
    Box::new(move |batch| drop(events.send(batch)))
}
