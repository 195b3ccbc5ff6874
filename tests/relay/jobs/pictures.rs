//! Models that draw in tasks, and callers that wait for them.

use std::time::Duration;

use nexdesk_ledger::{JobState, Outcome};
use nexdesk_relay::jobs::Asked;
use nexdesk_tests::{Heard, soon};
use nexdesk_upstream::jobs::{Family, Order, What};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::house::House;
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

#[tokio::test]
async fn a_tool_that_asks_openais_way_gets_pictures_of_every_family_in_one_answer() {
    let house = House::new().await;
    for model in [
        "sandbox-image",
        "sandbox-kling-image",
        "sandbox-kling-queue",
        "sandbox-gemini-image",
    ] {
        let ask = json!({"model": model, "prompt": "a lake", "response_format": "b64_json"});
        let heard = house.meanwhile(house.posts("/v1/images/generations", ask)).await;
        assert_eq!(heard.status, 200, "{model}: {}", heard.plain());
        let drawn = heard.json()["data"][0]["b64_json"].as_str().unwrap().to_owned();
        assert!(drawn.starts_with("iVBOR"), "{model}");
        let row = house.world.last_exchange().await;
        assert_eq!(row.outcome, Outcome::Ok, "{model}");
        assert!(row.cost_nano.unwrap() > 0, "{model}");
        assert_eq!(row.job.is_some(), model.contains("kling"), "{model}");
    }
    assert_eq!(house.orders_seen().len(), 4);
}

#[tokio::test]
async fn a_large_form_of_an_edit_reaches_a_gateway_that_knows_no_forms() {
    let house = House::new().await;
    let picture = "A".repeat(600 * 1024);
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nsandbox-gemini-image\r\n\
        --b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nat night\r\n\
        --b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
        {picture}\r\n--b--\r\n"
    );
    let asked = house.cursor.request(http::Method::POST, "/v1/images/edits");
    let asked = asked
        .header("content-type", "multipart/form-data; boundary=b")
        .body(form);
    let heard = house.meanwhile(Heard::of(asked)).await;
    assert_eq!(heard.status, 200, "{}", heard.plain());
    let sent: Value = serde_json::from_slice(&house.orders_seen()[0].body).unwrap();
    assert_eq!(
        sent["image"].as_str().unwrap().len(),
        "data:image/png;base64,".len() + 800 * 1024
    );
}

#[tokio::test]
async fn a_tool_that_hangs_up_leaves_its_picture_on_record_and_on_the_bill() {
    let house = House::new().await;
    let ask = json!({"model": "sandbox-kling-image", "prompt": "a lake"});
    let left = tokio::time::timeout(
        Duration::from_millis(300),
        house.posts("/v1/images/generations", ask),
    )
    .await;
    assert!(left.is_err(), "it takes longer than the tool waits");
    let ledger = house.world.app().ledger();
    let job = soon("it was ordered", async || {
        ledger.jobs("images", None, None, 1).unwrap().pop()
    })
    .await;
    let done = house
        .meanwhile(house.world.app().relay().jobs().finished(&job.id, true))
        .await
        .unwrap();
    assert_eq!((done.state, done.files.len()), (JobState::Done, 1));
    let row = house.world.last_exchange().await;
    assert_eq!(
        (row.outcome, row.job.as_deref()),
        (Outcome::Cancelled, Some(job.id.as_str()))
    );
    assert_eq!(row.cost_nano, Some(20_000_000));
    assert_eq!(house.orders_seen().len(), 1);
}

#[tokio::test]
async fn a_picture_that_is_waited_for_does_not_hold_up_the_end_of_the_program() {
    let mut house = House::new().await;
    let ask = json!({"model": "sandbox-kling-image", "prompt": "a lake"});
    let cursor = house.cursor.clone();
    let mut asking = JoinSet::new();
    asking.spawn(async move { cursor.sends("/v1/images/generations", ask.to_string()).await });
    let ledger = house.world.app().ledger().clone();
    let job = soon("it was ordered", async || {
        ledger.jobs("images", None, None, 1).unwrap().pop()
    })
    .await;
    house.world = tokio::task::spawn_blocking(move || {
        house.world.reopen();
        house.world
    })
    .await
    .unwrap();
    assert_eq!(asking.join_next().await.unwrap().unwrap().status, 504);
    let jobs = house.world.app().relay().jobs().clone();
    let done = house.meanwhile(jobs.finished(&job.id, true)).await.unwrap();
    assert_eq!(done.state, JobState::Done);
    assert_eq!(house.orders_seen().len(), 1);
}
