//! Servers that bring tools, what each may do, and the answers to what they ask.

use nexdesk_app::chat::ToolAnswer;
use nexdesk_app::tools::{McpOffer, McpServer, SaveMcpServer, ToolPermission};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_mcp_servers(desk: Held<'_>) -> Answer<Vec<McpServer>> {
    desk.app().await?.list_mcp_servers()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_mcp_server(desk: Held<'_>, ask: SaveMcpServer) -> Answer<McpServer> {
    desk.app().await?.save_mcp_server(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_mcp_server(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.delete_mcp_server(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restart_mcp_server(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.restart_mcp_server(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_mcp_json(desk: Held<'_>, text: String) -> Answer<Vec<McpOffer>> {
    desk.app().await?.read_mcp_json(&text)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mcp_catalogue(desk: Held<'_>) -> Answer<Vec<McpOffer>> {
    desk.app().await?.mcp_catalogue()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_tool_permission(
    desk: Held<'_>,
    server: String,
    tool: String,
    permission: ToolPermission,
) -> Answer<()> {
    let app = desk.app().await?;
    app.set_tool_permission(&server, &tool, permission).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_tool_call(
    desk: Held<'_>,
    message: String,
    call: String,
    how: ToolAnswer,
) -> Answer<()> {
    desk.app().await?.answer_tool_call(&message, &call, how).await
}
