//! One thin command per function of the app. The page's TypeScript is generated from here: `cargo xtask bindings`.

mod watching;

use nexdesk_app::chat::{ChatEvent, Conversation, ConversationSummary, SendMessage, Sent, Sink};
use nexdesk_app::keys::{AddGateway, AddKey, Gateway, Key, KeyCheck, LocalToken, Model, NewToken, Preset, TokenLimits, UpdateGateway, UpdateKey};
use nexdesk_app::routes::{AddRoute, Learned, ModelPreview, Route};
use nexdesk_app::settings::Settings;
use nexdesk_app::status::{Status, VaultStatus};
use nexdesk_app::usage::ExchangePage;
use nexdesk_app::{Problem, ProblemCode};
use tauri::ipc::Channel;
use tauri::{AppHandle, State, Wry};
use tauri_plugin_opener::OpenerExt;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::desk::{Desk, Heard};

type Answer<T> = Result<T, Problem>;
type Held<'a> = State<'a, Desk>;

pub(crate) fn builder() -> Builder<Wry> {
    Builder::<Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        // Nano-dollars and milliseconds stay below 2^53: nine million dollars, or the year 287396.
        .dangerously_cast_bigints_to_number()
        // One shape each way: what Rust may leave out when reading, it always writes.
        .disable_serde_phases()
        .events(collect_events![Heard])
        .commands(collect_commands![
            status,
            open_again,
            dismiss_notice,
            get_settings,
            save_settings,
            open_url,
            list_conversations,
            open_conversation,
            send_message,
            retry_answer,
            continue_answer,
            stop_answer,
            choose_leaf,
            rename_conversation,
            delete_conversation,
            restore_conversation,
            save_draft,
            new_draft,
            load_picture,
            list_presets,
            list_gateways,
            add_gateway,
            update_gateway,
            remove_gateway,
            add_key,
            check_key,
            update_key,
            remove_key,
            list_routes,
            add_route,
            update_route,
            remove_route,
            order_routes,
            preview_model,
            list_learned,
            forget_learned,
            fetch_models,
            list_models,
            list_tokens,
            create_token,
            set_token_limits,
            pause_token,
            revoke_token,
            create_file_vault,
            unlock_vault,
            list_exchanges,
            watching::relay_figures,
            watching::captured,
            watching::bill,
            watching::metrics_token,
            watching::create_metrics_token,
            watching::remove_metrics_token,
            watching::keep_collector_secret,
        ])
}

#[tauri::command]
#[specta::specta]
async fn status(desk: Held<'_>) -> Answer<Status> {
    desk.app().await?.status()
}

/// After a start that failed. Answers once it is open, or says what still stands in the way.
#[tauri::command]
#[specta::specta]
async fn open_again(desk: Held<'_>) -> Answer<()> {
    desk.open_again();
    desk.app().await.map(drop)
}

#[tauri::command]
#[specta::specta]
async fn dismiss_notice(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.dismiss_notice(&id);
    Ok(())
}

#[tauri::command]
#[specta::specta]
async fn get_settings(desk: Held<'_>) -> Answer<Settings> {
    Ok(desk.settings())
}

#[tauri::command]
#[specta::specta]
async fn save_settings(desk: Held<'_>, settings: Settings) -> Answer<Settings> {
    // First, as it is what finds out whether they make sense.
    desk.app().await?.use_settings(&settings).await?;
    desk.keep_settings(&settings)?;
    Ok(settings)
}

/// Opens a page in the person's browser. Only web addresses: a model's answer must not be able to start a program.
#[tauri::command]
#[specta::specta]
async fn open_url(handle: AppHandle, url: String) -> Answer<()> {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "Only web addresses can be opened.",
        ));
    }
    let opened = handle.opener().open_url(url, None::<&str>);
    opened.map_err(|error| {
        Problem::new(
            ProblemCode::Internal,
            format!("The browser did not open: {error}."),
        )
    })
}

#[tauri::command]
#[specta::specta]
async fn list_conversations(desk: Held<'_>, search: Option<String>) -> Answer<Vec<ConversationSummary>> {
    desk.app().await?.list_conversations(search.as_deref())
}

#[tauri::command]
#[specta::specta]
async fn open_conversation(desk: Held<'_>, id: String) -> Answer<Conversation> {
    desk.app().await?.open_conversation(&id)
}

#[tauri::command]
#[specta::specta]
async fn send_message(desk: Held<'_>, ask: SendMessage, events: Channel<Vec<ChatEvent>>) -> Answer<Sent> {
    desk.app().await?.send_message(ask, sink(events)).await
}

#[tauri::command]
#[specta::specta]
async fn retry_answer(
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
async fn continue_answer(desk: Held<'_>, answer: String, events: Channel<Vec<ChatEvent>>) -> Answer<Sent> {
    desk.app().await?.continue_answer(&answer, sink(events)).await
}

#[tauri::command]
#[specta::specta]
async fn stop_answer(desk: Held<'_>, answer: String) -> Answer<()> {
    desk.app().await?.stop_answer(&answer);
    Ok(())
}

#[tauri::command]
#[specta::specta]
async fn choose_leaf(desk: Held<'_>, conversation: String, leaf: String) -> Answer<()> {
    desk.app().await?.choose_leaf(&conversation, &leaf).await
}

#[tauri::command]
#[specta::specta]
async fn rename_conversation(desk: Held<'_>, id: String, title: String) -> Answer<ConversationSummary> {
    desk.app().await?.rename_conversation(&id, &title).await
}

#[tauri::command]
#[specta::specta]
async fn delete_conversation(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.delete_conversation(&id).await
}

#[tauri::command]
#[specta::specta]
async fn restore_conversation(desk: Held<'_>, id: String) -> Answer<ConversationSummary> {
    desk.app().await?.restore_conversation(&id).await
}

#[tauri::command]
#[specta::specta]
async fn save_draft(desk: Held<'_>, conversation: Option<String>, text: String) -> Answer<()> {
    desk.app().await?.save_draft(conversation.as_deref(), text);
    Ok(())
}

#[tauri::command]
#[specta::specta]
async fn new_draft(desk: Held<'_>) -> Answer<String> {
    desk.app().await?.new_draft()
}

#[tauri::command]
#[specta::specta]
async fn load_picture(desk: Held<'_>, id: String) -> Answer<String> {
    desk.app().await?.load_picture(&id)
}

#[tauri::command]
#[specta::specta]
async fn list_presets(desk: Held<'_>) -> Answer<Vec<Preset>> {
    Ok(desk.app().await?.list_presets())
}

#[tauri::command]
#[specta::specta]
async fn list_gateways(desk: Held<'_>) -> Answer<Vec<Gateway>> {
    desk.app().await?.list_gateways()
}

#[tauri::command]
#[specta::specta]
async fn add_gateway(desk: Held<'_>, ask: AddGateway) -> Answer<Gateway> {
    desk.app().await?.add_gateway(ask).await
}

#[tauri::command]
#[specta::specta]
async fn update_gateway(desk: Held<'_>, ask: UpdateGateway) -> Answer<Gateway> {
    desk.app().await?.update_gateway(ask).await
}

#[tauri::command]
#[specta::specta]
async fn remove_gateway(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_gateway(&id).await
}

#[tauri::command]
#[specta::specta]
async fn add_key(desk: Held<'_>, ask: AddKey) -> Answer<Key> {
    desk.app().await?.add_key(ask).await
}

#[tauri::command]
#[specta::specta]
async fn check_key(desk: Held<'_>, gateway: String, key: Option<String>) -> Answer<KeyCheck> {
    desk.app().await?.check_key(&gateway, key.as_deref()).await
}

#[tauri::command]
#[specta::specta]
async fn remove_key(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_key(&id).await
}

#[tauri::command]
#[specta::specta]
async fn update_key(desk: Held<'_>, ask: UpdateKey) -> Answer<Key> {
    desk.app().await?.update_key(ask).await
}

#[tauri::command]
#[specta::specta]
async fn list_routes(desk: Held<'_>) -> Answer<Vec<Route>> {
    desk.app().await?.list_routes()
}

#[tauri::command]
#[specta::specta]
async fn add_route(desk: Held<'_>, ask: AddRoute) -> Answer<Route> {
    desk.app().await?.add_route(ask).await
}

#[tauri::command]
#[specta::specta]
async fn update_route(desk: Held<'_>, route: Route) -> Answer<Route> {
    desk.app().await?.update_route(route).await
}

#[tauri::command]
#[specta::specta]
async fn remove_route(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.remove_route(&id).await
}

#[tauri::command]
#[specta::specta]
async fn order_routes(desk: Held<'_>, ids: Vec<String>) -> Answer<Vec<Route>> {
    desk.app().await?.order_routes(ids).await
}

#[tauri::command]
#[specta::specta]
async fn preview_model(desk: Held<'_>, model: String, token: Option<String>) -> Answer<ModelPreview> {
    Ok(desk.app().await?.preview_model(&model, token.as_deref()))
}

#[tauri::command]
#[specta::specta]
async fn list_learned(desk: Held<'_>) -> Answer<Vec<Learned>> {
    desk.app().await?.list_learned().await
}

#[tauri::command]
#[specta::specta]
async fn forget_learned(
    desk: Held<'_>,
    gateway: String,
    model: String,
    parameter: String,
) -> Answer<()> {
    let app = desk.app().await?;
    app.forget_learned(&gateway, &model, &parameter).await
}

#[tauri::command]
#[specta::specta]
async fn fetch_models(desk: Held<'_>, gateway: String) -> Answer<Vec<Model>> {
    desk.app().await?.fetch_models(&gateway).await
}

#[tauri::command]
#[specta::specta]
async fn list_models(desk: Held<'_>) -> Answer<Vec<Model>> {
    desk.app().await?.list_models()
}

#[tauri::command]
#[specta::specta]
async fn list_tokens(desk: Held<'_>) -> Answer<Vec<LocalToken>> {
    desk.app().await?.list_tokens()
}

#[tauri::command]
#[specta::specta]
async fn create_token(desk: Held<'_>, name: String) -> Answer<NewToken> {
    desk.app().await?.create_token(&name).await
}

#[tauri::command]
#[specta::specta]
async fn set_token_limits(desk: Held<'_>, id: String, limits: TokenLimits) -> Answer<LocalToken> {
    desk.app().await?.set_token_limits(&id, limits).await
}

#[tauri::command]
#[specta::specta]
async fn pause_token(desk: Held<'_>, id: String, paused: bool) -> Answer<LocalToken> {
    desk.app().await?.pause_token(&id, paused).await
}

#[tauri::command]
#[specta::specta]
async fn revoke_token(desk: Held<'_>, id: String) -> Answer<()> {
    desk.app().await?.revoke_token(&id).await
}

#[tauri::command]
#[specta::specta]
async fn create_file_vault(desk: Held<'_>, passphrase: String) -> Answer<VaultStatus> {
    desk.app().await?.create_file_vault(passphrase).await
}

#[tauri::command]
#[specta::specta]
async fn unlock_vault(desk: Held<'_>, passphrase: String) -> Answer<VaultStatus> {
    desk.app().await?.unlock_vault(passphrase).await
}

#[tauri::command]
#[specta::specta]
async fn list_exchanges(desk: Held<'_>, before: Option<String>, limit: u32) -> Answer<ExchangePage> {
    desk.app().await?.list_exchanges(before.as_deref(), limit)
}

/// A page that was closed or reloaded no longer listens; the answer goes on and stands in the ledger.
fn sink(events: Channel<Vec<ChatEvent>>) -> Sink {
    Box::new(move |batch| drop(events.send(batch)))
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/bindings/index.ts");

    #[test]
    fn the_bindings_of_the_page_are_fresh() {
        let header = "// Generated by `cargo xtask bindings` from src-tauri/src/bridge.rs. Never edited.";
        let made = std::env::temp_dir().join(format!("nexdesk-bindings-{}.ts", std::process::id()));
        let exported = super::builder().export(Typescript::default().header(header), &made);
        exported.expect("every type of the bridge has a TypeScript form");
        let fresh = std::fs::read_to_string(&made).expect("it was just written");
        std::fs::remove_file(made).expect("it is ours");
        if std::env::var_os("NEXDESK_WRITE_BINDINGS").is_some() {
            std::fs::write(KEPT, &fresh).expect("ui/src/bindings can be written");
        }
        let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
        assert!(
            kept == fresh,
            "ui/src/bindings/index.ts is stale: run `cargo xtask bindings`"
        );
    }
}
