//! `cargo xtask run | dist`: from a fresh clone to an open window, or to packages to install.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::say::{self, Stop};
use crate::system::{self, Need};
use crate::{bounds, cargo, icons, tool, ui};

/// How much the compiler should try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn build(self, package: &str) -> Command {
        let mut command = cargo::with(&["build", "-p", package]);
        if package == "nexdesk" {
            command.arg(cargo::EMBEDDED);
        }
        if self == Self::Release {
            command.arg("--release");
        }
        command
    }

    fn program(self, name: &str) -> Command {
        let folder = match self {
            Self::Debug => "debug",
            Self::Release => "release",
        };
        Command::new(bounds::program(name, folder))
    }
}

/// Opens the window; where there is no display, starts the relay instead and says so.
pub(crate) fn run(profile: Profile) -> Result<ExitCode, Stop> {
    let display = cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY");
    if !display {
        say::line(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so this starts the relay \
             without a window: `nexd serve`. Ctrl-C stops it.",
        );
        tool::run(&mut profile.build("nexdesk-cli"))?;
        let mut relay = profile.program("nexd");
        return start(relay.arg("serve"));
    }
    system::packages(&[Need::Desktop])?;
    system::node()?;
    ui::packages()?;
    ui::build()?;
    tool::run(&mut profile.build("nexdesk"))?;
    let mut window = profile.program("nexdesk");
    if !Path::new("/dev/dri").exists() {
        // Without a GPU WebKit would draw through software GL: 70 MB more, and a later first paint.
        window.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    start(&mut window)
}

fn set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The program has the terminal to itself, and its exit code becomes ours.
fn start(program: &mut Command) -> Result<ExitCode, Stop> {
    say::line(&format!("$ {}", tool::written(program)));
    let status = program
        .status()
        .map_err(|error| Stop::failed(format!("What was built did not start: {error}")))?;
    Ok(ExitCode::from(
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
    ))
}

/// The .deb and the .rpm: made offline, unlike an AppImage, whose tools would be downloaded.
pub(crate) fn dist() -> Result<ExitCode, Stop> {
    system::packages(&[Need::Desktop])?;
    system::node()?;
    icons::complete()?;
    ui::packages()?;
    tool::run(tauri(&["build", "--bundles", "deb,rpm"]).env("CARGO_TARGET_DIR", bounds::target()))?;
    say::line(&format!(
        "The packages are in {}",
        bounds::target().join("release/bundle").display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Tauri's command line as `ui/package-lock.json` pins it. `npx`, since `npm run` would change into `ui/`.
pub(crate) fn tauri(arguments: &[&str]) -> Command {
    let mut command = tool::command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    command.args(["--prefix", "ui", "tauri"]).args(arguments);
    command
}
