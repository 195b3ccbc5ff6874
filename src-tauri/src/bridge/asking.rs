//! What goes with asking: files, settings, messages that wait, summaries, estimates, the library of prompts.

use nexdesk_app::chat::{
    Attachment, Conversation, ConversationSettings, Estimate, EstimateAsk, InterruptedAnswer, Prompt,
    QueueMessage, QueuedMessage,
};
use percent_encoding::percent_decode_str;
use specta::Types;
use specta::datatype::DataType;
use specta::function::FunctionArg;
use tauri::Runtime;
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};

use super::{Answer, Held};

/// A file as the page sends it: its bytes as they are, its name and media type in headers. As JSON it would be four
/// times its size.
pub(crate) struct File {
    name: String,
    mime: String,
    bytes: Vec<u8>,
}

impl<'de, R: Runtime> CommandArg<'de, R> for File {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let InvokeBody::Raw(bytes) = command.message.payload() else {
            return Err(InvokeError::from("A file comes as its bytes."));
        };
        let header = |name: &str| {
            let value = command
                .message
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            let value = percent_decode_str(value.unwrap_or_default());
            value.decode_utf8_lossy().into_owned()
        };
        Ok(Self {
            name: header("x-name"),
            mime: header("x-mime"),
            bytes: bytes.clone(),
        })
    }
}

/// The page sends it beside the arguments, so it is none of them.
impl FunctionArg for File {
    fn to_datatype(_: &mut Types) -> Option<DataType> {
        None
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn attach_file(desk: Held<'_>, file: File) -> Answer<Attachment> {
    let app = desk.app().await?;
    app.attach_file(&file.name, &file.mime, file.bytes).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn attach_path(desk: Held<'_>, path: String) -> Answer<Attachment> {
    desk.app().await?.attach_path(&path).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn drop_attachment(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.drop_attachment(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn take_screenshot(desk: Held<'_>) -> Answer<Attachment> {
    desk.app().await?.take_screenshot().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_conversation_settings(
    desk: Held<'_>,
    conversation: Option<String>,
    settings: ConversationSettings,
) -> Answer<()> {
    let app = desk.app().await?;
    app.save_conversation_settings(conversation.as_deref(), settings)
        .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn queue_message(desk: Held<'_>, ask: QueueMessage) -> Answer<QueuedMessage> {
    desk.app().await?.queue_message(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unqueue_message(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.unqueue_message(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_answer(desk: Held<'_>, message: String) -> Answer<()> {
    desk.app().await?.pick_answer(&message).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn interrupted_answers(desk: Held<'_>) -> Answer<Vec<InterruptedAnswer>> {
    desk.app().await?.interrupted_answers()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_interrupted(desk: Held<'_>) -> Answer<()> {
    desk.app().await?.dismiss_interrupted().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn estimate_send(desk: Held<'_>, ask: EstimateAsk) -> Answer<Estimate> {
    desk.app().await?.estimate_send(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compact_conversation(desk: Held<'_>, id: String, model: String) -> Answer<Conversation> {
    desk.app().await?.compact_conversation(&id, &model).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_compaction(desk: Held<'_>, id: String) -> Answer<Conversation> {
    desk.app().await?.undo_compaction(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_prompts(desk: Held<'_>) -> Answer<Vec<Prompt>> {
    desk.app().await?.list_prompts()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_prompt(desk: Held<'_>, prompt: Prompt) -> Answer<Prompt> {
    desk.app().await?.save_prompt(prompt).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_prompt(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.delete_prompt(&id).await
}
