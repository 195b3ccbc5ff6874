//! An app over a data directory of its own, and beside it a pretend gateway named Upstream that notes every request.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nexdesk_app::keys::{AddGateway, AddKey, Gateway, Key};
use nexdesk_app::{Access, App, Clock, Opening, Options};
use nexdesk_ledger::{ExchangeRow, Outcome};
use nexdesk_sandbox::{Pace, Sandbox, Seen, Settings};
use nexdesk_upstream::Patience;
use nexdesk_vault::Vault;
use tempfile::TempDir;

use crate::{Cursor, Recorder, Window, soon};

/// How a world begins. Each method changes one thing.
pub struct Setup {
    keys: Vec<String>,
    spare: Vec<String>,
    strange: Vec<String>,
    patience: Patience,
    pace: Pace,
    port: u16,
    access: Access,
    families: Option<&'static str>,
}

/// The app, the gateway, and the actors' way to both.
pub struct World {
    app: Option<App>,
    upstream: Sandbox,
    clock: Clock,
    vault: Vault,
    dir: TempDir,
    gateway: String,
}

impl Default for Setup {
    /// One key, no waiting between words, and more patience than any test needs.
    fn default() -> Self {
        Self {
            keys: vec!["first".into()],
            spare: Vec::new(),
            strange: Vec::new(),
            patience: Patience {
                again: Duration::from_millis(1),
                ..Patience::default()
            },
            pace: Pace::NONE,
            port: 0,
            access: Access::default(),
            families: None,
        }
    }
}

impl Setup {
    /// The keys that Upstream has and knows; the secret of `first` is `sk-first`.
    #[must_use]
    pub fn keys(mut self, names: &[&str]) -> Self {
        self.keys = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Keys that Upstream knows and the app does not have yet; `add_key` gives it one.
    #[must_use]
    pub fn spare_keys(mut self, names: &[&str]) -> Self {
        self.spare = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Keys that stand before the others, and that Upstream does not know.
    #[must_use]
    pub fn strange_keys(mut self, names: &[&str]) -> Self {
        self.strange = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Waits only so long for a status, and for the next piece of an answer.
    #[must_use]
    pub fn patience(mut self, status: Duration, silence: Duration) -> Self {
        self.patience = Patience {
            status,
            silence,
            ..self.patience
        };
        self
    }

    /// Time between two words of Upstream.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = Pace(pace);
        self
    }

    /// The port the relay wants.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Who may come in by the relay's door.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// What a person wrote into `families.json`.
    #[must_use]
    pub fn families(mut self, table: &'static str) -> Self {
        self.families = Some(table);
        self
    }

    /// Opens the world.
    ///
    /// # Panics
    /// When a part of it does not start.
    pub async fn open(self) -> World {
        let known = self.keys.iter().chain(&self.spare);
        let secrets = known.map(|name| format!("sk-{name}")).collect();
        let upstream = Sandbox::start(Settings {
            pace: self.pace,
            keys: Some(secrets),
            ..Settings::for_tests()
        });
        let (dir, clock) = (TempDir::new().unwrap(), Clock::default());
        if let Some(table) = self.families {
            std::fs::write(dir.path().join("families.json"), table).unwrap();
        }
        let vault = Vault::in_memory();
        let app = open(Options {
            vault: Some(vault.clone()),
            relay_port: Some(self.port),
            access: self.access,
            patience: self.patience,
            clock: clock.clone(),
            ..options(dir.path())
        });
        let mut world = World {
            app: Some(app),
            upstream: upstream.unwrap(),
            clock,
            vault,
            dir,
            gateway: String::new(),
        };
        let url = world.upstream.url();
        world.gateway = world.add_gateway("Upstream", &url).await.id;
        for name in self.strange.iter().chain(&self.keys) {
            world.add_key(name).await;
        }
        let checked = world.app().fetch_models(&world.gateway).await;
        assert!(checked.is_ok() || !self.strange.is_empty(), "{checked:?}");
        world
    }
}

/// The options of a test: keys in memory, no waiting between the sandbox's words.
#[must_use]
pub fn options(dir: &Path) -> Options {
    Options {
        vault: Some(Vault::in_memory()),
        sandbox_pace: Pace::NONE,
        ..Options::new(dir, "window")
    }
}

/// Opens an app that must be ours.
///
/// # Panics
/// When it is not.
#[must_use]
pub fn open(options: Options) -> App {
    match App::open(options) {
        Ok(Opening::Ours(app)) => app,
        Ok(Opening::Held(held)) => panic!("{}", held.problem),
        Err(problem) => panic!("{problem}"),
    }
}

impl World {
    /// The usual world: Upstream with one key.
    pub async fn new() -> Self {
        Setup::default().open().await
    }

    /// A world with one gateway, which is `recorder`, and one key of it, whose secret is `sk-recorder`.
    ///
    /// # Panics
    /// When the app refuses.
    pub async fn around(recorder: &Recorder) -> Self {
        let mut world = Self::new().await;
        let others = world.app().list_gateways().unwrap();
        world.gateway = world
            .add_gateway_with_key("Recorder", &recorder.url(), "sk-recorder")
            .await
            .id;
        for other in others {
            world.app().remove_gateway(&other.id).await.unwrap();
        }
        world
    }

    /// The app.
    ///
    /// # Panics
    /// When it was closed.
    #[must_use]
    pub fn app(&self) -> &App {
        self.app.as_ref().expect("the app is open")
    }

    /// Where the app keeps everything.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    /// The app's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A tool with a token of its own, named Cursor.
    ///
    /// # Panics
    /// When there is one already.
    pub async fn cursor(&self) -> Cursor {
        let token = self.app().create_token("Cursor").await.unwrap();
        Cursor::new(&self.relay(), &token.secret)
    }

    /// The person at the window.
    #[must_use]
    pub fn window(&self) -> Window {
        Window::of(self.app().clone())
    }

    /// The relay's address, without `/v1`.
    ///
    /// # Panics
    /// When it is not open.
    #[must_use]
    pub fn relay(&self) -> String {
        let url = self.app().status().unwrap().relay.url;
        url.expect("the relay is open").trim_end_matches("/v1").to_owned()
    }

    /// Adds a gateway of any OpenAI-compatible kind.
    ///
    /// # Panics
    /// When the app refuses.
    pub async fn add_gateway(&self, name: &str, url: &str) -> Gateway {
        let ask = AddGateway {
            preset: "openai-compatible".into(),
            name: name.into(),
            base_url: url.into(),
        };
        self.app().add_gateway(ask).await.unwrap()
    }

    /// Adds a gateway with one key, and tries to fetch its models.
    pub async fn add_gateway_with_key(&self, name: &str, url: &str, secret: &str) -> Gateway {
        let gateway = self.add_gateway(name, url).await;
        self.give_key(&gateway.id, "only", secret).await;
        // What the check says is not every test's business.
        let _ = self.app().check_key(&gateway.id, None).await;
        gateway
    }

    /// Upstream's base URL.
    #[must_use]
    pub fn upstream_url(&self) -> String {
        self.upstream.url()
    }

    /// Gives Upstream one more key.
    pub async fn add_key(&self, name: &str) -> Key {
        self.give_key(&self.gateway, name, &format!("sk-{name}")).await
    }

    async fn give_key(&self, gateway: &str, name: &str, secret: &str) -> Key {
        let ask = AddKey {
            gateway: gateway.into(),
            name: name.into(),
            secret: secret.into(),
        };
        self.app().add_key(ask).await.unwrap()
    }

    /// Upstream's keys as the Keys panel shows them.
    ///
    /// # Panics
    /// When the ledger cannot be read.
    pub async fn keys(&self) -> Vec<Key> {
        self.app().ledger().flush().await.unwrap();
        let gateways = self.app().list_gateways().unwrap();
        let upstream = gateways.into_iter().find(|gateway| gateway.id == self.gateway);
        upstream.expect("Upstream is set up").keys
    }

    /// The picture that Upstream draws of `text`, as a `data:` URL, asked for directly.
    ///
    /// # Panics
    /// When there is none.
    pub async fn upstream_picture(&self, text: &str) -> String {
        let root = self.upstream.url().trim_end_matches("/v1").to_owned();
        let secret = format!("sk-{}", self.keys().await[0].name);
        let heard = Cursor::new(&root, &secret).asks("sandbox-picture", text).await;
        let body = heard.json();
        let url = body["choices"][0]["message"]["images"][0]["image_url"]["url"].as_str();
        url.expect("a picture").to_owned()
    }

    /// Every chat request Upstream got, oldest first.
    #[must_use]
    pub fn chats_seen(&self) -> Vec<Seen> {
        let mut seen = self.upstream.requests();
        seen.retain(|request| request.path == "/v1/chat/completions");
        seen
    }

    /// Every request Upstream got, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.upstream.requests()
    }

    /// Every exchange, newest first, once all of them have ended.
    ///
    /// # Panics
    /// When one does not end.
    pub async fn exchanges(&self) -> Vec<ExchangeRow> {
        soon("every exchange has ended", async || {
            self.app().ledger().flush().await.unwrap();
            let (rows, _) = self.app().ledger().exchanges(None, 500).unwrap();
            let ended = rows.iter().all(|row| row.outcome != Outcome::Running);
            ended.then_some(rows)
        })
        .await
    }

    /// The newest exchange, once it has ended.
    ///
    /// # Panics
    /// When there is none.
    pub async fn last_exchange(&self) -> ExchangeRow {
        let newest = self.exchanges().await.into_iter().next();
        newest.expect("somebody asked something")
    }

    /// Closes the app as its window would, and keeps the directory.
    pub fn close(&mut self) {
        if let Some(app) = self.app.take() {
            app.close(Duration::from_secs(20));
        }
    }

    /// Closes the app and opens it again on the same directory, with the keys where they were.
    pub fn reopen(&mut self) {
        self.close();
        self.app = Some(open(Options {
            vault: Some(self.vault.clone()),
            relay_port: Some(0),
            clock: self.clock.clone(),
            ..options(self.dir.path())
        }));
    }
}

impl Drop for World {
    /// Nothing may be left: no place taken, nothing streaming, no row still running.
    fn drop(&mut self) {
        let Some(app) = self.app.take() else { return };
        let relay = app.relay().clone();
        let ledger = app.ledger().clone();
        app.close(Duration::from_secs(20));
        if std::thread::panicking() {
            return;
        }
        assert_eq!(relay.places_taken(), 0, "every place was given back");
        assert_eq!(relay.load().streaming, 0, "nothing streams any more");
        let (rows, _) = ledger.exchanges(None, 500).unwrap();
        let running: Vec<_> = rows
            .iter()
            .filter(|row| row.outcome == Outcome::Running)
            .collect();
        assert!(running.is_empty(), "no exchange is left running: {running:?}");
    }
}
