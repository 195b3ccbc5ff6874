//! `POST /v1/images/generations` and `/edits`, and the files their links point to.
//!
//! Nothing is stored: the id of a file says everything the picture is drawn from, so links outlive a restart.

mod palette;
mod scene;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

pub(crate) use scene::Scene;

use crate::audio::form;
use crate::call::{Call, number, required};
use crate::chat::wire::{Event, Script};
use crate::chat::{broken_stream, misbehave};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::video::tasks_of_pictures;
use crate::{clock, refusal, tokens};

const MOST_PICTURES: u64 = 4;
const SIDES: std::ops::RangeInclusive<u32> = 64..=2048;

/// A PNG as chat messages carry it.
pub(crate) fn data_url(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

/// The link to the `nth` picture of a prompt.
pub(crate) fn link(gateway: &Gateway, prompt: &str, nth: u64) -> String {
    let scene = Scene::of(prompt, 512, 288).varied(&[], nth);
    format!("{}/files/{}.png", gateway.root(), scene.id())
}

/// `POST /v1/images/generations`.
pub(crate) async fn generate(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    if tasks_of_pictures::is_task(&body) {
        return tasks_of_pictures::create(gateway, call, &body);
    }
    answer(gateway, call, &body, &[]).await
}

/// `POST /v1/images/variations`: a form with a picture and no prompt.
pub(crate) async fn vary(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let mut form = form::read(call)?;
    let Some(image) = form.file("image").map(|image| image.bytes.clone()) else {
        return Err(refusal::invalid(
            "Missing required parameter: 'image'",
            Some("image"),
        ));
    };
    form.fields["prompt"] = json!("a variation");
    if form.fields["model"].is_null() {
        form.fields["model"] = json!("sandbox-image");
    }
    answer(gateway, call, &form.fields, &image).await
}

/// `POST /v1/images/edits`, as a form or (Nexconn) as JSON. The given picture is not painted over: it changes which
/// landscape the prompt becomes, so the same edit of another picture looks different.
pub(crate) async fn edit(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    if call.content_type.starts_with("multipart/") {
        let form = form::read(call)?;
        if form.fields["model"]
            .as_str()
            .is_some_and(|model| model.starts_with("sandbox-gemini") || model.starts_with("sandbox-kling"))
        {
            return Err(refusal::invalid("This model takes edits as JSON only", None));
        }
        let Some(image) = form.file("image").or(form.file("image[]")) else {
            return Err(refusal::invalid(
                "Missing required parameter: 'image'",
                Some("image"),
            ));
        };
        return answer(gateway, call, &form.fields, &image.bytes).await;
    }
    let body = call.json()?;
    if tasks_of_pictures::is_task(&body) {
        return tasks_of_pictures::create(gateway, call, &body);
    }
    if body["image"].is_null() {
        return Err(refusal::invalid(
            "Missing required parameter: 'image'",
            Some("image"),
        ));
    }
    let given = body["image"].to_string();
    answer(gateway, call, &body, given.as_bytes()).await
}

async fn answer(gateway: &Gateway, call: &Call, body: &Value, given: &[u8]) -> Result<Reply, Reply> {
    let model = required(body, "model")?;
    let fault = admit(gateway, call, model, Kind::Image)?;
    let prompt = required(body, "prompt")?;
    let (width, height) = size(&body["size"])?;
    let wanted = number(&body["n"]).unwrap_or(1.0) as u64;
    if !(1..=MOST_PICTURES).contains(&wanted) {
        return Err(refusal::invalid("'n' must be between 1 and 4", Some("n")));
    }
    let mut data = Vec::new();
    for nth in 0..wanted {
        let scene = Scene::of(prompt, width, height).varied(given, nth);
        data.push(if body["response_format"] == "url" && !model.starts_with("sandbox-gemini") {
            json!({"url": format!("{}/files/{}.png", gateway.root(), scene.id()), "revised_prompt": prompt})
        } else {
            json!({"b64_json": STANDARD.encode(scene.draw().await?), "revised_prompt": prompt})
        });
        gateway.accounts.charge(&call.key, model, 0, 0, 0);
    }
    let streams = body["stream"] == true;
    let text = tokens::count(prompt);
    let drawn = wanted * u64::from(width.div_ceil(64) * height.div_ceil(64));
    let answer = json!({"created": clock::unix_now(), "data": data, "background": "opaque", "output_format": "png",
        "size": format!("{width}x{height}"), "quality": "medium",
        "usage": {"input_tokens": text, "output_tokens": drawn, "total_tokens": text + drawn,
            "input_tokens_details": {"text_tokens": text, "image_tokens": 0}}});
    if streams {
        let script = script(
            &answer,
            number(&body["partial_images"]).unwrap_or(0.0) as u64,
            !given.is_empty(),
        );
        let reply = broken_stream::act(fault, &script, gateway.settings.pace);
        return Ok(misbehave::late(reply, fault));
    }
    Ok(misbehave::late(Reply::ok(&answer), fault))
}

/// The picture is whole from the first, so every partial one shows all of it.
fn script(answer: &Value, partial: u64, edits: bool) -> Script {
    let (begun, done) = match edits {
        true => ("image_edit.partial_image", "image_edit.completed"),
        false => ("image_generation.partial_image", "image_generation.completed"),
    };
    let event = |name: &'static str| {
        json!({"type": name, "b64_json": answer["data"][0]["b64_json"], "created_at": answer["created"],
            "size": answer["size"], "quality": answer["quality"], "background": answer["background"],
            "output_format": answer["output_format"]})
    };
    let deltas = (0..partial.min(3)).map(|nth| {
        let mut data = event(begun);
        data["partial_image_index"] = json!(nth);
        Event::named(begun, &data)
    });
    let mut last = event(done);
    last["usage"] = answer["usage"].clone();
    Script {
        done: None,
        ..Script::openai(deltas.collect(), 1, vec![Event::named(done, &last)])
    }
}

fn size(size: &Value) -> Result<(u32, u32), Reply> {
    let Some(size) = size.as_str().filter(|size| *size != "auto") else {
        return Ok((1024, 1024));
    };
    let sides = size
        .split_once('x')
        .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    sides
        .filter(|(w, h)| SIDES.contains(w) && SIDES.contains(h))
        .ok_or_else(|| {
            refusal::invalid(
                "'size' must be like 1024x1024, each side between 64 and 2048",
                Some("size"),
            )
        })
}

/// `GET /files/{id}.png`.
pub(crate) async fn file(id: &str) -> Result<Reply, Reply> {
    let scene = Scene::from_id(id)
        .filter(|scene| SIDES.contains(&scene.width) && SIDES.contains(&scene.height))
        .ok_or_else(|| refusal::unknown_thing("file", id))?;
    Ok(Reply::bytes(StatusCode::OK, "image/png", scene.draw().await?))
}
