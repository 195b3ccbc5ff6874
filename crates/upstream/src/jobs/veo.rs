//! Veo in Vertex's words, `/v1/videos/generations` (Nexconn B). Reference §2.3 B.

use serde_json::{Map, Value, json};

use super::answered::{Created, JobError, Standing, progress, word};
use super::media::Media;
use super::new_api::segment;
use super::{CallParts, Order, State, links};
use crate::Failure;

/// Vertex's parameters, and what callers of the other families call them.
const PARAMETERS: [(&str, &[&str]); 12] = [
    ("aspectRatio", &["aspect_ratio", "ratio"]),
    ("durationSeconds", &["duration_seconds"]),
    ("sampleCount", &["sample_count"]),
    ("seed", &[]),
    ("negativePrompt", &["negative_prompt"]),
    ("personGeneration", &["person_generation"]),
    ("generateAudio", &["generate_audio", "audio", "sound"]),
    ("resolution", &[]),
    ("fps", &[]),
    ("enhancePrompt", &["enhance_prompt"]),
    ("compressionQuality", &["compression_quality"]),
    ("resizeMode", &["resize_mode"]),
];
const IMAGES: [(&str, &[&str]); 3] = [
    ("image", &["image_url"]),
    ("lastFrame", &["last_frame", "image_tail"]),
    ("video", &["video_url"]),
];

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let mut fields = order.vendor_fields();
    let given = fields.shift_remove("instances");
    let mut instance = match given.as_ref().and_then(|list| list.get(0)) {
        Some(Value::Object(instance)) => instance.clone(),
        _ => Map::new(),
    };
    if let Some(prompt) = order.prompt_or(instance.contains_key("prompt"))? {
        instance.insert("prompt".into(), prompt.into());
    }
    pictures(order, &mut fields, &mut instance);
    let parameters = parameters(order, &mut fields);
    let mut body = Map::new();
    body.insert("model".into(), order.model.as_str().into());
    body.insert("instances".into(), json!([instance]));
    if !parameters.is_empty() {
        body.insert("parameters".into(), parameters.into());
    }
    body.extend(fields);
    Ok(CallParts::post("videos/generations", &body.into()))
}

/// One picture is the first frame; several are references, which exclude it.
fn pictures(order: &Order, fields: &mut Map<String, Value>, instance: &mut Map<String, Value>) {
    for (name, others) in IMAGES {
        if let Some(value) = take(fields, name, others) {
            let media = Media::read(&value).filter(|_| value.is_string());
            instance.insert(name.into(), media.map_or(value, |media| media.vertex()));
        }
    }
    if let Some(references) = take(fields, "referenceImages", &["reference_images"]) {
        instance.insert("referenceImages".into(), references);
    }
    match order.pictures.as_slice() {
        [] => {}
        [one] => {
            instance.insert("image".into(), one.vertex());
        }
        several => {
            let asset = |picture: &Media| json!({"image": picture.vertex(), "referenceType": "asset"});
            instance.insert("referenceImages".into(), several.iter().map(asset).collect());
        }
    }
}

fn parameters(order: &Order, fields: &mut Map<String, Value>) -> Map<String, Value> {
    let mut parameters = match fields.shift_remove("parameters") {
        Some(Value::Object(parameters)) => parameters,
        _ => Map::new(),
    };
    let common = [
        ("durationSeconds", order.whole_seconds().map(Value::from)),
        ("aspectRatio", order.shape(&["16:9", "9:16"]).map(Value::from)),
        ("sampleCount", order.n.map(Value::from)),
        // Veo 2 knows no resolution and refuses the word.
        (
            "resolution",
            order
                .lines()
                .filter(|_| !order.model.starts_with("veo-2"))
                .map(Value::from),
        ),
    ];
    for (name, value) in common {
        if let Some(value) = value {
            parameters.entry(name).or_insert(value);
        }
    }
    for (name, others) in PARAMETERS {
        if let Some(value) = take(fields, name, others) {
            let value = match value.as_str() {
                Some("on" | "true") => true.into(),
                Some("off" | "false") => false.into(),
                _ => value,
            };
            parameters.insert(name.into(), value);
        }
    }
    parameters
}

fn take(fields: &mut Map<String, Value>, name: &str, others: &[&str]) -> Option<Value> {
    let names = std::iter::once(&name).chain(others);
    names.into_iter().find_map(|name| fields.shift_remove(*name))
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let id = word(said, &["id", "task_id", "name"])?;
    Some(Created {
        poll: format!("videos/generations/{}", segment(id)),
        id: id.to_owned(),
        ..Created::default()
    })
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let mut standing = Standing::of(word(said, &["status", "state"])?);
    standing.progress = progress(said.get("progress"));
    let explained = || JobError::read(said.get("error")).or_else(|| JobError::read(said.get("message")));
    match standing.state {
        State::Done => {
            standing.results = links::all(said.pointer("/data/videos"));
            if standing.results.is_empty() {
                standing.results.extend(links::one(said));
            }
            let filtered = said
                .pointer("/data/raiMediaFilteredCount")
                .and_then(Value::as_u64);
            if standing.results.is_empty() {
                let blocked = filtered.filter(|count| *count > 0).map(|count| JobError {
                    code: "content_filtered".into(),
                    message: format!("The gateway's filter held back what was made ({count})."),
                });
                standing.fail([blocked, explained()]);
            }
        }
        State::Failed | State::Cancelled => {
            let state = standing.state;
            standing.fail([explained()]);
            standing.state = state;
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, Source, State};
    use serde_json::json;

    #[test]
    fn an_order_in_openais_words_becomes_vertexs_instance_and_parameters() {
        let (path, body) = sent(
            Family::Veo,
            &film(json!({"model": "veo-3.1-generate-preview", "prompt": "p",
            "seconds": "8", "size": "1080x1920", "negative_prompt": "rain", "sound": "on",
            "input_reference": "data:image/jpeg;base64,QUJD", "image_tail": "https://p.example/z.png",
            "callback_url": "https://me.example"})),
        );
        assert_eq!(path, "videos/generations");
        assert_eq!(
            body["instances"],
            json!([{"prompt": "p",
            "lastFrame": {"uri": "https://p.example/z.png", "mimeType": "image/png"},
            "image": {"bytesBase64Encoded": "QUJD", "mimeType": "image/jpeg"}}])
        );
        assert_eq!(
            body["parameters"],
            json!({"durationSeconds": 8, "aspectRatio": "9:16", "resolution": "1080p",
            "negativePrompt": "rain", "generateAudio": true})
        );
        assert_eq!(body["callback_url"], "https://me.example");
    }

    #[test]
    fn an_order_in_vertexs_own_words_stays_as_it_is() {
        let instances = json!([{"prompt": "p", "referenceImages": [{"image": {"uri": "gs://a", "mimeType": "image/png"}, "referenceType": "style"}]}]);
        let parameters = json!({"durationSeconds": 8, "sampleCount": 2, "resizeMode": "pad"});
        let (_, body) = sent(
            Family::Veo,
            &film(json!({"model": "veo-2.0-generate-exp", "instances": instances, "parameters": parameters})),
        );
        assert_eq!(
            (&body["instances"], &body["parameters"]),
            (&instances, &parameters)
        );
    }

    #[test]
    fn several_films_come_out_of_one_job() {
        let said = json!({"id": "chatvideo-1-2", "status": "Completed", "data": {"raiMediaFilteredCount": 0,
            "videos": [{"url": "https://c.example/1.mp4", "mimeType": "video/mp4"}, {"url": "https://c.example/2.mp4", "mimeType": "video/mp4"}]}});
        let done = standing(Family::Veo, "p", &said);
        assert_eq!(
            links(&done),
            ["https://c.example/1.mp4", "https://c.example/2.mp4"]
        );
        let inline = json!({"id": "c", "status": "Completed", "data": {"videos": [{"bytesBase64Encoded": "QUJD", "mimeType": "video/mp4"}]}});
        assert_eq!(
            standing(Family::Veo, "p", &inline).results[0].source,
            Source::Bytes("ABC".into())
        );
    }

    #[test]
    fn completed_with_everything_filtered_is_a_failure() {
        let said =
            json!({"id": "c", "status": "Completed", "data": {"videos": [], "raiMediaFilteredCount": 2}});
        let standing = standing(Family::Veo, "p", &said);
        assert_eq!(
            (standing.state, standing.error.expect("why").code.as_str()),
            (State::Failed, "content_filtered")
        );
    }

    #[test]
    fn a_failure_is_told_in_message() {
        let said = json!({"id": "c", "status": "Failed", "message": "The prompt names a person."});
        assert_eq!(
            standing(Family::Veo, "p", &said).error.expect("why").message,
            "The prompt names a person."
        );
        assert_eq!(
            standing(Family::Veo, "p", &json!({"id": "c", "status": "Uploading"})).state,
            State::Running
        );
    }
}
