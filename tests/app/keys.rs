//! Keys as people paste them, and what a check says of them.

use nexdesk_app::keys::{AddKey, GatewayState, Key, KeyState};
use nexdesk_app::problem::{Problem, ProblemCode};
use nexdesk_tests::{Setup, World};

fn upstream(world: &World) -> nexdesk_app::keys::Gateway {
    let gateways = world.app().list_gateways().unwrap();
    gateways
        .into_iter()
        .find(|gateway| gateway.name == "Upstream")
        .unwrap()
}

async fn pasted(world: &World, name: &str, secret: &str) -> Result<Key, Problem> {
    let ask = AddKey {
        gateway: upstream(world).id,
        name: name.into(),
        secret: secret.into(),
    };
    world.app().add_key(ask).await
}

#[tokio::test]
async fn a_key_works_however_it_was_pasted() {
    let world = Setup::default().keys(&["pasted-key"]).open().await;
    for (number, typed) in [
        "  sk-pasted-key\r\n",
        "\"sk-pasted-key\"",
        "'sk-pasted-key' ",
        "Bearer sk-pasted-key",
        "bearer  sk-pasted-key\n",
        "Authorization: Bearer sk-pasted-key",
    ]
    .into_iter()
    .enumerate()
    {
        let key = pasted(&world, &format!("number {number}"), typed).await.unwrap();
        assert_eq!(key.last_four, "-key");
        let checked = world.app().check_key(&key.gateway, Some(&key.id)).await.unwrap();
        assert!(
            checked.ok && checked.latency_ms.is_some(),
            "{typed:?}: {checked:?}"
        );
    }
    assert!(
        world
            .keys()
            .await
            .iter()
            .all(|key| key.state == KeyState::Healthy)
    );
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_without_repeating_it() {
    let world = World::new().await;
    for junk in [
        "",
        "  ",
        "\"\"",
        "Bearer ",
        "my secret passphrase",
        "sk-密钥",
        "sk-a\nsk-b",
        "sk-\u{0}",
    ] {
        let refused = pasted(&world, "junk", junk).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput, "{junk:?}");
        let bare = junk.trim();
        assert!(bare.len() < 3 || !refused.to_string().contains(bare), "{refused}");
    }
    assert_eq!(world.keys().await.len(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_said_to_be_refused_and_what_to_do() {
    let world = Setup::default().keys(&[]).strange_keys(&["wrong"]).open().await;
    let checked = world.app().check_key(&upstream(&world).id, None).await.unwrap();
    let problem = checked.problem.unwrap();
    assert_eq!((checked.ok, problem.code), (false, ProblemCode::KeyRefused));
    assert!(
        problem.message.contains("Incorrect API key"),
        "the gateway's own sentence: {problem}"
    );
    assert!(problem.remedy.unwrap().contains("Keys"));
    assert_eq!(upstream(&world).state, GatewayState::Failing);
    assert_eq!(world.keys().await[0].state, KeyState::Refused);
}

#[tokio::test]
async fn a_key_mended_at_the_gateway_is_healthy_after_a_check() {
    let world = World::new().await;
    world.window().asks("upstream/sandbox-bad-401", "Hello").await;
    assert_eq!(world.keys().await[0].state, KeyState::Refused);
    assert_eq!(upstream(&world).state, GatewayState::Failing);
    assert!(
        world
            .app()
            .check_key(&upstream(&world).id, None)
            .await
            .unwrap()
            .ok
    );
    assert_eq!(world.keys().await[0].state, KeyState::Healthy);
    assert_eq!(upstream(&world).state, GatewayState::Ready);
}

#[tokio::test]
async fn a_resting_key_is_shown_as_such_until_its_rest_is_over() {
    let world = World::new().await;
    world.window().asks("upstream/sandbox-bad-429", "Hello").await;
    assert_eq!(world.keys().await[0].state, KeyState::Resting);
    world.clock().advance(std::time::Duration::from_secs(3));
    assert_eq!(world.keys().await[0].state, KeyState::Healthy);
}

#[tokio::test]
async fn two_keys_of_a_gateway_cannot_share_a_name_and_two_gateways_can() {
    let world = World::new().await;
    let refused = pasted(&world, "FIRST", "sk-other").await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NameTaken);
    world
        .add_gateway_with_key("Second", &world.upstream_url(), "sk-first")
        .await;
    assert_eq!(pasted(&world, " ", "sk-other").await.unwrap().name, "default");
}

#[tokio::test]
async fn a_removed_key_is_used_no_more() {
    let world = World::new().await;
    world.window().asks("upstream/sandbox-chat", "Hello").await;
    let key = world.keys().await.remove(0);
    world.app().remove_key(&key.id).await.unwrap();
    assert_eq!(upstream(&world).state, GatewayState::NoKey);
    let answer = world.window().asks("upstream/sandbox-chat", "Hello").await;
    assert_eq!(answer.problem.unwrap().code, ProblemCode::NoKey);
    assert_eq!(
        world.chats_seen().len(),
        1,
        "its secret is forgotten at once, also where it was cached"
    );
    assert_eq!(world.last_exchange().await.code.as_deref(), Some("no_key"));
}

#[tokio::test]
async fn a_gateway_without_a_key_says_so_when_it_is_checked() {
    let world = Setup::default().keys(&[]).strange_keys(&["any"]).open().await;
    let key = world.keys().await.remove(0);
    world.app().remove_key(&key.id).await.unwrap();
    let checked = world.app().check_key(&upstream(&world).id, None).await.unwrap();
    assert_eq!(checked.problem.unwrap().code, ProblemCode::NoKey);
}
