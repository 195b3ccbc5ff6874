//! Pictures and films that take minutes: one vocabulary for every family of gateway (`reference/gateways.md` §2, §3).
//!
//! A family is one file with the same three functions: `create` writes the order as that family wants it, `created`
//! reads what it was given in return, `polled` reads how far it is. Nothing in them calls out: whoever runs the job
//! sends and waits, and so every shape can be tested as text. Which gateway speaks which family for which model is a
//! table beside this folder, `families.json`, because gateways change it more often than we release.

mod answered;
mod ark;
mod download;
mod families;
mod gemini;
mod kling;
mod links;
mod media;
mod new_api;
mod openai;
mod order;
mod queue;
mod state;
#[cfg(test)]
mod tests;
mod veo;

pub use answered::{Created, JobError, Polled, ResultFile, Source, Standing, turns_away};
pub use download::{Arriving, Downloads};
pub use families::{Families, QueuePaths};
pub use links::expiry;
pub use media::{Media, sniff};
pub use order::{Order, What};
pub use state::State;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::{Base, Failure, Kind};

/// How a gateway wants such work asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// OpenAI's own `/v1/videos`.
    OpenAi,
    /// new-api's `/v1/video/generations` (Nexhina).
    NewApi,
    /// `/v1/videos` with Kling's fields (Nexconn A).
    Nexconn,
    /// `/v1/videos/generations` in Vertex's words (Nexconn B).
    Veo,
    /// fal's queue under the gateway's root (Nexconn C: Vidu, kling-image-o1).
    Queue,
    /// Volcengine Ark under the gateway's root (Nexconn D: Seedance).
    Ark,
    /// `/v1/images/generations` that answers with a task (Nexconn).
    KlingImages,
    /// `/v1/images/*` that answers at once, in JSON only (Nexconn).
    GeminiImages,
    /// OpenAI's own `/v1/images/*`.
    OpenAiImages,
}

/// What a caller may speak to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// `/v1/videos`.
    OpenAiVideos,
    /// `/v1/video/generations`.
    NewApiVideos,
    /// `/v1/images/*`.
    OpenAiImages,
}

/// A call to be made, but for its host and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallParts {
    /// The verb.
    pub method: Method,
    /// From the root where it begins with a slash (`/queue/…`), else from the base with its `/v1`.
    pub path: String,
    /// JSON, or nothing.
    pub body: Bytes,
}

impl CallParts {
    fn post(path: impl Into<String>, body: &Value) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            body: body.to_string().into(),
        }
    }
}

/// The address of a path as families keep it. Concatenating everything onto `…/v1` is the likeliest mistake here:
/// `/queue` and `/v3` stand beside it.
#[must_use]
pub fn address(base: &Base, path: &str) -> String {
    if path.starts_with('/') {
        format!("{}{path}", base.root())
    } else {
        base.url(path)
    }
}

impl Family {
    const ALL: [(Self, &'static str); 9] = [
        (Self::OpenAi, "openai"),
        (Self::NewApi, "new-api"),
        (Self::Nexconn, "nexconn"),
        (Self::Veo, "veo"),
        (Self::Queue, "queue"),
        (Self::Ark, "ark"),
        (Self::KlingImages, "kling-images"),
        (Self::GeminiImages, "gemini-images"),
        (Self::OpenAiImages, "openai-images"),
    ];

    /// The word the ledger and `families.json` use.
    #[must_use]
    pub fn word(self) -> &'static str {
        let row = Self::ALL.iter().find(|(family, _)| *family == self);
        row.map_or("openai", |(_, word)| word)
    }

    /// The family of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let row = Self::ALL.iter().find(|(_, name)| *name == word);
        row.map(|(family, _)| *family)
    }

    /// Whether the gateway speaks what the caller speaks. Then the request passes through byte for byte, the ids are
    /// the gateway's own, and there is no job of ours: a tool must not be able to tell us from the gateway itself.
    /// Gemini's pictures are OpenAI's but for one thing: they know no forms.
    #[must_use]
    pub fn speaks(self, tongue: Tongue, content_type: &str) -> bool {
        match (self, tongue) {
            (Self::OpenAi, Tongue::OpenAiVideos)
            | (Self::NewApi, Tongue::NewApiVideos)
            | (Self::OpenAiImages, Tongue::OpenAiImages) => true,
            (Self::GeminiImages, Tongue::OpenAiImages) => !content_type
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("multipart/"),
            _ => false,
        }
    }

    /// The call that orders the work.
    ///
    /// # Errors
    /// When this family has no such thing, in a sentence for whoever asked.
    pub fn create(self, order: &Order, families: &Families) -> Result<CallParts, Failure> {
        match self {
            Self::OpenAi => openai::create(order),
            Self::Nexconn => openai::create_nexconn(order),
            Self::NewApi => new_api::create(order),
            Self::Veo => veo::create(order),
            Self::Queue => queue::create(order, families),
            Self::Ark => ark::create(order),
            Self::KlingImages => kling::create(order),
            Self::GeminiImages => gemini::create(order),
            Self::OpenAiImages => Err(refused("This gateway draws without jobs.")),
        }
    }

    /// Reads what the gateway said to an order that it took.
    ///
    /// # Errors
    /// When it took nothing, whatever its status says; and when there is nothing in it to ask for later.
    pub fn created(self, asked: &CallParts, headers: &HeaderMap, body: &[u8]) -> Result<Created, Failure> {
        let said = answered::json(body)?;
        let mut created = match self {
            Self::OpenAi | Self::Nexconn => openai::created(&said),
            Self::NewApi => new_api::created(&said),
            Self::Veo => veo::created(&said),
            Self::Queue => queue::created(&said, &asked.path),
            Self::Ark => ark::created(&said),
            Self::KlingImages => kling::created(&said),
            Self::GeminiImages | Self::OpenAiImages => gemini::created(&said),
        }
        .ok_or_else(|| answered::nothing(&said))?;
        created.billing = new_api::ratios(headers).or(created.billing);
        Ok(created)
    }

    /// Reads how far a job is. `path` is the one that was asked.
    #[must_use]
    pub fn polled(self, path: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Polled {
        if answered::is_missing(status, body) {
            return Polled::Missing;
        }
        if !status.is_success() {
            return Polled::Trouble(Failure::read(status, headers, body));
        }
        let said = match answered::json(body) {
            Ok(said) => said,
            Err(failure) => return Polled::Trouble(failure),
        };
        let standing = match self {
            Self::OpenAi | Self::Nexconn => openai::polled(&said),
            Self::NewApi => new_api::polled(&said),
            Self::Veo => veo::polled(&said),
            Self::Queue => queue::polled(&said, path),
            Self::Ark => ark::polled(&said),
            Self::KlingImages => kling::polled(&said),
            Self::GeminiImages | Self::OpenAiImages => gemini::polled(&said),
        };
        standing.map_or_else(|| Polled::Trouble(answered::nothing(&said)), Polled::Standing)
    }

    /// The call that makes another film out of one that is done.
    ///
    /// # Errors
    /// When this family cannot.
    pub fn remix(self, upstream_id: &str, prompt: &str) -> Result<CallParts, Failure> {
        match self {
            Self::OpenAi | Self::Nexconn => Ok(openai::remix(upstream_id, prompt)),
            _ => Err(refused(
                "The gateway that made this film cannot remix films. Make a new one from a picture of it instead.",
            )),
        }
    }
}

/// The caller asked for something this family does not have.
fn refused(sentence: impl Into<String>) -> Failure {
    Failure::new(Kind::BadRequest, sentence)
}
