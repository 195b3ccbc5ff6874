//! Text to vectors: each word has a direction of its own, a text is the sum, so texts that share words lie close.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::call::{Call, required};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{chat::misbehave, refusal, tokens};

const DIMENSIONS: u64 = 1536;
const WIDEST: u64 = 3072;
const MOST_INPUTS: usize = 2048;

/// `POST /v1/embeddings`.
pub(crate) fn embed(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let model = required(&body, "model")?;
    let fault = admit(gateway, call, model, Kind::Embedding)?;
    let inputs = inputs(&body["input"])?;
    let dimensions = match &body["dimensions"] {
        Value::Null => DIMENSIONS,
        value => value
            .as_u64()
            .filter(|wanted| (1..=WIDEST).contains(wanted))
            .ok_or_else(|| {
                refusal::invalid(
                    &format!("'dimensions' must be between 1 and {WIDEST}"),
                    Some("dimensions"),
                )
            })?,
    };
    let in_base64 = body["encoding_format"] == "base64";
    let data: Vec<Value> = inputs
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let vector = vector(text, dimensions as usize);
            let embedding = match in_base64 {
                true => {
                    json!(STANDARD.encode(vector.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()))
                }
                false => json!(vector),
            };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let spent = inputs.iter().map(|text| tokens::count(text)).sum();
    gateway.accounts.charge(&call.key, model, spent, 0, 0);
    let answer = json!({"object": "list", "data": data, "model": model,
        "usage": {"prompt_tokens": spent, "total_tokens": spent}});
    Ok(misbehave::late(Reply::ok(&answer), fault))
}

/// A string, strings, one list of token numbers, or several.
fn inputs(input: &Value) -> Result<Vec<String>, Reply> {
    let inputs: Vec<String> = match input {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) if items.iter().all(Value::is_number) && !items.is_empty() => {
            vec![input.to_string()]
        }
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    if inputs.is_empty() || inputs.len() > MOST_INPUTS || inputs.iter().any(String::is_empty) {
        return Err(refusal::invalid(
            "'input' must be 1 to 2048 texts, none of them empty",
            Some("input"),
        ));
    }
    Ok(inputs)
}

fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut words = tokens::words(text);
    if words.is_empty() {
        words.push(text.to_owned());
    }
    let mut sum = vec![0f32; dimensions];
    for word in &words {
        let mut state = tokens::hash(word.as_bytes());
        sum.iter_mut()
            .for_each(|axis| *axis += tokens::next_unit(&mut state) * 2.0 - 1.0);
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    sum.iter_mut().for_each(|axis| *axis /= length);
    sum
}
