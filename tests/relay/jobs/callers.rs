//! Who sees which job, and in whose words.

use std::time::Duration;

use nexdesk_relay::jobs::{Asked, Orderer};
use nexdesk_upstream::jobs::{Family, Tongue};
use serde_json::json;

use super::studio::{ROOT, Studio, cursor, said};

#[tokio::test]
async fn a_tool_sees_its_own_jobs_and_the_window_everybodys() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    let zed = Orderer {
        id: Some("token-zed".into()),
        name: "Zed".into(),
        exchange: None,
    };
    for asked in [
        Asked::Show(&job.id),
        Asked::Content(&job.id, ""),
        Asked::Delete(&job.id),
    ] {
        let told = studio
            .jobs
            .answer(asked, zed.clone(), Tongue::OpenAiVideos, ROOT)
            .await;
        assert_eq!(told.status, 404, "{asked:?}");
    }
    let list = |caller: Orderer| {
        studio
            .jobs
            .answer(Asked::List(""), caller, Tongue::OpenAiVideos, ROOT)
    };
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
    assert_eq!(
        (&said(&page)["first_id"], &said(&page)["has_more"]),
        (&json!(ids[2]), &json!(true))
    );
    let query = format!("limit=2&after={}", ids[1]);
    let rest = studio.asks(Asked::List(&query)).await;
    assert_eq!(
        (&said(&rest)["last_id"], &said(&rest)["has_more"]),
        (&json!(ids[0]), &json!(false))
    );
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
    assert_eq!(
        said(&told),
        &json!({"id": job.id, "object": "video.deleted", "deleted": true})
    );
    assert!(!place.exists());
    assert_eq!(studio.asks(Asked::Show(&job.id)).await.status, 404);
}

#[tokio::test]
async fn a_caller_of_new_api_gets_new_apis_shape_whatever_the_gateway_speaks() {
    let studio = Studio::new().await;
    let job = studio.orders(Family::Veo, "sandbox-veo").await.unwrap();
    let ordered = studio.jobs.ordered(&job, Tongue::NewApiVideos);
    let id = said(&ordered)["task_id"].as_str().unwrap().to_owned();
    assert_eq!((id.len(), &id[..5]), (37, "task_"));
    let show = async || {
        let told = studio
            .jobs
            .answer(Asked::Show(&id), cursor(), Tongue::NewApiVideos, ROOT)
            .await;
        said(&told)["data"].clone()
    };
    assert_eq!(show().await["status"], "QUEUED");
    studio.ends(&job.id).await;
    let done = show().await;
    assert_eq!(
        (&done["status"], &done["progress"]),
        (&json!("SUCCESS"), &json!("100%"))
    );
    assert!(done["result_url"].as_str().unwrap().starts_with("http"));
    let told = studio
        .jobs
        .answer(Asked::Show("task_x"), cursor(), Tongue::NewApiVideos, ROOT)
        .await;
    assert_eq!(
        (told.status.as_u16(), &said(&told)["code"]),
        (400, &json!("task_not_exist"))
    );
}
