//! The fields of a request that are read, borrowed as they stand.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::wire::strict;

/// A value as it stands in the body, if it stands there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw<'a>(Option<&'a str>);

/// A field that stands twice is an error: the gateway might believe the other one.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Fields<'a> {
    #[serde(borrow)]
    pub(super) model: Raw<'a>,
    #[serde(borrow)]
    pub(super) stream: Raw<'a>,
    #[serde(borrow)]
    pub(super) stream_format: Raw<'a>,
    #[serde(borrow)]
    pub(super) stream_options: Raw<'a>,
    #[serde(borrow)]
    pub(super) messages: Raw<'a>,
    #[serde(borrow)]
    pub(super) input: Raw<'a>,
    #[serde(borrow)]
    pub(super) prompt: Raw<'a>,
    #[serde(borrow)]
    pub(super) suffix: Raw<'a>,
    #[serde(borrow)]
    pub(super) instructions: Raw<'a>,
    #[serde(borrow)]
    pub(super) system: Raw<'a>,
    #[serde(borrow, rename = "systemInstruction", alias = "system_instruction")]
    pub(super) system_instruction: Raw<'a>,
    #[serde(borrow)]
    pub(super) contents: Raw<'a>,
    #[serde(borrow)]
    pub(super) content: Raw<'a>,
    #[serde(borrow)]
    pub(super) query: Raw<'a>,
    #[serde(borrow)]
    pub(super) documents: Raw<'a>,
    #[serde(borrow)]
    pub(super) tools: Raw<'a>,
    #[serde(borrow)]
    pub(super) functions: Raw<'a>,
    #[serde(borrow)]
    pub(super) max_tokens: Raw<'a>,
    #[serde(borrow)]
    pub(super) max_completion_tokens: Raw<'a>,
    #[serde(borrow)]
    pub(super) max_output_tokens: Raw<'a>,
    #[serde(borrow, rename = "generationConfig", alias = "generation_config")]
    pub(super) generation: Raw<'a>,
    #[serde(borrow)]
    pub(super) parameters: Raw<'a>,
    #[serde(borrow)]
    pub(super) n: Raw<'a>,
    #[serde(borrow)]
    pub(super) num_images: Raw<'a>,
    #[serde(borrow)]
    pub(super) size: Raw<'a>,
    #[serde(borrow)]
    pub(super) quality: Raw<'a>,
    #[serde(borrow)]
    pub(super) resolution: Raw<'a>,
    #[serde(borrow)]
    pub(super) mode: Raw<'a>,
    #[serde(borrow)]
    pub(super) seconds: Raw<'a>,
    #[serde(borrow)]
    pub(super) duration: Raw<'a>,
}

/// `generationConfig` of Gemini and `parameters` of Veo, in either case of their letters.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Generation<'a> {
    #[serde(borrow, rename = "maxOutputTokens", alias = "max_output_tokens")]
    pub(super) max_output: Raw<'a>,
    #[serde(borrow, rename = "candidateCount", alias = "candidate_count")]
    pub(super) candidates: Raw<'a>,
    #[serde(borrow, rename = "durationSeconds", alias = "duration_seconds")]
    pub(super) seconds: Raw<'a>,
    #[serde(borrow, rename = "sampleCount", alias = "sample_count")]
    pub(super) samples: Raw<'a>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct StreamOptions<'a> {
    #[serde(borrow)]
    pub(super) include_usage: Raw<'a>,
}

/// An object of which some members are read.
pub(super) trait Members<'a>: Default + Deserialize<'a> {
    /// Where the value of this name goes, if it is one of them. It says the same as serde's attributes: what they do
    /// with a name is done again here because serde takes ten times as long to find out.
    fn place(&mut self, name: &[u8]) -> Option<&mut Raw<'a>>;
}

/// Reads an object. What is wrong or unusual in it is serde's to judge, and to put into words.
pub(super) fn read<'a, T: Members<'a>>(bytes: &'a [u8]) -> serde_json::Result<T> {
    match plain(bytes) {
        Some(members) => Ok(members),
        None => serde_json::from_slice(bytes),
    }
}

fn plain<'a, T: Members<'a>>(bytes: &'a [u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut members = T::default();
    strict::members(text, |name, value| {
        let Some(place) = members.place(name) else {
            return Some(());
        };
        place.0.replace(value).is_none().then_some(())
    })?;
    Some(members)
}

impl<'a> Raw<'a> {
    /// As it stands, null included: a null that stands there has to be written over, for a second field beside it would
    /// be refused.
    pub(super) fn written(self) -> Option<&'a str> {
        self.0
    }

    /// The same where there is more than null.
    pub(super) fn given(self) -> Option<&'a str> {
        self.0.filter(|raw| *raw != "null")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(Some(raw.get())))
    }
}

impl<'a> Members<'a> for Fields<'a> {
    fn place(&mut self, name: &[u8]) -> Option<&mut Raw<'a>> {
        Some(match name {
            b"model" => &mut self.model,
            b"stream" => &mut self.stream,
            b"stream_format" => &mut self.stream_format,
            b"stream_options" => &mut self.stream_options,
            b"messages" => &mut self.messages,
            b"input" => &mut self.input,
            b"prompt" => &mut self.prompt,
            b"suffix" => &mut self.suffix,
            b"instructions" => &mut self.instructions,
            b"system" => &mut self.system,
            b"systemInstruction" | b"system_instruction" => &mut self.system_instruction,
            b"contents" => &mut self.contents,
            b"content" => &mut self.content,
            b"query" => &mut self.query,
            b"documents" => &mut self.documents,
            b"tools" => &mut self.tools,
            b"functions" => &mut self.functions,
            b"max_tokens" => &mut self.max_tokens,
            b"max_completion_tokens" => &mut self.max_completion_tokens,
            b"max_output_tokens" => &mut self.max_output_tokens,
            b"generationConfig" | b"generation_config" => &mut self.generation,
            b"parameters" => &mut self.parameters,
            b"n" => &mut self.n,
            b"num_images" => &mut self.num_images,
            b"size" => &mut self.size,
            b"quality" => &mut self.quality,
            b"resolution" => &mut self.resolution,
            b"mode" => &mut self.mode,
            b"seconds" => &mut self.seconds,
            b"duration" => &mut self.duration,
            _ => return None,
        })
    }
}

impl<'a> Members<'a> for Generation<'a> {
    fn place(&mut self, name: &[u8]) -> Option<&mut Raw<'a>> {
        Some(match name {
            b"maxOutputTokens" | b"max_output_tokens" => &mut self.max_output,
            b"candidateCount" | b"candidate_count" => &mut self.candidates,
            b"durationSeconds" | b"duration_seconds" => &mut self.seconds,
            b"sampleCount" | b"sample_count" => &mut self.samples,
            _ => return None,
        })
    }
}

impl<'a> Members<'a> for StreamOptions<'a> {
    fn place(&mut self, name: &[u8]) -> Option<&mut Raw<'a>> {
        (name == b"include_usage").then_some(&mut self.include_usage)
    }
}

#[cfg(test)]
mod tests;
