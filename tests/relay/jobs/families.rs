//! Every family's films: followed in its own words, fetched without the key, shown in OpenAI's.

use nexdesk_ledger::JobState;
use nexdesk_relay::jobs::Asked;
use nexdesk_upstream::jobs::Family;
use serde_json::json;

use super::studio::{FILMS, Studio, bytes, is_film, said};

#[tokio::test]
async fn a_film_of_every_family_goes_from_queued_to_a_file_on_our_disk() {
    let studio = Studio::new().await;
    for (family, model) in FILMS {
        let job = studio.orders(family, model).await.unwrap();
        let early = studio.asks(Asked::Show(&job.id)).await;
        assert_eq!(
            (
                &said(&early)["status"],
                &said(&early)["object"],
                &said(&early)["seconds"]
            ),
            (&json!("queued"), &json!("video"), &json!("4")),
            "{family:?}"
        );
        assert_eq!(
            said(&early)["model"],
            format!("my-{model}"),
            "as the caller called it"
        );
        assert_eq!(studio.asks(Asked::Content(&job.id, "")).await.status, 400);

        let done = studio.ends(&job.id).await;
        assert_eq!(
            (done.state, done.error_message),
            (JobState::Done, None),
            "{family:?}"
        );
        let shown = studio.asks(Asked::Show(&job.id)).await;
        assert_eq!(
            (&said(&shown)["status"], &said(&shown)["progress"]),
            (&json!("completed"), &json!(100))
        );
        let film = studio.asks(Asked::Content(&job.id, "variant=video")).await;
        assert!(is_film(&bytes(film).await), "{family:?}");
    }
    assert_eq!(studio.orders_seen(), FILMS.len(), "each was ordered once");
    let same = std::fs::read_dir(studio.dir.path().join("media")).unwrap();
    assert_eq!(
        same.count(),
        1,
        "one clip is kept once, however many jobs made it"
    );
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
        let job = studio
            .orders(family, &format!("{model}-404-first"))
            .await
            .unwrap();
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
    let job = studio
        .orders(Family::Queue, "sandbox-vidu-foreign-status-url")
        .await
        .unwrap();
    let path = job.poll_path.clone().unwrap();
    assert!(
        path.starts_with("/queue/fal-ai/") && path.ends_with("/status"),
        "{path}"
    );
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
}

#[tokio::test]
async fn links_are_followed_without_the_key() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    studio.ends(&job.id).await;
    let seen = studio.gateway.requests();
    let fetched: Vec<_> = seen
        .iter()
        .filter(|request| request.path.starts_with("/files/"))
        .collect();
    assert!(!fetched.is_empty());
    assert!(
        fetched
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test]
async fn a_film_outlives_its_link() {
    let studio = Studio::new().await;
    let job = studio
        .orders(Family::Ark, "sandbox-seedance-link-expires")
        .await
        .unwrap();
    let done = studio.ends(&job.id).await;
    let link = done.files[0].link.clone().unwrap();
    assert!(done.files[0].link_dies_at.is_some(), "{link} says when it dies");
    assert_eq!(
        reqwest::get(&link).await.unwrap().status(),
        403,
        "it is dead by now"
    );
    assert!(is_film(
        &bytes(studio.asks(Asked::Content(&job.id, "")).await).await
    ));
}
