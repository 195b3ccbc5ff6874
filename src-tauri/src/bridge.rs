//! One thin command per function of the app. The page's TypeScript is generated from here: `cargo xtask bindings`.

mod asking;
mod chat;
mod files;
mod keys;
mod library;
mod routes;
mod tokens;
mod tools;
mod watching;

use nexdesk_app::keys::Model;
use nexdesk_app::settings::Settings;
use nexdesk_app::status::{Status, VaultStatus};
use nexdesk_app::usage::ExchangePage;
use nexdesk_app::{Problem, ProblemCode};
use tauri::{AppHandle, State, Wry};
use tauri_plugin_opener::OpenerExt;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::desk::{Desk, Heard};

type Answer<T> = Result<T, Problem>;
type Held<'a> = State<'a, Desk>;

/// What the page may call, a line each.
macro_rules! every_command {
    () => {
        collect_commands![
            status,
            open_again,
            dismiss_notice,
            get_settings,
            save_settings,
            open_url,
            chat::list_conversations,
            chat::open_conversation,
            chat::send_message,
            chat::retry_answer,
            chat::continue_answer,
            chat::stop_answer,
            chat::choose_leaf,
            chat::rename_conversation,
            chat::delete_conversation,
            chat::restore_conversation,
            chat::save_draft,
            chat::new_draft,
            chat::load_edit,
            chat::load_picture,
            asking::attach_file,
            asking::attach_path,
            asking::drop_attachment,
            asking::take_screenshot,
            asking::save_conversation_settings,
            asking::queue_message,
            asking::unqueue_message,
            asking::pick_answer,
            asking::interrupted_answers,
            asking::dismiss_interrupted,
            asking::estimate_send,
            asking::compact_conversation,
            asking::undo_compaction,
            asking::list_prompts,
            asking::save_prompt,
            asking::delete_prompt,
            library::search,
            library::list_folders,
            library::save_folder,
            library::delete_folder,
            library::move_conversation,
            library::pin_conversation,
            library::archive_conversation,
            library::fork_conversation,
            library::delete_message,
            library::restore_message,
            library::conversation_total,
            library::read_import,
            library::run_import,
            files::export_conversation,
            files::printed_conversation,
            files::choose_import,
            keys::list_presets,
            keys::list_gateways,
            keys::add_gateway,
            keys::update_gateway,
            keys::remove_gateway,
            keys::add_key,
            keys::check_key,
            keys::update_key,
            keys::remove_key,
            routes::list_routes,
            routes::add_route,
            routes::update_route,
            routes::remove_route,
            routes::order_routes,
            routes::preview_model,
            routes::list_learned,
            routes::forget_learned,
            fetch_models,
            list_models,
            tokens::list_tokens,
            tokens::create_token,
            tokens::set_token_limits,
            tokens::pause_token,
            tokens::revoke_token,
            tools::list_mcp_servers,
            tools::save_mcp_server,
            tools::delete_mcp_server,
            tools::restart_mcp_server,
            tools::read_mcp_json,
            tools::mcp_catalogue,
            tools::set_tool_permission,
            tools::answer_tool_call,
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
        ]
    };
}

pub(crate) fn builder() -> Builder<Wry> {
    Builder::<Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        // Nano-dollars and milliseconds stay below 2^53: nine million dollars, or the year 287396.
        .dangerously_cast_bigints_to_number()
        // One shape each way: what Rust may leave out when reading, it always writes.
        .disable_serde_phases()
        .events(collect_events![Heard])
        .commands(every_command!())
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
