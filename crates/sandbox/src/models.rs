//! The models the sandbox offers, what each is for and what it pretends to cost; and who may be asked for what.

use serde_json::{Value, json};

use crate::call::Call;
use crate::chat::misbehave::{self, Fault, MISBEHAVIOURS};
use crate::refusal;
use crate::reply::Reply;
use crate::server::Gateway;

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answers messages.
    Chat,
    /// Draws pictures.
    Image,
    /// Reads text aloud.
    Speech,
    /// Writes down what it hears.
    Transcription,
    /// Makes clips.
    Video,
    /// Turns text into vectors.
    Embedding,
    /// Judges text.
    Moderation,
    /// Sorts documents by a question.
    Rerank,
}

impl Kind {
    /// The word new-api uses in `supported_endpoint_types`; it has none for sound and moderation, so those are ours.
    pub(crate) fn endpoint_type(self) -> &'static str {
        match self {
            Kind::Chat => "openai",
            Kind::Image => "image-generation",
            Kind::Speech => "audio-speech",
            Kind::Transcription => "audio-transcription",
            Kind::Video => "openai-video",
            Kind::Embedding => "embeddings",
            Kind::Moderation => "moderation",
            Kind::Rerank => "jina-rerank",
        }
    }
}

/// One offered model.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// The name to ask for.
    pub id: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// One sentence about it.
    pub about: &'static str,
    pub(crate) price: Price,
}

/// A price in new-api's terms; ratio 1 is 2 USD per million input tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Price {
    Tokens { ratio: f64, completion_ratio: f64 },
    Call(f64),
}

impl Price {
    /// What cached input costs of the full price.
    pub(crate) const CACHE_RATIO: f64 = 0.5;
}

const fn chat(id: &'static str, ratio: f64, completion_ratio: f64, about: &'static str) -> Model {
    Model {
        id,
        kind: Kind::Chat,
        about,
        price: Price::Tokens {
            ratio,
            completion_ratio,
        },
    }
}

const fn job(id: &'static str, kind: Kind, dollars: f64, about: &'static str) -> Model {
    Model {
        id,
        kind,
        about,
        price: Price::Call(dollars),
    }
}

/// Every well-behaved model, in the order they are listed.
pub const MODELS: &[Model] = &[
    chat(
        "sandbox-chat",
        0.075,
        4.0,
        "Answers in markdown, in English or Chinese.",
    ),
    chat(
        "sandbox-reasoning",
        0.55,
        4.0,
        "Thinks aloud first (reasoning_content), then answers.",
    ),
    chat(
        "sandbox-tools",
        0.2,
        4.0,
        "Calls the first tool it is given, then answers from the tool's result.",
    ),
    chat(
        "sandbox-picture",
        0.15,
        10.0,
        "Draws a small picture into its chat message.",
    ),
    chat("sandbox-fast", 0.05, 4.0, "As sandbox-chat, 1 ms between words."),
    chat(
        "sandbox-slow",
        1.25,
        4.0,
        "As sandbox-chat, 200 ms between words.",
    ),
    Model {
        id: "sandbox-image",
        kind: Kind::Image,
        about: "Draws landscapes.",
        price: Price::Call(0.02),
    },
    Model {
        id: "sandbox-speech",
        kind: Kind::Speech,
        about: "Plays a note per word.",
        price: Price::Call(0.003),
    },
    Model {
        id: "sandbox-transcribe",
        kind: Kind::Transcription,
        about: "Describes the recording it was given.",
        price: Price::Call(0.006),
    },
    Model {
        id: "sandbox-video",
        kind: Kind::Video,
        about: "Makes a two-second clip.",
        price: Price::Call(0.3),
    },
    job(
        "sandbox-task",
        Kind::Video,
        0.3,
        "The same clip at /v1/video/generations.",
    ),
    job(
        "sandbox-kling",
        Kind::Video,
        0.3,
        "The same clip in Nexconn's reading of /v1/videos.",
    ),
    job(
        "sandbox-veo",
        Kind::Video,
        0.4,
        "The same clip at /v1/videos/generations, in Vertex's words.",
    ),
    job("sandbox-vidu", Kind::Video, 0.2, "The same clip in fal's queue."),
    job(
        "sandbox-seedance",
        Kind::Video,
        0.2,
        "The same clip at Ark's /v3.",
    ),
    job(
        "sandbox-kling-image",
        Kind::Image,
        0.02,
        "Landscapes that come as a task.",
    ),
    job(
        "sandbox-kling-queue",
        Kind::Image,
        0.02,
        "Landscapes in fal's queue.",
    ),
    job(
        "sandbox-gemini-image",
        Kind::Image,
        0.03,
        "Landscapes at once, in base64; edits are JSON only.",
    ),
    Model {
        id: "sandbox-embedding",
        kind: Kind::Embedding,
        about: "Vectors in which texts that share words lie close.",
        price: Price::Tokens {
            ratio: 0.01,
            completion_ratio: 1.0,
        },
    },
    Model {
        id: "sandbox-moderation",
        kind: Kind::Moderation,
        about: "Judges by keywords.",
        price: Price::Tokens {
            ratio: 0.005,
            completion_ratio: 1.0,
        },
    },
    Model {
        id: "sandbox-rerank",
        kind: Kind::Rerank,
        about: "Sorts by shared words.",
        price: Price::Tokens {
            ratio: 0.025,
            completion_ratio: 1.0,
        },
    },
];

const BORN: u64 = 1_767_225_600;

fn entry(id: &str, kind: Kind) -> Value {
    json!({"id": id, "object": "model", "created": BORN, "owned_by": "sandbox",
           "supported_endpoint_types": [kind.endpoint_type()]})
}

/// `GET /v1/models`; the misbehaving ones only with `?all=1`, so that no person picks one by accident.
pub(crate) fn list(call: &Call) -> Reply {
    let mut data: Vec<Value> = MODELS.iter().map(|model| entry(model.id, model.kind)).collect();
    if call.asks("all=1") {
        data.extend(MISBEHAVIOURS.iter().map(|row| entry(row.model, Kind::Chat)));
    }
    Reply::ok(&json!({"success": true, "object": "list", "data": data}))
}

/// `GET /v1/models/{id}`.
pub(crate) fn retrieve(id: &str) -> Reply {
    match MODELS.iter().find(|model| model.id == id) {
        Some(model) => Reply::ok(&entry(model.id, model.kind)),
        None if Fault::parse(id).is_some() => Reply::ok(&entry(id, Kind::Chat)),
        None => refusal::unknown_model(id),
    }
}

/// The model named in a request, or why it cannot be asked. A misbehaving model takes every kind of work, and those
/// that refuse do so here, before the endpoint looks at anything else.
pub(crate) fn admit(gateway: &Gateway, call: &Call, id: &str, kind: Kind) -> Result<Option<Fault>, Reply> {
    if let Some(fault) = Fault::parse(id) {
        return match misbehave::refusal(gateway, call, id, fault) {
            Some(reply) => Err(reply),
            None => Ok(Some(fault)),
        };
    }
    match MODELS.iter().find(|model| model.id == id) {
        Some(model) if model.kind == kind => Ok(None),
        Some(_) => {
            let message = format!("The model `{id}` is not offered at this endpoint");
            Err(refusal::invalid(&message, Some("model")))
        }
        None => Err(refusal::unknown_model(id)),
    }
}
