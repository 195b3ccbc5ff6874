//! Models that draw in tasks, and callers that wait for them.

use std::time::Duration;

use nexdesk_ledger::JobState;
use nexdesk_relay::jobs::Asked;
use nexdesk_upstream::jobs::{Family, Order, What};
use serde_json::{Value, json};

use super::studio::{Studio, cursor, said};

#[tokio::test]
async fn pictures_that_come_as_tasks_answer_a_caller_that_waits() {
    let studio = Studio::new().await;
    for (family, model) in [
        (Family::KlingImages, "sandbox-kling-image"),
        (Family::Queue, "sandbox-kling-queue"),
        (Family::GeminiImages, "sandbox-gemini-image"),
    ] {
        let job = studio
            .orders_what(What::Picture, family, model, json!({"n": 2}))
            .await
            .unwrap();
        studio.ends(&job.id).await;
        let told = studio.jobs.drawn(&job, Some("b64_json")).await;
        let data = said(&told)["data"].as_array().unwrap().clone();
        assert_eq!(data.len(), 2, "{model}");
        assert!(
            data[0]["b64_json"].as_str().unwrap().starts_with("iVBOR"),
            "{model}: a PNG"
        );
        let told = studio.jobs.drawn(&job, Some("url")).await;
        let url = said(&told)["data"][0]["url"].as_str().unwrap();
        assert!(
            url.starts_with("http") || url.starts_with("data:image/png;base64,iVBOR"),
            "{model}: {url}"
        );
    }
    let listed = studio.asks(Asked::List("")).await;
    assert_eq!(said(&listed)["data"], json!([]), "pictures are no videos");
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_its_picture() {
    let studio = Studio::new().await;
    let job = studio
        .orders_what(
            What::Picture,
            Family::KlingImages,
            "sandbox-kling-image",
            json!({}),
        )
        .await;
    let job = job.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(50), studio.jobs.drawn(&job, None)).await;
    assert!(waiting.is_err(), "it left");
    assert_eq!(studio.ends(&job.id).await.state, JobState::Done);
}

#[tokio::test]
async fn pictures_that_fail_are_no_invitation_to_order_again() {
    let studio = Studio::new().await;
    let job = studio
        .orders_what(
            What::Picture,
            Family::KlingImages,
            "sandbox-kling-image-fails",
            json!({}),
        )
        .await;
    let job = job.unwrap();
    studio.ends(&job.id).await;
    let told = studio.jobs.drawn(&job, None).await;
    assert_eq!(told.status, 400);
    assert_eq!(told.headers["x-should-retry"], "false");
    assert!(
        said(&told)["error"]["message"]
            .as_str()
            .unwrap()
            .contains("on purpose")
    );
}

#[tokio::test]
async fn an_edit_with_uploaded_files_reaches_gemini_as_json() {
    let studio = Studio::new().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n\
        --b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nat night\r\n\
        --b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nA\r\n\
        --b--\r\n";
    let order = Order::read(What::Edit, "multipart/form-data; boundary=b", form.into())
        .await
        .unwrap();
    let target = studio.target(Family::GeminiImages, "sandbox-gemini-image");
    let job = studio.jobs.create(order, target, cursor()).await.unwrap();
    assert_eq!(job.state, JobState::Done, "it answers at once");
    let sent = studio.gateway.requests().pop().unwrap();
    let sent: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent["image"], "data:image/png;base64,QQ==");
}
