//! Reads along while an answer passes. It never holds anything up and never changes a byte.

use nexdesk_protocol::sse::{Event, Frame, Framer};
use nexdesk_protocol::talk::{Basis, Usage};
use nexdesk_protocol::translate::openai_chat;
use nexdesk_protocol::wire::peek::{self, ScriptBytes};
use nexdesk_upstream::Failure;

#[derive(Debug, Default)]
pub(crate) struct Watch {
    framer: Framer,
    frames: Vec<Frame>,
    written: ScriptBytes,
    usage: Option<Usage>,
    model: Option<String>,
    spoke: bool,
    finished: bool,
    trouble: Option<Failure>,
}

impl Watch {
    /// Reads more of a stream; returns how many of these bytes stand before the end of the last whole event.
    pub(crate) fn see(&mut self, bytes: &[u8]) -> usize {
        let complete = self.framer.push(bytes, &mut self.frames);
        for frame in std::mem::take(&mut self.frames) {
            self.frame(frame);
        }
        complete
    }

    /// The stream ended. Says whether a last event came whole but for its blank line.
    pub(crate) fn see_end(&mut self) -> bool {
        let Some(frame) = self.framer.finish() else {
            return false;
        };
        let Frame::Event(event) = &frame else { return false };
        let is_whole = event.data.trim() == "[DONE]" || peek::answer(event.data.as_bytes()).is_ok();
        if is_whole {
            self.frame(frame);
        }
        is_whole
    }

    /// Reads an answer that came as one body. Says whether it was one.
    pub(crate) fn see_whole(&mut self, body: &[u8]) -> bool {
        self.finished = self.read(body);
        self.finished
    }

    /// Whether something came that a person would see, or that ends the answer: from here on nothing is retried.
    pub(crate) fn spoke(&self) -> bool {
        self.spoke || self.finished
    }

    /// Whether the model said it had stopped. Without it even a clean end is a broken stream.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    pub(crate) fn trouble(&self) -> Option<&Failure> {
        self.trouble.as_ref()
    }

    pub(crate) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    pub(crate) fn written(&self) -> ScriptBytes {
        self.written
    }

    /// What the gateway counted, else what we estimate from the text on both sides.
    pub(crate) fn usage(&self, prompt: ScriptBytes) -> Usage {
        self.usage
            .filter(|usage| usage.input.is_some() || usage.output.is_some())
            .unwrap_or_else(|| Usage {
                input: Some(prompt.tokens()),
                output: Some(self.written.tokens()),
                basis: Basis::Estimated,
                ..Usage::default()
            })
    }

    fn frame(&mut self, frame: Frame) {
        match frame {
            Frame::Event(Event { data, .. }) if data.trim() == "[DONE]" => self.finished = true,
            Frame::Event(Event { data, .. }) => {
                self.read(data.as_bytes());
            }
            // Too large to read, but somebody is speaking.
            Frame::Oversized { bytes } => {
                self.spoke = true;
                self.written.add(ScriptBytes {
                    ascii: bytes as u64,
                    wide: 0,
                });
            }
            Frame::NotText => {}
        }
    }

    fn read(&mut self, data: &[u8]) -> bool {
        let Ok(answered) = peek::answer(data) else {
            return false;
        };
        if let Some(error) = answered.error.filter(|error| error.get() != "null") {
            let said = serde_json::from_str(&format!("{{\"error\":{}}}", error.get())).unwrap_or_default();
            self.trouble = Some(Failure::read_inside(&said));
            return true;
        }
        for said in &answered.choices {
            for piece in [&said.delta, &said.message].into_iter().flatten() {
                self.spoke |= piece.says_something();
                self.written.add(piece.written());
            }
            self.finished |= said.finish_reason.is_some();
        }
        if self.model.is_none() {
            self.model = answered.model.map(std::borrow::Cow::into_owned);
        }
        if let Some(usage) = &answered.usage {
            self.usage = Some(openai_chat::usage(usage));
        }
        true
    }
}
