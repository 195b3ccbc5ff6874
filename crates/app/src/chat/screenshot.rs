//! A part of the screen as an attachment, taken by the system's own tool: it asks the person which part, and no page or
//! model can take one unasked.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nexdesk_ledger::new_id;
use tokio::process::Command;
use tokio::time::timeout;

use super::Attachment;
use crate::App;
use crate::problem::{Problem, ProblemCode};
use crate::time::stamp;

/// Nobody has looked at the screen and left it again so soon.
const AT_ONCE: Duration = Duration::from_millis(300);

/// A program that lets the person choose a part of the screen and writes it to the file named last.
type Tool = (&'static str, &'static [&'static str]);

#[cfg(target_os = "macos")]
const TOOLS: &[Tool] = &[("screencapture", &["-i", "-x"])];
#[cfg(target_os = "linux")]
const TOOLS: &[Tool] = &[
    ("gnome-screenshot", &["-a", "-f"]),
    ("spectacle", &["-b", "-n", "-r", "-o"]),
    ("xfce4-screenshooter", &["-r", "-s"]),
    ("maim", &["-s"]),
    ("scrot", &["-s"]),
    // ImageMagick's; the most likely to be there, and the least like a tool for people.
    ("import", &["-silent"]),
];
#[cfg(not(any(target_os = "macos", target_os = "linux")))]
const TOOLS: &[Tool] = &[];

impl App {
    /// Has the person choose a part of the screen, and attaches it.
    ///
    /// # Errors
    /// When there is no tool for it here, or the person chose nothing.
    pub async fn take_screenshot(&self) -> Result<Attachment, Problem> {
        let now = self.clock().unix_ms();
        let file = std::env::temp_dir().join(format!("nexdesk-{}.png", new_id()));
        let taken = self.0.engine.run(async move { taken(TOOLS, &file).await }).await;
        let bytes = taken.unwrap_or_else(|| Err(nothing()))?;
        let name = format!("Screenshot {}.png", stamp(now));
        self.attach_file(&name, "image/png", bytes).await
    }
}

/// Asks the first tool there is. One that fails at once (under another display server, say) is no tool here; one that
/// fails later was left by the person, who must not be asked again by the next.
async fn taken(tools: &[Tool], file: &Path) -> Result<Vec<u8>, Problem> {
    for (program, arguments) in tools {
        let ran = Command::new(program)
            .args(*arguments)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut running) = ran else { continue };
        let failed_at_once = match timeout(AT_ONCE, running.wait()).await {
            Ok(ended) => !ended.is_ok_and(|status| status.success()),
            Err(_) => {
                let _ = running.wait().await;
                false
            }
        };
        let bytes = tokio::fs::read(file).await.unwrap_or_default();
        let _ = tokio::fs::remove_file(file).await;
        if !bytes.is_empty() {
            return Ok(bytes);
        }
        if !failed_at_once {
            return Err(nothing());
        }
    }
    Err(no_tool())
}

fn nothing() -> Problem {
    Problem::told(ProblemCode::Cancelled, "Nothing was taken.")
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn with(tools: &[Tool]) -> Result<Vec<u8>, Problem> {
        let file = std::env::temp_dir().join(format!("nexdesk-test-{}.png", new_id()));
        let taken = taken(tools, &file).await;
        assert!(!file.exists(), "nothing is left lying about");
        taken
    }

    const MISSING: Tool = ("nexdesk-no-such-tool", &[]);
    const LEFT: Tool = ("true", &[]);
    const FAILS: Tool = ("sh", &["-c", "exit 1"]);
    const TAKES: Tool = ("sh", &["-c", "printf seen > \"$0\""]);

    #[tokio::test]
    async fn the_first_tool_that_takes_something_is_used_and_leaving_one_takes_nothing() {
        assert_eq!(with(&[MISSING, TAKES]).await.unwrap(), b"seen");
        assert_eq!(with(&[FAILS, TAKES]).await.unwrap(), b"seen");
        let left = with(&[LEFT, TAKES]).await.unwrap_err();
        assert_eq!(left.code, ProblemCode::Cancelled);
    }

    #[tokio::test]
    async fn without_a_tool_it_says_what_to_do_instead() {
        let none = with(&[MISSING, FAILS]).await.unwrap_err();
        assert_eq!(none.code, ProblemCode::NotFound);
        assert!(none.remedy.is_some_and(|remedy| remedy.contains("paste it here")));
    }
}
