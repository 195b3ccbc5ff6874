//! A part of the screen as an attachment, taken by the system's own tool: it asks the person which part, and no page or
//! model can take one unasked.

use std::path::Path;
use std::process::Stdio;

use nexdesk_ledger::new_id;
use tokio::process::Command;

use super::Attachment;
use crate::App;
use crate::problem::{Problem, ProblemCode};
use crate::time::stamp;

/// Programs that let the person choose a part of the screen and write it to the file named last.
#[cfg(target_os = "macos")]
const TOOLS: &[(&str, &[&str])] = &[("screencapture", &["-i", "-x"])];
#[cfg(target_os = "linux")]
const TOOLS: &[(&str, &[&str])] = &[
    ("gnome-screenshot", &["-a", "-f"]),
    ("spectacle", &["-b", "-n", "-r", "-o"]),
    ("xfce4-screenshooter", &["-r", "-s"]),
    ("maim", &["-s"]),
    ("scrot", &["-s"]),
];
#[cfg(not(any(target_os = "macos", target_os = "linux")))]
const TOOLS: &[(&str, &[&str])] = &[];

impl App {
    /// Has the person choose a part of the screen, and attaches it.
    ///
    /// # Errors
    /// When there is no tool for it here, or the person chose nothing.
    pub async fn take_screenshot(&self) -> Result<Attachment, Problem> {
        let now = self.clock().unix_ms();
        let file = std::env::temp_dir().join(format!("nexdesk-{}.png", new_id()));
        let app = self.clone();
        let shot = file.clone();
        let taken = self.0.engine.run(async move {
            for (program, arguments) in TOOLS {
                if let Some(bytes) = run(program, arguments, &shot).await {
                    return Some(bytes);
                }
            }
            None
        });
        let taken = taken.await.flatten();
        let _ = tokio::fs::remove_file(&file).await;
        match taken {
            Some(bytes) if !bytes.is_empty() => {
                let name = format!("Screenshot {}.png", stamp(now));
                app.attach_file(&name, "image/png", bytes).await
            }
            Some(_) => Err(Problem::told(ProblemCode::Cancelled, "Nothing was taken.")),
            None => Err(no_tool()),
        }
    }
}

/// None if there is no such program; no bytes if the person left it.
async fn run(program: &str, arguments: &[&str], file: &Path) -> Option<Vec<u8>> {
    let ran = Command::new(program)
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await;
    ran.ok()?;
    Some(tokio::fs::read(file).await.unwrap_or_default())
}

fn no_tool() -> Problem {
    let remedy = if cfg!(windows) {
        "Press Windows+Shift+S, choose a part of the screen, then paste it here."
    } else {
        "Take it with the system's own tool, then paste it here."
    };
    Problem {
        remedy: Some(remedy.into()),
        ..Problem::new(
            ProblemCode::NotFound,
            "Nexdesk finds no program here that takes pictures of the screen.",
        )
    }
}
