//! `sandbox-tools`: calls the first tool with arguments made from its JSON schema, then answers from the result.

use serde_json::{Map, Value, json};

use super::request::{Ask, text_of};
use super::{Spoken, ToolCall, voice};
use crate::server::Gateway;

/// Schemas may refer to themselves; beyond this depth only the plainest value is given.
const DEEPEST: usize = 6;

/// Calls, or answers from what the call brought.
pub(crate) fn answer(gateway: &Gateway, ask: &Ask) -> Spoken {
    let voice = voice::of(&ask.question);
    if let Some(result) = ask.messages.last().filter(|message| message["role"] == "tool") {
        return Spoken::text(voice.tool_result.replace("{result}", text_of(result).trim()));
    }
    let chosen = &ask.tool_choice["function"]["name"];
    let wanted = |tool: &&Value| chosen.is_null() || tool["function"]["name"] == *chosen;
    let tool = ask
        .tools
        .iter()
        .find(wanted)
        .filter(|_| ask.tool_choice != "none");
    let Some(function) = tool.map(|tool| &tool["function"]) else {
        return Spoken::text(voice.no_tools.to_owned());
    };
    let arguments = match example(&function["parameters"], "arguments", &ask.question) {
        arguments @ Value::Object(_) => arguments,
        // A tool may come without parameters; its arguments are an object all the same.
        _ => json!({}),
    };
    let call = ToolCall {
        id: gateway.fresh_id("call_sandbox_"),
        name: function["name"].as_str().unwrap_or("unnamed").to_owned(),
        arguments: arguments.to_string(),
    };
    Spoken {
        calls: vec![call],
        finish: "tool_calls",
        ..Spoken::default()
    }
}

/// A value the schema allows. `name` is the property it is for and `question` what the user wrote; both are used to
/// give texts some sense.
pub(crate) fn example(schema: &Value, name: &str, question: &str) -> Value {
    Example {
        root: schema,
        question,
    }
    .of(schema, name, 0)
}

struct Example<'a> {
    root: &'a Value,
    question: &'a str,
}

impl Example<'_> {
    fn of(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.root.pointer(reference.trim_start_matches('#'));
            return target.map_or(Value::Null, |target| self.of(target, name, depth + 1));
        }
        for given in ["const", "default"] {
            if let Some(value) = schema.get(given) {
                return value.clone();
            }
        }
        for choices in ["enum", "examples"] {
            if let Some(first) = schema[choices].get(0) {
                return first.clone();
            }
        }
        for variants in ["anyOf", "oneOf", "allOf"] {
            if let Some(first) = schema[variants].get(0) {
                return self.of(first, name, depth + 1);
            }
        }
        self.by_type(schema, name, depth)
    }

    fn by_type(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let kind = schema["type"]
            .as_str()
            .or_else(|| schema["type"].get(0)?.as_str());
        match kind.or_else(|| schema.get("properties").map(|_| "object")) {
            Some("object") => self.object(schema, depth),
            Some("array") => match schema["minItems"].as_u64() {
                Some(items) => (0..items.min(8))
                    .map(|_| self.of(&schema["items"], name, depth + 1))
                    .collect(),
                None => json!([self.of(&schema["items"], name, depth + 1)]),
            },
            Some("integer") => schema.get("minimum").cloned().unwrap_or_else(|| json!(3)),
            Some("number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1.5)),
            Some("boolean") => json!(true),
            Some("null") => Value::Null,
            _ => json!(self.text(schema, name)),
        }
    }

    /// All properties: an optional one left out would leave a tool's code untried.
    fn object(&self, schema: &Value, depth: usize) -> Value {
        let properties = schema["properties"].as_object();
        let filled = properties
            .into_iter()
            .flatten()
            .map(|(name, property)| (name.clone(), self.of(property, name, depth + 1)));
        Value::Object(filled.collect::<Map<_, _>>())
    }

    fn text(&self, schema: &Value, name: &str) -> String {
        match (schema["format"].as_str(), name) {
            (Some("date"), _) | (None, "date") => "2026-08-21".into(),
            (Some("date-time"), _) => "2026-08-21T09:00:00Z".into(),
            (Some("email"), _) | (None, "email") => "someone@example.com".into(),
            (Some("uri" | "url"), _) | (None, "url") => "https://example.com/".into(),
            (_, "city" | "location" | "place") => "Hangzhou".into(),
            (_, "country") => "China".into(),
            (_, "path" | "file" | "filename" | "file_path") => "README.md".into(),
            (_, "query" | "q" | "text" | "question" | "prompt" | "input" | "message") => {
                self.question.to_owned()
            }
            _ => format!("sample {name}"),
        }
    }
}
