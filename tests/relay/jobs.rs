//! Jobs, against a pretend gateway of every family: what is ordered is followed, fetched and shown, and never ordered
//! twice, whatever breaks in between.

use std::path::PathBuf;
use std::time::Duration;

use nexdesk_ledger::{GatewayRow, JobRow, JobState, Ledger, Submission};
use nexdesk_relay::Clock;
use nexdesk_relay::jobs::{Asked, Given, Jobs, Orderer, Refused, Target, Told};
use nexdesk_sandbox::{Pace, Sandbox, Settings};
use nexdesk_upstream::jobs::{Families, Family, Order, Tongue, What};
use nexdesk_upstream::{Auth, Base, Key, Kind, Patience, Upstream};
use nexdesk_vault::{Secret, Vault};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::soon;

const ROOT: &str = "http://127.0.0.1:7777";

/// A gateway, a ledger on disk, and the jobs between them.
struct Studio {
    gateway: Sandbox,
    ledger: Ledger,
    clock: Clock,
    jobs: Jobs,
    dir: TempDir,
}

impl Studio {
    async fn new() -> Self {
        Self::over(Patience::default()).await
    }

    /// Waits only so long for the gateway's status.
    async fn over(patience: Patience) -> Self {
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

    fn target(&self, family: Family, model: &str) -> Target {
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

    async fn orders(&self, family: Family, model: &str) -> Result<JobRow, Refused> {
        self.orders_what(What::Film, family, model, json!({"seconds": "4", "size": "1280x720"}))
            .await
    }

    async fn orders_what(&self, what: What, family: Family, model: &str, more: Value) -> Result<JobRow, Refused> {
        let mut fields = more.as_object().unwrap().clone();
        fields.insert("model".into(), format!("my-{model}").into());
        fields.insert("prompt".into(), "a sunrise".into());
        let order = Order::from_fields(what, fields).unwrap();
        self.jobs.create(order, self.target(family, model), cursor()).await
    }

    /// The job once it is over and all it made is here, with the clock running fast.
    async fn ends(&self, id: &str) -> JobRow {
        let waiting = self.jobs.finished(id, true);
        let running = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                self.clock.advance(Duration::from_secs(1));
            }
        };
        tokio::select! {
            ended = waiting => ended.unwrap(),
            () = running => unreachable!(),
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("{id} never ended"),
        }
    }

    /// How often an order arrived at the gateway.
    fn orders_seen(&self) -> usize {
        let seen = self.gateway.requests();
        seen.iter().filter(|request| request.method == "POST").count()
    }

    async fn asks(&self, asked: Asked<'_>) -> Told {
        self.jobs.answer(asked, cursor(), Tongue::OpenAiVideos, ROOT).await
    }
}

fn jobs(ledger: &Ledger, clock: &Clock, media: PathBuf, patience: Patience) -> Jobs {
    let vault = Vault::in_memory();
    vault.put("first", &Secret::new("sk-first".to_owned())).unwrap();
    let upstream = Upstream::new(vault, patience).unwrap();
    let jobs = Jobs::open(ledger.clone(), upstream, clock.clone(), media, Families::shipped()).unwrap();
    jobs.start().unwrap();
    jobs
}

fn cursor() -> Orderer {
    Orderer {
        id: Some("token-cursor".into()),
        name: "Cursor".into(),
        exchange: None,
    }
}

fn said(told: &Told) -> &Value {
    match &told.given {
        Given::Json(said) => said,
        Given::File(_) => panic!("a file"),
    }
}

async fn bytes(told: Told) -> Vec<u8> {
    let Given::File(mut file) = told.given else {
        panic!("{:?}", said(&told))
    };
    let mut bytes = Vec::new();
    while let Some(piece) = file.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(bytes.len() as u64, file.length);
    bytes
}

fn is_film(bytes: &[u8]) -> bool {
    bytes[4..].starts_with(b"ftypisom")
}

/// Every family that makes films, with the sandbox's model for it.
const FILMS: [(Family, &str); 6] = [
    (Family::OpenAi, "sandbox-video"),
    (Family::NewApi, "sandbox-task"),
    (Family::Nexconn, "sandbox-kling"),
    (Family::Veo, "sandbox-veo"),
    (Family::Queue, "sandbox-vidu"),
    (Family::Ark, "sandbox-seedance"),
];

#[tokio::test]
async fn a_film_of_every_family_goes_from_queued_to_a_file_on_our_disk() {
    let studio = Studio::new().await;
    for (family, model) in FILMS {
        let job = studio.orders(family, model).await.unwrap();
        let early = studio.asks(Asked::Show(&job.id)).await;
        assert_eq!(
            (&said(&early)["status"], &said(&early)["object"], &said(&early)["seconds"]),
            (&json!("queued"), &json!("video"), &json!("4")),
            "{family:?}"
        );
        assert_eq!(said(&early)["model"], format!("my-{model}"), "as the caller called it");
        assert_eq!(studio.asks(Asked::Content(&job.id, "")).await.status, 400);

        let done = studio.ends(&job.id).await;
        assert_eq!((done.state, done.error_message), (JobState::Done, None), "{family:?}");
        let shown = studio.asks(Asked::Show(&job.id)).await;
        assert_eq!((&said(&shown)["status"], &said(&shown)["progress"]), (&json!("completed"), &json!(100)));
        let film = studio.asks(Asked::Content(&job.id, "variant=video")).await;
        assert!(is_film(&bytes(film).await), "{family:?}");
    }
    assert_eq!(studio.orders_seen(), FILMS.len(), "each was ordered once");
    let same = std::fs::read_dir(studio.dir.path().join("media")).unwrap();
    assert_eq!(same.count(), 1, "one clip is kept once, however many jobs made it");
}

#[tokio::test]
async fn a_failed_film_of_every_family_says_why() {
    let studio = Studio::new().await;
    for (family, model) in FILMS {
        for how in ["fails", "completed-with-detail"] {
            let job = studio.orders(family, &format!("{model}-{how}")).await.unwrap();
            let failed = studio.ends(&job.id).await;
            let shown = studio.asks(Asked::Show(&job.id)).await;
            assert_eq!(failed.state, JobState::Failed, "{family:?} {how}");
            assert_eq!(said(&shown)["status"], "failed");
            let why = said(&shown)["error"]["message"].as_str().unwrap();
            assert!(why.contains("on purpose"), "{family:?} {how}: {why}");
        }
    }
}

#[tokio::test]
async fn a_gateway_that_does_not_know_the_job_yet_is_asked_again() {
    let studio = Studio::new().await;
    for (family, model) in FILMS {
        let job = studio.orders(family, &format!("{model}-404-first")).await.unwrap();
        assert_eq!(studio.ends(&job.id).await.state, JobState::Done, "{family:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_never_knows_the_job_is_believed_after_half_a_minute() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::NewApi, "sandbox-task").await.unwrap();
    let mut strange = studio.ledger.job(&job.id).unwrap().unwrap();
    strange.poll_path = Some("video/generations/task_nobody".into());
    studio.ledger.put_job(strange).await.unwrap();

    let ended = studio.ends(&job.id).await;
    assert_eq!(ended.error_code.as_deref(), Some("job_not_found"));
    assert!(ended.finished_at.unwrap() - ended.created_at > 30_000);
}

#[tokio::test]
async fn a_foreign_status_url_is_asked_at_the_gateway_and_sees_no_key() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Queue, "sandbox-vidu-foreign-status-url").await.unwrap();
    let path = job.poll_path.clone().unwrap();
    assert!(path.starts_with("/queue/fal-ai/") && path.ends_with("/status"), "{path}");
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
}

#[tokio::test]
async fn links_are_followed_without_the_key() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    studio.ends(&job.id).await;
    let seen = studio.gateway.requests();
    let fetched: Vec<_> = seen.iter().filter(|request| request.path.starts_with("/files/")).collect();
    assert!(!fetched.is_empty());
    assert!(fetched.iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn an_order_that_nobody_answers_is_in_doubt_and_never_sent_again() {
    let patience = Patience {
        status: Duration::from_millis(300),
        ..Patience::default()
    };
    let studio = Studio::over(patience).await;
    let job = studio.orders(Family::Veo, "sandbox-veo-create-times-out").await.unwrap();
    assert_eq!((job.submission, job.state), (Submission::Unknown, JobState::Failed));
    let shown = studio.asks(Asked::Show(&job.id)).await;
    assert_eq!(
        (shown.status.as_u16(), &said(&shown)["error"]["code"]),
        (200, &json!("may_have_been_created")),
        "an error status would make an SDK order again"
    );
    studio.clock.advance(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(studio.orders_seen(), 1);
}

#[tokio::test]
async fn an_order_that_never_arrived_or_was_turned_away_leaves_no_job_and_may_go_elsewhere() {
    let mut studio = Studio::new().await;
    let refused = studio.orders(Family::Veo, "sandbox-nobody").await.unwrap_err();
    assert_eq!(refused.failure.kind, Kind::ModelNotFound);
    assert!(refused.said.is_some(), "the gateway's own words are for the caller");
    let proxy = studio.orders(Family::OpenAi, "sandbox-bad-html-502").await.unwrap();
    assert_eq!(proxy.submission, Submission::Unknown, "a proxy's page does not say what is behind it");

    let url = studio.gateway.url();
    studio.gateway = Sandbox::start(Settings::for_tests()).unwrap();
    let mut target = studio.target(Family::Veo, "sandbox-veo");
    target.base = Base::parse(&url).unwrap();
    let order = json!({"model": "m", "prompt": "p"});
    let order = Order::from_fields(What::Film, order.as_object().unwrap().clone()).unwrap();
    let refused = studio.jobs.create(order, target, cursor()).await.unwrap_err();
    assert!(refused.failure.unsent, "{:?}", refused.failure);
    let rows = studio.ledger.jobs("video", None, None, 9).unwrap();
    assert_eq!(rows.len(), 1, "only the doubtful one is on record");
}

#[tokio::test]
async fn a_gateway_without_openais_videos_turns_out_to_be_new_api() {
    let studio = Studio::new().await;
    // The sandbox has both; a root without `/v1` has neither of OpenAI's.
    studio.jobs.learn_new_api("g");
    let family = studio.jobs.family("openai-compatible", "g", What::Film, "sora");
    assert_eq!(family, Family::NewApi);
    assert_eq!(studio.jobs.family("openai-compatible", "other", What::Film, "sora"), Family::OpenAi);
}

#[tokio::test]
async fn a_film_outlives_its_link() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Ark, "sandbox-seedance-link-expires").await.unwrap();
    let done = studio.ends(&job.id).await;
    let link = done.files[0].link.clone().unwrap();
    assert!(done.files[0].link_dies_at.is_some(), "{link} says when it dies");
    assert_eq!(reqwest::get(&link).await.unwrap().status(), 403, "it is dead by now");
    assert!(is_film(&bytes(studio.asks(Asked::Content(&job.id, "")).await).await));
}

#[tokio::test]
async fn a_restart_goes_on_with_what_was_open_and_orders_nothing() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Queue, "sandbox-vidu").await.unwrap();
    studio.jobs.stop(Duration::from_secs(5)).await;

    let again = jobs(&studio.ledger, &studio.clock, studio.dir.path().join("media"), Patience::default());
    let studio = Studio { jobs: again, ..studio };
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
    assert_eq!(studio.orders_seen(), 1);
}

#[tokio::test]
async fn a_tool_sees_its_own_jobs_and_the_window_everybodys() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    let zed = Orderer {
        id: Some("token-zed".into()),
        name: "Zed".into(),
        exchange: None,
    };
    for asked in [Asked::Show(&job.id), Asked::Content(&job.id, ""), Asked::Delete(&job.id)] {
        let told = studio.jobs.answer(asked, zed.clone(), Tongue::OpenAiVideos, ROOT).await;
        assert_eq!(told.status, 404, "{asked:?}");
    }
    let list = |caller: Orderer| studio.jobs.answer(Asked::List(""), caller, Tongue::OpenAiVideos, ROOT);
    assert_eq!(said(&list(zed).await)["data"], json!([]));
    assert_eq!(said(&list(cursor()).await)["data"][0]["id"], job.id);
    assert_eq!(said(&list(Orderer::default()).await)["data"][0]["id"], job.id);
}

#[tokio::test]
async fn a_list_comes_in_pages_both_ways() {
    let studio = Studio::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(studio.orders(Family::Veo, "sandbox-veo").await.unwrap().id);
        studio.clock.advance(Duration::from_millis(5));
    }
    let page = studio.asks(Asked::List("limit=2")).await;
    assert_eq!((&said(&page)["first_id"], &said(&page)["has_more"]), (&json!(ids[2]), &json!(true)));
    let query = format!("limit=2&after={}", ids[1]);
    let rest = studio.asks(Asked::List(&query)).await;
    assert_eq!((&said(&rest)["last_id"], &said(&rest)["has_more"]), (&json!(ids[0]), &json!(false)));
    let oldest = studio.asks(Asked::List("order=asc&limit=1")).await;
    assert_eq!(said(&oldest)["data"][0]["id"], ids[0]);
}

#[tokio::test]
async fn a_deleted_job_takes_its_file_along() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Ark, "sandbox-seedance").await.unwrap();
    let done = studio.ends(&job.id).await;
    let sha256 = done.files[0].sha256.clone().unwrap();
    let place = studio.dir.path().join("media").join(&sha256[..2]).join(&sha256);
    assert!(place.exists());
    let told = studio.asks(Asked::Delete(&job.id)).await;
    assert_eq!(said(&told), &json!({"id": job.id, "object": "video.deleted", "deleted": true}));
    assert!(!place.exists());
    assert_eq!(studio.asks(Asked::Show(&job.id)).await.status, 404);
}

#[tokio::test]
async fn a_remix_is_another_job_where_the_family_has_it_and_a_plain_no_elsewhere() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Nexconn, "sandbox-kling").await.unwrap();
    studio.ends(&job.id).await;
    let body = br#"{"prompt": "at night"}"#;
    let told = studio.asks(Asked::Remix(&job.id, body)).await;
    assert_eq!(said(&told)["remixed_from_video_id"], job.id);
    let remix = said(&told)["id"].as_str().unwrap().to_owned();
    assert_eq!(studio.ends(&remix).await.state, JobState::Done);

    let veo = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    let told = studio.asks(Asked::Remix(&veo.id, body)).await;
    assert_eq!(told.status, 400);
    assert!(said(&told)["error"]["message"].as_str().unwrap().contains("cannot remix"));
}

#[tokio::test]
async fn a_caller_of_new_api_gets_new_apis_shape_whatever_the_gateway_speaks() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    let ordered = studio.jobs.ordered(&job, Tongue::NewApiVideos);
    let id = said(&ordered)["task_id"].as_str().unwrap().to_owned();
    assert_eq!((id.len(), &id[..5]), (37, "task_"));
    let show = async || {
        let told = studio.jobs.answer(Asked::Show(&id), cursor(), Tongue::NewApiVideos, ROOT).await;
        said(&told)["data"].clone()
    };
    assert_eq!(show().await["status"], "QUEUED");
    studio.ends(&job.id).await;
    let done = show().await;
    assert_eq!((&done["status"], &done["progress"]), (&json!("SUCCESS"), &json!("100%")));
    assert!(done["result_url"].as_str().unwrap().starts_with("http"));
    let told = studio.jobs.answer(Asked::Show("task_x"), cursor(), Tongue::NewApiVideos, ROOT).await;
    assert_eq!((told.status.as_u16(), &said(&told)["code"]), (400, &json!("task_not_exist")));
}

#[tokio::test]
async fn pictures_that_come_as_tasks_answer_a_caller_that_waits() {
    let studio = Studio::new().await;
    for (family, model) in [
        (Family::KlingImages, "sandbox-kling-image"),
        (Family::Queue, "sandbox-kling-queue"),
        (Family::GeminiImages, "sandbox-gemini-image"),
    ] {
        let job = studio.orders_what(What::Picture, family, model, json!({"n": 2})).await.unwrap();
        studio.ends(&job.id).await;
        let told = studio.jobs.drawn(&job, Some("b64_json")).await;
        let data = said(&told)["data"].as_array().unwrap().clone();
        assert_eq!(data.len(), 2, "{model}");
        assert!(data[0]["b64_json"].as_str().unwrap().starts_with("iVBOR"), "{model}: a PNG");
        let told = studio.jobs.drawn(&job, Some("url")).await;
        let url = said(&told)["data"][0]["url"].as_str().unwrap();
        assert!(url.starts_with("http") || url.starts_with("data:image/png;base64,iVBOR"), "{model}: {url}");
    }
    let listed = studio.asks(Asked::List("")).await;
    assert_eq!(said(&listed)["data"], json!([]), "pictures are no videos");
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_its_picture() {
    let studio = Studio::new().await;
    let job = studio.orders_what(What::Picture, Family::KlingImages, "sandbox-kling-image", json!({})).await;
    let job = job.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(50), studio.jobs.drawn(&job, None)).await;
    assert!(waiting.is_err(), "it left");
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
}

#[tokio::test]
async fn pictures_that_fail_are_no_invitation_to_order_again() {
    let studio = Studio::new().await;
    let job = studio.orders_what(What::Picture, Family::KlingImages, "sandbox-kling-image-fails", json!({})).await;
    let job = job.unwrap();
    studio.ends(&job.id).await;
    let told = studio.jobs.drawn(&job, None).await;
    assert_eq!((told.status.as_u16(), &told.headers["x-should-retry"]), (400, "false"));
    assert!(said(&told)["error"]["message"].as_str().unwrap().contains("on purpose"));
}

#[tokio::test]
async fn an_edit_with_uploaded_files_reaches_gemini_as_json() {
    let studio = Studio::new().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n\
        --b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nat night\r\n\
        --b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nA\r\n\
        --b--\r\n";
    let order = Order::read(What::Edit, "multipart/form-data; boundary=b", form.into()).await.unwrap();
    let target = studio.target(Family::GeminiImages, "sandbox-gemini-image");
    let job = studio.jobs.create(order, target, cursor()).await.unwrap();
    assert_eq!(job.state, JobState::Done, "it answers at once");
    let sent = studio.gateway.requests().pop().unwrap();
    let sent: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent["image"], "data:image/png;base64,QQ==");
}

#[tokio::test]
async fn a_job_that_nobody_follows_any_more_is_asked_for_when_its_caller_asks() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    studio.clock.advance(Duration::from_secs(1900));
    let stalled = soon("it is given up", async || {
        let row = studio.ledger.job(&job.id).unwrap().unwrap();
        row.next_poll_at.is_none().then_some(row)
    })
    .await;
    assert_eq!((stalled.state, stalled.finished_at), (JobState::Queued, None), "it is not failed");
    soon("the caller asks until it is done", async || {
        studio.clock.advance(Duration::from_secs(11));
        let told = studio.asks(Asked::Show(&job.id)).await;
        (said(&told)["status"] == "completed").then_some(())
    })
    .await;
}
