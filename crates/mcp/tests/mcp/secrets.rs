//! A key is planted wherever a server takes one, the server repeats it wherever it can, and everything that anybody
//! could read is searched for it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use nexdesk_mcp::{State, Trouble, may_be_logged};
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::real::served;
use crate::refusing::answering;
use crate::support::{PLANTED, call, http, rogue, started, stdio, trouble, with_env};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Hears all there is, through the one filter that every log of ours has.
    fn listens(&self) -> DefaultGuard {
        let lines = fmt::layer().with_writer(self.clone()).with_ansi(false);
        let asked = LevelFilter::TRACE.and(filter_fn(may_be_logged));
        tracing_subscriber::registry()
            .with(lines.with_filter(asked))
            .set_default()
    }

    #[track_caller]
    fn shows_nothing(&self) {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("nexdesk"), "something was logged at all");
        log.lines().for_each(|line| shows_nothing("the log", line));
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

#[track_caller]
fn shows_nothing(what: &str, text: &str) {
    assert!(!text.contains(PLANTED), "{what} shows the key: {text}");
    // Half of a key is a key to somebody who guesses well.
    assert!(
        !text.contains(&PLANTED[PLANTED.len() - 8..]),
        "{what} shows half of the key: {text}"
    );
}

#[track_caller]
fn tells_nothing(trouble: &Trouble) {
    let all = format!(
        "{trouble} {trouble:?} {:?} {:?}",
        trouble.detail(),
        trouble.remedy()
    );
    shows_nothing("the trouble", &all);
}

#[tokio::test]
async fn a_server_that_prints_its_key_everywhere_shows_it_nowhere() {
    let log = Log::default();
    let _guard = log.listens();
    let folder = tempfile::tempdir().unwrap();
    let server = rogue("chats on stdout", folder.path());
    shows_nothing("the server", &format!("{server:?}"));
    let (tools, state) = started(server).await;
    assert_eq!(state, State::Ready);

    let seen = call(&tools, "rogue", "env", json!({})).await.unwrap();
    assert!(
        seen.text.contains("ROGUE_API_KEY"),
        "the tool printed its environment: {}",
        seen.text
    );
    shows_nothing("the outcome", &format!("{seen:?}"));
    let argued = call(&tools, "rogue", "argue", json!({})).await.unwrap();
    assert!(
        argued.is_error && argued.text.contains("text is missing"),
        "{argued:?}"
    );
    shows_nothing("the refusal", &argued.text);
    let lost = call(&tools, "rogue", "die", json!({})).await.unwrap_err();
    assert!(
        lost.detail()
            .is_some_and(|said| said.contains("listening with ••••")),
        "{lost:?}"
    );
    tells_nothing(&lost);
    tools.stop_all().await;

    log.shows_nothing();
}

#[tokio::test]
async fn a_key_in_a_header_or_an_address_is_in_no_line_of_the_log() {
    let log = Log::default();
    let _guard = log.listens();
    let server = served().await;
    let url = format!("{}?apiKey={PLANTED}", server.1);
    let bearer = format!("Bearer {PLANTED}");
    let (tools, state) = started(http(
        "web",
        &url,
        &[("Authorization", &bearer), ("X-Key", PLANTED)],
    ))
    .await;
    assert_eq!(state, State::Ready);
    let said = call(&tools, "web", "echo", json!({ "message": "hello" }))
        .await
        .unwrap();
    assert_eq!(said.text, "Echo: hello");
    tools.stop_all().await;
    tracing::debug!(target: "nexdesk", "the end");
    log.shows_nothing();
}

#[tokio::test]
async fn a_key_cut_in_two_by_the_window_on_stderr_does_not_show_its_end() {
    for filler in (4_040..4_120).step_by(4) {
        let script =
            format!("printf '%s' \"$A_KEY\" >&2; head -c {filler} /dev/zero | tr '\\0' x >&2; exit 1");
        let ended = trouble(with_env("cut", "sh", &["-c", &script], &[("A_KEY", PLANTED)])).await;
        assert!(
            ended.detail().is_some_and(|said| said.ends_with("xxx")),
            "{ended:?}"
        );
        tells_nothing(&ended);
    }
}

#[tokio::test]
async fn a_key_in_an_argument_is_a_key_too() {
    let flag = format!("--api-key={PLANTED}");
    for args in [vec!["--token", PLANTED], vec![flag.as_str()]] {
        let script = ["-c", "echo \"called with $*\" >&2; exit 1", "sh"];
        let server = stdio("args", "sh", &[&script[..], &args].concat());
        shows_nothing("the server", &format!("{server:?}"));
        let ended = trouble(server).await;
        assert!(
            ended.detail().is_some_and(|said| said.contains("called with")),
            "{ended:?}"
        );
        tells_nothing(&ended);
    }
}

#[tokio::test]
async fn an_address_that_repeats_the_request_shows_no_key_of_it() {
    let bearer = format!("Bearer {PLANTED}");
    for status in ["401 Unauthorized", "400 Bad Request", "500 Internal Server Error"] {
        for kind in ["text/plain", "application/json"] {
            let (_serving, address) = answering(status, kind, "you sent: ").await;
            let url = format!("{address}/mcp?tavilyApiKey={PLANTED}");
            let server = http("web", &url, &[("Authorization", &bearer), ("X-Key", PLANTED)]);
            shows_nothing("the server", &format!("{server:?}"));
            tells_nothing(&trouble(server).await);
        }
    }
}

#[tokio::test]
async fn a_server_sees_nothing_of_our_environment_but_what_every_program_needs() {
    assert!(
        std::env::var_os("CARGO_MANIFEST_DIR").is_some(),
        "there is something to hide"
    );
    let folder = tempfile::tempdir().unwrap();
    let (tools, _) = started(rogue("does well", folder.path())).await;
    let seen = call(&tools, "rogue", "env", json!({})).await.unwrap();
    let seen: Value = serde_json::from_str(&seen.text).unwrap();
    let needed = [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "ROGUE_API_KEY",
    ];
    let strangers: Vec<&String> = seen
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !needed.contains(&name.as_str()))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    assert!(seen["PATH"].as_str().unwrap().contains("/usr/bin"), "{seen}");
}
