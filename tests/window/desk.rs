//! A desk of one's own: display, session bus, keychain, home, WebDriver; and what a person does at it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take before it counts as not happening. Generous: CI has two cores.
const PATIENCE: Duration = Duration::from_secs(30);

const LAST_TEXT: &str =
    "return [...document.querySelectorAll('[data-testid=answer-text]')].at(-1)?.innerText ?? ''";

/// A desk without an app on it.
pub(crate) struct Desk {
    pub(crate) home: TempDir,
    env: Vec<(String, String)>,
    driver_port: u16,
    // Dropped in this order: the driver ends its app, then the bus and the display may go.
    _driver: Ended,
    _keychain: Option<Ended>,
    _bus: Ended,
    _display: Ended,
}

/// The app in its window.
pub(crate) struct Window {
    pub(crate) client: Client,
    data_dir: PathBuf,
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::of_size("1280x800")
    }

    pub(crate) fn of_size(size: &str) -> Self {
        let home = TempDir::with_prefix("nexdesk-window-").unwrap();
        let (display, number) = speaking(
            "Xvfb",
            &[
                "-displayfd",
                "1",
                "-screen",
                "0",
                &format!("{size}x24"),
                // The screen itself, for whoever wants to look at it while it changes.
                "-fbdir",
                &home.path().display().to_string(),
                "-nolisten",
                "tcp",
            ],
            &[],
        );
        let runtime = home.path().join("run");
        private_dir(&runtime);
        let mut env: Vec<(String, String)> = vec![
            ("DISPLAY".into(), format!(":{number}")),
            ("HOME".into(), home.path().display().to_string()),
            ("XDG_RUNTIME_DIR".into(), runtime.display().to_string()),
            (
                "NEXDESK_DATA_DIR".into(),
                home.path().join("data").display().to_string(),
            ),
            ("WEBKIT_DISABLE_DMABUF_RENDERER".into(), "1".into()),
            // Exactly this word; without it the WebDriver session never begins.
            ("TAURI_WEBVIEW_AUTOMATION".into(), "true".into()),
            ("GTK_A11Y".into(), "none".into()),
            ("NO_AT_BRIDGE".into(), "1".into()),
        ];
        let (bus, address) = speaking(
            "dbus-daemon",
            &["--session", "--nofork", "--print-address=1"],
            &env,
        );
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
        let keychain = unlocked_keychain(&env);
        let driver_port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let driver = with(
            &env,
            Command::new("WebKitWebDriver").arg(format!("--port={driver_port}")),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
        let driver = Ended(driver.expect("WebKitWebDriver (Debian: webkit2gtk-driver)"));
        Self {
            home,
            env,
            driver_port,
            _driver: driver,
            _keychain: Some(keychain),
            _bus: bus,
            _display: display,
        }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Starts the app and waits until its first panel stands.
    pub(crate) async fn open(&self) -> Window {
        let options = json!({ "binary": binary(), "args": [] });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let address = format!("http://127.0.0.1:{}", self.driver_port);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let client = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            match builder
                .capabilities(Clone::clone(&capabilities))
                .connect(&address)
                .await
            {
                Ok(client) => break client,
                Err(error) if tokio::time::Instant::now() > deadline => panic!("no session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let window = Window {
            client,
            data_dir: self.data_dir(),
        };
        window.see("[data-testid=composer]").await;
        window.see("[data-testid=relay-address]").await;
        window
    }

    /// What is on the screen, as a picture in `target/window-shots`. Not through WebDriver: WebKitGTK 2.50 never answers
    /// its screenshot command under a bare Xvfb (seen November 2026).
    pub(crate) fn photograph(&self, name: &str) {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/window-shots");
        std::fs::create_dir_all(&dir).unwrap();
        let taken = with(
            &self.env,
            Command::new("import")
                .args(["-window", "root"])
                .arg(dir.join(format!("{name}.png"))),
        )
        .status();
        assert!(
            taken.expect("import (Debian: imagemagick)").success(),
            "a picture of the screen"
        );
    }
}

impl Window {
    /// Waits for an element. One that the page is just redrawing goes stale under the driver's hands: look again.
    pub(crate) async fn see(&self, css: &str) -> Element {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match self.client.find(Locator::Css(css)).await {
                Ok(element) => return element,
                Err(error) if tokio::time::Instant::now() > deadline => {
                    panic!("{css} never appeared: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    pub(crate) async fn all(&self, css: &str) -> Vec<Element> {
        self.client.find_all(Locator::Css(css)).await.unwrap()
    }

    pub(crate) async fn click(&self, testid: &str) {
        self.see(&by(testid))
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("{testid} cannot be clicked: {error}"));
    }

    pub(crate) async fn type_into(&self, testid: &str, text: &str) {
        let field = self.see(&by(testid)).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn send(&self, text: &str) {
        self.type_into("composer", text).await;
        self.see(&by("composer"))
            .await
            .send_keys(&Key::Return.to_string())
            .await
            .unwrap();
    }

    /// Asks the page, which is quicker than finding elements one by one.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    pub(crate) async fn text_of(&self, css: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText ?? ''", json!(css));
        self.ask(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says yes.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let said = self.ask(script).await;
            if said != Value::Null && said != Value::Bool(false) && said != json!("") {
                return said;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{what} never came; the page says: {}",
                self.text_of("body").await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The state of the last answer on the branch shown.
    pub(crate) async fn until_last_answer_is(&self, state: &str) {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid=message-answer]')].at(-1)?.dataset.state === {}",
            json!(state)
        );
        self.until(&format!("an answer that is {state}"), &script).await;
    }

    /// What the last answer says so far.
    pub(crate) async fn last_answer(&self) -> String {
        self.ask(LAST_TEXT).await.as_str().unwrap_or_default().to_owned()
    }

    /// The same, once the page has drawn it: Markdown is loaded when it is first needed.
    pub(crate) async fn drawn_answer(&self) -> String {
        self.until("the answer's text", LAST_TEXT)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// Closes the window as a person does.
    pub(crate) async fn close(self) {
        let pid = self.process();
        self.client.close().await.unwrap();
        gone(pid).await;
    }

    /// Kills the process as a power cut would.
    pub(crate) async fn kill(self) {
        let pid = self.process();
        assert!(
            Command::new("kill")
                .args(["-9", &pid.to_string()])
                .status()
                .unwrap()
                .success()
        );
        gone(pid).await;
        let _ = self.client.close().await;
    }

    pub(crate) fn process(&self) -> u32 {
        let lock = std::fs::read_to_string(self.data_dir.join("nexdesk.lock")).unwrap();
        lock.split_whitespace()
            .next()
            .and_then(|pid| pid.parse().ok())
            .expect("the lock names its holder")
    }
}

pub(crate) fn by(testid: &str) -> String {
    format!("[data-testid={testid}]")
}

async fn gone(pid: u32) {
    let stat = PathBuf::from(format!("/proc/{pid}/stat"));
    for _ in 0..300 {
        // A zombie is gone too; only its parent has not noticed.
        let is_alive = std::fs::read_to_string(&stat).is_ok_and(|line| !line.contains(") Z "));
        if !is_alive {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the app did not end");
}

fn with<'a>(env: &[(String, String)], command: &'a mut Command) -> &'a mut Command {
    command.envs(env.iter().map(|(name, value)| (name, value)))
}

/// Starts a program that says one line once it is ready.
fn speaking(program: &str, args: &[&str], env: &[(String, String)]) -> (Ended, String) {
    let started = with(env, Command::new(program).args(args))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = started.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (Ended(child), line.trim().to_owned())
}

fn unlocked_keychain(env: &[(String, String)]) -> Ended {
    let args = ["--unlock", "--components=secrets", "--foreground"];
    let started = with(env, Command::new("gnome-keyring-daemon").args(args))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = started.expect("gnome-keyring-daemon (Debian: gnome-keyring)");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    Ended(child)
}

fn private_dir(path: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path).unwrap();
}

/// What `cargo xtask e2e` built: the app with its page inside.
fn binary() -> PathBuf {
    let given = std::env::var_os("NEXDESK_BIN").map(PathBuf::from);
    let path = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/nexdesk"));
    assert!(
        path.exists(),
        "{} is missing: `cargo xtask e2e` builds it",
        path.display()
    );
    path
}
