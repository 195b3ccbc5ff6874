//! A request as JSON: known fields are borrowed as they stand, everything else is stepped over. Nothing recurses, so
//! no depth of nesting is too deep.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Asked, Edit, Named, PeekError, ScriptBytes, Units};
use crate::Interface;
use crate::decimal::scaled;

const MARK: &[u8] = b"\xEF\xBB\xBF";
type Raw<'a> = Option<&'a RawValue>;

/// A field that stands twice is an error: the gateway might believe the other one.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    #[serde(borrow)]
    model: Raw<'a>,
    #[serde(borrow)]
    stream: Raw<'a>,
    #[serde(borrow)]
    stream_format: Raw<'a>,
    #[serde(borrow, deserialize_with = "as_written")]
    stream_options: Raw<'a>,
    #[serde(borrow)]
    messages: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    prompt: Raw<'a>,
    #[serde(borrow)]
    suffix: Raw<'a>,
    #[serde(borrow)]
    instructions: Raw<'a>,
    #[serde(borrow)]
    system: Raw<'a>,
    #[serde(borrow, rename = "systemInstruction", alias = "system_instruction")]
    system_instruction: Raw<'a>,
    #[serde(borrow)]
    contents: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    query: Raw<'a>,
    #[serde(borrow)]
    documents: Raw<'a>,
    #[serde(borrow)]
    tools: Raw<'a>,
    #[serde(borrow)]
    functions: Raw<'a>,
    #[serde(borrow)]
    max_tokens: Raw<'a>,
    #[serde(borrow)]
    max_completion_tokens: Raw<'a>,
    #[serde(borrow)]
    max_output_tokens: Raw<'a>,
    #[serde(borrow, rename = "generationConfig", alias = "generation_config")]
    generation: Raw<'a>,
    #[serde(borrow)]
    parameters: Raw<'a>,
    #[serde(borrow)]
    n: Raw<'a>,
    #[serde(borrow)]
    num_images: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    quality: Raw<'a>,
    #[serde(borrow)]
    resolution: Raw<'a>,
    #[serde(borrow)]
    mode: Raw<'a>,
    #[serde(borrow)]
    seconds: Raw<'a>,
    #[serde(borrow)]
    duration: Raw<'a>,
}

/// `generationConfig` of Gemini and `parameters` of Veo, in either case of their letters.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Generation<'a> {
    #[serde(borrow, rename = "maxOutputTokens", alias = "max_output_tokens")]
    max_output: Raw<'a>,
    #[serde(borrow, rename = "candidateCount", alias = "candidate_count")]
    candidates: Raw<'a>,
    #[serde(borrow, rename = "durationSeconds", alias = "duration_seconds")]
    seconds: Raw<'a>,
    #[serde(borrow, rename = "sampleCount", alias = "sample_count")]
    samples: Raw<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StreamOptions<'a> {
    #[serde(borrow, deserialize_with = "as_written")]
    include_usage: Raw<'a>,
}

/// A null that stands there has to be written over: a second field beside it would be refused.
fn as_written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Raw<'de>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

pub(super) fn request(interface: Interface, body: &[u8]) -> Result<Asked, PeekError> {
    let text = body.strip_prefix(MARK).unwrap_or(body);
    // serde takes an array for a struct whose fields come in order; nobody else does.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(PeekError::NotAnObject);
    }
    let fields: Fields<'_> = serde_json::from_slice(text)?;
    // Speech has a word of its own for it.
    let is_sse = fields.stream_format.is_some_and(|raw| raw.get() == "\"sse\"");
    let stream = truth("stream", fields.stream)?.unwrap_or(false) || is_sse;
    let include_usage = match object(fields.stream_options) {
        Some(raw) => {
            let options: StreamOptions<'_> = serde_json::from_str(raw)?;
            truth("stream_options.include_usage", options.include_usage)?
        }
        None => None,
    };
    let generation = inner(fields.generation)?;
    let max_output = [
        fields.max_tokens,
        fields.max_completion_tokens,
        fields.max_output_tokens,
        generation.max_output,
    ];
    let choices = fields
        .n
        .filter(|_| matches!(interface, Interface::Chat | Interface::Completions));
    Ok(Asked {
        model: model(body, fields.model)?,
        stream,
        include_usage,
        usage_wish: usage_wish(interface, body, &fields, stream, include_usage)?,
        prompt: prompt(&fields),
        max_output: max_output.into_iter().flatten().filter_map(count).max(),
        answers: choices
            .or(generation.candidates)
            .and_then(count)
            .unwrap_or(1)
            .max(1),
        units: units(interface, &fields)?,
    })
}

fn model(body: &[u8], raw: Raw<'_>) -> Result<Option<Named>, PeekError> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else {
        return Ok(None);
    };
    let wanted = |_| PeekError::Odd {
        field: "model",
        wanted: "text",
    };
    let from = raw.get().as_ptr() as usize - body.as_ptr() as usize;
    Ok(Some(Named {
        text: serde_json::from_str(raw.get()).map_err(wanted)?,
        at: from..from + raw.get().len(),
        json: true,
    }))
}

fn prompt(fields: &Fields<'_>) -> ScriptBytes {
    let mut sum = ScriptBytes::default();
    let bytes = |raw: &RawValue| -> ScriptBytes { ScriptBytes::of_values(raw.get().as_bytes()) };
    for raw in [
        fields.messages,
        fields.suffix,
        fields.instructions,
        fields.system,
        fields.system_instruction,
        fields.contents,
        fields.content,
        fields.query,
        fields.documents,
    ] {
        sum.add(raw.map(bytes).unwrap_or_default());
    }
    for raw in [fields.input, fields.prompt].into_iter().flatten() {
        sum.add(ScriptBytes::of_input(raw.get().as_bytes()));
    }
    for raw in [fields.tools, fields.functions].into_iter().flatten() {
        sum.add(ScriptBytes::of_schema(raw.get().as_bytes()));
    }
    sum
}

fn units(interface: Interface, fields: &Fields<'_>) -> Result<Units, PeekError> {
    let mut units = Units::default();
    if interface == Interface::Images {
        units.images = Some(fields.n.or(fields.num_images).and_then(count).unwrap_or(1));
        units.size = word(fields.size.or(fields.resolution));
        units.quality = word(fields.quality);
    }
    if interface == Interface::Speech {
        units.characters = text(fields.input).map(|input| input.chars().count() as u64);
    }
    if interface == Interface::Video {
        let veo = inner(fields.parameters)?;
        let length = fields.seconds.or(fields.duration).or(veo.seconds);
        let clips = veo.samples.or(fields.n).and_then(count).unwrap_or(1);
        units.size = word(fields.size);
        units.quality = word(fields.resolution.or(fields.mode).or(fields.quality));
        units.milliseconds = length
            .and_then(|raw| thousandths(unquoted(raw)))
            .map(|one| one.saturating_mul(clips));
    }
    Ok(units)
}

/// Where `"include_usage":true` goes: into the options that are there, else in front of everything.
fn usage_wish(
    interface: Interface,
    body: &[u8],
    fields: &Fields<'_>,
    stream: bool,
    given: Option<bool>,
) -> Result<Option<Edit>, PeekError> {
    let has_the_wish = matches!(interface, Interface::Chat | Interface::Completions);
    if !has_the_wish || !stream || given == Some(true) {
        return Ok(None);
    }
    let place = |raw: &str| raw.as_ptr() as usize - body.as_ptr() as usize;
    let Some(options) = fields.stream_options else {
        // A body that asks for a stream has at least that field, so a comma is right.
        let open = body
            .iter()
            .position(|byte| *byte == b'{')
            .ok_or(PeekError::NotAnObject)?;
        return Ok(Some(Edit {
            at: open + 1..open + 1,
            text: r#""stream_options":{"include_usage":true},"#.into(),
        }));
    };
    let raw = options.get();
    let from = place(raw);
    if object(Some(options)).is_none() {
        return Ok(Some(Edit {
            at: from..from + raw.len(),
            text: r#"{"include_usage":true}"#.into(),
        }));
    }
    let inside: StreamOptions<'_> = serde_json::from_str(raw)?;
    Ok(Some(match inside.include_usage {
        Some(said) => Edit {
            at: place(said.get())..place(said.get()) + said.get().len(),
            text: "true".into(),
        },
        None => Edit {
            at: from + 1..from + 1,
            text: if raw[1..].trim_start() == "}" {
                r#""include_usage":true"#.into()
            } else {
                r#""include_usage":true,"#.into()
            },
        },
    }))
}

fn truth(field: &'static str, raw: Raw<'_>) -> Result<Option<bool>, PeekError> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(PeekError::Odd {
            field,
            wanted: "true or false",
        }),
    }
}

fn object<'a>(raw: Raw<'a>) -> Option<&'a str> {
    raw.map(RawValue::get).filter(|raw| raw.starts_with('{'))
}

fn inner<'a>(raw: Raw<'a>) -> Result<Generation<'a>, PeekError> {
    Ok(match object(raw) {
        Some(raw) => serde_json::from_str(raw)?,
        None => Generation::default(),
    })
}

fn unquoted(raw: &RawValue) -> &str {
    raw.get().trim_matches('"')
}

/// A count, also where somebody wrote `4096.0` or `"8"`. What is no count is left to the gateway to refuse.
fn count(raw: &RawValue) -> Option<u64> {
    let text = unquoted(raw);
    text.parse().ok().or_else(|| u64::try_from(scaled(text, 1)?).ok())
}

pub(super) fn thousandths(seconds: &str) -> Option<u64> {
    u64::try_from(scaled(seconds.trim().trim_end_matches('s'), 1000)?).ok()
}

fn text(raw: Raw<'_>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// A short word; sizes of a thousand letters are nobody's.
fn word(raw: Raw<'_>) -> Option<String> {
    text(raw).filter(|word| word.len() <= 64)
}
