//! Parameters that a gateway does not know: found out once, left out from then on, and undone by their person.

use nexdesk_tests::{Cursor, Replay, World};
use serde_json::Value;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json";
const ANSWER: &[u8] =
    b"{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}";
const UNKNOWN: &[u8] = b"{\"error\":{\"message\":\"Unknown parameter: 'top_k'.\",\"param\":\"top_k\",\"code\":\"unknown_parameter\"}}";

async fn asks(cursor: &Cursor, body: &str) -> (u16, String) {
    let heard = cursor.posts(body.to_owned()).await;
    (heard.status, heard.text())
}

fn bodies(gateway: &Replay) -> Vec<String> {
    let posts = gateway.requests().into_iter();
    let posts = posts.filter(|request| request.head.starts_with("POST"));
    posts
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect()
}

#[tokio::test]
async fn what_a_gateway_does_not_know_is_left_out_and_nothing_else_is_touched() {
    let gateway = Replay::in_turn(&[(REFUSED, UNKNOWN), (OK, ANSWER)]);
    let mut world = World::new().await;
    let added = world
        .add_gateway_with_key("Strict", &gateway.url(), "sk-replay")
        .await;
    let cursor = world.cursor().await;
    let body = r#"{"model":"strict/m", "top_k" : 5,"messages":[{"role":"user","content":"top_k é"}] }"#;
    let without = r#"{"model":"m","messages":[{"role":"user","content":"top_k é"}] }"#;

    assert_eq!(asks(&cursor, body).await, (200, "hi".into()));
    let sent = bodies(&gateway);
    assert_eq!(sent.len(), 2, "refused, then taken");
    assert!(sent[0].contains("\"top_k\" : 5"));
    assert_eq!(sent[1], without);
    let kept = world.last_exchange().await;
    let tried: Vec<_> = kept.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(tried, [Some(400), Some(200)]);

    assert_eq!(asks(&cursor, body).await, (200, "hi".into()));
    assert_eq!(bodies(&gateway)[2..], [without], "the second time it is known");

    let learned = world.app().list_learned().await.unwrap();
    assert_eq!(learned.len(), 1);
    assert_eq!(
        (
            learned[0].gateway_name.as_str(),
            learned[0].model.as_str(),
            learned[0].parameter.as_str()
        ),
        ("Strict", "m", "top_k")
    );
    assert!(learned[0].said.contains("Unknown parameter"));

    world.reopen();
    let cursor = Cursor::new(
        &world.relay(),
        &world.app().create_token("Other").await.unwrap().secret,
    );
    // The keychain of a test lives in memory and went with the first life.
    let key = &world.app().list_gateways().unwrap();
    let key = key.iter().find(|row| row.id == added.id).unwrap().keys[0].clone();
    world.app().remove_key(&key.id).await.unwrap();
    let ask = nexdesk_app::keys::AddKey {
        gateway: added.id.clone(),
        name: "again".into(),
        secret: "sk-replay".into(),
    };
    world.app().add_key(ask).await.unwrap();
    assert_eq!(asks(&cursor, body).await.0, 200);
    assert_eq!(bodies(&gateway)[3..], [without], "and after a restart too");

    world.app().forget_learned(&added.id, "m", "top_k").await.unwrap();
    assert!(world.app().list_learned().await.unwrap().is_empty());
    assert_eq!(asks(&cursor, body).await.0, 200);
    assert!(
        bodies(&gateway)[4].contains("top_k\" : 5"),
        "once forgotten it is sent again"
    );
}

#[tokio::test]
async fn what_a_request_means_is_not_left_out_and_the_refusal_reaches_the_caller() {
    let refusal = br#"{"error":{"message":"Unknown parameter: 'response_format'.","code":"unknown_parameter","param":"response_format"}}"#;
    let gateway = Replay::of(REFUSED, refusal);
    let world = World::new().await;
    world
        .add_gateway_with_key("Strict", &gateway.url(), "sk-replay")
        .await;
    let body = r#"{"model":"strict/m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}"#;
    let heard = world.cursor().await.posts(body).await;
    assert_eq!(heard.status, 400);
    assert_eq!(heard.bytes(), refusal, "in the gateway's own words");
    assert_eq!(bodies(&gateway).len(), 1);
    assert!(world.app().list_learned().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_gateway_that_never_has_enough_is_given_up() {
    // It names a parameter that leaving out does not help.
    let gateway = Replay::of(REFUSED, UNKNOWN);
    let world = World::new().await;
    world
        .add_gateway_with_key("Strict", &gateway.url(), "sk-replay")
        .await;
    let body = r#"{"model":"strict/m","top_k":5,"messages":[{"role":"user","content":"x"}]}"#;
    assert_eq!(world.cursor().await.posts(body).await.status, 400);
    assert_eq!(bodies(&gateway).len(), 2);
}

#[tokio::test]
async fn a_limit_that_goes_by_another_name_is_renamed() {
    let refusal = br#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#;
    let gateway = Replay::in_turn(&[(REFUSED, refusal), (OK, ANSWER)]);
    let world = World::new().await;
    world
        .add_gateway_with_key("Strict", &gateway.url(), "sk-replay")
        .await;
    let body = r#"{"model":"strict/m","max_tokens":7,"messages":[{"role":"user","content":"x"}]}"#;
    assert_eq!(asks(&world.cursor().await, body).await.0, 200);
    let sent: Value = serde_json::from_str(&bodies(&gateway)[1]).unwrap();
    assert_eq!(
        (&sent["max_completion_tokens"], &sent["max_tokens"]),
        (&7.into(), &Value::Null)
    );
}
