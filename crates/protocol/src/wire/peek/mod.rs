//! The few fields of a request that are read when its bytes pass through untouched. The body is gone through once;
//! nothing of it is kept but what stands in `Asked`.

mod edit;
mod form;
mod json;
mod prefix;

use std::ops::Range;

use crate::Interface;
pub use crate::wire::script::ScriptBytes;
pub use edit::{Edit, apply};
pub use form::FormScan;
pub use prefix::Prefix;

/// What the relay must know of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The model, where the body names one: it stands in the path at Gemini, and nowhere for some endpoints.
    pub model: Option<Named>,
    /// Whether events were asked for.
    pub stream: bool,
    /// `stream_options.include_usage`, as given.
    pub include_usage: Option<bool>,
    /// Where a wish for `usage` is written into the body; none where the dialect has no such wish.
    pub(crate) usage_wish: Option<Edit>,
    /// How much text there is to read.
    pub prompt: ScriptBytes,
    /// The most that may be written for one answer.
    pub max_output: Option<u64>,
    /// How many answers to the same question were asked for.
    pub answers: u64,
    /// What the order is, beyond tokens.
    pub units: Units,
}

/// The model's name, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As the caller wrote it.
    pub text: String,
    /// Where in the body: the string with its quotes in JSON, the bare value in a form.
    pub at: Range<usize>,
    /// Whether another name put there needs quotes.
    pub json: bool,
}

/// What is ordered, in the units that pictures, speech and clips are priced by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// How many pictures; one where nothing is said.
    pub images: Option<u64>,
    /// Size of a picture or clip, as the caller wrote it.
    pub size: Option<String>,
    /// Quality of a picture, mode or resolution of a clip.
    pub quality: Option<String>,
    /// Characters to be read aloud.
    pub characters: Option<u64>,
    /// Length of the clip.
    pub milliseconds: Option<u64>,
}

/// Why a request cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PeekError {
    /// Not JSON, or a field that is not of its kind; says where.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// An array, a string, a web page.
    #[error("a JSON object was expected")]
    NotAnObject,
    /// A field with a value nobody could follow.
    #[error("`{field}` must be {wanted}")]
    Odd {
        /// Which.
        field: &'static str,
        /// What it should have been.
        wanted: &'static str,
    },
    /// A form whose boundary is missing, or that ends early.
    #[error("the form is not whole: {0}")]
    Form(&'static str),
}

impl Asked {
    /// What a body that nobody can read, or that is not there, asks for.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            answers: 1,
            ..Self::default()
        }
    }

    /// The model's name; empty where the body has none.
    #[must_use]
    pub fn model_name(&self) -> &str {
        self.model.as_ref().map_or("", |named| &named.text)
    }

    /// What must change in the body: another name for the model, and a wish for `usage`. In the order of the body.
    #[must_use]
    pub fn edits(&self, model: Option<&str>, wants_usage: bool) -> Vec<Edit> {
        let mut edits = Vec::new();
        if let (Some(named), Some(model)) = (&self.model, model)
            && named.text != model
        {
            edits.push(named.renamed(model));
        }
        edits.extend(self.usage_wish.clone().filter(|_| wants_usage));
        edits.sort_by_key(|edit| edit.at.start);
        edits
    }
}

impl Named {
    fn renamed(&self, model: &str) -> Edit {
        let text = if self.json {
            // Strings cannot fail to serialise; an empty name would be refused by the gateway.
            serde_json::to_string(model).unwrap_or_else(|_| "\"\"".into())
        } else {
            model.to_owned()
        };
        Edit {
            at: self.at.clone(),
            text,
        }
    }
}

/// Reads a request. Whether a model is needed is the caller's to say.
///
/// # Errors
/// When the body is neither JSON nor a form, or holds fields twice or of the wrong kind; the error says where. What
/// goes to an unknown endpoint may be anything.
pub fn request(interface: Interface, content_type: Option<&str>, body: &[u8]) -> Result<Asked, PeekError> {
    if let Some(kind) = content_type.filter(|kind| form::is_form(kind)) {
        let mut scan = FormScan::new(interface, kind)?;
        scan.push(body)?;
        return scan.finish();
    }
    match json::request(interface, body) {
        Err(_) if interface == Interface::Other => Ok(Asked::nothing()),
        read => read,
    }
}

/// The body with a wish for `usage` written into it, every other byte as it was; `None` where there is nothing to do.
#[must_use]
pub fn with_usage(body: &[u8], asked: &Asked) -> Option<Vec<u8>> {
    let edits = asked.edits(None, true);
    (!edits.is_empty()).then(|| apply(body, &edits))
}
