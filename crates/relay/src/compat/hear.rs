//! "Unknown parameter X", in the wordings of a dozen gateways. X counts only if the body really has it at that place,
//! and never if leaving it out would change what was asked.

use serde_json::Value;

use super::Lesson;
use super::splice::has;

/// What a request means: without it the answer would be one to another question, and nobody would notice.
const PROTECTED: [&str; 32] = [
    "background",
    "contents",
    "documents",
    "file",
    "file_id",
    "functions",
    "image",
    "images",
    "input",
    "instructions",
    "messages",
    "model",
    "modalities",
    "n",
    "output_format",
    "previous_response_id",
    "prompt",
    "purpose",
    "query",
    "response_format",
    "seconds",
    "size",
    "source_url",
    "stream",
    "system",
    "systemInstruction",
    "system_instruction",
    "text",
    "tool_choice",
    "toolConfig",
    "tools",
    "voice",
];

/// The two names of one limit. Without any the answer might cost a hundred times as much.
const TOKEN_LIMIT: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// What stands before the name, lower-cased.
const BEFORE: [&str; 17] = [
    "unrecognized request argument supplied:",
    "unrecognized request arguments supplied:",
    "unrecognized parameter",
    "unsupported parameter",
    "unsupported field",
    "unknown parameter",
    "unknown argument",
    "unknown field",
    "unexpected parameter",
    "unexpected field",
    "unexpected keyword argument",
    "argument not supported on this model:",
    "does not support parameter",
    "does not support the parameter",
    "不支持的参数",
    "不支持参数",
    "未知参数",
];

/// What stands behind the name, lower-cased: pydantic and Anthropic, Groq, plain speakers.
const BEHIND: [&str; 4] = [
    ": extra inputs are not permitted",
    "' is unsupported",
    " parameter is not supported",
    " is not a supported parameter",
];

/// Everything that can be done about this answer to this body.
pub(super) fn lessons(said: &[u8], body: &[u8]) -> Vec<Lesson> {
    let Ok(said) = serde_json::from_slice::<Value>(said) else {
        return Vec::new();
    };
    let said = said.get(0).unwrap_or(&said);
    let message = message(said);
    let mut names = listed(said);
    names.extend(parameter(said));
    names.extend(spoken(&message));
    let mut lessons: Vec<Lesson> = Vec::new();
    for name in names {
        let lesson = place(&name, body).and_then(|path| lesson(path, &message, body));
        lessons.extend(lesson.filter(|lesson| !lessons.contains(lesson)));
    }
    lessons
}

fn lesson(parameter: String, message: &str, body: &[u8]) -> Option<Lesson> {
    let root = parameter.split('.').next().unwrap_or_default();
    if PROTECTED.contains(&root) {
        return None;
    }
    let limit = TOKEN_LIMIT.iter().position(|limit| *limit == parameter);
    let Some(other) = limit.map(|index| TOKEN_LIMIT[1 - index]) else {
        let becomes = None;
        return Some(Lesson { parameter, becomes });
    };
    // "Use 'max_output_tokens' instead", says a dialect that this body does not speak.
    if message.contains("instead") && !message.contains(other) {
        return None;
    }
    let becomes = (!has(body, other)).then(|| other.to_owned());
    Some(Lesson { parameter, becomes })
}

/// `error.param`, where the code says that it is the parameter that is wrong and not its value.
fn parameter(said: &Value) -> Option<String> {
    let error = said.get("error").unwrap_or(said);
    let code = error.get("code").and_then(Value::as_str)?;
    matches!(code, "unknown_parameter" | "unsupported_parameter")
        .then(|| error.get("param")?.as_str().map(str::to_owned))
        .flatten()
}

/// `detail: [{loc: ["body", X], type: "extra_forbidden"}]`, as Mistral and FastAPI say it.
fn listed(said: &Value) -> Vec<String> {
    let places = [
        "/detail",
        "/message/detail",
        "/error/detail",
        "/error/message/detail",
    ];
    let list = places
        .iter()
        .find_map(|place| said.pointer(place).and_then(Value::as_array));
    let extra = list
        .into_iter()
        .flatten()
        .filter(|one| one.get("type").and_then(Value::as_str) == Some("extra_forbidden"));
    let place = |one: &Value| {
        let steps = one.get("loc")?.as_array()?.iter();
        let steps: Option<Vec<&str>> = steps.map(Value::as_str).collect();
        Some(steps?.join("."))
    };
    extra.filter_map(place).collect()
}

fn message(said: &Value) -> String {
    let error = said.get("error").unwrap_or(said);
    let text = error
        .as_str()
        .or_else(|| error.get("message")?.as_str())
        .or_else(|| said.get("message")?.as_str())
        .or_else(|| said.get("detail")?.as_str());
    text.unwrap_or_default().to_owned()
}

/// The names a sentence calls unknown.
fn spoken(message: &str) -> Vec<String> {
    // Only ASCII is lowered, so that places in one are places in the other.
    let lower = message.to_ascii_lowercase();
    let mut names = Vec::new();
    for words in BEFORE {
        for (at, _) in lower.match_indices(words) {
            names.extend(names_after(&message[at + words.len()..]));
        }
    }
    for words in BEHIND {
        for (at, _) in lower.match_indices(words) {
            names.extend(name_before(&message[..at]));
        }
    }
    for (at, _) in lower.match_indices("unknown name") {
        names.extend(of_gemini(&message[at + "unknown name".len()..]));
    }
    if lower.contains("extra_forbidden") {
        names.extend(lower.match_indices("('body', ").filter_map(|(at, words)| {
            let (steps, _) = message[at + words.len()..].split_once(')')?;
            let steps = steps.split(',').map(|step| step.trim().trim_matches('\''));
            Some(
                steps
                    .filter(|step| !step.is_empty())
                    .collect::<Vec<_>>()
                    .join("."),
            )
        }));
    }
    let refuses = [
        "not supported",
        "unsupported",
        "not allowed",
        "not permitted",
        "unknown",
    ];
    let is_named = names.iter().any(|name| name.starts_with("stream_options"));
    if !is_named && lower.contains("stream_options") && refuses.iter().any(|word| lower.contains(word)) {
        names.push("stream_options".into());
    }
    names
}

/// `'X' is not …`, `X.`, `X, Y`.
fn names_after(text: &str) -> Vec<String> {
    let names = text.split(',').map(|part| {
        let part = part.trim_start_matches(|c: char| c.is_whitespace() || ":'\"`“‘：".contains(c));
        let end = part.find(|c: char| !is_of_a_name(c)).unwrap_or(part.len());
        part[..end].trim_end_matches('.')
    });
    names
        .take_while(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn name_before(text: &str) -> Option<String> {
    let text = text.trim_end_matches(|c: char| "'\"`".contains(c));
    let start = text
        .rfind(|c: char| !is_of_a_name(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let name = text[start..].trim_matches('.');
    (!name.is_empty()).then(|| name.to_owned())
}

/// `"X" at 'generation_config': Cannot find field.`
fn of_gemini(text: &str) -> Option<String> {
    let name = names_after(text).into_iter().next()?;
    let rest = text.split_once(&name)?.1;
    let above = rest
        .strip_prefix('"')
        .and_then(|rest| rest.strip_prefix(" at '"))
        .and_then(|rest| rest.split_once('\''));
    Some(above.map_or_else(|| name.clone(), |(above, _)| format!("{above}.{name}")))
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.[]".contains(c)
}

/// The name as the body has it. Gemini and xAI turn names into the other case when they speak of them.
fn place(name: &str, body: &[u8]) -> Option<String> {
    let bare = name.strip_prefix("body.").unwrap_or(name);
    let forms = [bare.to_owned(), camel(bare), snake(bare)];
    forms.into_iter().find(|form| !form.is_empty() && has(body, form))
}

fn camel(name: &str) -> String {
    let mut up = false;
    let mut written = String::new();
    for c in name.chars() {
        match (c, up) {
            ('_', _) => up = true,
            (c, true) => {
                written.push(c.to_ascii_uppercase());
                up = false;
            }
            (c, false) => written.push(c),
        }
    }
    written
}

fn snake(name: &str) -> String {
    let mut written = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            written.push('_');
        }
        written.push(c.to_ascii_lowercase());
    }
    written
}

#[cfg(test)]
mod tests;
