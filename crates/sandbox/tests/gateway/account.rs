//! Keys, models, money, limits and addresses nobody knows.

use nexdesk_sandbox::{MISBEHAVIOURS, MODELS, Settings};
use serde_json::{Value, json};

use crate::visitor::{Visitor, header, question_to};

#[tokio::test]
async fn models_are_listed_with_what_they_are_for() {
    let visitor = Visitor::new();
    let list = visitor.get_json("/v1/models").await;
    assert_eq!(
        (&list["object"], &list["success"]),
        (&json!("list"), &json!(true))
    );
    let rows = list["data"].as_array().unwrap();
    assert_eq!(rows.len(), MODELS.len());
    let types =
        |id: &str| rows.iter().find(|row| row["id"] == id).unwrap()["supported_endpoint_types"].clone();
    assert_eq!(types("sandbox-chat"), json!(["openai"]));
    assert_eq!(types("sandbox-image"), json!(["image-generation"]));
    assert_eq!(types("sandbox-rerank"), json!(["jina-rerank"]));
    assert!(
        rows.iter()
            .all(|row| row["owned_by"] == "sandbox" && row["object"] == "model")
    );
    assert_eq!(
        visitor.get_json("/v1/models/sandbox-chat").await["id"],
        "sandbox-chat"
    );
}

#[tokio::test]
async fn unknown_models_and_addresses_are_404_in_openai_form() {
    let visitor = Visitor::new();
    let error = async |response: reqwest::Response| -> Value {
        assert_eq!(response.status(), 404);
        serde_json::from_str::<Value>(&response.text().await.unwrap()).unwrap()["error"].clone()
    };
    let chat = visitor
        .post("/v1/chat/completions", question_to("gpt-9", "hi"))
        .await;
    assert_eq!(error(chat).await["code"], "model_not_found");
    assert_eq!(
        error(visitor.get("/v1/models/gpt-9").await).await["code"],
        "model_not_found"
    );
    let nowhere = error(visitor.get("/v1/chat/completion").await).await;
    assert_eq!(nowhere["message"], "Invalid URL (GET /v1/chat/completion)");
    error(visitor.delete("/v1/models").await).await;
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_the_exact_body() {
    let keys = Some(vec!["sk-right".to_owned()]);
    let visitor = Visitor::to(Settings {
        keys,
        ..Settings::for_tests()
    });
    let response = visitor.get("/v1/models").await;
    assert_eq!(response.status(), 401);
    assert_eq!(
        response.text().await.unwrap(),
        r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#
    );
    assert_eq!(visitor.get("/api/usage/token/").await.status(), 401);
    assert_eq!(
        visitor.get("/api/status").await.status(),
        200,
        "status is for anybody"
    );
    let visitor = visitor.with_key("sk-right");
    assert_eq!(visitor.get("/v1/models").await.status(), 200);
}

#[tokio::test]
async fn every_answer_carries_limits_and_a_request_id() {
    let visitor = Visitor::new();
    let first = visitor.get("/v1/models").await;
    let second = visitor.get("/v1/models").await;
    let left =
        |response: &reqwest::Response| header(response, "x-ratelimit-remaining").parse::<u64>().unwrap();
    // A new minute may begin between the two.
    assert!(left(&second) == left(&first) - 1 || left(&second) == 9_999);
    assert!(header(&first, "x-ratelimit-reset").parse::<u64>().unwrap() > 1_700_000_000);
    assert!(header(&first, "x-ratelimit-reset-requests").ends_with('s'));
    assert_eq!(header(&first, "x-ratelimit-limit-tokens"), "10000000");
    assert_ne!(
        header(&first, "x-oneapi-request-id"),
        header(&second, "x-oneapi-request-id")
    );
}

#[tokio::test]
async fn an_answer_costs_what_the_price_list_says_and_every_balance_agrees() {
    let visitor = Visitor::new();
    let usage = visitor.ask("sandbox-chat", "long").await["usage"].clone();
    let pricing = visitor.get_json("/api/pricing").await;
    let price = pricing["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["model_name"] == "sandbox-chat")
        .unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    let quota = number(&price["model_ratio"])
        * (number(&usage["prompt_tokens"])
            + number(&usage["completion_tokens"]) * number(&price["completion_ratio"]));
    let per_unit = number(&visitor.get_json("/api/status").await["data"]["quota_per_unit"]);
    let token = visitor.get_json("/api/usage/token/").await["data"].clone();
    assert_eq!(token["total_used"], quota.ceil() as u64);
    assert_eq!(
        token["total_available"].as_u64().unwrap() + quota.ceil() as u64,
        token["total_granted"].as_u64().unwrap()
    );
    let spent = quota.ceil() / per_unit;
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    let balance = visitor.get_json("/v1/balance").await;
    close(number(&balance["total_spent"]), spent);
    close(number(&balance["balance"]), 10.0 - spent);
    assert_eq!(balance["currency"], "USD");
    assert!(balance["last_updated"].as_str().unwrap().ends_with('Z'));
    let limit = visitor.get_json("/v1/dashboard/billing/subscription").await;
    let used = visitor.get_json("/v1/dashboard/billing/usage").await;
    close(
        number(&limit["hard_limit_usd"]) - number(&used["total_usage"]) / 100.0,
        10.0 - spent,
    );
}

#[tokio::test]
async fn a_picture_costs_its_fixed_price_and_another_key_pays_nothing() {
    let visitor = Visitor::new();
    let request = json!({"model": "sandbox-image", "prompt": "sea", "size": "64x64", "n": 2});
    visitor.post_json("/v1/images/generations", request).await;
    assert_eq!(
        visitor.get_json("/api/usage/token/").await["data"]["total_used"],
        20_000
    );
    let visitor = visitor.with_key("sk-other");
    assert_eq!(
        visitor.get_json("/api/usage/token/").await["data"]["total_used"],
        0
    );
}

#[tokio::test]
async fn the_usage_route_without_its_slash_redirects() {
    let visitor = Visitor::new();
    let response = visitor.get("/api/usage/token").await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (301, "/api/usage/token/")
    );
}

#[tokio::test]
async fn a_body_over_64_megabytes_is_413() {
    let visitor = Visitor::new();
    let response = visitor
        .send(
            "/v1/embeddings",
            "application/json",
            vec![b' '; 64 * 1024 * 1024 + 1],
        )
        .await;
    assert_eq!(response.status(), 413);
}

#[test]
fn the_readme_names_every_model() {
    let readme = include_str!("../../README.md");
    let names = MODELS
        .iter()
        .map(|model| model.id)
        .chain(MISBEHAVIOURS.iter().map(|row| row.model));
    let missing: Vec<&str> = names
        .filter(|name| !readme.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
