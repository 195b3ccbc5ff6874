//! Events of a chat stream → deltas, and a whole answer → the same deltas.

use serde_json::Value;

use super::{cited::Cited, finish::finish, usage};
use crate::talk::Delta;
use crate::wire::openai::chat::{Choice, Completion, Content, Message, ToolCall};

/// What an event can be instead of part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The gateway sent an error inside a stream that began well.
    #[error("{message}")]
    Said {
        /// The gateway's sentence.
        message: String,
        /// The gateway's code, where it has one.
        code: Option<String>,
    },
    /// The event is not JSON.
    #[error("the gateway sent an event that is not JSON")]
    NotJson,
}

/// Reads one stream, event by event.
#[derive(Debug, Default)]
pub struct StreamReader {
    done: bool,
    finished: bool,
    last_call: usize,
    last_id: Option<String>,
    cited: Cited,
}

impl StreamReader {
    /// Reads the data of one event and appends what it adds.
    ///
    /// # Errors
    /// When the event is an error, or no JSON.
    pub fn read(&mut self, data: &str, found: &mut Vec<Delta>) -> Result<(), StreamError> {
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(());
        }
        // A heartbeat: the gateway has nothing to say yet.
        if data.trim().is_empty() {
            return Ok(());
        }
        let chunk: Completion = serde_json::from_str(data).map_err(|_| StreamError::NotJson)?;
        if let Some(error) = &chunk.error {
            return Err(said(error));
        }
        for choice in chunk.choices {
            self.cited.look(&choice.extra, found);
            self.choice(choice, found);
        }
        self.cited.look(&chunk.extra, found);
        if let Some(wire) = &chunk.usage {
            found.push(Delta::Usage(usage(wire)));
        }
        Ok(())
    }

    /// Whether the model said it had stopped. A stream that ends without it was cut off, however cleanly it ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished || self.done
    }

    fn choice(&mut self, choice: Choice, found: &mut Vec<Delta>) {
        // A whole answer where a stream was asked for reads like one large delta.
        if let Some(piece) = choice.delta.or(choice.message) {
            self.piece(piece, found);
        }
        // Some gateways write an empty reason into every chunk but the last.
        if let Some(word) = choice.finish_reason.filter(|word| !word.is_empty()) {
            self.finished = true;
            found.push(Delta::Finish(finish(&word)));
        }
    }

    fn piece(&mut self, piece: Message, found: &mut Vec<Delta>) {
        let beside = piece.extra.clone();
        self.said(piece, found);
        self.cited.look(&beside, found);
    }

    fn said(&mut self, piece: Message, found: &mut Vec<Delta>) {
        let reasoning = piece.reasoning_content.or_else(|| {
            // OpenRouter, Groq and Ollama call it `reasoning`, and some send both with the same text.
            piece
                .extra
                .get("reasoning")
                .and_then(Value::as_str)
                .map(str::to_owned)
        });
        found.extend(
            reasoning
                .filter(|text| !text.is_empty())
                .map(Delta::ReasoningDelta),
        );
        match piece.content {
            Some(Content::Text(text)) if !text.is_empty() => found.push(Delta::TextDelta(text)),
            Some(Content::Parts(parts)) => found.extend(parts.iter().filter_map(part)),
            Some(Content::Text(_)) | None => {}
        }
        for image in piece.images.into_iter().flatten() {
            found.push(Delta::Picture(image.image_url.url));
        }
        for call in piece.tool_calls.into_iter().flatten() {
            found.push(self.call(call));
        }
    }

    fn call(&mut self, call: ToolCall) -> Delta {
        let function = call.function.unwrap_or_default();
        let id = call.id.filter(|id| !id.is_empty());
        let name = function.name.filter(|name| !name.is_empty());
        // Without an index, another id with another name is another call; an id alone may be made up anew each time.
        let is_another = self.last_id.is_some() && id.is_some() && id != self.last_id && name.is_some();
        let index = call.index.unwrap_or(self.last_call + usize::from(is_another));
        self.last_call = index;
        if name.is_some() && id.is_some() {
            self.last_id.clone_from(&id);
        }
        Delta::ToolCallDelta {
            index,
            id,
            name,
            arguments: function.arguments.unwrap_or_default(),
        }
    }
}

/// Mistral answers with an array of parts; only text is shown as text.
fn part(part: &Value) -> Option<Delta> {
    part.get("text")?
        .as_str()
        .map(|text| Delta::TextDelta(text.into()))
}

fn said(error: &Value) -> StreamError {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    StreamError::Said {
        message: error
            .get("message")
            .and_then(text)
            .or_else(|| text(error))
            .unwrap_or_else(|| "no reason given".into()),
        code: error
            .get("code")
            .and_then(text)
            .or_else(|| error.get("type").and_then(text)),
    }
}
