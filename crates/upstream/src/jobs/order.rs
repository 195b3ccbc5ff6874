//! What a caller wants made, read from OpenAI's or new-api's request, as JSON or as a form.
//!
//! Nothing the caller said is lost: what has a meaning in every family has a field here, and all else stays in
//! `extra`, from where each family takes it by its own name.

use bytes::Bytes;
use futures::stream;
use multer::Multipart;
use serde_json::{Map, Value, json};

use super::media::Media;
use super::refused;
use crate::Failure;

/// What is asked for. It comes from the endpoint, never from the model's name: `kling-v2-1` draws and films.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A film.
    Film,
    /// A picture out of words.
    Picture,
    /// A picture out of pictures.
    Edit,
    /// A picture like a picture.
    Variation,
}

/// An order for one or more files.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// From the endpoint.
    pub what: What,
    /// As the gateway calls it.
    pub model: String,
    /// In words.
    pub prompt: Option<String>,
    /// How long, in seconds, as it was said.
    pub seconds: Option<String>,
    /// `1280x720`, as it was said.
    pub size: Option<String>,
    /// How many.
    pub n: Option<u64>,
    /// The pictures to begin with.
    pub pictures: Vec<Media>,
    /// Where to paint.
    pub mask: Option<Media>,
    /// `url` or `b64_json`: how a caller of pictures wants them.
    pub format: Option<String>,
    /// Everything else.
    pub extra: Map<String, Value>,
}

/// Where pictures stand. `image_url` is not among them: two families give it a meaning of its own.
const PICTURES: [&str; 5] = [
    "input_reference",
    "image",
    "images",
    "image[]",
    "input_reference[]",
];
/// Form fields whose digits are text.
const TEXTS: [&str; 6] = ["model", "prompt", "negative_prompt", "seconds", "size", "user"];

impl Order {
    /// Reads a request's body.
    ///
    /// # Errors
    /// When it is neither a JSON object nor a form, or names no model.
    pub async fn read(what: What, content_type: &str, body: Bytes) -> Result<Self, Failure> {
        let fields = match multer::parse_boundary(content_type) {
            Ok(boundary) => form(boundary, body).await?,
            Err(_) => match serde_json::from_slice(&body) {
                Ok(Value::Object(fields)) => fields,
                _ => {
                    return Err(refused(
                        "The request is neither a JSON object nor a multipart form.",
                    ));
                }
            },
        };
        Self::from_fields(what, fields)
    }

    /// Reads a body that was taken apart.
    ///
    /// # Errors
    /// When it names no model.
    pub fn from_fields(what: What, mut fields: Map<String, Value>) -> Result<Self, Failure> {
        let text = |value: Value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let model = fields.shift_remove("model").and_then(text);
        let model = model.ok_or_else(|| refused("The request names no model: “model” is missing."))?;
        let pictures = PICTURES.iter().filter_map(|name| fields.shift_remove(*name));
        let pictures = pictures.collect::<Vec<_>>().iter().flat_map(media).collect();
        let sides = ["width", "height"].map(|side| fields.shift_remove(side).and_then(text));
        let duration = fields.shift_remove("duration").and_then(text);
        let size = fields.shift_remove("size").and_then(text);
        Ok(Self {
            what,
            model,
            pictures,
            prompt: fields.shift_remove("prompt").and_then(text),
            seconds: fields.shift_remove("seconds").and_then(text).or(duration),
            size: size.or_else(|| match sides {
                [Some(width), Some(height)] => Some(format!("{width}x{height}")),
                _ => None,
            }),
            n: fields
                .shift_remove("n")
                .and_then(text)
                .and_then(|n| n.parse().ok()),
            mask: fields.shift_remove("mask").as_ref().and_then(Media::read),
            format: match what {
                What::Film => None,
                _ => fields.shift_remove("response_format").and_then(text),
            },
            extra: fields,
        })
    }

    /// What the ledger keeps: everything but pictures, of which it keeps how large they are.
    #[must_use]
    pub fn kept(&self) -> Value {
        let mut kept = json!({"model": self.model, "prompt": self.prompt, "seconds": self.seconds, "size": self.size,
            "n": self.n, "pictures": self.pictures.iter().map(Media::uri).collect::<Vec<_>>()});
        if let Value::Object(kept) = &mut kept {
            kept.extend(self.extra.clone());
            kept.retain(|_, value| !value.is_null());
        }
        shorten(&mut kept);
        kept
    }

    /// `extra`, and what a caller of new-api wraps in `metadata`; a field said plainly wins.
    pub(super) fn vendor_fields(&self) -> Map<String, Value> {
        let mut fields = match self.extra.get("metadata") {
            Some(Value::Object(metadata)) => metadata.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Map::new(),
        };
        fields.extend(self.extra.clone());
        fields.shift_remove("metadata");
        fields
    }

    /// Whole seconds, as a number.
    pub(super) fn whole_seconds(&self) -> Option<u64> {
        let seconds: f64 = self
            .seconds
            .as_deref()?
            .trim()
            .trim_end_matches('s')
            .parse()
            .ok()?;
        (seconds >= 0.0).then_some(seconds.round() as u64)
    }

    fn sides(&self) -> Option<(f64, f64)> {
        let (width, height) = self.size.as_deref()?.split_once(['x', 'X', '*'])?;
        let side = |text: &str| text.trim().parse().ok().filter(|side: &f64| *side > 0.0);
        Some((side(width)?, side(height)?))
    }

    /// The size as the nearest of these shapes (`16:9`).
    pub(super) fn shape(&self, shapes: &[&'static str]) -> Option<&'static str> {
        let (width, height) = self.sides()?;
        let far = |shape: &str| {
            let (w, h) = shape.split_once(':')?;
            let shape = w.parse::<f64>().ok()? / h.parse::<f64>().ok()?;
            Some((shape / (width / height)).ln().abs())
        };
        let known = shapes.iter().filter_map(|shape| Some((far(shape)?, *shape)));
        known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, shape)| shape)
    }

    /// The size as lines: `720p`.
    pub(super) fn lines(&self) -> Option<String> {
        let Some((width, height)) = self.sides() else {
            return self.size.clone().filter(|size| size.ends_with('p'));
        };
        let lines = [480.0, 540.0, 720.0]
            .into_iter()
            .find(|lines| width.min(height) <= *lines);
        Some(format!("{}p", lines.unwrap_or(1080.0)))
    }

    pub(super) fn prompt_or(&self, excuse: bool) -> Result<Option<&str>, Failure> {
        match self.prompt.as_deref() {
            None if !excuse => Err(refused(
                "The request says nothing of what to make: “prompt” is missing.",
            )),
            prompt => Ok(prompt),
        }
    }

    /// An id that OpenAI gave to a file means nothing to any other gateway.
    pub(super) fn no_file_ids(&self) -> Result<(), Failure> {
        if self
            .pictures
            .iter()
            .any(|picture| matches!(picture, Media::File(_)))
        {
            return Err(refused(
                "This gateway does not know files by id. Send the picture itself, or a link to it.",
            ));
        }
        Ok(())
    }
}

fn media(said: &Value) -> Vec<Media> {
    match said {
        Value::Array(list) => list.iter().filter_map(Media::read).collect(),
        one => Media::read(one).into_iter().collect(),
    }
}

/// A form as the object its fields would make. Files become `data:` URIs, whatever the field is called.
async fn form(boundary: String, body: Bytes) -> Result<Map<String, Value>, Failure> {
    let broken = |error: multer::Error| refused(format!("The form cannot be read: {error}."));
    let mut form = Multipart::new(stream::iter([Ok::<_, std::convert::Infallible>(body)]), boundary);
    let mut fields = Map::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.name().map(str::to_owned) else {
            continue;
        };
        let mime = field.content_type().map(ToString::to_string);
        let value = if field.file_name().is_some() {
            Value::String(Media::upload(mime, &field.bytes().await.map_err(broken)?).uri())
        } else {
            plain(&name, field.text().await.map_err(broken)?)
        };
        add(&mut fields, name, value);
    }
    Ok(fields)
}

/// A form has only text; a vendor's `true`, `5` or `{…}` must arrive as such.
fn plain(name: &str, text: String) -> Value {
    if TEXTS.contains(&name) || PICTURES.contains(&name) {
        return Value::String(text);
    }
    match serde_json::from_str(&text) {
        Ok(value @ (Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::String(text),
    }
}

fn add(fields: &mut Map<String, Value>, name: String, value: Value) {
    match fields.get_mut(&name) {
        None => {
            fields.insert(name, value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

/// Long strings in a request are pictures; the ledger is no place for them.
fn shorten(value: &mut Value) {
    const LONGEST: usize = 32 * 1024;
    match value {
        Value::String(text) if text.len() > LONGEST || text.starts_with("data:") => {
            *text = format!("({} bytes of data)", text.len());
        }
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::film;
    use super::*;

    #[tokio::test]
    async fn a_form_with_a_file_says_the_same_as_json_and_loses_nothing() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n\
            --b\r\nContent-Disposition: form-data; name=\"seconds\"\r\n\r\n8\r\n\
            --b\r\nContent-Disposition: form-data; name=\"multi_shot\"\r\n\r\ntrue\r\n\
            --b\r\nContent-Disposition: form-data; name=\"negative_prompt\"\r\n\r\n5\r\n\
            --b\r\nContent-Disposition: form-data; name=\"image_tail\"; filename=\"t.png\"\r\n\r\nTAIL\r\n\
            --b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a.png\"\r\n\
            Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n";
        let read = Order::read(What::Film, "multipart/form-data; boundary=b", body.into())
            .await
            .expect("a form");
        assert_eq!(read.seconds.as_deref(), Some("8"));
        assert_eq!(read.pictures[0].uri(), "data:image/png;base64,UE5H");
        assert_eq!(read.extra["multi_shot"], true);
        assert_eq!(read.extra["negative_prompt"], "5");
        assert_eq!(read.extra["image_tail"], "data:image/png;base64,VEFJTA==");
    }

    #[test]
    fn a_size_is_a_shape_and_a_number_of_lines_where_a_family_wants_those() {
        let order = film(json!({"model": "m", "width": 720, "height": 1280}));
        assert_eq!(order.shape(&["16:9", "9:16", "1:1"]), Some("9:16"));
        assert_eq!(order.lines().as_deref(), Some("720p"));
        assert_eq!(
            film(json!({"model": "m"})).lines(),
            None,
            "defaults are the gateway's"
        );
    }

    #[test]
    fn what_is_kept_of_an_order_holds_no_pictures() {
        let order = film(
            json!({"model": "m", "prompt": "p", "image_tail": "data:image/png;base64,AAAA",
            "input_reference": {"image_url": "data:image/png;base64,BBBB"}, "mode": "pro"}),
        );
        let kept = order.kept().to_string();
        assert!(!kept.contains("AAAA") && !kept.contains("BBBB"), "{kept}");
        assert!(kept.contains("\"mode\":\"pro\""), "{kept}");
    }
}
