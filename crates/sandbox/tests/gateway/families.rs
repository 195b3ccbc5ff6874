//! Jobs in every family's words, and the ways they go wrong.

use serde_json::{Value, json};

use crate::visitor::{Visitor, json_of};

/// Asks at `path` until the answer is over, as `pointer` says it; also the words in between.
async fn followed(visitor: &Visitor, path: &str, pointer: &str, over: &[&str]) -> (Vec<String>, Value) {
    let mut words = Vec::new();
    loop {
        let response = visitor.get(path).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        let word = answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap()
            .to_owned();
        if over.contains(&word.as_str()) {
            return (words, answer);
        }
        words.push(word);
        words.dedup();
    }
}

#[tokio::test]
async fn veo_speaks_vertexs_words() {
    let visitor = Visitor::new();
    let order = json!({"model": "sandbox-veo", "instances": [{"prompt": "sunrise"}], "parameters": {"sampleCount": 2}});
    let id = visitor.post_json("/v1/videos/generations", order).await["id"].clone();
    let id = id.as_str().unwrap();
    assert!(id.starts_with("chatvideo-"));
    let (words, done) = followed(
        &visitor,
        &format!("/v1/videos/generations/{id}"),
        "/status",
        &["Completed"],
    )
    .await;
    assert_eq!(words, ["Initializing", "Running"]);
    assert_eq!(done["data"]["videos"].as_array().unwrap().len(), 2);
    let two = json!({"model": "sandbox-veo", "instances": []});
    assert_eq!(visitor.post("/v1/videos/generations", two).await.status(), 400);
}

#[tokio::test]
async fn the_queue_says_202_until_completed_and_completed_of_failures_too() {
    let visitor = Visitor::new();
    let post = async |app: &str| {
        let at = format!("/queue/fal-ai/{app}/q2/text-to-video");
        visitor.post_json(&at, json!({"prompt": "sunrise"})).await
    };
    let taken = post("vidu").await;
    let id = taken["request_id"].as_str().unwrap();
    let status = format!("/queue/fal-ai/vidu/requests/{id}/status");
    assert!(taken["status_url"].as_str().unwrap().ends_with(&status));
    assert_eq!(visitor.get(&status).await.status(), 202);
    let (_, done) = followed(&visitor, &status, "/status", &["COMPLETED"]).await;
    assert!(done["result"]["video"]["url"].is_string());
    let result = visitor
        .get_json(&format!("/queue/fal-ai/vidu/requests/{id}"))
        .await;
    assert_eq!(result, done["result"]);

    let id = post("sandbox-vidu-completed-with-detail").await["request_id"].clone();
    let status = format!("/queue/fal-ai/x/requests/{}/status", id.as_str().unwrap());
    let (_, failed) = followed(&visitor, &status, "/status", &["COMPLETED"]).await;
    assert!(failed["detail"].is_string() && failed["result"].is_null());
    let foreign = post("sandbox-vidu-foreign-status-url").await;
    assert!(
        foreign["status_url"]
            .as_str()
            .unwrap()
            .contains("elsewhere.invalid")
    );
    let named = json!({"model": "viduq2", "prompt": "p"});
    assert_eq!(
        visitor
            .post("/queue/fal-ai/vidu/q2/text-to-video", named)
            .await
            .status(),
        400
    );
}

#[tokio::test]
async fn ark_and_nexconn_and_klings_pictures_have_words_of_their_own() {
    let visitor = Visitor::new();
    let order = json!({"model": "sandbox-seedance", "content": [{"type": "text", "text": "sunrise"}]});
    let id = visitor.post_json("/v3/contents/generations/tasks", order).await["id"].clone();
    let at = format!("/v3/contents/generations/tasks/{}", id.as_str().unwrap());
    let (words, done) = followed(&visitor, &at, "/status", &["succeeded"]).await;
    assert_eq!(words, ["queued", "running"]);
    assert!(done["content"]["video_url"].is_string() && done["usage"]["completion_tokens"].is_u64());

    let order = json!({"model": "sandbox-kling", "prompt": "sunrise", "seconds": "5"});
    let id = visitor.post_json("/v1/videos", order).await["id"].clone();
    let at = format!("/v1/videos/{}", id.as_str().unwrap());
    let (_, done) = followed(&visitor, &at, "/status", &["completed"]).await;
    assert!(done["task_result"]["videos"][0]["url"].is_string());
    assert_eq!(
        visitor.get(&format!("{at}/content")).await.status(),
        404,
        "Nexconn has none"
    );
    let number = json!({"model": "sandbox-kling", "prompt": "p", "seconds": 5});
    assert_eq!(
        visitor.post("/v1/videos", number).await.status(),
        400,
        "strings only"
    );

    let order = json!({"model": "sandbox-kling-image", "prompt": "sunrise", "n": 2});
    let id = visitor.post_json("/v1/images/generations", order).await["task_id"].clone();
    let at = format!("/v1/images/tasks/{}", id.as_str().unwrap());
    let (_, done) = followed(&visitor, &at, "/status", &["completed"]).await;
    let url = done["data"][1]["url"].as_str().unwrap();
    let png = visitor.get(&url[url.find("/files/").unwrap()..]).await;
    assert!(png.bytes().await.unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_link_that_expires_is_good_for_one_download() {
    let visitor = Visitor::new();
    let order = json!({"model": "sandbox-seedance-link-expires", "content": [{"type": "text", "text": "x"}]});
    let id = visitor.post_json("/v3/contents/generations/tasks", order).await["id"].clone();
    let at = format!("/v3/contents/generations/tasks/{}", id.as_str().unwrap());
    let (_, done) = followed(&visitor, &at, "/status", &["succeeded"]).await;
    let url = done["content"]["video_url"].as_str().unwrap();
    let path = &url[url.find("/files/").unwrap()..];
    assert_eq!(visitor.get(path).await.status(), 200);
    assert_eq!(visitor.get(path).await.status(), 403);
}

#[tokio::test]
async fn a_job_that_is_not_known_at_first_is_known_then() {
    let visitor = Visitor::new();
    let order = json!({"model": "sandbox-task-404-first", "prompt": "x"});
    let id = visitor.post_json("/v1/video/generations", order).await["task_id"].clone();
    let at = format!("/v1/video/generations/{}", id.as_str().unwrap());
    assert_eq!(visitor.get(&at).await.status(), 400);
    let flat = json_of(visitor.get(&format!("{at}?shape=flat")).await).await;
    assert_eq!((&flat["task_id"], &flat["format"]), (&id, &json!("mp4")));
}
