//! Names of models: which gateway they lead to, and how they are listed.

use nexdesk_ledger::Outcome;
use nexdesk_sandbox::{MODELS, answer_to};
use nexdesk_tests::{Replay, World};

#[tokio::test]
async fn a_bare_name_goes_to_a_gateway_that_offers_it_and_the_built_in_sandbox_comes_last() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let heard = cursor.streams("sandbox-chat", "Hello").await;
    assert_eq!(heard.text(), answer_to("Hello"));
    let kept = world.last_exchange().await;
    assert_eq!(kept.gateway.as_deref(), Some("Upstream"));
    assert_eq!(
        (kept.model_asked.as_str(), kept.model_answered.as_deref()),
        ("sandbox-chat", Some("sandbox-chat"))
    );
}

#[tokio::test]
async fn a_gateway_in_front_of_the_name_is_the_one_that_is_asked() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for (asked, gateway) in [
        ("upstream/sandbox-chat", "Upstream"),
        ("Sandbox/sandbox-chat", "Sandbox"),
    ] {
        assert_eq!(
            cursor.streams(asked, "Hello").await.text(),
            answer_to("Hello"),
            "{asked}"
        );
        let kept = world.last_exchange().await;
        assert_eq!(kept.gateway.as_deref(), Some(gateway));
        assert_eq!(kept.model_asked, asked, "on record as the caller named it");
    }
    assert_eq!(
        world.chats_seen().len(),
        1,
        "Upstream was asked when it was named, and only then"
    );
}

#[tokio::test]
async fn another_gateway_that_offers_the_model_steps_in_for_one_that_fails() {
    let mut world = World::new().await;
    let gone = world.app().list_gateways().unwrap();
    let upstream = gone
        .into_iter()
        .find(|gateway| gateway.name == "Upstream")
        .unwrap();
    // Its list stays, but nobody is at home any more.
    let mut row = world.app().ledger().gateway(&upstream.id).unwrap().unwrap();
    row.base_url = "http://127.0.0.1:9/v1".into();
    world.app().ledger().put_gateway(row).await.unwrap();
    world.app().relay().refresh().unwrap();

    let heard = world.cursor().await.streams("sandbox-chat", "Hello").await;

    assert_eq!(heard.text(), answer_to("Hello"));
    let kept = world.last_exchange().await;
    assert_eq!(
        (kept.gateway.as_deref(), kept.outcome),
        (Some("Sandbox"), Outcome::Ok)
    );
    let tried: Vec<_> = kept
        .attempts
        .iter()
        .map(|attempt| (attempt.gateway.as_str(), attempt.code.as_deref()))
        .collect();
    assert_eq!(
        tried,
        [("Upstream", Some("gateway_unreachable")), ("Sandbox", None)]
    );
    world.close();
}

#[tokio::test]
async fn an_id_with_a_slash_is_not_taken_for_a_gateway() {
    let answer = b"{\"model\":\"meta/llama\",\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}";
    let gateway = Replay::of("HTTP/1.1 200 OK\r\nContent-Type: application/json", answer);
    let world = World::new().await;
    world
        .add_gateway_with_key("Open", &gateway.url(), "sk-replay")
        .await;
    let cursor = world.cursor().await;
    for asked in ["open/meta/llama", "meta/llama"] {
        let heard = cursor.asks(asked, "Hello").await;
        assert_eq!(
            heard.text(),
            "hi",
            "{asked}: its list is empty, so it may have it"
        );
        let sent = gateway.requests().pop().unwrap().body;
        assert!(String::from_utf8(sent).unwrap().contains("\"meta/llama\""));
    }
}

#[tokio::test]
async fn a_model_nobody_offers_is_a_404_that_says_where_to_look() {
    let world = World::new().await;
    let heard = world.cursor().await.streams("gpt-nonesuch", "Hello").await;
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (404, Some("model_not_found"))
    );
    assert!(
        heard.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("/v1/models")
    );
    let kept = world.last_exchange().await;
    assert_eq!(
        (kept.outcome, kept.code.as_deref(), kept.gateway),
        (Outcome::Failed, Some("model_not_found"), None)
    );
    assert!(world.chats_seen().is_empty() && kept.attempts.is_empty());
}

#[tokio::test]
async fn with_no_gateway_at_all_the_caller_is_told_to_add_one() {
    let world = World::new().await;
    for gateway in world.app().list_gateways().unwrap() {
        world.app().remove_gateway(&gateway.id).await.unwrap();
    }
    let heard = world.cursor().await.streams("sandbox-chat", "Hello").await;
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (503, Some("no_gateway"))
    );
}

#[tokio::test]
async fn the_list_has_every_model_once_and_again_by_gateway_where_two_offer_it() {
    let world = World::new().await;
    let list = world.cursor().await.gets("/v1/models").await.json();
    assert_eq!(list["object"], "list");
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    for model in MODELS {
        for id in [
            model.id.to_owned(),
            format!("upstream/{}", model.id),
            format!("sandbox/{}", model.id),
        ] {
            assert_eq!(ids.iter().filter(|listed| **listed == id).count(), 1, "{id}");
        }
    }
    assert_eq!(
        ids.len(),
        3 * MODELS.len(),
        "and nothing else; the misbehaving ones are not offered"
    );
}

#[tokio::test]
async fn one_model_can_be_looked_up_by_any_of_its_names() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for (id, owner) in [
        ("sandbox-chat", "upstream"),
        ("sandbox/sandbox-chat", "sandbox"),
        ("upstream%2Fsandbox-chat", "upstream"),
    ] {
        let model = cursor.gets(&format!("/v1/models/{id}")).await;
        assert_eq!(model.status, 200, "{id}");
        let model = model.json();
        assert_eq!(
            (model["object"].as_str(), model["owned_by"].as_str()),
            (Some("model"), Some(owner)),
            "{id}"
        );
        assert_eq!(model["id"].as_str().unwrap(), id.replace("%2F", "/"));
    }
    let lost = cursor.gets("/v1/models/gpt-nonesuch").await;
    assert_eq!(
        (lost.status, lost.error_code().as_deref()),
        (404, Some("model_not_found"))
    );
}
