//! OpenAI's `/v1/videos`, and Nexconn's reading of it (family A), which adds Kling's fields and wants plain strings
//! where OpenAI wants objects. Reference §2.2, §2.3 A.

use serde_json::{Map, Value, json};

use super::answered::{Created, JobError, Standing, progress, word};
use super::media::Media;
use super::new_api::segment;
use super::{CallParts, Order, ResultFile, Source, State, links, refused};
use crate::Failure;

/// Fields that are strings on the wire even where a caller says a number or a switch.
const STRINGS: [&str; 3] = ["mode", "sound", "keep_original_sound"];
/// Models that take their pictures as a list with roles instead of a first picture.
const LISTS: [&str; 2] = ["kling-video-o1", "kling-v3-omni"];

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    let mut body = begin(order, order.prompt_or(false)?);
    if let Some(picture) = order.pictures.first() {
        let reference = match picture {
            Media::File(id) => json!({"file_id": id}),
            other => json!({"image_url": other.uri()}),
        };
        body.insert("input_reference".into(), reference);
    }
    // OpenAI refuses what it does not know; new-api's wrapper is none of its words.
    body.extend(order.vendor_fields());
    Ok(CallParts::post("videos", &body.into()))
}

pub(super) fn create_nexconn(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let fields = order.vendor_fields();
    let has_shots = fields
        .get("multi_shot")
        .is_some_and(|on| *on != false && *on != "false");
    let moves = fields.contains_key("video_url") || fields.contains_key("video_list");
    if order.model == "kling-v2-1" && order.pictures.is_empty() {
        return Err(refused(
            "kling-v2-1 makes films only out of a picture: send one as “input_reference”.",
        ));
    }
    let mut body = begin(order, order.prompt_or(has_shots || moves)?);
    let is_kling = order.model.contains("kling");
    let said = |picture: &Media| if is_kling { picture.bare() } else { picture.uri() };
    if LISTS.contains(&order.model.as_str()) && !fields.contains_key("image_list") {
        let list: Vec<Value> = match order.pictures.as_slice() {
            [first] => vec![json!({"image": said(first), "type": "first_frame"})],
            several => several
                .iter()
                .map(|picture| json!({"image": said(picture)}))
                .collect(),
        };
        if !list.is_empty() {
            body.insert("image_list".into(), list.into());
        }
    } else if let Some(first) = order.pictures.first() {
        body.insert("input_reference".into(), said(first).into());
    }
    for (name, value) in fields {
        body.insert(name.clone(), plain(&name, value, is_kling));
    }
    Ok(CallParts::post("videos", &body.into()))
}

/// What both share. A number of seconds is a string here, and the answer to one is a 400.
fn begin(order: &Order, prompt: Option<&str>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), order.model.as_str().into());
    let texts = [
        ("prompt", prompt),
        ("seconds", order.seconds.as_deref()),
        ("size", order.size.as_deref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.insert(name.into(), text.into());
        }
    }
    body
}

/// A vendor field as Nexconn wants it: switches as words, and pictures as Kling takes them.
fn plain(name: &str, value: Value, is_kling: bool) -> Value {
    match value {
        Value::Bool(on) if name == "sound" => if on { "on" } else { "off" }.into(),
        Value::Bool(on) if name == "keep_original_sound" => if on { "yes" } else { "no" }.into(),
        Value::Number(number) if STRINGS.contains(&name) => number.to_string().into(),
        Value::String(text) if is_kling && text.starts_with("data:") => {
            Media::text(&text).map_or(Value::Null, |picture| picture.bare().into())
        }
        other => other,
    }
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let id = word(said, &["id", "task_id"])?;
    Some(Created {
        poll: format!("videos/{}", segment(id)),
        id: id.to_owned(),
        standing: polled(said).filter(|standing| standing.state.is_over()),
        ..Created::default()
    })
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let mut standing = Standing::of(word(said, &["status", "state"])?);
    standing.progress = progress(said.get("progress"));
    standing.billing = said.get("usage").filter(|usage| !usage.is_null()).cloned();
    match standing.state {
        State::Done => {
            standing.results = links::all(said.pointer("/task_result/videos"));
            if standing.results.is_empty() {
                standing.results = vec![links::one(said).unwrap_or_else(|| content(said))];
            }
        }
        State::Failed | State::Cancelled => {
            let cancelled = standing.state == State::Cancelled;
            standing.fail([JobError::read(said.get("error"))]);
            if cancelled {
                standing.state = State::Cancelled;
            }
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

/// Without a link the film is behind `/content`, and behind the key.
fn content(said: &Value) -> ResultFile {
    let id = word(said, &["id", "task_id"]).unwrap_or_default();
    ResultFile {
        source: Source::Content(format!("videos/{}/content", segment(id))),
        mime: Some("video/mp4".into()),
    }
}

pub(super) fn remix(id: &str, prompt: &str) -> CallParts {
    CallParts::post(
        format!("videos/{}/remix", segment(id)),
        &json!({"prompt": prompt}),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, State};
    use serde_json::json;

    #[test]
    fn seconds_are_a_string_whatever_the_caller_wrote() {
        for family in [Family::OpenAi, Family::Nexconn] {
            let (path, body) = sent(
                family,
                &film(json!({"model": "sora-2", "prompt": "p", "seconds": 8})),
            );
            assert_eq!((path.as_str(), &body["seconds"]), ("videos", &json!("8")));
        }
    }

    #[test]
    fn a_first_picture_is_an_object_at_openai_and_a_plain_string_at_nexconn() {
        let order = film(
            json!({"model": "sora-2", "prompt": "p", "input_reference": {"image_url": "https://p.example/a.png"}}),
        );
        let at = |family| sent(family, &order).1["input_reference"].clone();
        assert_eq!(
            at(Family::OpenAi),
            json!({"image_url": "https://p.example/a.png"})
        );
        assert_eq!(at(Family::Nexconn), json!("https://p.example/a.png"));
        let bare = film(
            json!({"model": "kling-v2-6", "prompt": "p", "input_reference": "data:image/png;base64,QUJD"}),
        );
        assert_eq!(
            sent(Family::Nexconn, &bare).1["input_reference"],
            "QUJD",
            "Kling takes no prefix"
        );
    }

    #[test]
    fn klings_own_fields_arrive_as_they_were_said() {
        let order = film(
            json!({"model": "kling-v3-omni", "prompt": "p", "seconds": "5", "mode": "pro", "sound": true,
            "negative_prompt": "rain", "image_tail": "https://p.example/z.png", "multi_shot": true,
            "shot_type": "customize", "multi_prompt": [{"index": 1, "prompt": "a", "duration": "5"}],
            "input_reference": "https://p.example/a.png"}),
        );
        let (_, body) = sent(Family::Nexconn, &order);
        assert_eq!(body["sound"], "on");
        assert_eq!(
            body["image_list"],
            json!([{"image": "https://p.example/a.png", "type": "first_frame"}])
        );
        assert_eq!(body["multi_prompt"][0]["duration"], "5");
        for kept in ["mode", "negative_prompt", "image_tail", "multi_shot", "shot_type"] {
            assert_eq!(body[kept], order.extra[kept], "{kept}");
        }
    }

    #[test]
    fn kling_v2_1_without_a_picture_is_refused_before_it_costs_anything() {
        let refused = refusal(
            Family::Nexconn,
            &film(json!({"model": "kling-v2-1", "prompt": "p"})),
        );
        assert!(refused.contains("input_reference"), "{refused}");
    }

    #[test]
    fn a_film_of_several_shots_needs_no_prompt_of_its_own() {
        let shots = json!({"model": "kling-v3", "multi_shot": true, "multi_prompt": []});
        assert_eq!(sent(Family::Nexconn, &film(shots)).1.get("prompt"), None);
        assert!(refusal(Family::Nexconn, &film(json!({"model": "kling-v3"}))).contains("prompt"));
    }

    #[test]
    fn a_result_is_the_link_or_else_the_content() {
        let done = json!({"id": "qvideo-1-2", "object": "video", "status": "completed", "progress": 100,
            "task_result": {"videos": [{"id": "a", "url": "https://c.example/a.mp4", "duration": "5"}]}});
        assert_eq!(
            links(&standing(Family::Nexconn, "p", &done)),
            ["https://c.example/a.mp4"]
        );
        let plain = json!({"id": "video_1", "object": "video", "status": "completed", "progress": 100, "error": null});
        assert_eq!(
            links(&standing(Family::OpenAi, "p", &plain)),
            ["videos/video_1/content"]
        );
    }

    #[test]
    fn a_failed_film_says_why_and_a_cancelled_one_is_cancelled() {
        let failed =
            json!({"id": "v", "status": "failed", "error": {"code": "moderation_blocked", "message": "no"}});
        let said = standing(Family::Nexconn, "p", &failed);
        assert_eq!(
            (said.state, said.error.expect("why").code.as_str()),
            (State::Failed, "moderation_blocked")
        );
        let over = standing(Family::Nexconn, "p", &json!({"id": "v", "status": "cancelled"}));
        assert_eq!(over.state, State::Cancelled);
    }

    #[test]
    fn a_remix_is_asked_of_the_film_it_is_made_from() {
        let parts = Family::Nexconn.remix("qvideo-1/2", "again").expect("a call");
        assert_eq!(parts.path, "videos/qvideo-1%2F2/remix", "an id is one segment");
        assert!(Family::Veo.remix("v", "again").is_err());
    }
}
