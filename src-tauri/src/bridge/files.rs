//! The system's own windows for files, so that nobody types a path, and what goes out through them.

use std::path::PathBuf;

use nexdesk_app::chat::{ExportFormat, Reader};
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

use super::{Answer, Held};

/// Where the person says. Answers with the file, or nothing if they thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_conversation(
    handle: AppHandle,
    desk: Held<'_>,
    id: String,
    format: ExportFormat,
    reader: Reader,
) -> Answer<Option<String>> {
    let app = desk.app().await?;
    let page = app.exported(&id, format, reader).await?;
    let asked = dialog(&handle).set_file_name(&page.name);
    let Some(path) = chosen(|tell| asked.save_file(tell)).await else {
        return Ok(None);
    };
    app.write_export(page, &path).await?;
    Ok(Some(path.display().to_string()))
}

/// A conversation as a page, to be printed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn printed_conversation(desk: Held<'_>, id: String, reader: Reader) -> Answer<String> {
    let app = desk.app().await?;
    Ok(app.exported(&id, ExportFormat::Html, reader).await?.text)
}

/// What to import: a file, or a folder for the programs that export one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_import(handle: AppHandle, folder: bool) -> Answer<Option<String>> {
    let asked = dialog(&handle);
    let path = match folder {
        true => chosen(|tell| asked.pick_folder(tell)).await,
        false => chosen(|tell| asked.pick_file(tell)).await,
    };
    Ok(path.map(|path| path.display().to_string()))
}

/// Begins where exports of other programs lie and where people look for ours.
fn dialog(handle: &AppHandle) -> FileDialogBuilder<Wry> {
    let asked = handle.dialog().file();
    let asked = match handle.path().download_dir() {
        Ok(downloads) => asked.set_directory(downloads),
        Err(_) => asked,
    };
    match handle.get_webview_window("main") {
        Some(window) => asked.set_parent(&window),
        None => asked,
    }
}

/// The dialog calls back from the window's thread; a command waits for it without holding one up.
async fn chosen(open: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (tell, told) = oneshot::channel();
    // Nobody waits any more where the window was closed over the dialog.
    open(Box::new(move |path| drop(tell.send(path))));
    told.await.ok().flatten()?.into_path().ok()
}
