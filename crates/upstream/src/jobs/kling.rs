//! Kling's pictures, which answer `/v1/images/generations` with a task (Nexconn). Reference §3.1.

use serde_json::{Map, Value, json};

use super::answered::{Created, JobError, Standing, word};
use super::media::Media;
use super::new_api::segment;
use super::{CallParts, Order, State, What, links, refused};
use crate::Failure;

const SHAPES: [&str; 8] = ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"];
/// What OpenAI's callers say and Kling does not know.
const FOREIGN: [&str; 9] = [
    "quality",
    "style",
    "background",
    "moderation",
    "output_format",
    "output_compression",
    "stream",
    "partial_images",
    "user",
];

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let mut fields = order.vendor_fields();
    for name in FOREIGN {
        fields.shift_remove(name);
    }
    let mut body = Map::new();
    body.insert("model".into(), order.model.as_str().into());
    if let Some(prompt) = order.prompt_or(order.what == What::Variation)? {
        body.insert("prompt".into(), prompt.into());
    }
    let shape = fields
        .shift_remove("aspect_ratio")
        .or_else(|| order.shape(&SHAPES).map(Value::from));
    let common = [("n", order.n.map(Value::from)), ("aspect_ratio", shape)];
    for (name, value) in common {
        if let Some(value) = value {
            body.insert(name.into(), value);
        }
    }
    let several = order.pictures.len() > 1 || fields.contains_key("subject_image_list");
    if order.mask.is_some() {
        return Err(refused("This gateway's Kling models paint over no mask."));
    }
    if several {
        // The empty `image` must be there.
        body.insert("image".into(), "".into());
        let subject = |picture: &Media| json!({"subject_image": picture.bare()});
        let list: Value = order.pictures.iter().map(subject).collect();
        fields.entry("subject_image_list").or_insert(list);
    } else if let Some(one) = order.pictures.first() {
        body.insert("image".into(), one.bare().into());
    }
    body.extend(fields);
    let path = if several {
        "images/edits"
    } else {
        "images/generations"
    };
    Ok(CallParts::post(path, &body.into()))
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let id = word(said, &["task_id", "id"])?;
    Some(Created {
        poll: format!("images/tasks/{}", segment(id)),
        id: id.to_owned(),
        standing: polled(said).filter(|standing| standing.state.is_over()),
        ..Created::default()
    })
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let mut standing = Standing::of(word(said, &["status", "task_status"])?);
    match standing.state {
        State::Done => {
            let mut list = said
                .get("data")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            list.sort_by_key(|entry| entry.get("index").and_then(Value::as_u64));
            standing.results = links::all(Some(&list.into()));
            if standing.results.is_empty() {
                standing.fail([
                    JobError::read(said.get("error")),
                    JobError::read(said.get("status_message")),
                ]);
            }
        }
        State::Failed | State::Cancelled => {
            let state = standing.state;
            standing.fail([
                JobError::read(said.get("error")),
                JobError::read(said.get("status_message")),
            ]);
            standing.state = state;
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, State, What};
    use serde_json::json;

    #[test]
    fn one_picture_is_drawn_upon_and_several_are_subjects() {
        let one = order(
            What::Edit,
            json!({"model": "kling-v2", "prompt": "p", "image": "data:image/png;base64,QUJD", "quality": "high"}),
        );
        let (path, body) = sent(Family::KlingImages, &one);
        assert_eq!(
            (path.as_str(), body),
            (
                "images/generations",
                json!({"model": "kling-v2", "prompt": "p", "image": "QUJD"})
            )
        );
        let two = order(
            What::Edit,
            json!({"model": "kling-v2", "prompt": "p", "image": ["https://p/a.png", "https://p/b.png"], "size": "1024x1536"}),
        );
        let (path, body) = sent(Family::KlingImages, &two);
        assert_eq!(path, "images/edits");
        assert_eq!(
            body,
            json!({"model": "kling-v2", "prompt": "p", "aspect_ratio": "2:3", "image": "",
            "subject_image_list": [{"subject_image": "https://p/a.png"}, {"subject_image": "https://p/b.png"}]})
        );
    }

    #[test]
    fn a_task_is_asked_for_under_images_tasks_until_its_pictures_are_there() {
        let made = created(
            Family::KlingImages,
            "images/generations",
            &json!({"task_id": "image-1-2"}),
        );
        assert_eq!(
            (made.poll.as_str(), made.standing),
            ("images/tasks/image-1-2", None)
        );
        for word in ["completed", "succeeded", "succeed"] {
            let said = json!({"task_id": "image-1-2", "created": 1, "status": word,
                "data": [{"index": 1, "url": "https://c.example/1.png"}, {"index": 0, "url": "https://c.example/0.png"}]});
            assert_eq!(
                links(&standing(Family::KlingImages, "p", &said)),
                ["https://c.example/0.png", "https://c.example/1.png"]
            );
        }
        let failed = json!({"task_id": "i", "status": "failed", "status_message": "blocked", "error": null});
        let failed = standing(Family::KlingImages, "p", &failed);
        assert_eq!(
            (failed.state, failed.error.expect("why").message.as_str()),
            (State::Failed, "blocked")
        );
    }
}
