//! Gemini's pictures at Nexconn: they come at once, and edits are JSON where OpenAI's callers send a form.
//! Reference §3.3.

use serde_json::{Map, Value};

use super::answered::{Created, JobError, Standing};
use super::media::Media;
use super::{CallParts, Order, links};
use crate::Failure;

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let mut body = Map::new();
    body.insert("model".into(), order.model.as_str().into());
    if let Some(prompt) = order.prompt_or(false)? {
        body.insert("prompt".into(), prompt.into());
    }
    let image = match order.pictures.as_slice() {
        [] => None,
        [one] => Some(Value::from(one.uri())),
        several => Some(several.iter().map(Media::uri).collect()),
    };
    let is_edit = image.is_some();
    let fields = [
        ("image", image),
        ("mask", order.mask.as_ref().map(|mask| mask.uri().into())),
        ("n", order.n.map(Value::from)),
        ("size", order.size.as_deref().map(Value::from)),
    ];
    body.extend(
        fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?))),
    );
    body.extend(order.vendor_fields());
    let path = if is_edit {
        "images/edits"
    } else {
        "images/generations"
    };
    Ok(CallParts::post(path, &body.into()))
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let standing = polled(said)?;
    Some(Created {
        billing: standing.billing.clone(),
        standing: Some(standing),
        ..Created::default()
    })
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let mut standing = Standing::of("completed");
    let mime = match said.get("output_format").and_then(Value::as_str) {
        Some("jpeg" | "jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        _ => "image/png",
    };
    standing.results = links::all(Some(said.get("data")?));
    for file in &mut standing.results {
        file.mime.get_or_insert_with(|| mime.to_owned());
    }
    standing.billing = said.get("usage").filter(|usage| !usage.is_null()).cloned();
    if standing.results.is_empty() {
        standing.fail([JobError::read(said.get("error"))]);
    }
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{Family, Order, Source, State, What};
    use serde_json::json;

    #[tokio::test]
    async fn a_form_of_openais_becomes_json_with_the_files_in_it() {
        let form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngemini-2.5-flash-image\r\n\
            --b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nat night\r\n\
            --b\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nA\r\n\
            --b\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"b.png\"\r\nContent-Type: image/png\r\n\r\nB\r\n\
            --b\r\nContent-Disposition: form-data; name=\"mask\"; filename=\"m.png\"\r\nContent-Type: image/png\r\n\r\nM\r\n--b--\r\n";
        let order = Order::read(What::Edit, "multipart/form-data; boundary=b", form.into())
            .await
            .expect("an order");
        let (path, body) = sent(Family::GeminiImages, &order);
        assert_eq!(path, "images/edits");
        assert_eq!(
            body,
            json!({"model": "gemini-2.5-flash-image", "prompt": "at night",
            "image": ["data:image/png;base64,QQ==", "data:image/png;base64,Qg=="], "mask": "data:image/png;base64,TQ=="})
        );
    }

    #[test]
    fn pictures_come_with_the_first_answer() {
        let said = json!({"created": 1, "data": [{"b64_json": "iVBORw=="}], "output_format": "png", "usage": {"total_tokens": 9}});
        let made = created(Family::GeminiImages, "images/generations", &said);
        let done = made.standing.expect("it is done");
        assert_eq!(
            (done.state, made.billing),
            (State::Done, Some(json!({"total_tokens": 9})))
        );
        assert!(matches!(&done.results[0].source, Source::Bytes(bytes) if bytes.starts_with(b"\x89PNG")));
    }
}
