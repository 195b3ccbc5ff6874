//! The way a name takes: aliases, patterns, chains of gateways, conversations that stay with their cache, and objects
//! that lead back to whoever made them.

use http::Method;
use nexdesk_app::routes::{AddRoute, Route, RouteTarget, Strategy};
use nexdesk_ledger::Outcome;
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Cursor, Heard, Replay, Setup, World, question};

fn to(gateway: Option<&str>, model: &str) -> RouteTarget {
    RouteTarget {
        gateway: gateway.map(str::to_owned),
        model: model.into(),
        weight: 1,
    }
}

async fn route(world: &World, pattern: &str, strategy: Strategy, targets: Vec<RouteTarget>) -> Route {
    let ask = AddRoute {
        pattern: pattern.into(),
        token: None,
        strategy,
        targets,
    };
    world.app().add_route(ask).await.unwrap()
}

fn id(world: &World, name: &str) -> String {
    let gateways = world.app().list_gateways().unwrap();
    let found = gateways.into_iter().find(|gateway| gateway.name == name);
    found.expect("it is set up").id
}

/// A gateway that lists nothing and where nobody is at home.
async fn deserted(world: &World, name: &str) -> String {
    world
        .add_gateway_with_key(name, "http://127.0.0.1:9/v1", "sk-x")
        .await
        .id
}

async fn served_by(world: &World) -> Vec<(String, Option<String>)> {
    let tried = world.last_exchange().await.attempts.into_iter();
    tried
        .map(|attempt| (attempt.gateway.into(), attempt.code))
        .collect()
}

#[tokio::test]
async fn an_alias_leads_where_its_person_said_and_is_listed() {
    let world = World::new().await;
    let upstream = id(&world, "Upstream");
    route(
        &world,
        "fast",
        Strategy::Order,
        vec![to(Some(&upstream), "sandbox-chat")],
    )
    .await;
    let cursor = world.cursor().await;

    let heard = cursor.streams("fast", "Hello").await;

    assert_eq!(heard.text(), answer_to("Hello"));
    let kept = world.last_exchange().await;
    assert_eq!(
        (
            kept.model_asked.as_str(),
            kept.model_answered.as_deref(),
            kept.gateway.as_deref()
        ),
        ("fast", Some("sandbox-chat"), Some("Upstream"))
    );
    let listed = cursor.gets("/v1/models/fast").await.json();
    assert_eq!(listed["owned_by"], "nexdesk");
    let list = cursor.gets("/v1/models").await.json();
    let named = |model: &&serde_json::Value| model["id"] == "fast";
    assert_eq!(list["data"].as_array().unwrap().iter().filter(named).count(), 1);
}

#[tokio::test]
async fn a_pattern_hands_on_what_its_star_stood_for() {
    let world = World::new().await;
    let upstream = id(&world, "Upstream");
    route(
        &world,
        "my-*",
        Strategy::Order,
        vec![to(Some(&upstream), "sandbox-*")],
    )
    .await;
    let cursor = world.cursor().await;
    assert_eq!(
        cursor.streams("my-chat", "Hello").await.text(),
        answer_to("Hello")
    );
    assert_eq!(
        world.last_exchange().await.model_answered.as_deref(),
        Some("sandbox-chat")
    );
    assert_eq!(
        cursor.gets("/v1/models/my-*").await.status,
        404,
        "a pattern is no model"
    );
}

#[tokio::test]
async fn a_chain_falls_back_in_its_order_and_ends_where_it_ends() {
    let world = World::new().await;
    let (gone, upstream) = (deserted(&world, "Gone").await, id(&world, "Upstream"));
    let chain = vec![to(Some(&gone), "gpt-5"), to(Some(&upstream), "sandbox-chat")];
    let kept = route(&world, "best", Strategy::Order, chain).await;
    let cursor = world.cursor().await;

    assert_eq!(cursor.streams("best", "Hello").await.text(), answer_to("Hello"));
    assert_eq!(
        served_by(&world).await,
        [
            ("Gone".to_owned(), Some("gateway_unreachable".to_owned())),
            ("Upstream".to_owned(), None)
        ]
    );

    // The sandbox has it too, but its person did not say so.
    let only_gone = Route {
        targets: vec![to(Some(&gone), "sandbox-chat")],
        ..kept
    };
    world.app().update_route(only_gone).await.unwrap();
    assert_eq!(cursor.streams("best", "Hello").await.status, 502);
    let row = world.last_exchange().await;
    assert!(row.attempts.iter().all(|attempt| attempt.gateway == "Gone"));
    assert_eq!(row.outcome, Outcome::Failed);
}

#[tokio::test]
async fn who_failed_several_times_goes_last_until_it_is_tried_again() {
    let world = World::new().await;
    let (gone, upstream) = (deserted(&world, "Gone").await, id(&world, "Upstream"));
    let chain = vec![to(Some(&gone), "gpt-5"), to(Some(&upstream), "sandbox-chat")];
    route(&world, "best", Strategy::Order, chain).await;
    let cursor = world.cursor().await;
    for _ in 0..3 {
        cursor.streams("best", "Hello").await;
        assert_eq!(served_by(&world).await[0].0, "Gone");
    }
    cursor.streams("best", "Hello").await;
    assert_eq!(
        served_by(&world).await,
        [("Upstream".to_owned(), None)],
        "nobody waits for it"
    );

    let preview = world.app().preview_model("best", None);
    let names: Vec<_> = preview
        .steps
        .iter()
        .map(|step| step.gateway_name.as_str())
        .collect();
    assert_eq!(names, ["Upstream", "Gone"]);
    assert!(preview.steps[1].held_back.is_some() && preview.steps[1].why.contains("best"));

    world.clock().advance(std::time::Duration::from_secs(30));
    cursor.streams("best", "Hello").await;
    assert_eq!(served_by(&world).await[0].0, "Gone", "its break is over");
}

#[tokio::test]
async fn shares_are_kept_to() {
    let world = World::new().await;
    let shared = vec![
        RouteTarget {
            weight: 3,
            ..to(Some(&id(&world, "Upstream")), "sandbox-chat")
        },
        to(Some(&id(&world, "Sandbox")), "sandbox-chat"),
    ];
    route(&world, "mixed", Strategy::Weighted, shared).await;
    assert_eq!(world.app().preview_model("mixed", None).steps.len(), 2);
    let cursor = world.cursor().await;
    for _ in 0..8 {
        cursor.streams("mixed", "Hello").await;
    }
    let rows = world.exchanges().await;
    let sandbox = rows
        .iter()
        .filter(|row| row.gateway.as_deref() == Some("Sandbox"));
    assert_eq!(
        (rows.len(), sandbox.count()),
        (8, 2),
        "looking took nobody's turn"
    );
}

#[tokio::test]
async fn the_cheapest_comes_first_and_what_has_no_price_last() {
    let world = World::new().await;
    // The built-in sandbox is free; what Upstream costs is not known.
    let both = vec![
        to(Some(&id(&world, "Upstream")), "sandbox-chat"),
        to(Some(&id(&world, "Sandbox")), "sandbox-chat"),
    ];
    route(&world, "cheap", Strategy::Cheapest, both).await;
    world.cursor().await.streams("cheap", "Hello").await;
    assert_eq!(world.last_exchange().await.gateway.as_deref(), Some("Sandbox"));
}

#[tokio::test]
async fn a_route_of_one_token_is_nobody_elses() {
    let world = World::new().await;
    let own = world.app().create_token("Own").await.unwrap();
    let ask = AddRoute {
        pattern: "mine".into(),
        token: Some(own.token.id.clone()),
        strategy: Strategy::Order,
        targets: vec![to(None, "sandbox-chat")],
    };
    world.app().add_route(ask).await.unwrap();
    let (owner, other) = (Cursor::new(&world.relay(), &own.secret), world.cursor().await);
    assert_eq!(owner.streams("mine", "Hello").await.text(), answer_to("Hello"));
    assert_eq!(other.streams("mine", "Hello").await.status, 404);
    assert_eq!(owner.gets("/v1/models/mine").await.status, 200);
    assert_eq!(other.gets("/v1/models/mine").await.status, 404);
}

#[tokio::test]
async fn a_route_that_could_lead_nowhere_is_not_taken() {
    let world = World::new().await;
    let try_out = async |pattern: &str, targets: Vec<RouteTarget>| {
        let ask = AddRoute {
            pattern: pattern.into(),
            token: None,
            strategy: Strategy::Order,
            targets,
        };
        world.app().add_route(ask).await.is_ok()
    };
    assert!(!try_out(" ", vec![to(None, "m")]).await, "no name");
    assert!(!try_out("x", vec![]).await, "no target");
    assert!(
        !try_out("x", vec![to(Some("nobody"), "m")]).await,
        "no such gateway"
    );
    assert!(!try_out("x", vec![to(None, "a-*")]).await, "no star to repeat");
    assert!(try_out("x", vec![to(None, "m")]).await);
    assert!(!try_out("x", vec![to(None, "m")]).await, "there is one already");
}

#[tokio::test]
async fn a_conversation_stays_with_the_key_that_holds_its_cache() {
    let world = Setup::default().keys(&["first", "second"]).open().await;
    let cursor = world.cursor().await;
    let long = "A long story. ".repeat(400);
    for turn in 0..4 {
        let mut body = question("upstream/sandbox-chat", &long, false);
        let more = serde_json::json!({ "role": "user", "content": format!("turn {turn}") });
        body["messages"].as_array_mut().unwrap().push(more);
        assert_eq!(cursor.posts(body.to_string()).await.status, 200);
    }
    let rows = world.exchanges().await;
    assert!(
        rows.iter().all(|row| row.key == rows[0].key),
        "one key for one conversation"
    );

    for turn in 0..4 {
        cursor
            .asks("upstream/sandbox-chat", &format!("turn {turn}"))
            .await;
    }
    let rows = world.exchanges().await;
    let first = rows
        .iter()
        .take(4)
        .filter(|row| row.key.as_deref() == Some("first"));
    assert_eq!(first.count(), 2, "what is too short for a cache is shared out");
}

#[tokio::test]
async fn a_stored_response_leads_back_to_the_gateway_that_made_it() {
    let made = br#"{"id":"resp_1","object":"response","status":"completed","model":"m","output":[]}"#;
    let gateway = Replay::of("HTTP/1.1 200 OK\r\nContent-Type: application/json", made);
    let world = World::new().await;
    world
        .add_gateway_with_key("Keeper", &gateway.url(), "sk-replay")
        .await;
    let cursor = world.cursor().await;
    let ask = cursor
        .request(Method::POST, "/v1/responses")
        .header("content-type", "application/json")
        .body(r#"{"model":"keeper/m","input":"x"}"#);
    assert_eq!(Heard::of(ask).await.status, 200);

    let heard = cursor.gets("/v1/responses/resp_1").await;

    let asked = gateway.requests().pop().unwrap().head;
    assert!(
        asked.starts_with("GET /v1/responses/resp_1 "),
        "{asked} {heard:?} {:?}",
        served_by(&world).await
    );
}
