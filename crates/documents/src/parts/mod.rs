//! How a document goes to a gateway: as parts of a message in OpenAI's chat shapes, or a sentence why not.

mod refused;
mod takes;
mod upload;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::models::{hears, sees, watches};
use crate::{Document, Kind};
pub use refused::Refused;
pub use takes::{Means, Takes, UploadRule, takes};
pub use upload::{Import, Upload, needs_upload};

/// Who gets it.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'a> {
    /// The provider's id, as in the providers' table.
    pub provider: &'a str,
    /// The model, by whatever name the gateway has for it.
    pub model: &'a str,
}

/// The shape a document takes on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `image_url` with a data URL.
    ImageUrl,
    /// `input_audio` in this format.
    InputAudio(&'static str),
    /// `video_url` with a data URL.
    VideoUrl,
    /// `file` with `file_data`.
    File,
    /// Its text in a fence under its name.
    Text,
}

/// Which shape it will take; cheap, so that a person is told before sending.
///
/// # Errors
/// What stands in the way, in words for the person.
pub fn shape(document: &Document, to: Receiver<'_>) -> Result<Shape, Refused> {
    let row = takes(to.provider);
    let size = sent_size(document);
    let shape = match document.kind {
        Kind::Picture => picture(to, row.pictures.data)?,
        Kind::Audio => audio(document, to, row)?,
        Kind::Video => video(document, to, row)?,
        Kind::Document | Kind::Text => written(document, to, row)?,
    };
    if shape != Shape::Text && size > row.inline_limit {
        let limit = row.inline_limit;
        return Err(match needs_upload(to.provider, to.model, document.kind, size) {
            Some(upload) => Refused::NeedsUpload(upload),
            None => Refused::TooLarge { size, limit },
        });
    }
    Ok(shape)
}

/// The parts that go into the message's `content`, in order.
///
/// # Errors
/// What stands in the way, in words for the person.
pub fn parts(document: &Document, to: Receiver<'_>) -> Result<Vec<Value>, Refused> {
    let part = match shape(document, to)? {
        Shape::ImageUrl => {
            let copy = document
                .picture
                .as_ref()
                .and_then(|picture| picture.copy.as_ref());
            let (mime, bytes) = copy.map_or((document.mime.as_str(), &document.bytes), |copy| {
                (copy.mime, &copy.bytes)
            });
            json!({ "type": "image_url", "image_url": { "url": data_url(mime, bytes) } })
        }
        Shape::InputAudio(format) => {
            json!({ "type": "input_audio", "input_audio": { "data": STANDARD.encode(&document.bytes), "format": format } })
        }
        Shape::VideoUrl => {
            json!({ "type": "video_url", "video_url": { "url": data_url(&document.mime, &document.bytes) } })
        }
        Shape::File => {
            let data = data_url(&document.mime, &document.bytes);
            json!({ "type": "file", "file": { "filename": document.name, "file_data": data } })
        }
        Shape::Text => json!({ "type": "text", "text": fenced(document) }),
    };
    Ok(vec![part])
}

/// The parts for something on the web that the gateway fetches itself.
///
/// # Errors
/// What stands in the way, in words for the person.
pub fn parts_of_address(kind: Kind, address: &str, to: Receiver<'_>) -> Result<Vec<Value>, Refused> {
    let row = takes(to.provider);
    let part = match kind {
        Kind::Picture => {
            picture(to, true)?;
            row.pictures
                .address
                .then(|| json!({ "type": "image_url", "image_url": { "url": address } }))
        }
        Kind::Video => {
            if watches(to.model) == Some(false) {
                return Err(Refused::NoVideo {
                    who: to.model.to_owned(),
                });
            }
            row.video
                .address
                .then(|| json!({ "type": "video_url", "video_url": { "url": address } }))
        }
        Kind::Audio | Kind::Document | Kind::Text => row
            .file_url
            .then(|| json!({ "type": "file_url", "file_url": { "url": address } })),
    };
    part.map(|part| vec![part]).ok_or(Refused::NoAddress)
}

fn picture(to: Receiver<'_>, taken: bool) -> Result<Shape, Refused> {
    // Where nobody knows, the model is asked: a wrong no would be worse than its refusal.
    if !taken || sees(to.model) == Some(false) {
        return Err(Refused::Blind {
            model: to.model.to_owned(),
        });
    }
    Ok(Shape::ImageUrl)
}

fn audio(document: &Document, to: Receiver<'_>, row: &Takes) -> Result<Shape, Refused> {
    if hears(to.model) == Some(false) {
        return Err(Refused::Deaf {
            who: to.model.to_owned(),
        });
    }
    if row.audio.is_empty() {
        return Err(Refused::Deaf {
            who: "This gateway".to_owned(),
        });
    }
    let format = match document.mime.as_str() {
        "audio/wav" => Some("wav"),
        "audio/mpeg" => Some("mp3"),
        "audio/ogg" => Some("ogg"),
        _ => None,
    };
    match format.filter(|format| row.audio.iter().any(|taken| taken == format)) {
        Some(format) => Ok(Shape::InputAudio(format)),
        None => Err(Refused::Sound {
            mime: document.mime.clone(),
            takes: row.audio.join(", ").to_uppercase(),
        }),
    }
}

fn video(document: &Document, to: Receiver<'_>, row: &Takes) -> Result<Shape, Refused> {
    if watches(to.model) == Some(false) {
        return Err(Refused::NoVideo {
            who: to.model.to_owned(),
        });
    }
    if let Some(upload) = needs_upload(to.provider, to.model, document.kind, document.size()) {
        return Err(Refused::NeedsUpload(upload));
    }
    match (row.video.data, row.video.address) {
        (true, _) => Ok(Shape::VideoUrl),
        (false, true) => Err(Refused::AddressOnly),
        (false, false) => Err(Refused::NoVideo {
            who: "This gateway".to_owned(),
        }),
    }
}

fn written(document: &Document, to: Receiver<'_>, row: &Takes) -> Result<Shape, Refused> {
    // Models that do not see are not given files either: the gateway would show them the pages.
    let whole = row.files.contains(&document.mime) && sees(to.model) == Some(true);
    match (&document.text, whole) {
        (text, true) if text.is_none() || document.size() <= row.inline_limit => Ok(Shape::File),
        (Some(_), _) => Ok(Shape::Text),
        (None, _) => Err(Refused::Silent {
            model: to.model.to_owned(),
        }),
    }
}

fn sent_size(document: &Document) -> u64 {
    let copy = document
        .picture
        .as_ref()
        .and_then(|picture| picture.copy.as_ref());
    copy.map_or(document.size(), |copy| copy.bytes.len() as u64)
}

fn data_url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// The text under its name, in a fence longer than any in the text, so that the text cannot close it.
fn fenced(document: &Document) -> String {
    let Some(text) = &document.text else {
        return String::new();
    };
    let ticks = longest_run(&text.content).max(2) + 1;
    let fence = "`".repeat(ticks);
    // A name may hold anything, line breaks too.
    let name: String = document
        .name
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    let end = if text.content.ends_with('\n') { "" } else { "\n" };
    format!(
        "File: {name}\n{fence}{}\n{}{end}{fence}",
        text.language, text.content
    )
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
