//! The hostile corpus in the app itself: everything is drawn, every preview opened, and whoever calls is counted.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::desk::Window;
use crate::page;
use crate::report::{Report, ms};

/// An address that nobody has a reason to call.
pub(crate) struct Canary {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Canary {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let heard = calls.clone();
        std::thread::spawn(move || {
            for call in listener.incoming() {
                heard.fetch_add(1, Ordering::Relaxed);
                drop(call);
            }
        });
        Self { address, calls }
    }

    /// The corpus of the page's own tests. The hosts in it cannot be reached from anywhere; here they can.
    pub(crate) fn corpus(&self) -> Vec<String> {
        let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
        let told = Command::new("node")
            .arg("bench/corpus.mjs")
            .current_dir(ui)
            .output();
        let told = told.expect("node");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let texts: Vec<String> = serde_json::from_slice(&told.stdout).unwrap();
        let here = |text: String| {
            text.replace("https://evil.example", &format!("http://{}", self.address))
                .replace("evil.example", &self.address.to_string())
        };
        texts.into_iter().map(here).collect()
    }
}

pub(crate) async fn measure(window: &Window, hostile: &str, canary: &Canary, report: &mut Report) {
    page::run(window, &format!("open('{hostile}')")).await;
    let seen = page::run(window, "walk()").await;
    let problems = |name: &str| {
        let found = seen[name].as_array().cloned().unwrap_or_default();
        let first = found.first().map(|it| format!(" ({it})")).unwrap_or_default();
        format!("{}{first}", found.len())
    };
    report.begin("The hostile corpus");
    report.row("messages drawn", seen["rows"].to_string());
    report.row("previews opened", seen["previews"].to_string());
    report.row("scripts that ran", problems("ran"));
    report.row("requests the policy had to refuse", problems("asked"));
    report.row(
        "requests that came through",
        canary.calls.load(Ordering::Relaxed).to_string(),
    );
    report.row("errors in the page", problems("errors"));
    report.row("longest for one screen", ms(page::number(&seen, "worstGap")));
}
