//! The ways requests take: routes, who would be asked, and what was learned of upstreams.

use nexdesk_app::routes::{AddRoute, Learned, ModelPreview, Route};

use super::{Answer, Held};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_routes(desk: Held<'_>) -> Answer<Vec<Route>> {
    desk.app().await?.list_routes()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_route(desk: Held<'_>, ask: AddRoute) -> Answer<Route> {
    desk.app().await?.add_route(ask).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn update_route(desk: Held<'_>, route: Route) -> Answer<Route> {
    desk.app().await?.update_route(route).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_route(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_route(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn order_routes(desk: Held<'_>, ids: Vec<String>) -> Answer<Vec<Route>> {
    desk.app().await?.order_routes(ids).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_model(
    desk: Held<'_>,
    model: String,
    token: Option<String>,
) -> Answer<ModelPreview> {
    Ok(desk.app().await?.preview_model(&model, token.as_deref()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_learned(desk: Held<'_>) -> Answer<Vec<Learned>> {
    desk.app().await?.list_learned().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_learned(
    desk: Held<'_>,
    gateway: String,
    model: String,
    parameter: String,
) -> Answer<()> {
    let app = desk.app().await?;
    app.forget_learned(&gateway, &model, &parameter).await
}
