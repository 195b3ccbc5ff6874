//! A request as JSON: known fields are borrowed as they stand, everything else is stepped over. Nothing recurses, so
//! no depth of nesting is too deep.

mod fields;

use super::{Asked, Edit, Named, PeekError, ScriptBytes, Units};
use crate::Interface;
use crate::decimal::scaled;
use fields::{Fields, Generation, Raw, StreamOptions, read};

const MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) fn request(interface: Interface, body: &[u8]) -> Result<Asked, PeekError> {
    let text = body.strip_prefix(MARK).unwrap_or(body);
    // serde takes an array for a struct whose fields come in order; nobody else does.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(PeekError::NotAnObject);
    }
    let fields: Fields<'_> = read(text)?;
    // Speech has a word of its own for it.
    let is_sse = fields.stream_format.given() == Some("\"sse\"");
    let stream = truth("stream", fields.stream)?.unwrap_or(false) || is_sse;
    let include_usage = match object(fields.stream_options) {
        Some(raw) => {
            let options: StreamOptions<'_> = read(raw.as_bytes())?;
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
        .given()
        .filter(|_| matches!(interface, Interface::Chat | Interface::Completions));
    Ok(Asked {
        model: model(body, fields.model)?,
        stream,
        include_usage,
        usage_wish: usage_wish(interface, body, &fields, stream, include_usage)?,
        prompt: prompt(&fields),
        max_output: max_output
            .into_iter()
            .filter_map(Raw::given)
            .filter_map(count)
            .max(),
        answers: choices
            .or(generation.candidates.given())
            .and_then(count)
            .unwrap_or(1)
            .max(1),
        units: units(interface, &fields)?,
    })
}

fn model(body: &[u8], raw: Raw<'_>) -> Result<Option<Named>, PeekError> {
    let Some(raw) = raw.given() else {
        return Ok(None);
    };
    let wanted = |_| PeekError::Odd {
        field: "model",
        wanted: "text",
    };
    let from = raw.as_ptr() as usize - body.as_ptr() as usize;
    let plain = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let text = match plain.filter(|name| !name.contains('\\')) {
        Some(name) => name.to_owned(),
        None => serde_json::from_str(raw).map_err(wanted)?,
    };
    Ok(Some(Named {
        text,
        at: from..from + raw.len(),
        json: true,
    }))
}

fn prompt(fields: &Fields<'_>) -> ScriptBytes {
    let mut sum = ScriptBytes::default();
    let values = |raw: &str| ScriptBytes::of_values(raw.as_bytes());
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
        sum.add(raw.given().map(values).unwrap_or_default());
    }
    for raw in [fields.input, fields.prompt].into_iter().filter_map(Raw::given) {
        sum.add(ScriptBytes::of_input(raw.as_bytes()));
    }
    for raw in [fields.tools, fields.functions]
        .into_iter()
        .filter_map(Raw::given)
    {
        sum.add(ScriptBytes::of_schema(raw.as_bytes()));
    }
    sum
}

fn units(interface: Interface, fields: &Fields<'_>) -> Result<Units, PeekError> {
    let mut units = Units::default();
    if interface == Interface::Images {
        units.images = Some(either(fields.n, fields.num_images).and_then(count).unwrap_or(1));
        units.size = word(either(fields.size, fields.resolution));
        units.quality = word(fields.quality.given());
    }
    if interface == Interface::Speech {
        units.characters = text(fields.input.given()).map(|input| input.chars().count() as u64);
    }
    if interface == Interface::Video {
        let veo = inner(fields.parameters)?;
        let length = either(fields.seconds, fields.duration).or(veo.seconds.given());
        let clips = either(veo.samples, fields.n).and_then(count).unwrap_or(1);
        units.size = word(fields.size.given());
        units.quality = word(either(fields.resolution, fields.mode).or(fields.quality.given()));
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
    let Some(raw) = fields.stream_options.written() else {
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
    let from = place(raw);
    if object(fields.stream_options).is_none() {
        return Ok(Some(Edit {
            at: from..from + raw.len(),
            text: r#"{"include_usage":true}"#.into(),
        }));
    }
    let inside: StreamOptions<'_> = read(raw.as_bytes())?;
    Ok(Some(match inside.include_usage.written() {
        Some(said) => Edit {
            at: place(said)..place(said) + said.len(),
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
    match raw.written() {
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
    raw.written().filter(|raw| raw.starts_with('{'))
}

fn inner<'a>(raw: Raw<'a>) -> Result<Generation<'a>, PeekError> {
    Ok(match object(raw) {
        Some(raw) => read(raw.as_bytes())?,
        None => Generation::default(),
    })
}

fn either<'a>(one: Raw<'a>, other: Raw<'a>) -> Option<&'a str> {
    one.given().or(other.given())
}

fn unquoted(raw: &str) -> &str {
    raw.trim_matches('"')
}

/// A count, also where somebody wrote `4096.0` or `"8"`. What is no count is left to the gateway to refuse.
fn count(raw: &str) -> Option<u64> {
    let text = unquoted(raw);
    text.parse().ok().or_else(|| u64::try_from(scaled(text, 1)?).ok())
}

pub(super) fn thousandths(seconds: &str) -> Option<u64> {
    u64::try_from(scaled(seconds.trim().trim_end_matches('s'), 1000)?).ok()
}

fn text(raw: Option<&str>) -> Option<String> {
    serde_json::from_str(raw?).ok()
}

/// A short word; sizes of a thousand letters are nobody's.
fn word(raw: Option<&str>) -> Option<String> {
    text(raw).filter(|word| word.len() <= 64)
}
