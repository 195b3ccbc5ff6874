//! Embeddings, moderation and rerank.

use base64::Engine;
use serde_json::{Value, json};

use crate::visitor::Visitor;

fn vector(answer: &Value, index: usize) -> Vec<f64> {
    answer["data"][index]["embedding"]
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn embeddings_are_unit_vectors_and_texts_that_share_words_lie_close() {
    let visitor = Visitor::new();
    let request = json!({"model": "sandbox-embedding", "dimensions": 256,
        "input": ["the quick boat", "the slow boat", "一只小船"]});
    let answer = visitor.post_json("/v1/embeddings", request.clone()).await;
    assert_eq!(answer, visitor.post_json("/v1/embeddings", request).await);
    let (quick, slow, chinese) = (vector(&answer, 0), vector(&answer, 1), vector(&answer, 2));
    assert_eq!(quick.len(), 256);
    assert!((dot(&quick, &quick) - 1.0).abs() < 1e-4);
    assert!(dot(&quick, &slow) > 0.4 && dot(&quick, &chinese).abs() < 0.3);
    assert!(answer["usage"]["prompt_tokens"].as_u64() > Some(0));
}

#[tokio::test]
async fn base64_embeddings_are_the_same_numbers() {
    let visitor = Visitor::new();
    let mut request = json!({"model": "sandbox-embedding", "input": "boat"});
    let floats = vector(&visitor.post_json("/v1/embeddings", request.clone()).await, 0);
    request["encoding_format"] = json!("base64");
    let answer = visitor.post_json("/v1/embeddings", request).await;
    let text = answer["data"][0]["embedding"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    assert_eq!(bytes.len(), 4 * 1536);
    let read: Vec<f32> = bytes
        .chunks(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    assert!(
        read.iter()
            .zip(&floats)
            .all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6)
    );
}

#[tokio::test]
async fn nonsense_for_embeddings_is_refused() {
    let visitor = Visitor::new();
    for bad in [
        json!({"input": ""}),
        json!({"input": []}),
        json!({"input": "x", "dimensions": 0}),
    ] {
        let mut request = bad;
        request["model"] = json!("sandbox-embedding");
        assert_eq!(visitor.post("/v1/embeddings", request).await.status(), 400);
    }
}

#[tokio::test]
async fn moderation_flags_by_keyword_in_thirteen_categories() {
    let visitor = Visitor::new();
    let answer = visitor
        .post_json(
            "/v1/moderations",
            json!({"input": ["I will murder him", "A calm sea"]}),
        )
        .await;
    let (bad, good) = (&answer["results"][0], &answer["results"][1]);
    assert_eq!((&bad["flagged"], &good["flagged"]), (&json!(true), &json!(false)));
    assert_eq!(bad["categories"]["violence"], true);
    assert_eq!(bad["categories"]["sexual"], false);
    assert_eq!(bad["category_scores"].as_object().unwrap().len(), 13);
    assert!(good["category_scores"]["violence"].as_f64() < Some(0.01));
    let parts = json!({"model": "sandbox-moderation", "input": [{"type": "text", "text": "杀"},
        {"type": "image_url", "image_url": {"url": "data:"}}]});
    assert_eq!(
        visitor.post_json("/v1/moderations", parts).await["results"][0]["flagged"],
        true
    );
}

#[tokio::test]
async fn rerank_puts_shared_words_first_and_returns_what_was_asked() {
    let visitor = Visitor::new();
    let mut request = json!({"model": "sandbox-rerank", "query": "salt in the sea", "top_n": 2,
        "documents": ["Bread and butter", {"text": "The sea is full of salt"}, "A walk by the sea"]});
    let answer = visitor.post_json("/v1/rerank", request.clone()).await;
    let results = answer["results"].as_array().unwrap();
    assert_eq!(
        results
            .iter()
            .map(|row| row["index"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(results[0]["relevance_score"].as_f64() > results[1]["relevance_score"].as_f64());
    assert!(results[0]["document"].is_null());
    request["return_documents"] = json!(true);
    let answer = visitor.post_json("/v1/rerank", request).await;
    assert_eq!(
        answer["results"][0]["document"]["text"],
        "The sea is full of salt"
    );
}
