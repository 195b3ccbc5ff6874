//! `cargo xtask icons`: every picture in `icons/`, drawn again from `nexdesk.svg` and `tray.svg`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::say::{self, Stop};
use crate::system::{self, Need};
use crate::{bounds, launch, tool, ui};

/// What the bundle and the window are given; the names are Tauri's.
const KEPT: [&str; 7] = [
    "nexdesk.svg",
    "32x32.png",
    "128x128.png",
    "128x128@2x.png",
    "icon.png",
    "icon.icns",
    "icon.ico",
];

fn folder() -> PathBuf {
    bounds::root().join("icons")
}

/// Draws them all. The results are committed, so a build needs neither librsvg's program nor this task.
pub(crate) fn draw() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Icons])?;
    system::node()?;
    ui::packages()?;
    // Tauri also writes the pictures of app stores; only the kept ones leave this folder.
    let drawn = bounds::target().join("icons");
    let large = drawn.join("icon.png");
    make(&drawn)?;
    render("nexdesk.svg", 1024, &large)?;
    tool::run(launch::tauri(&["icon"]).arg(&large).arg("--output").arg(&drawn))?;
    for name in KEPT.iter().filter(|name| !name.ends_with(".svg")) {
        std::fs::copy(drawn.join(name), folder().join(name))
            .map_err(|error| Stop::failed(format!("icons/{name} cannot be written: {error}")))?;
    }
    // The small ones from the drawing itself: scaled down from 1024 they would blur.
    for (size, name) in [
        (32, "32x32.png"),
        (128, "128x128.png"),
        (256, "128x128@2x.png"),
        (512, "icon.png"),
    ] {
        render("nexdesk.svg", size, &folder().join(name))?;
    }
    render("tray.svg", 64, &folder().join("tray.png"))?;
    say::line("icons/ is drawn again. Look at 32x32.png before committing it.");
    Ok(ExitCode::SUCCESS)
}

/// Refuses to go on when the bundle would miss a picture.
pub(crate) fn complete() -> Result<(), Stop> {
    let missing: Vec<&str> = KEPT
        .into_iter()
        .filter(|name| !folder().join(name).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Stop::failed(format!(
        "icons/ lacks {}. `cargo xtask icons` draws them.",
        missing.join(", ")
    )))
}

fn make(folder: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Stop::failed(format!("{} cannot be made: {error}", folder.display())))
}

fn render(drawing: &str, size: u32, picture: &Path) -> Result<(), Stop> {
    let size = size.to_string();
    let mut command = tool::command("rsvg-convert");
    command
        .args(["--width", &size, "--height", &size, "--output"])
        .arg(picture);
    tool::run(command.arg(folder().join(drawing)))
}
