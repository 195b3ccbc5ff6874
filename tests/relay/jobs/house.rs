//! The whole way: a tool, the relay, and Upstream, which speaks every family.

use std::time::Duration;

use http::Method;
use nexdesk_ledger::ExchangeRow;
use nexdesk_sandbox::Seen;
use nexdesk_tests::{Cursor, Heard, Setup, World};
use serde_json::{Value, json};

/// What Upstream's models speak.
pub(crate) const FAMILIES: &str = r#"{"rows": [
    {"preset": "openai-compatible", "for": "video", "models": ["sandbox-veo*"], "family": "veo"},
    {"preset": "openai-compatible", "for": "video", "models": ["sandbox-vidu*"], "family": "queue"},
    {"preset": "openai-compatible", "for": "video", "models": ["sandbox-seedance*"], "family": "ark"},
    {"preset": "openai-compatible", "for": "video", "models": ["sandbox-kling*"], "family": "nexconn"},
    {"preset": "openai-compatible", "for": "video", "models": ["sandbox-task*"], "family": "new-api"},
    {"preset": "openai-compatible", "for": "image", "models": ["sandbox-kling-queue*"], "family": "queue"},
    {"preset": "openai-compatible", "for": "image", "models": ["sandbox-kling*"], "family": "kling-images"},
    {"preset": "openai-compatible", "for": "image", "models": ["sandbox-gemini*"], "family": "gemini-images"}
]}"#;

pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) cursor: Cursor,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::of(Setup::default()).await
    }

    pub(crate) async fn of(setup: Setup) -> Self {
        let world = setup.families(FAMILIES).open().await;
        let cursor = world.cursor().await;
        Self { world, cursor }
    }

    /// Orders a film through OpenAI's own path; its id.
    pub(crate) async fn orders(&self, model: &str) -> String {
        let heard = self.posts("/v1/videos", film(model)).await;
        assert_eq!(heard.status, 200, "{model}: {}", heard.plain());
        heard.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn posts(&self, path: &str, body: Value) -> Heard {
        self.cursor.sends(path, body.to_string()).await
    }

    pub(crate) async fn deletes(&self, path: &str) -> Heard {
        Heard::of(self.cursor.request(Method::DELETE, path)).await
    }

    /// Asks for a film until it is over, with the clock running fast; the last answer.
    pub(crate) async fn ends(&self, id: &str) -> Value {
        for _ in 0..200 {
            let shown = self.cursor.gets(&format!("/v1/videos/{id}")).await.json();
            if matches!(shown["status"].as_str(), Some("completed" | "failed")) {
                return shown;
            }
            self.later().await;
        }
        panic!("{id} never ended")
    }

    /// Five seconds go by.
    pub(crate) async fn later(&self) {
        self.world.clock().advance(Duration::from_secs(5));
        self.world.app().relay().jobs().wake();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    /// Waits for what takes long, with the clock running fast.
    pub(crate) async fn meanwhile<T>(&self, waits: impl Future<Output = T>) -> T {
        tokio::select! {
            done = waits => done,
            () = async { loop { self.later().await } } => unreachable!(),
        }
    }

    /// What arrived at Upstream to make something, oldest first.
    pub(crate) fn orders_seen(&self) -> Vec<Seen> {
        let mut seen = self.world.seen();
        seen.retain(|request| request.method == "POST");
        seen
    }

    /// The exchange that ordered this job, as it stands.
    pub(crate) async fn exchange_of(&self, job: &str) -> ExchangeRow {
        let ledger = self.world.app().ledger();
        let row = ledger.job(&job.replace("task_", "video_")).unwrap().unwrap();
        ledger.flush().await.unwrap();
        ledger.exchange(&row.exchange.unwrap()).unwrap().unwrap()
    }
}

pub(crate) fn film(model: &str) -> Value {
    json!({"model": model, "prompt": "a sunrise", "seconds": "4", "size": "1280x720"})
}
