//! Pictures, sound and clips: the files must be real.

use base64::Engine;
use serde_json::{Value, json};

use crate::visitor::{Visitor, chunks, header};

fn decoded(base64: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(base64.as_str().unwrap())
        .unwrap()
}

async fn draw(visitor: &Visitor, prompt: &str) -> image::RgbImage {
    let request = json!({"model": "sandbox-image", "prompt": prompt, "size": "320x200"});
    let answer = visitor.post_json("/v1/images/generations", request).await;
    image::load_from_memory(&decoded(&answer["data"][0]["b64_json"]))
        .unwrap()
        .into_rgb8()
}

fn brightness(picture: &image::RgbImage) -> u64 {
    picture
        .pixels()
        .map(|pixel| pixel.0.iter().map(|channel| u64::from(*channel)).sum::<u64>())
        .sum()
}

/// How much more of one channel than of another there is.
fn surplus(picture: &image::RgbImage, of: usize, over: usize) -> i64 {
    picture
        .pixels()
        .map(|pixel| i64::from(pixel.0[of]) - i64::from(pixel.0[over]))
        .sum()
}

#[tokio::test]
async fn a_picture_is_drawn_from_its_prompt() {
    let visitor = Visitor::new();
    let day = draw(&visitor, "a quiet valley").await;
    assert_eq!(day.dimensions(), (320, 200));
    assert_eq!(
        day,
        draw(&visitor, "a quiet valley").await,
        "the same prompt, the same picture"
    );
    assert_ne!(day, draw(&visitor, "a loud valley").await);
    for night in ["a quiet valley at night", "夜里的山谷"] {
        assert!(
            brightness(&draw(&visitor, night).await) < brightness(&day) / 2,
            "{night}"
        );
    }
    for red in ["a red valley", "红色的山谷"] {
        assert!(
            surplus(&draw(&visitor, red).await, 0, 2) > surplus(&day, 0, 2) + 1_000_000,
            "{red}"
        );
    }
    for changed in ["sea", "forest", "snow", "mountain"] {
        let prompt = format!("a quiet valley {changed}");
        assert_ne!(draw(&visitor, &prompt).await, day, "{changed}");
    }
}

#[tokio::test]
async fn a_link_shows_the_picture_that_base64_would_have_held() {
    let visitor = Visitor::new();
    let mut request = json!({"model": "sandbox-image", "prompt": "海边的夜", "size": "128x96", "n": 2});
    let held = visitor.post_json("/v1/images/generations", request.clone()).await;
    request["response_format"] = json!("url");
    let linked = visitor.post_json("/v1/images/generations", request).await;
    assert_ne!(held["data"][0], held["data"][1], "two pictures, not one twice");
    for nth in 0..2 {
        let url = linked["data"][nth]["url"].as_str().unwrap();
        let path = &url[url.find("/files/").unwrap()..];
        let response = visitor.get(path).await;
        assert_eq!(header(&response, "content-type"), "image/png");
        assert_eq!(
            response.bytes().await.unwrap(),
            decoded(&held["data"][nth]["b64_json"])
        );
    }
    assert_eq!(visitor.get("/files/0-0-0-99999x99999.png").await.status(), 404);
}

/// A form as browsers send it; values are fields, the last part is the file.
fn form(fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let (field, name, bytes) = file;
    let part = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

#[tokio::test]
async fn an_edit_takes_a_form_or_json_and_depends_on_the_given_picture() {
    let visitor = Visitor::new();
    let edit = async |given: &[u8]| {
        let fields = [
            ("model", "sandbox-image"),
            ("prompt", "more sea"),
            ("size", "64x64"),
        ];
        let (content_type, body) = form(&fields, ("image", "a.png", given));
        let response = visitor.send("/v1/images/edits", &content_type, body).await;
        decoded(&crate::visitor::json_of(response).await["data"][0]["b64_json"])
    };
    let picture = edit(b"one\r\n--edg").await;
    assert!(image::load_from_memory(&picture).is_ok());
    assert_ne!(picture, edit(b"two").await);
    let json = json!({"model": "sandbox-image", "prompt": "more sea", "size": "64x64", "image": "data:,x"});
    assert!(visitor.post_json("/v1/images/edits", json).await["data"][0]["b64_json"].is_string());
}

#[tokio::test]
async fn a_chat_picture_is_a_small_png_in_both_forms_of_the_answer() {
    let visitor = Visitor::new();
    let whole = visitor.ask("sandbox-picture", "a warm sea").await;
    let url = whole["choices"][0]["message"]["images"][0]["image_url"]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let png = decoded(&json!(url.strip_prefix("data:image/png;base64,").unwrap()));
    assert!(png.len() < 60_000, "{}", png.len());
    assert_eq!(
        image::load_from_memory(&png).unwrap().into_rgb8().dimensions(),
        (256, 256)
    );
    assert!(whole["usage"]["completion_tokens_details"]["image_tokens"].as_u64() > Some(0));
    let chunks = chunks(
        &visitor
            .stream("sandbox-picture", "a warm sea")
            .await
            .text()
            .await
            .unwrap(),
    );
    let streamed = chunks
        .iter()
        .find_map(|chunk| chunk["choices"][0]["delta"]["images"][0]["image_url"]["url"].as_str());
    assert_eq!(streamed, Some(url.as_str()));
}

#[tokio::test]
async fn speech_is_a_wav_whose_length_follows_the_words() {
    let visitor = Visitor::new();
    let speak = async |more: Value| {
        let mut request = json!({"model": "sandbox-speech", "voice": "alloy", "input": "one two three"});
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        visitor.post("/v1/audio/speech", request).await
    };
    let response = speak(json!({})).await;
    assert_eq!(header(&response, "content-type"), "audio/wav");
    let wav = response.bytes().await.unwrap();
    assert_eq!((&wav[..4], &wav[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    let note = 24_000 * 24 / 100 * 2;
    assert_eq!(wav.len(), 44 + 3 * note);
    assert!(
        wav[44..]
            .chunks(2)
            .any(|pair| i16::from_le_bytes([pair[0], pair[1]]) > 5000),
        "it can be heard"
    );
    assert_eq!(
        speak(json!({"input": "你好吗 ok"}))
            .await
            .bytes()
            .await
            .unwrap()
            .len(),
        44 + 4 * note
    );
    assert_eq!(
        speak(json!({"speed": 2})).await.bytes().await.unwrap().len(),
        44 + 3 * note / 2
    );
    let pcm = speak(json!({"response_format": "pcm"})).await;
    assert_eq!(header(&pcm, "content-type"), "audio/pcm");
    assert_eq!(pcm.bytes().await.unwrap(), wav.slice(44..));
    assert_ne!(speak(json!({"voice": "nova"})).await.bytes().await.unwrap(), wav);
    assert_eq!(speak(json!({"speed": 9})).await.status(), 400);
}

#[tokio::test]
async fn a_transcript_says_truthfully_what_was_uploaded() {
    let visitor = Visitor::new();
    let speech = json!({"model": "sandbox-speech", "voice": "alloy", "input": "one two three four five"});
    let wav = visitor
        .post("/v1/audio/speech", speech)
        .await
        .bytes()
        .await
        .unwrap();
    let transcribe = async |path: &str, format: &str| {
        let fields = [("model", "sandbox-transcribe"), ("response_format", format)];
        let (content_type, body) = form(&fields, ("file", "memo.wav", &wav));
        visitor
            .send(path, &content_type, body)
            .await
            .text()
            .await
            .unwrap()
    };
    let text = format!(
        "The sandbox received \"memo.wav\", {} bytes, 1.20 seconds of sound.",
        wav.len()
    );
    let json: Value = serde_json::from_str(&transcribe("/v1/audio/transcriptions", "json").await).unwrap();
    assert_eq!(
        (&json["text"], &json["usage"]["seconds"]),
        (&json!(text), &json!(2.0))
    );
    assert_eq!(
        transcribe("/v1/audio/transcriptions", "text").await,
        format!("{text}\n")
    );
    let srt = transcribe("/v1/audio/transcriptions", "srt").await;
    assert_eq!(srt, format!("1\n00:00:00,000 --> 00:00:01,200\n{text}\n\n"));
    assert!(
        transcribe("/v1/audio/transcriptions", "vtt")
            .await
            .starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.200\n")
    );
    let verbose: Value =
        serde_json::from_str(&transcribe("/v1/audio/translations", "verbose_json").await).unwrap();
    assert_eq!(
        (&verbose["task"], &verbose["duration"]),
        (&json!("translate"), &json!(1.2))
    );
    assert_eq!(verbose["segments"][0]["text"], text);
    assert!(
        transcribe("/v1/audio/transcriptions", "yaml")
            .await
            .contains("response_format")
    );
}

#[tokio::test]
async fn an_upload_that_is_no_form_is_refused() {
    let visitor = Visitor::new();
    for (content_type, body) in [
        ("application/json", "{}"),
        (
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx",
        ),
        ("multipart/form-data; boundary=edge", "nothing of the kind"),
    ] {
        let response = visitor
            .send("/v1/audio/transcriptions", content_type, body.as_bytes().to_vec())
            .await;
        assert_eq!(response.status(), 400, "{body}");
    }
}

#[tokio::test]
async fn a_video_job_of_openais_family_goes_from_queued_to_a_clip() {
    let visitor = Visitor::new();
    let request = json!({"model": "sandbox-video", "prompt": "sunrise", "seconds": "4", "size": "720x1280"});
    let job = visitor.post_json("/v1/videos", request).await;
    assert_eq!(
        (&job["object"], &job["status"], &job["seconds"]),
        (&json!("video"), &json!("queued"), &json!("4"))
    );
    let id = job["id"].as_str().unwrap();
    let early = visitor.get(&format!("/v1/videos/{id}/content")).await;
    assert_eq!(early.status(), 400);
    let mut seen = Vec::new();
    let done = loop {
        let job = visitor.get_json(&format!("/v1/videos/{id}")).await;
        if job["status"] == "completed" {
            break job;
        }
        seen.push(job["progress"].as_u64().unwrap());
    };
    assert!(
        seen.is_sorted() && seen.iter().any(|progress| *progress > 0),
        "{seen:?}"
    );
    assert_eq!(done["progress"], 100);
    let clip = visitor.get(&format!("/v1/videos/{id}/content")).await;
    assert_eq!(header(&clip, "content-type"), "video/mp4");
    assert!(
        clip.bytes().await.unwrap()[4..].starts_with(b"ftyp"),
        "an MPEG-4 file"
    );
    assert_eq!(visitor.get_json("/v1/videos").await["first_id"], id);
    assert_eq!(
        crate::visitor::json_of(visitor.delete(&format!("/v1/videos/{id}")).await).await["deleted"],
        true
    );
    assert_eq!(visitor.get(&format!("/v1/videos/{id}")).await.status(), 404);
}

async fn finished_task(visitor: &Visitor, model: &str) -> Value {
    let request = json!({"model": model, "prompt": "sunrise", "duration": 8});
    let response = visitor.post("/v1/video/generations", request).await;
    assert_eq!(
        header(&response, "x-new-api-other-ratios"),
        r#"{"seconds":8.0,"size":1}"#
    );
    let job = crate::visitor::json_of(response).await;
    let id = job["task_id"].as_str().unwrap();
    assert_eq!((id.len(), &id[..5]), (37, "task_"));
    loop {
        let poll = visitor.get_json(&format!("/v1/video/generations/{id}")).await;
        assert_eq!(poll["code"], "success");
        if ["SUCCESS", "FAILURE"].contains(&poll["data"]["status"].as_str().unwrap()) {
            return poll["data"].clone();
        }
    }
}

#[tokio::test]
async fn a_video_task_of_new_apis_family_ends_in_a_link_or_in_its_trap() {
    let visitor = Visitor::new();
    let done = finished_task(&visitor, "sandbox-video").await;
    assert_eq!(done["progress"], "100%");
    let url = done["result_url"].as_str().unwrap();
    let clip = visitor.get(&url[url.find("/files/").unwrap()..]).await;
    assert_eq!(header(&clip, "content-type"), "video/mp4");
    let failed = finished_task(&visitor, "sandbox-bad-job").await;
    assert_eq!(failed["status"], "FAILURE");
    assert_eq!(
        failed["result_url"], failed["fail_reason"],
        "the reason stands where the link would"
    );
    let unknown = visitor.get("/v1/video/generations/task_x").await;
    assert_eq!(unknown.status(), 400);
    assert!(unknown.text().await.unwrap().contains("task_not_exist"));
}
