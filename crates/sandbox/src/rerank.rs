//! Sorting documents by the words they share with the question.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::call::{Call, required};
use crate::models::{Kind, admit};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{chat::misbehave, refusal, tokens};

/// `POST /v1/rerank`.
pub(crate) fn sort(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let model = required(&body, "model")?;
    let fault = admit(gateway, call, model, Kind::Rerank)?;
    let query = required(&body, "query")?;
    let documents: Vec<&str> = body["documents"]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter_map(|item| item.as_str().or(item["text"].as_str()))
                .collect()
        })
        .unwrap_or_default();
    if documents.is_empty() {
        return Err(refusal::invalid(
            "Missing required parameter: 'documents'",
            Some("documents"),
        ));
    }
    let asked: HashSet<String> = tokens::words(query).into_iter().collect();
    let mut ranked: Vec<(usize, f64)> = documents
        .iter()
        .map(|text| relevance(&asked, text))
        .enumerate()
        .collect();
    // A stable sort, so equal documents keep the order they came in.
    ranked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let wanted = body["top_n"].as_u64().map_or(documents.len(), |top| top as usize);
    let results: Vec<Value> = ranked
        .into_iter()
        .take(wanted)
        .map(|(index, score)| {
            let mut row = json!({"index": index, "relevance_score": score});
            if body["return_documents"] == true {
                row["document"] = json!({"text": documents[index]});
            }
            row
        })
        .collect();
    let spent = tokens::count(query) + documents.iter().map(|text| tokens::count(text)).sum::<u64>();
    gateway.accounts.charge(&call.key, model, spent, 0, 0);
    let answer = json!({"id": gateway.fresh_id("rerank-"), "model": model, "results": results,
        "usage": {"prompt_tokens": spent, "total_tokens": spent}});
    Ok(misbehave::late(Reply::ok(&answer), fault))
}

/// The share of the question's words a document holds, a little more if it is about little else.
fn relevance(asked: &HashSet<String>, document: &str) -> f64 {
    let held: HashSet<String> = tokens::words(document).into_iter().collect();
    let shared = asked.intersection(&held).count() as f64;
    if shared == 0.0 {
        return 0.0;
    }
    0.9 * shared / asked.len() as f64 + 0.1 * shared / held.len() as f64
}
