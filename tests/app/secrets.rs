//! A planted key, looked for everywhere: on disk, in the log at its most talkative, in events, errors and Debug output.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};

use nexdesk_app::keys::AddKey;
use nexdesk_app::{App, Options};
use nexdesk_tests::{Setup, Window, World, open, options};
use nexdesk_vault::{Secret, Vault};
use tempfile::TempDir;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

/// The secret of the key named `planted-f00dfeed`.
const PLANTED: &str = "sk-planted-f00dfeed";

/// The files below `dir` that hold `needle`.
pub(crate) fn files_with(dir: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        // A socket cannot be read, and holds nothing.
        } else if let Ok(bytes) = fs::read(&path) {
            let holds = bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes());
            found.extend(holds.then(|| path.display().to_string()));
        }
    }
    found
}

/// Everything any library logs, at every level.
struct Log;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

/// There is one log for the whole process.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        // As the programs set theirs up for somebody who asks for all there is.
        let log = fmt::layer().with_writer(|| Log).with_ansi(false);
        let asked = EnvFilter::new("trace").and(filter_fn(nexdesk_app::may_be_logged));
        registry().with(log.with_filter(asked)).init();
    });
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Uses the key in every way there is, and gives back everything that was said meanwhile.
async fn said(world: &World) -> String {
    let mut events = world.app().events();
    let (window, cursor) = (world.window(), world.cursor().await);
    let mut said = Vec::new();
    for model in [
        "sandbox-chat",
        "sandbox-bad-401",
        "sandbox-bad-cut",
        "sandbox-bad-html",
        "nonesuch",
    ] {
        let model = format!("upstream/{model}");
        said.push(format!("{:?}", window.asks(&model, "Hello").await));
        let heard = cursor.streams(&model, "Hello").await;
        said.push(format!(
            "{:?} {}",
            heard.headers,
            String::from_utf8_lossy(&heard.bytes())
        ));
        said.push(format!("{:?}", world.keys().await));
    }
    said.push(format!("{:?}", world.app().list_gateways().unwrap()));
    said.push(format!("{:?}", world.app().status().unwrap()));
    said.push(format!("{:?}", world.exchanges().await));
    while let Ok(event) = events.try_recv() {
        said.push(format!("{event:?} {}", serde_json::to_string(&event).unwrap()));
    }
    said.concat()
}

#[tokio::test]
async fn a_planted_key_is_found_nowhere() {
    listen();
    let mut world = Setup::default().keys(&["planted-f00dfeed"]).open().await;
    let gateway = world.keys().await.remove(0).gateway;
    let again = AddKey {
        gateway,
        name: "planted-f00dfeed".into(),
        secret: PLANTED.into(),
    };
    let said = format!(
        "{again:?} {:?} {}",
        world.app().add_key(again.clone()).await,
        said(&world).await
    );

    let used = world.chats_seen()[0].header("authorization") == Some(&format!("Bearer {PLANTED}"));
    assert!(used, "the key was really in use");
    world.close();
    assert!(!said.contains(PLANTED), "something says it");
    assert_eq!(files_with(&world.data_dir(), PLANTED), [""; 0]);
    let logged = logged();
    assert!(
        logged.contains("a gateway answered") && logged.contains("hyper"),
        "the log was really listened to: {} {logged:.3000}",
        logged.len()
    );
    let line = logged.lines().find(|line| line.contains(PLANTED));
    assert_eq!(line, None, "a line of the log holds it");
}

#[tokio::test]
async fn a_key_in_the_encrypted_file_is_not_readable_there_and_neither_is_its_passphrase() {
    let dir = TempDir::new().unwrap();
    let passphrase = "correct horse battery staple";
    let given = || Some(Secret::new(passphrase.into()));
    let vault = Vault::open_without_keychain(dir.path(), given(), 0);
    let with_file = Options {
        vault: Some(vault),
        passphrase: given(),
        ..options(dir.path())
    };
    assert!(!format!("{with_file:?}").contains(passphrase));
    let app = open(with_file);
    let gateway = app.list_gateways().unwrap().remove(0).id;
    let ask = AddKey {
        gateway,
        name: "planted".into(),
        secret: PLANTED.into(),
    };
    app.add_key(ask).await.unwrap();
    close(app);
    assert_eq!(files_with(dir.path(), PLANTED), [""; 0]);
    assert_eq!(files_with(dir.path(), passphrase), [""; 0]);
    let again = Vault::open_without_keychain(dir.path(), given(), 0);
    assert!(
        format!("{:?}", again.standing()).contains("File"),
        "the file is there, and opens"
    );
}

#[tokio::test]
async fn a_key_in_a_locked_file_is_not_called_missing_and_works_once_the_file_is_opened() {
    let upstream = World::new().await;
    let dir = TempDir::new().unwrap();
    let passphrase = || Some(Secret::new("correct horse battery staple".into()));
    let with = |given| Options {
        vault: Some(Vault::open_without_keychain(dir.path(), given, 0)),
        ..options(dir.path())
    };
    let app = open(with(passphrase()));
    let ask = nexdesk_app::keys::AddGateway {
        preset: "openai-compatible".into(),
        name: "Far".into(),
        base_url: upstream.upstream_url(),
    };
    let gateway = app.add_gateway(ask).await.unwrap().id;
    let ask = AddKey {
        gateway: gateway.clone(),
        name: "first".into(),
        secret: "sk-first".into(),
    };
    app.add_key(ask).await.unwrap();
    assert!(app.check_key(&gateway, None).await.unwrap().ok);
    close(app);

    let app = open(with(None));
    let window = Window::of(app.clone());
    let problem = window.asks("far/sandbox-chat", "Hello").await.problem.unwrap();
    assert_eq!(problem.code, nexdesk_app::ProblemCode::VaultLocked, "{problem}");
    assert!(!app.check_key(&gateway, None).await.unwrap().ok);
    let far = app
        .list_gateways()
        .unwrap()
        .into_iter()
        .find(|found| found.id == gateway);
    assert_eq!(
        far.unwrap().last_problem,
        None,
        "our own vault is not held against the gateway"
    );
    app.unlock_vault("correct horse battery staple".into())
        .await
        .unwrap();
    let answer = window.asks("far/sandbox-chat", "Hello").await;
    assert_eq!(answer.text(), nexdesk_sandbox::answer_to("Hello"));
    close(app);
}

#[tokio::test]
async fn with_no_place_for_keys_a_sentence_says_what_to_do_and_nothing_is_kept() {
    let dir = TempDir::new().unwrap();
    let app = open(Options {
        vault: Some(Vault::open_without_keychain(dir.path(), None, 0)),
        ..options(dir.path())
    });
    let gateway = app.list_gateways().unwrap().remove(0).id;
    let ask = AddKey {
        gateway,
        name: "planted".into(),
        secret: PLANTED.into(),
    };
    let refused = app.add_key(ask).await.unwrap_err();
    assert_eq!(refused.code, nexdesk_app::ProblemCode::VaultMissing);
    assert!(
        refused.to_string().contains("passphrase") && !refused.to_string().contains(PLANTED),
        "{refused}"
    );
    assert!(
        app.ledger().keys(None).unwrap().is_empty(),
        "a row without a secret never stands in the ledger"
    );
    close(app);
}

fn close(app: App) {
    app.close(std::time::Duration::from_secs(5));
}
