//! The first hour of a stranger: a picture, a gateway with a key, a token for a tool, both doors in one list.

use futures::StreamExt;
use nexdesk_sandbox::{Sandbox, Settings};
use serde_json::json;

use crate::desk::{Desk, by};

const PLANTED: &str = "sk-planted-in-the-window-test-7Qx2";

#[tokio::test]
async fn a_picture_appears_when_a_model_draws_one() {
    let desk = Desk::new();
    let window = desk.open().await;
    window
        .until(
            "the examples",
            "return document.querySelectorAll('[data-testid=example]').length === 3",
        )
        .await;
    let examples = window.all(&by("example")).await;
    examples.last().unwrap().click().await.unwrap();
    window.until_last_answer_is("complete").await;
    let drawn = "const p = document.querySelector('[data-testid=picture] img, img[data-testid=picture]'); return p && p.complete && p.naturalWidth > 0";
    window.until("a picture with something on it", drawn).await;
    window.close().await;
}

#[tokio::test]
async fn a_gateway_with_a_key_answers_and_the_key_is_never_seen_again() {
    let gateway = Sandbox::start(Settings {
        keys: Some(vec![PLANTED.into()]),
        ..Settings::for_tests()
    })
    .unwrap();
    let desk = Desk::new();
    let window = desk.open().await;
    window.click("rail-keys").await;
    window.click("add-gateway").await;
    window.click("preset-openai-compatible").await;
    window.type_into("gateway-name", "My gateway").await;
    window
        .type_into("base-url", &format!("{}/chat/completions", gateway.url()))
        .await;
    window.click("gateway-save").await;
    window.type_into("key-name", "work").await;
    window.type_into("key-secret", &format!(" {PLANTED}\n")).await;
    if !window.all(&by("key-save")).await.is_empty() {
        window.click("key-save").await;
    }
    window
        .until(
            "the end of the check",
            "return !!document.querySelector('[data-testid=gateway-done]')",
        )
        .await;
    window.click("gateway-done").await;
    window
        .until(
            "the key's last four",
            "return document.querySelector('[data-testid=key-row]')?.innerText.includes('7Qx2')",
        )
        .await;
    assert!(
        !window.source().await.contains(PLANTED),
        "the page knows four characters of the key"
    );
    let asked_with = gateway
        .requests()
        .iter()
        .filter_map(|seen| seen.header("authorization").map(str::to_owned))
        .collect::<Vec<_>>();
    assert!(
        asked_with.contains(&format!("Bearer {PLANTED}")),
        "the gateway was asked with the key"
    );
    window.close().await;
    assert_eq!(
        found_in(&desk.data_dir(), PLANTED),
        Vec::<String>::new(),
        "the key is in no file of the data directory"
    );
}

#[tokio::test]
async fn a_tool_with_a_token_streams_and_stands_in_usage_beside_the_window() {
    let desk = Desk::new();
    let window = desk.open().await;
    window.send("Hello").await;
    window.until_last_answer_is("complete").await;
    window.click("rail-keys").await;
    window.click("token-create").await;
    window.type_into("token-name", "My tool").await;
    window.click("token-save").await;
    let token = window.until("the token, once", "const e = document.querySelector('[data-testid=token-secret]'); return e?.value ?? e?.innerText ?? ''").await;
    let token = token.as_str().unwrap().trim().to_owned();
    window.click("token-done").await;
    assert!(
        !window.source().await.contains(&token),
        "the token was shown once"
    );

    let address = window.text_of(&by("relay-address")).await;
    let url = address
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap()
        .to_owned();
    let body = json!({ "model": "sandbox-chat", "stream": true, "messages": [{ "role": "user", "content": "Hello" }] });
    let request = reqwest::Client::builder()
        .build()
        .unwrap()
        .post(format!("{url}/chat/completions"));
    let reply = request
        .bearer_auth(&token)
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    let pieces: Vec<_> = reply.bytes_stream().collect().await;
    assert!(pieces.len() > 5, "it streamed");

    window.click("rail-usage").await;
    let script = "const rows = [...document.querySelectorAll('[data-testid=usage-row]')].map(r => r.innerText); return rows.length >= 2 && rows.some(r => r.includes('My tool')) && rows";
    let rows = window.until("both exchanges", script).await;
    assert!(
        rows[0].as_str().unwrap().contains("My tool"),
        "newest first: {rows}"
    );
    assert!(
        rows[0].as_str().unwrap().contains("200"),
        "with its status: {rows}"
    );
    window.close().await;
}

fn found_in(dir: &std::path::Path, secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(found_in(&entry.path(), secret));
        } else if std::fs::read(entry.path())
            .is_ok_and(|bytes| bytes.windows(secret.len()).any(|w| w == secret.as_bytes()))
        {
            found.push(entry.path().display().to_string());
        }
    }
    found
}
