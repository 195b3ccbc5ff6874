//! What the machine must have before a task can start: Debian packages, installed when missing, and Node.

use std::path::Path;

use crate::say::{self, Stop};
use crate::tool;

/// A reason to need system packages. A task names those it has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// Compiling and running the desktop program.
    Desktop,
    /// Driving it in a real window, with a keyring and a display of its own.
    Window,
    /// Running OpenAI's own tests.
    Suite,
    /// Comparing the relay with nginx.
    Bench,
    /// Turning the drawing into pictures.
    Icons,
}

impl Need {
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &[
                "build-essential",
                "file",
                "libayatana-appindicator3-dev",
                "libgtk-3-dev",
                "librsvg2-dev",
                "libwebkit2gtk-4.1-dev",
                "pkg-config",
            ],
            Self::Window => &[
                "curl",
                "dbus",
                "dbus-x11",
                "fonts-noto-cjk",
                "gnome-keyring",
                "imagemagick",
                "procps",
                "python3-venv",
                "webkit2gtk-driver",
                "xauth",
                "xvfb",
            ],
            Self::Suite => &["build-essential", "procps", "python3-venv"],
            Self::Bench => &["build-essential", "nginx-light"],
            Self::Icons => &["librsvg2-bin"],
        }
    }
}

/// Installs the packages that are missing, after saying which.
pub(crate) fn packages(needs: &[Need]) -> Result<(), Stop> {
    let wanted: Vec<&str> = needs.iter().flat_map(|need| need.packages()).copied().collect();
    if !Path::new("/etc/debian_version").exists() || tool::find("dpkg-query").is_none() {
        say::line(&format!(
            "This is not a Debian or Ubuntu system, so nothing is installed. Nexdesk needs what Debian calls: {}",
            wanted.join(" ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say::line(&format!(
        "Installing from the system's package archive: {}",
        missing.join(" ")
    ));
    install(&missing)
}

fn installed(package: &str) -> bool {
    let status = tool::output(
        "dpkg-query",
        &["--show", "--showformat=${db:Status-Status}", package],
    );
    status.as_deref() == Some("installed")
}

fn install(missing: &[&str]) -> Result<(), Stop> {
    let by_hand = format!(
        "apt-get update && apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    let prefix: &[&str] = match (is_root(), tool::find("sudo").is_some()) {
        (true, _) => &[],
        (false, true) => &["sudo"],
        (false, false) => {
            let sentence = "Only root may install packages, and there is no sudo. As root, run:";
            return Err(Stop::missing(format!("{sentence}\n  {by_hand}")));
        }
    };
    let failed = |stop: Stop| {
        Stop::missing(format!(
            "{} To do it by hand, as root:\n  {by_hand}",
            stop.sentence
        ))
    };
    apt(prefix, &["update"]).map_err(failed)?;
    apt(
        prefix,
        &[&["install", "-y", "--no-install-recommends"], missing].concat(),
    )
    .map_err(failed)
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<(), Stop> {
    let words = [
        prefix,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ]
    .concat();
    let mut command = tool::command(words.first().copied().unwrap_or("apt-get"));
    command.args(words.iter().skip(1));
    if !prefix.is_empty() {
        command.stdin(std::process::Stdio::inherit()); // sudo may ask for a password
    }
    tool::run(&mut command)
}

fn is_root() -> bool {
    tool::output("id", &["-u"]).as_deref() == Some("0")
}

/// Refuses to start without a Node that can build the UI.
pub(crate) fn node() -> Result<(), Stop> {
    let (major, minor) = OLDEST_NODE;
    let advice = format!("The UI needs Node {major}.{minor} or newer, with npm: https://nodejs.org");
    let Some(version) = tool::output("node", &["--version"]) else {
        return Err(Stop::missing(format!("`node` was not found. {advice}")));
    };
    if release(&version).is_none_or(|found| found < OLDEST_NODE) {
        return Err(Stop::missing(format!(
            "`node` is {version}, which is too old. {advice}"
        )));
    }
    if tool::find("npm").or_else(|| tool::find("npm.cmd")).is_none() {
        return Err(Stop::missing(format!(
            "Node {version} is here, but `npm` was not found. {advice}"
        )));
    }
    Ok(())
}

/// What Vite asks for.
const OLDEST_NODE: (u32, u32) = (20, 19);

fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|part| part.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_told_from_a_new_one() {
        assert!(release("v20.18.3").unwrap() < OLDEST_NODE);
        assert!(release("v20.19.0").unwrap() >= OLDEST_NODE);
        assert!(release("v9.99.0").unwrap() < OLDEST_NODE);
        assert_eq!(release("nightly"), None);
    }

    #[test]
    fn a_package_that_exists_nowhere_is_not_installed() {
        assert!(!installed("nexdesk-no-such-package"));
    }
}
