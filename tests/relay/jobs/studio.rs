//! The stage of these tests: a pretend gateway of every family, a ledger on disk, and the jobs between them.

use std::future::poll_fn;
use std::path::PathBuf;
use std::time::Duration;

use nexdesk_ledger::{GatewayRow, JobRow, Ledger};
use nexdesk_relay::Clock;
use nexdesk_relay::jobs::{Asked, Given, Jobs, Orderer, Refused, Target, Told};
use nexdesk_sandbox::{Pace, Sandbox, Settings};
use nexdesk_upstream::jobs::{Families, Family, Order, Tongue, What};
use nexdesk_upstream::{Auth, Base, Key, Patience, Upstream};
use nexdesk_vault::{Secret, Vault};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ROOT: &str = "http://127.0.0.1:7777";

/// A gateway, a ledger on disk, and the jobs between them.
pub(crate) struct Studio {
    pub(crate) gateway: Sandbox,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Clock,
    pub(crate) jobs: Jobs,
    pub(crate) dir: TempDir,
}

impl Studio {
    pub(crate) async fn new() -> Self {
        Self::over(Patience::default()).await
    }

    /// Waits only so long for the gateway's status.
    pub(crate) async fn over(patience: Patience) -> Self {
        let gateway = Sandbox::start(Settings {
            pace: Pace::NONE,
            keys: Some(vec!["sk-first".into()]),
            ..Settings::for_tests()
        })
        .unwrap();
        let (dir, clock) = (TempDir::new().unwrap(), Clock::default());
        let ledger = Ledger::open(dir.path(), clock.unix_ms()).unwrap().ledger;
        let row = GatewayRow {
            id: "g".into(),
            name: "Upstream".into(),
            preset: "sandbox".into(),
            base_url: gateway.url(),
            created_at: 0,
            models_fetched_at: None,
            last_problem: None,
        };
        ledger.put_gateway(row).await.unwrap();
        let jobs = jobs(&ledger, &clock, dir.path().join("media"), patience);
        Self {
            gateway,
            ledger,
            clock,
            jobs,
            dir,
        }
    }

    pub(crate) fn target(&self, family: Family, model: &str) -> Target {
        Target {
            gateway_id: "g".into(),
            gateway: "Upstream".into(),
            base: Base::parse(&self.gateway.url()).unwrap(),
            key: Some(Key {
                id: "first".into(),
                auth: Auth::Bearer,
            }),
            family,
            model: model.into(),
        }
    }

    pub(crate) async fn orders(&self, family: Family, model: &str) -> Result<JobRow, Refused> {
        self.orders_what(
            What::Film,
            family,
            model,
            json!({"seconds": "4", "size": "1280x720"}),
        )
        .await
    }

    pub(crate) async fn orders_what(
        &self,
        what: What,
        family: Family,
        model: &str,
        more: Value,
    ) -> Result<JobRow, Refused> {
        let mut fields = more.as_object().unwrap().clone();
        fields.insert("model".into(), format!("my-{model}").into());
        fields.insert("prompt".into(), "a sunrise".into());
        let order = Order::from_fields(what, fields).unwrap();
        self.jobs
            .create(order, self.target(family, model), cursor())
            .await
    }

    /// The job once it is over and all it made is here, with the clock running fast.
    pub(crate) async fn ends(&self, id: &str) -> JobRow {
        let waiting = self.jobs.finished(id, true);
        let running = async {
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                self.clock.advance(Duration::from_secs(5));
                self.jobs.wake();
            }
        };
        tokio::select! {
            ended = waiting => ended.unwrap(),
            () = running => unreachable!(),
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("{id} never ended"),
        }
    }

    /// How often an order arrived at the gateway.
    pub(crate) fn orders_seen(&self) -> usize {
        let seen = self.gateway.requests();
        seen.iter().filter(|request| request.method == "POST").count()
    }

    pub(crate) async fn asks(&self, asked: Asked<'_>) -> Told {
        self.jobs
            .answer(asked, cursor(), Tongue::OpenAiVideos, ROOT)
            .await
    }
}

pub(crate) fn jobs(ledger: &Ledger, clock: &Clock, media: PathBuf, patience: Patience) -> Jobs {
    let vault = Vault::in_memory();
    vault.put("first", &Secret::new("sk-first".to_owned())).unwrap();
    let upstream = Upstream::new(vault, patience).unwrap();
    let jobs = Jobs::open(
        ledger.clone(),
        upstream,
        clock.clone(),
        media,
        Families::shipped(),
    )
    .unwrap();
    jobs.start().unwrap();
    jobs
}

pub(crate) fn cursor() -> Orderer {
    Orderer {
        id: Some("token-cursor".into()),
        name: "Cursor".into(),
        exchange: None,
    }
}

pub(crate) fn said(told: &Told) -> &Value {
    match &told.given {
        Given::Json(said) => said,
        Given::File(_) => panic!("a file"),
    }
}

pub(crate) async fn bytes(told: Told) -> Vec<u8> {
    let Given::File(mut file) = told.given else {
        panic!("{:?}", said(&told))
    };
    let mut bytes = Vec::new();
    let length = file.length;
    while let Some(piece) = poll_fn(|cx| file.poll_next(cx)).await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(bytes.len() as u64, length);
    bytes
}

pub(crate) fn is_film(bytes: &[u8]) -> bool {
    bytes[4..].starts_with(b"ftypisom")
}

/// Every family that makes films, with the sandbox's model for it.
pub(crate) const FILMS: [(Family, &str); 6] = [
    (Family::OpenAi, "sandbox-video"),
    (Family::NewApi, "sandbox-task"),
    (Family::Nexconn, "sandbox-kling"),
    (Family::Veo, "sandbox-veo"),
    (Family::Queue, "sandbox-vidu"),
    (Family::Ark, "sandbox-seedance"),
];
