//! What came of a call, in the parts a chat can show: text for the model, pictures, sources.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, ResourceContents};

use crate::links::{Citation, Sources};
use crate::veil::Veil;

/// More text than this no model reads.
const LONGEST_TEXT: usize = 1024 * 1024;

/// What came of a call.
#[derive(Clone, PartialEq)]
pub struct Outcome {
    /// Everything the tool wrote, with the server's secrets struck out; over 1 MB it is cut, and says so.
    pub text: String,
    /// The pictures, as (MIME type, bytes).
    pub pictures: Vec<(String, Vec<u8>)>,
    /// The pages it links to, each once.
    pub citations: Vec<Citation>,
    /// The tool says that it failed; the text says why.
    pub is_error: bool,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("text", &self.text)
            .field("pictures", &self.pictures.len())
            .field("citations", &self.citations)
            .field("is_error", &self.is_error)
            .field("took", &self.took)
            .finish()
    }
}

impl Outcome {
    pub(crate) fn of(response: CallToolResponse, veil: &Veil, took: Duration) -> Outcome {
        match response {
            CallToolResponse::Complete(result) => gather(result, veil, took),
            CallToolResponse::InputRequired(_) => Outcome::refused(
                "The tool asks for more input than Nexdesk can give it.",
                veil,
                took,
            ),
            _ => Outcome::refused(
                "The tool answers in a way that Nexdesk does not know.",
                veil,
                took,
            ),
        }
    }

    pub(crate) fn refused(why: &str, veil: &Veil, took: Duration) -> Outcome {
        Outcome {
            text: cut(veil.on(why)),
            pictures: Vec::new(),
            citations: Vec::new(),
            is_error: true,
            took,
        }
    }
}

fn gather(result: CallToolResult, veil: &Veil, took: Duration) -> Outcome {
    let mut texts = Vec::new();
    let mut pictures = Vec::new();
    let mut sources = Sources::default();
    for block in result.content {
        match block {
            ContentBlock::Text(text) => {
                sources.of_text(&text.text);
                texts.push(text.text);
            }
            ContentBlock::Image(image) => {
                binary(&image.mime_type, &image.data, "", &mut texts, &mut pictures)
            }
            ContentBlock::Audio(audio) => {
                binary(&audio.mime_type, &audio.data, "", &mut texts, &mut pictures)
            }
            ContentBlock::ResourceLink(link) => {
                let title = link.title.unwrap_or(link.name);
                texts.push(format!("[{title}]({})", link.uri));
                sources.add(&title, &link.uri);
            }
            ContentBlock::Resource(resource) => {
                embedded(resource.resource, &mut texts, &mut pictures, &mut sources)
            }
            _ => texts.push("[a part of a kind that Nexdesk does not know]".to_owned()),
        }
    }
    if let Some(structured) = result.structured_content {
        sources.of_value(&structured);
        // Usually it repeats the text; some send nothing else.
        if texts.is_empty() {
            texts.push(structured.to_string());
        }
    }
    Outcome {
        text: cut(veil.on(&texts.join("\n"))),
        pictures,
        citations: sources.into_citations(veil),
        is_error: result.is_error.unwrap_or(false),
        took,
    }
}

fn embedded(
    resource: ResourceContents,
    texts: &mut Vec<String>,
    pictures: &mut Vec<(String, Vec<u8>)>,
    sources: &mut Sources,
) {
    match resource {
        ResourceContents::TextResourceContents { uri, text, .. } => {
            sources.add("", &uri);
            texts.push(format!("{uri}:\n{text}"));
        }
        ResourceContents::BlobResourceContents {
            uri, mime_type, blob, ..
        } => {
            sources.add("", &uri);
            binary(&mime_type.unwrap_or_default(), &blob, &uri, texts, pictures);
        }
        _ => texts.push("[a resource of a kind that Nexdesk does not know]".to_owned()),
    }
}

/// A picture is shown; of anything else the model learns that it is there.
fn binary(mime: &str, data: &str, uri: &str, texts: &mut Vec<String>, pictures: &mut Vec<(String, Vec<u8>)>) {
    match STANDARD.decode(data) {
        Ok(bytes) if mime.starts_with("image/") => pictures.push((mime.to_owned(), bytes)),
        Ok(bytes) => {
            let kind = if mime.is_empty() { "data" } else { mime };
            texts.push(format!(
                "[{kind}, {} bytes{}{uri}]",
                bytes.len(),
                if uri.is_empty() { "" } else { ": " }
            ));
        }
        Err(_) => texts.push(format!("[{mime} that could not be read]")),
    }
}

fn cut(mut text: String) -> String {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let whole = text.len();
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    text.push_str(&format!(
        "\n\n[Cut here: the tool wrote {whole} bytes, of which this is the first megabyte.]"
    ));
    text
}
