//! Files, the echo, the WebSocket, and what is streamed that is not text.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_tungstenite::tungstenite::Message;

use crate::visitor::{Visitor, chunks, json_of};

#[tokio::test]
async fn an_uploaded_file_comes_back_and_an_import_becomes_ready() {
    let visitor = Visitor::new();
    let form = b"--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{}\n\r\n--b--\r\n";
    let sent = visitor
        .send("/v1/files", "multipart/form-data; boundary=b", form.to_vec())
        .await;
    let file = json_of(sent).await;
    let at = format!("/v1/files/{}", file["id"].as_str().unwrap());
    assert_eq!(
        (&file["bytes"], &file["filename"]),
        (&json!(3), &json!("a.jsonl"))
    );
    assert_eq!(
        visitor.get(&format!("{at}/content")).await.text().await.unwrap(),
        "{}\n"
    );
    assert_eq!(visitor.get_json("/v1/files").await["data"][0], file);
    assert_eq!(visitor.delete(&at).await.status(), 200);
    assert_eq!(visitor.get(&at).await.status(), 404);

    let import = json!({"model": "gemini", "source_url": "https://p.example/film.mp4"});
    let file = visitor.post_json("/v1/files", import).await;
    let at = format!("/v1/files/{}", file["id"].as_str().unwrap());
    assert!(at.contains("/qfile-") && file["status"] == "pending");
    while visitor.get_json(&at).await["status"] == "pending" {}
    assert_eq!(visitor.get_json(&at).await["status"], "ready");
}

#[tokio::test]
async fn the_echo_names_every_byte_it_got_and_holds_none_of_a_large_body() {
    let visitor = Visitor::new();
    let body: Vec<u8> = (0..80 * 1024 * 1024u32).map(|byte| byte as u8).collect();
    let hash = format!("{:x}", Sha256::digest(&body));
    let said = json_of(
        visitor
            .send("/v1/anything/at/all?x=1", "application/x-odd", body)
            .await,
    )
    .await;
    assert_eq!(
        (&said["bytes"], &said["sha256"]),
        (&json!(80 * 1024 * 1024), &json!(hash))
    );
    assert_eq!(
        (&said["path"], &said["query"]),
        (&json!("/v1/anything/at/all"), &json!("x=1"))
    );
    assert_eq!(said["headers"]["content-type"], json!(["application/x-odd"]));
    assert_eq!(
        said["headers"]["authorization"],
        json!(["(17 bytes)"]),
        "no key in an answer"
    );
    let deleted = json_of(visitor.delete("/v1/anything").await).await;
    assert_eq!(deleted["method"], "DELETE", "every verb");
}

#[tokio::test]
async fn the_realtime_socket_greets_and_says_every_event_back() {
    let visitor = Visitor::new();
    let address = format!(
        "ws://127.0.0.1:{}/v1/realtime?model=sandbox-realtime",
        visitor.sandbox.port()
    );
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let greeting = socket.next().await.unwrap().unwrap().into_text().unwrap();
    let greeting: Value = serde_json::from_str(&greeting).unwrap();
    assert_eq!(greeting["type"], "session.created");
    socket.send(Message::text("{\"type\":\"x\"}")).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Message::text("{\"type\":\"x\"}")
    );
    socket.send(Message::binary(vec![0u8, 255])).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Message::binary(vec![0u8, 255])
    );
}

#[tokio::test]
async fn sound_and_transcripts_and_pictures_are_streamed_when_asked_for() {
    let visitor = Visitor::new();
    let ask = json!({"model": "sandbox-speech", "input": "one two three", "voice": "alloy", "stream_format": "sse"});
    let all = chunks(&visitor.post("/v1/audio/speech", ask).await.text().await.unwrap());
    let kinds: Vec<_> = all.iter().map(|chunk| chunk["type"].as_str().unwrap()).collect();
    assert_eq!(
        (kinds[0], *kinds.last().unwrap()),
        ("speech.audio.delta", "speech.audio.done")
    );

    let form = b"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nsandbox-transcribe\r\n\
        --b\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nxx\r\n--b--\r\n";
    let sent = visitor
        .send(
            "/v1/audio/transcriptions",
            "multipart/form-data; boundary=b",
            form.to_vec(),
        )
        .await;
    let all = chunks(&sent.text().await.unwrap());
    let said: String = all.iter().filter_map(|chunk| chunk["delta"].as_str()).collect();
    assert_eq!(said, all.last().unwrap()["text"].as_str().unwrap());

    let ask = json!({"model": "sandbox-image", "prompt": "sea", "size": "64x64", "stream": true, "partial_images": 2});
    let all = chunks(
        &visitor
            .post("/v1/images/generations", ask)
            .await
            .text()
            .await
            .unwrap(),
    );
    let kinds: Vec<_> = all.iter().map(|chunk| chunk["type"].as_str().unwrap()).collect();
    let partial = "image_generation.partial_image";
    assert_eq!(kinds, [partial, partial, "image_generation.completed"]);
}

#[tokio::test]
async fn a_variation_needs_only_a_picture() {
    let visitor = Visitor::new();
    let form = b"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\nPNG\r\n\
        --b\r\nContent-Disposition: form-data; name=\"size\"\r\n\r\n64x64\r\n--b--\r\n";
    let sent = visitor
        .send(
            "/v1/images/variations",
            "multipart/form-data; boundary=b",
            form.to_vec(),
        )
        .await;
    assert!(json_of(sent).await["data"][0]["b64_json"].is_string());
    let words = visitor
        .send("/v1/images/variations", "application/json", b"{}".to_vec())
        .await;
    assert_eq!(words.status(), 400);
}
