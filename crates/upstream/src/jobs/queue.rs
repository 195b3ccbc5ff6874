//! fal's queue under the gateway's root: Vidu's films and kling-image-o1 (Nexconn C). Reference §2.3 C, §3.2.
//!
//! The answers carry absolute links to other hosts, where our key may be invalid and is nobody's business: only
//! their path is kept. The body carries no model, because the path does.

use serde_json::{Map, Value, json};
use url::Url;

use super::answered::{Created, JobError, Standing, word};
use super::media::Media;
use super::new_api::segment;
use super::{CallParts, Families, Order, QueuePaths, ResultFile, State, What, links, refused};
use crate::Failure;

const SHAPES: [&str; 5] = ["16:9", "9:16", "1:1", "3:4", "4:3"];
const PICTURE_SHAPES: [&str; 8] = ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"];

pub(super) fn create(order: &Order, families: &Families) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let Some(paths) = families.queue(&order.model) else {
        return Err(refused(format!(
            "Nobody has said where this gateway keeps “{}”. Add it to families.json.",
            order.model
        )));
    };
    let (path, body) = match order.what {
        What::Film => film(order, paths)?,
        What::Picture | What::Edit | What::Variation => picture(order, paths)?,
    };
    let app = paths.app.replace("{model}", &segment(&order.model));
    Ok(CallParts::post(
        format!("/queue/fal-ai/{app}/{path}"),
        &body.into(),
    ))
}

fn film<'a>(order: &Order, paths: &'a QueuePaths) -> Result<(&'a str, Map<String, Value>), Failure> {
    let mut body = order.vendor_fields();
    if let Some(tail) = body.shift_remove("image_tail") {
        body.entry("end_image_url").or_insert(tail);
    }
    let mut pictures: Vec<String> = order.pictures.iter().map(Media::uri).collect();
    let has = |body: &Map<String, Value>, name: &str| body.contains_key(name);
    if has(&body, "end_image_url") && !has(&body, "start_image_url") && !pictures.is_empty() {
        body.insert("start_image_url".into(), pictures.remove(0).into());
    }
    let refers = has(&body, "reference_image_urls") || has(&body, "subjects");
    let path = if has(&body, "start_image_url") || has(&body, "end_image_url") {
        &paths.ends
    } else if refers || pictures.len() > 1 || (pictures.len() == 1 && paths.image.is_none()) {
        if !refers {
            body.insert("reference_image_urls".into(), pictures.into());
        }
        &paths.reference
    } else if let Some(first) = pictures.pop() {
        body.insert("image_url".into(), first.into());
        &paths.image
    } else if has(&body, "image_url") {
        &paths.image
    } else {
        &paths.text
    };
    let path = path.as_deref().ok_or_else(|| {
        refused(format!(
            "“{}” does not make films out of what was sent with the request.",
            order.model
        ))
    })?;
    if let Some(prompt) = order.prompt_or(!path.contains("text-"))? {
        body.insert("prompt".into(), prompt.into());
    }
    let common = [
        ("duration", order.whole_seconds().map(Value::from)),
        (
            "aspect_ratio",
            order
                .shape(&SHAPES)
                .filter(|_| !path.contains("start-end"))
                .map(Value::from),
        ),
        ("resolution", order.lines().map(Value::from)),
    ];
    add(&mut body, common);
    Ok((path, body))
}

fn picture<'a>(order: &Order, paths: &'a QueuePaths) -> Result<(&'a str, Map<String, Value>), Failure> {
    let path = paths.picture.as_deref();
    let path = path.ok_or_else(|| refused(format!("“{}” does not draw.", order.model)))?;
    let mut body = order.vendor_fields();
    if let Some(prompt) = order.prompt_or(false)? {
        body.insert("prompt".into(), prompt.into());
    }
    let urls: Vec<String> = order.pictures.iter().map(Media::uri).collect();
    let common = [
        ("image_urls", (!urls.is_empty()).then(|| json!(urls))),
        ("num_images", order.n.map(Value::from)),
        ("aspect_ratio", order.shape(&PICTURE_SHAPES).map(Value::from)),
    ];
    add(&mut body, common);
    Ok((path, body))
}

fn add<const N: usize>(body: &mut Map<String, Value>, fields: [(&str, Option<Value>); N]) {
    for (name, value) in fields {
        if let Some(value) = value {
            body.entry(name).or_insert(value);
        }
    }
}

pub(super) fn created(said: &Value, asked: &str) -> Option<Created> {
    let id = word(said, &["request_id", "id"])?;
    let named = word(said, &["status_url"]).and_then(|url| own_path(url, id));
    Some(Created {
        poll: named.unwrap_or_else(|| usual_path(asked, id)),
        id: id.to_owned(),
        ..Created::default()
    })
}

/// The path of a link, whatever host it names, if it is one of the queue's.
fn own_path(link: &str, id: &str) -> Option<String> {
    let path = Url::parse(link).ok()?.path().to_owned();
    (path.starts_with("/queue/") && path.contains(id)).then_some(path)
}

/// `/queue/fal-ai/vidu/q2/text-to-video` is asked for at `/queue/fal-ai/vidu/requests/{id}/status`.
fn usual_path(asked: &str, id: &str) -> String {
    let app: Vec<&str> = asked.split('/').take(4).collect();
    format!("{}/requests/{}/status", app.join("/"), segment(id))
}

pub(super) fn polled(said: &Value, path: &str) -> Option<Standing> {
    let asked_for_result = !path.ends_with("/status");
    let result = said.get("result").filter(|result| !result.is_null());
    let result = result.or_else(|| asked_for_result.then_some(said));
    let files = result.map(files).unwrap_or_default();
    let status = match word(said, &["status"]) {
        // The result's own address may leave the status out.
        None if asked_for_result && !files.is_empty() => "COMPLETED",
        status => status?,
    };
    let mut standing = Standing::of(status);
    standing.billing = said.get("metrics").filter(|metrics| !metrics.is_null()).cloned();
    let detail = said.get("detail").filter(|detail| !is_empty(detail));
    let errors = || {
        [
            JobError::read(detail),
            JobError::read(said.get("error")),
            detail.map(|detail| JobError {
                code: "generation_failed".into(),
                message: detail.to_string(),
            }),
        ]
    };
    match standing.state {
        // COMPLETED only means that it is over: a failure says so in `detail`, and has no result.
        State::Done if detail.is_some() => standing.fail(errors()),
        State::Done if !files.is_empty() => standing.results = files,
        State::Done if !asked_for_result => {
            standing.look_at = path.strip_suffix("/status").map(str::to_owned);
        }
        State::Done => standing.fail(errors()),
        State::Failed | State::Cancelled => {
            let state = standing.state;
            standing.fail(errors());
            standing.state = state;
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

fn files(result: &Value) -> Vec<ResultFile> {
    let images = links::all(result.get("images"));
    if !images.is_empty() {
        return images;
    }
    let mime = result.pointer("/video/content_type").and_then(Value::as_str);
    let video = result
        .pointer("/video/url")
        .and_then(|url| links::file(url, mime));
    video.or_else(|| links::one(result)).into_iter().collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, State, What};
    use serde_json::json;

    const POLL: &str = "/queue/fal-ai/vidu/requests/qvideo-1-2/status";

    #[test]
    fn the_path_names_the_model_and_the_body_does_not() {
        let (path, body) = sent(
            Family::Queue,
            &film(json!({"model": "viduq2", "prompt": "p", "seconds": "5", "size": "1280x720", "bgm": true})),
        );
        assert_eq!(path, "/queue/fal-ai/vidu/q2/text-to-video");
        assert_eq!(
            body,
            json!({"bgm": true, "prompt": "p", "duration": 5, "aspect_ratio": "16:9", "resolution": "720p"})
        );
    }

    #[test]
    fn the_pictures_sent_along_choose_the_path() {
        for (model, more, path) in [
            (
                "viduq2-pro",
                json!({"image": "https://p/a.png"}),
                "q2/image-to-video/pro",
            ),
            (
                "viduq2-turbo",
                json!({"image": "https://p/a.png", "image_tail": "https://p/z.png"}),
                "q2/start-end-to-video/turbo",
            ),
            (
                "viduq2",
                json!({"image": "https://p/a.png"}),
                "q2/reference-to-video",
            ),
            (
                "viduq1",
                json!({"images": ["https://p/a.png", "https://p/b.png"]}),
                "q1/reference-to-video",
            ),
            (
                "viduq2",
                json!({"subjects": [{"id": "1", "images": ["https://p/a.png"]}]}),
                "q2/reference-to-video",
            ),
        ] {
            let mut body = json!({"model": model, "prompt": "p"});
            body.as_object_mut()
                .expect("an object")
                .extend(more.as_object().expect("an object").clone());
            let (sent_to, sent) = sent(Family::Queue, &film(body));
            assert_eq!(sent_to, format!("/queue/fal-ai/vidu/{path}"));
            assert_eq!(sent.get("model"), None);
        }
        let (_, ends) = sent(
            Family::Queue,
            &film(
                json!({"model": "viduq2-pro", "image": "https://p/a.png", "image_tail": "https://p/z.png"}),
            ),
        );
        assert_eq!(
            (&ends["start_image_url"], &ends["end_image_url"]),
            (&json!("https://p/a.png"), &json!("https://p/z.png"))
        );
    }

    #[test]
    fn a_model_that_cannot_begin_with_words_alone_says_so() {
        let refused = refusal(
            Family::Queue,
            &film(json!({"model": "viduq2-pro", "prompt": "p"})),
        );
        assert!(refused.contains("viduq2-pro"), "{refused}");
    }

    #[test]
    fn a_foreign_status_url_keeps_only_its_path() {
        let said = json!({"status": "IN_QUEUE", "request_id": "qvideo-1-2", "cancel_url": "",
            "response_url": "https://api.aitoken.com/queue/fal-ai/vidu/requests/qvideo-1-2",
            "status_url": "https://api.aitoken.com/queue/fal-ai/vidu/requests/qvideo-1-2/status"});
        assert_eq!(
            created(Family::Queue, "/queue/fal-ai/vidu/q2/text-to-video", &said).poll,
            POLL
        );
        for odd in ["https://evil.example/v1/keys", "not a link", ""] {
            let said = json!({"status": "IN_QUEUE", "request_id": "qvideo-1-2", "status_url": odd});
            assert_eq!(
                created(Family::Queue, "/queue/fal-ai/vidu/q2/text-to-video", &said).poll,
                POLL,
                "{odd}"
            );
        }
    }

    #[test]
    fn completed_with_detail_is_a_failure() {
        for detail in [
            json!("sensitive content"),
            json!([{"msg": "sensitive content", "type": "moderation"}]),
        ] {
            let said = json!({"status": "COMPLETED", "request_id": "qvideo-1-2", "detail": detail});
            let standing = standing(Family::Queue, POLL, &said);
            assert_eq!(standing.state, State::Failed);
            assert_eq!(standing.error.expect("why").message, "sensitive content");
        }
    }

    #[test]
    fn a_202_is_an_answer_like_any_other() {
        assert_eq!(
            under(Family::Queue, 202, POLL, &json!({"status": "IN_PROGRESS"})).state,
            State::Running
        );
    }

    #[test]
    fn a_film_is_in_the_status_or_at_the_address_without_it() {
        let result =
            json!({"video": {"url": "https://c.example/a.mp4", "content_type": "video/mp4", "file_size": 5}});
        let said = json!({"status": "COMPLETED", "request_id": "q", "result": result, "detail": null});
        assert_eq!(
            links(&standing(Family::Queue, POLL, &said)),
            ["https://c.example/a.mp4"]
        );
        let elsewhere = standing(
            Family::Queue,
            POLL,
            &json!({"status": "COMPLETED", "request_id": "q"}),
        );
        let there = elsewhere.look_at.expect("an address");
        assert_eq!(there, "/queue/fal-ai/vidu/requests/qvideo-1-2");
        assert_eq!(
            links(&standing(Family::Queue, &there, &result)),
            ["https://c.example/a.mp4"]
        );
        assert_eq!(
            standing(Family::Queue, &there, &json!({"status": "COMPLETED"})).state,
            State::Failed,
            "there is nowhere else to look"
        );
    }

    #[test]
    fn kling_image_o1_draws_in_the_queue() {
        let order = order(
            What::Picture,
            json!({"model": "kling-image-o1", "prompt": "<<<image_1>>> at night", "n": 2,
            "image": ["https://p/a.png"], "size": "1024x1024", "resolution": "2K"}),
        );
        let (path, body) = sent(Family::Queue, &order);
        assert_eq!(path, "/queue/fal-ai/kling-image/o1");
        assert_eq!(
            body,
            json!({"resolution": "2K", "prompt": "<<<image_1>>> at night", "image_urls": ["https://p/a.png"],
            "num_images": 2, "aspect_ratio": "1:1"})
        );
        let poll = created(
            Family::Queue,
            &path,
            &json!({"status": "IN_QUEUE", "request_id": "qimage-1"}),
        )
        .poll;
        assert_eq!(poll, "/queue/fal-ai/kling-image/requests/qimage-1/status");
        let said = json!({"status": "COMPLETED", "metrics": {"inference_time": 9},
            "result": {"images": [{"url": "https://c.example/1.png", "content_type": "image/png"}]}});
        assert_eq!(
            links(&standing(Family::Queue, &poll, &said)),
            ["https://c.example/1.png"]
        );
    }
}
