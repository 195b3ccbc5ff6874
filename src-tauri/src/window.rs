//! The window's place on the screen.

use tauri::{LogicalSize, Manager, WebviewWindow};

/// Brings the window that is there to the front.
pub(crate) fn come_forward(app: &tauri::AppHandle) {
    let Some(window) = main(app) else { return };
    // Each of these may be refused by a window manager, and none is worth a message.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// A window larger than its screen loses its composer below the edge, and not every window manager mends that.
pub(crate) fn fit_the_screen(app: &tauri::AppHandle) {
    let fitting = || {
        let window = main(app)?;
        let monitor = window
            .current_monitor()
            .ok()
            .flatten()
            .or(window.primary_monitor().ok().flatten())?;
        let screen = monitor.size().to_logical::<f64>(monitor.scale_factor());
        let own = window
            .inner_size()
            .ok()?
            .to_logical::<f64>(monitor.scale_factor());
        let too_large = own.width > screen.width || own.height > screen.height;
        let size = LogicalSize::new(own.width.min(screen.width), own.height.min(screen.height));
        too_large.then_some((window, size))
    };
    if let Some((window, size)) = fitting() {
        let _ = window.set_size(size);
    }
}

fn main(app: &tauri::AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window("main")
}
