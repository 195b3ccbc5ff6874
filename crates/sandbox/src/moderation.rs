//! Judging text by keywords: thirteen categories, the same scores for the same words every time.

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{chat::misbehave, refusal, tokens};

/// Category and the words that give it away.
const CATEGORIES: [(&str, &[&str]); 13] = [
    ("hate", &["hate", "despise", "仇恨"]),
    ("hate/threatening", &["exterminate", "灭绝"]),
    ("harassment", &["idiot", "stupid", "loser", "白痴"]),
    ("harassment/threatening", &["threaten", "威胁"]),
    ("illicit", &["steal", "counterfeit", "偷"]),
    ("illicit/violent", &["bomb", "炸弹"]),
    ("self-harm", &["suicide", "自杀"]),
    ("self-harm/intent", &["hurt myself", "伤害自己"]),
    ("self-harm/instructions", &["how to hurt myself"]),
    ("sexual", &["porn", "色情"]),
    ("sexual/minors", &["child porn"]),
    ("violence", &["kill", "murder", "attack", "杀"]),
    ("violence/graphic", &["gore", "blood", "血腥"]),
];
const FLAGGED_FROM: f64 = 0.5;

/// `POST /v1/moderations`.
pub(crate) fn judge(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    // The one endpoint at which OpenAI does not require a model.
    let model = body["model"].as_str().unwrap_or("sandbox-moderation");
    let fault = admit(gateway, call, model, Kind::Moderation)?;
    let texts = texts(&body["input"]);
    if texts.is_empty() {
        return Err(refusal::invalid(
            "Missing required parameter: 'input'",
            Some("input"),
        ));
    }
    let results: Vec<Value> = texts.iter().map(|text| verdict(text)).collect();
    let spent = texts.iter().map(|text| tokens::count(text)).sum();
    gateway.accounts.charge(&call.key, model, spent, 0, 0);
    let answer = json!({"id": gateway.fresh_id("modr-"), "model": model, "results": results});
    Ok(misbehave::late(Reply::ok(&answer), fault))
}

/// One text per result. A list of parts is one thing to judge; pictures in it cannot be seen here.
fn texts(input: &Value) -> Vec<String> {
    match input {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) if items.iter().all(Value::is_string) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Value::Array(parts) => {
            vec![
                parts
                    .iter()
                    .filter_map(|part| part["text"].as_str())
                    .collect::<Vec<_>>()
                    .join("\n"),
            ]
        }
        _ => Vec::new(),
    }
}

fn verdict(text: &str) -> Value {
    let text = text.to_lowercase();
    let (mut categories, mut scores, mut applied) = (Map::new(), Map::new(), Map::new());
    let mut flagged = false;
    for (category, keywords) in CATEGORIES {
        let hits = keywords.iter().filter(|keyword| text.contains(**keyword)).count();
        let noise = (tokens::hash(text.as_bytes()) ^ tokens::hash(category.as_bytes())) % 100;
        let score = if hits > 0 {
            (0.8 + 0.05 * hits as f64).min(0.99)
        } else {
            noise as f64 / 100_000.0
        };
        flagged |= score >= FLAGGED_FROM;
        categories.insert(category.into(), json!(score >= FLAGGED_FROM));
        scores.insert(category.into(), json!(score));
        applied.insert(category.into(), json!(["text"]));
    }
    json!({"flagged": flagged, "categories": categories, "category_scores": scores,
           "category_applied_input_types": applied})
}
