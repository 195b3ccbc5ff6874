//! Orders are billed and have no idempotency key: each leaves once, and what is in doubt stays in doubt.

use std::time::Duration;

use nexdesk_ledger::{JobState, Submission};
use nexdesk_relay::jobs::Asked;
use nexdesk_sandbox::{Sandbox, Settings};
use nexdesk_tests::soon;
use nexdesk_upstream::jobs::{Family, Order, What};
use nexdesk_upstream::{Base, Kind, Patience};
use serde_json::json;

use super::studio::{Studio, cursor, jobs, said};

#[tokio::test]
async fn an_order_that_nobody_answers_is_in_doubt_and_never_sent_again() {
    let patience = Patience {
        status: Duration::from_millis(300),
        ..Patience::default()
    };
    let studio = Studio::over(patience).await;
    let job = studio
        .orders(Family::Veo, "sandbox-veo-create-times-out")
        .await
        .unwrap();
    assert_eq!(
        (job.submission, job.state),
        (Submission::Unknown, JobState::Failed)
    );
    let shown = studio.asks(Asked::Show(&job.id)).await;
    assert_eq!(
        (shown.status.as_u16(), &said(&shown)["error"]["code"]),
        (200, &json!("may_have_been_created")),
        "an error status would make an SDK order again"
    );
    // Another job's whole life goes by, so the timer has had every chance.
    let other = studio.orders(Family::Ark, "sandbox-seedance").await.unwrap();
    studio.ends(&other.id).await;
    assert_eq!(studio.orders_seen(), 2);
}

#[tokio::test]
async fn an_order_that_never_arrived_or_was_turned_away_leaves_no_job_and_may_go_elsewhere() {
    let mut studio = Studio::new().await;
    let refused = studio.orders(Family::Veo, "sandbox-nobody").await.unwrap_err();
    assert_eq!(refused.failure.kind, Kind::ModelNotFound);
    assert!(
        refused.said.is_some(),
        "the gateway's own words are for the caller"
    );
    let proxy = studio
        .orders(Family::OpenAi, "sandbox-bad-html-502")
        .await
        .unwrap();
    assert_eq!(
        proxy.submission,
        Submission::Unknown,
        "a proxy's page does not say what is behind it"
    );

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
    let job = studio.orders(Family::OpenAi, "sandbox-task").await.unwrap();
    assert_eq!(job.family, "new-api");
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
    let family = |gateway| {
        studio
            .jobs
            .family("openai-compatible", gateway, What::Film, "sora")
    };
    assert_eq!(family("g"), Family::NewApi, "it is remembered");
    assert_eq!(family("other"), Family::OpenAi);
}

#[tokio::test]
async fn a_restart_goes_on_with_what_was_open_and_orders_nothing() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Queue, "sandbox-vidu").await.unwrap();
    studio.jobs.stop(Duration::from_secs(5)).await;

    let again = jobs(
        &studio.ledger,
        &studio.clock,
        studio.dir.path().join("media"),
        Patience::default(),
    );
    let studio = Studio {
        jobs: again,
        ..studio
    };
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
    assert_eq!(studio.orders_seen(), 1);
}

#[tokio::test]
async fn a_job_that_nobody_follows_any_more_is_asked_for_when_its_caller_asks() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    studio.clock.advance(Duration::from_secs(1900));
    studio.jobs.wake();
    let stalled = soon("it is given up", async || {
        let row = studio.ledger.job(&job.id).unwrap().unwrap();
        row.next_poll_at.is_none().then_some(row)
    })
    .await;
    assert_eq!(
        (stalled.state, stalled.finished_at),
        (JobState::Queued, None),
        "it is not failed"
    );
    soon("the caller asks until it is done", async || {
        studio.clock.advance(Duration::from_secs(11));
        let told = studio.asks(Asked::Show(&job.id)).await;
        (said(&told)["status"] == "completed").then_some(())
    })
    .await;
}
