//! A tool's schema as gateways accept it. They refuse the whole request for one tool whose schema is not an object at
//! its top, says `oneOf` there, or is longer than the rest of the chat.

use serde_json::{Map, Value, json};

/// In bytes of JSON.
const LONGEST: usize = 32 * 1024;
/// What says nothing about the arguments; some gateways refuse it.
const NOISE: [&str; 4] = ["$schema", "$id", "$comment", "id"];
/// What only explains, and goes when there is too much.
const PROSE: [&str; 5] = ["description", "title", "examples", "default", "example"];
/// Whose fields are names of the tool's, not of the schema language.
const MAPS: [&str; 5] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];
/// Whose content is data, even where it looks like a schema.
const DATA: [&str; 5] = ["enum", "const", "default", "examples", "example"];

/// The schema of an object that says the same, or less if it has to.
pub(crate) fn acceptable(schema: &Value) -> Value {
    let Value::Object(schema) = schema else {
        return anything();
    };
    let mut schema = without(schema, &NOISE);
    flatten(&mut schema);
    schema.insert("type".to_owned(), json!("object"));
    if !schema.get("properties").is_some_and(Value::is_object) {
        schema.insert("properties".to_owned(), json!({}));
    }
    if length(&schema) > LONGEST {
        schema = without(&schema, &PROSE);
    }
    if length(&schema) > LONGEST {
        anything()
    } else {
        Value::Object(schema)
    }
}

fn anything() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": true })
}

fn length(schema: &Map<String, Value>) -> usize {
    serde_json::to_string(schema).map_or(usize::MAX, |text| text.len())
}

/// The schema without these keywords, at every depth.
fn without(schema: &Map<String, Value>, keywords: &[&str]) -> Map<String, Value> {
    let deep = |value: &Value| match value {
        Value::Object(schema) => Value::Object(without(schema, keywords)),
        other => other.clone(),
    };
    let kept = schema.iter().filter(|(name, value)| {
        // `id` is a keyword only where it is a text.
        !keywords.contains(&name.as_str()) || (*name == "id" && !value.is_string())
    });
    let cleaned = kept.map(|(name, value)| {
        let value = match value {
            Value::Object(fields) if MAPS.contains(&name.as_str()) => fields
                .iter()
                .map(|(name, schema)| (name.clone(), deep(schema)))
                .collect(),
            value if DATA.contains(&name.as_str()) => value.clone(),
            Value::Array(items) => items.iter().map(deep).collect(),
            value => deep(value),
        };
        (name.clone(), value)
    });
    cleaned.collect()
}

/// Takes the choices off the top: what any of them allows, none of it required; what all of them demand, required.
fn flatten(schema: &mut Map<String, Value>) {
    for keyword in ["$ref", "allOf", "anyOf", "oneOf"] {
        let Some(choices) = schema.remove(keyword) else {
            continue;
        };
        let choices = match choices {
            Value::Array(choices) => choices,
            reference => vec![json!({ "$ref": reference })],
        };
        for choice in &choices {
            let Some(choice) = resolve(choice, schema).and_then(|choice| choice.as_object().cloned()) else {
                continue;
            };
            merge(schema, &choice, "properties");
            if matches!(keyword, "$ref" | "allOf") {
                require(schema, &choice);
            }
        }
    }
    for keyword in ["not", "enum", "const", "if", "then", "else"] {
        schema.remove(keyword);
    }
}

fn resolve(choice: &Value, schema: &Map<String, Value>) -> Option<Value> {
    let Some(reference) = choice.get("$ref") else {
        return Some(choice.clone());
    };
    let mut path = reference.as_str()?.strip_prefix("#/")?.split('/');
    let first = schema.get(path.next()?)?;
    path.try_fold(first, |value, name| value.get(name)).cloned()
}

fn merge(schema: &mut Map<String, Value>, choice: &Map<String, Value>, field: &str) {
    let Some(Value::Object(more)) = choice.get(field) else {
        return;
    };
    if let Value::Object(known) = schema.entry(field).or_insert_with(|| json!({})) {
        for (name, value) in more {
            known.entry(name).or_insert_with(|| value.clone());
        }
    }
}

fn require(schema: &mut Map<String, Value>, choice: &Map<String, Value>) {
    let Some(Value::Array(more)) = choice.get("required") else {
        return;
    };
    if let Value::Array(known) = schema.entry("required").or_insert_with(|| json!([])) {
        let new: Vec<Value> = more
            .iter()
            .filter(|name| !known.contains(name))
            .cloned()
            .collect();
        known.extend(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_becomes_one_that_takes_anything() {
        assert_eq!(acceptable(&json!(true)), anything());
        assert_eq!(
            acceptable(&json!({})),
            json!({ "type": "object", "properties": {} })
        );
    }

    #[test]
    fn keywords_go_and_arguments_of_their_name_stay() {
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": ["object", "null"],
            "properties": {
                "id": { "type": "string", "$comment": "x", "default": { "$schema": "kept" } },
                "$schema": { "type": "string" },
                "list": { "type": "array", "items": { "$id": "y", "type": "number" } },
            },
            "required": ["id"],
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "id": { "type": "string", "default": { "$schema": "kept" } },
                "$schema": { "type": "string" },
                "list": { "type": "array", "items": { "type": "number" } },
            },
            "required": ["id"],
        });
        assert_eq!(acceptable(&schema), expected);
    }

    #[test]
    fn a_choice_at_the_top_becomes_its_arguments() {
        let schema = json!({
            "anyOf": [
                { "properties": { "city": { "type": "string" } }, "required": ["city"] },
                { "$ref": "#/$defs/point" },
            ],
            "allOf": [{ "properties": { "unit": { "type": "string" } }, "required": ["unit"] }],
            "$defs": { "point": { "properties": { "lat": { "type": "number" } } } },
        });
        let flat = acceptable(&schema);
        let names: Vec<&String> = flat["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["unit", "city", "lat"]);
        assert_eq!(flat["required"], json!(["unit"]));
        assert!(
            flat.get("anyOf").is_none() && flat.get("allOf").is_none(),
            "{flat}"
        );
    }

    #[test]
    fn a_schema_that_is_too_long_loses_its_prose_first() {
        let prose = json!({
            "type": "object",
            "properties": { "q": { "type": "string", "description": "x".repeat(LONGEST) } },
        });
        assert_eq!(
            acceptable(&prose),
            json!({ "type": "object", "properties": { "q": { "type": "string" } } })
        );
        let names: Vec<String> = (0..LONGEST / 4).map(|number| number.to_string()).collect();
        let huge = json!({ "type": "object", "properties": { "q": { "enum": names } } });
        assert_eq!(acceptable(&huge), anything());
    }
}
