//! Volcengine Ark under the gateway's root: Seedance (Nexconn D). Reference §2.3 D.

use serde_json::{Map, Value, json};

use super::answered::{Created, JobError, Standing, word};
use super::media::Media;
use super::new_api::segment;
use super::{CallParts, Order, State, links};
use crate::Failure;

const PATH: &str = "/v3/contents/generations/tasks";
const SHAPES: [&str; 6] = ["16:9", "9:16", "4:3", "3:4", "1:1", "21:9"];

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let mut fields = order.vendor_fields();
    let mut content = match fields.shift_remove("content") {
        Some(Value::Array(content)) => content,
        _ => Vec::new(),
    };
    if let Some(prompt) = order.prompt_or(!content.is_empty() || !order.pictures.is_empty())? {
        content.insert(0, json!({"type": "text", "text": prompt}));
    }
    let tail = fields
        .shift_remove("image_tail")
        .and_then(|tail| Media::read(&tail));
    let role = if order.pictures.len() > 1 {
        "reference_image"
    } else {
        "first_frame"
    };
    content.extend(order.pictures.iter().map(|picture| image(picture, role)));
    content.extend(tail.iter().map(|tail| image(tail, "last_frame")));
    let mut body = Map::new();
    body.insert("model".into(), order.model.as_str().into());
    body.insert("content".into(), content.into());
    let spoken = fields
        .shift_remove("sound")
        .map(|sound| json!(sound == "on" || sound == true));
    let common = [
        (
            "ratio",
            fields
                .shift_remove("aspect_ratio")
                .or_else(|| order.shape(&SHAPES).map(Value::from)),
        ),
        ("resolution", order.lines().map(Value::from)),
        ("duration", order.whole_seconds().map(Value::from)),
        ("generate_audio", spoken),
    ];
    for (name, value) in common {
        if let Some(value) = value {
            body.insert(name.into(), value);
        }
    }
    body.extend(fields);
    Ok(CallParts::post(PATH, &body.into()))
}

fn image(picture: &Media, role: &str) -> Value {
    json!({"type": "image_url", "image_url": {"url": picture.uri()}, "role": role})
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let id = word(said, &["id", "task_id"])?;
    Some(Created {
        poll: format!("{PATH}/{}", segment(id)),
        id: id.to_owned(),
        ..Created::default()
    })
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let mut standing = Standing::of(word(said, &["status"])?);
    standing.billing = said.get("usage").filter(|usage| !usage.is_null()).cloned();
    match standing.state {
        State::Done => {
            standing.results = links::one(said).into_iter().collect();
            let last = said.pointer("/content/last_frame_url");
            standing
                .results
                .extend(last.and_then(|last| links::file(last, Some("image/png"))));
            if standing.results.is_empty() {
                standing.fail([JobError::read(said.get("error"))]);
            }
        }
        State::Failed | State::Cancelled => {
            let state = standing.state;
            let expired = word(said, &["status"]) == Some("expired");
            let late = expired.then(|| JobError {
                code: "expired".into(),
                message: "The gateway did not get to it in time and gave it up.".into(),
            });
            standing.fail([JobError::read(said.get("error")), late]);
            standing.state = state;
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, State};
    use serde_json::json;

    #[test]
    fn an_order_becomes_a_list_of_contents_with_roles() {
        let (path, body) = sent(
            Family::Ark,
            &film(
                json!({"model": "bytedance/doubao-seedance-2-0-260128", "prompt": "p",
            "seconds": "5", "size": "1280x720", "input_reference": "https://p/a.png", "image_tail": "https://p/z.png",
            "sound": "off", "watermark": false}),
            ),
        );
        assert_eq!(path, "/v3/contents/generations/tasks");
        assert_eq!(
            body["content"],
            json!([{"type": "text", "text": "p"},
            {"type": "image_url", "image_url": {"url": "https://p/a.png"}, "role": "first_frame"},
            {"type": "image_url", "image_url": {"url": "https://p/z.png"}, "role": "last_frame"}])
        );
        assert_eq!(
            (&body["duration"], &body["ratio"], &body["resolution"]),
            (&json!(5), &json!("16:9"), &json!("720p"))
        );
        assert_eq!(
            (&body["generate_audio"], &body["watermark"]),
            (&json!(false), &json!(false))
        );
    }

    #[test]
    fn contents_in_arks_own_words_stay_beside_the_prompt() {
        let audio =
            json!({"type": "audio_url", "audio_url": {"url": "https://p/a.mp3"}, "role": "reference_audio"});
        let (_, body) = sent(
            Family::Ark,
            &film(json!({"model": "seedance", "prompt": "p", "content": [audio]})),
        );
        assert_eq!(body["content"], json!([{"type": "text", "text": "p"}, audio]));
    }

    #[test]
    fn a_film_comes_with_its_last_frame_and_what_it_cost() {
        let said = json!({"id": "qvideo-1", "status": "succeeded", "usage": {"completion_tokens": 108_900},
            "content": {"video_url": "https://c.example/a.mp4", "last_frame_url": "https://c.example/z.png"}});
        let done = standing(Family::Ark, "p", &said);
        assert_eq!(
            links(&done),
            ["https://c.example/a.mp4", "https://c.example/z.png"]
        );
        assert_eq!(done.billing, Some(json!({"completion_tokens": 108_900})));
    }

    #[test]
    fn an_expired_task_failed_and_says_so() {
        let late = standing(Family::Ark, "p", &json!({"id": "q", "status": "expired"}));
        assert_eq!(
            (late.state, late.error.expect("why").code.as_str()),
            (State::Failed, "expired")
        );
    }
}
