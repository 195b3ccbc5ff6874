//! Adding gateways as people do it: with addresses copied from anywhere, under names that may be taken.

use nexdesk_app::keys::{AddGateway, GatewayState, UpdateGateway};
use nexdesk_app::problem::{Problem, ProblemCode};
use nexdesk_tests::{Replay, World};

async fn added(world: &World, name: &str, url: &str) -> Result<nexdesk_app::keys::Gateway, Problem> {
    let ask = AddGateway {
        preset: "openai-compatible".into(),
        name: name.into(),
        base_url: url.into(),
    };
    world.app().add_gateway(ask).await
}

#[tokio::test]
async fn an_address_copied_with_its_endpoint_works() {
    let world = World::new().await;
    let root = world.upstream_url();
    let bare = root.trim_end_matches("/v1").to_owned();
    for (number, typed) in [
        format!("{root}/chat/completions"),
        format!(" {root}/ "),
        bare.clone(),
        format!("{bare}/"),
        format!("{root}/models"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("Typed {number}");
        let gateway = world.add_gateway_with_key(&name, &typed, "sk-first").await;
        assert_eq!(gateway.base_url, root, "“{typed}”");
        let checked = world.app().check_key(&gateway.id, None).await.unwrap();
        assert!(
            checked.ok && checked.models.is_some_and(|models| models > 5),
            "{checked:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused_with_a_sentence() {
    let world = World::new().await;
    for (typed, said) in [
        ("", "https://api.example.com/v1"),
        ("not an address", "not a web address"),
        ("ftp://a.example/v1", "ftp"),
        ("https://me:secret-word@a.example/v1", "field of its own"),
        ("https://a.example/v1?key=secret-word", "field of its own"),
    ] {
        let refused = added(&world, "Odd", typed).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput, "{typed}");
        assert!(refused.message.contains(said), "{typed}: {refused}");
        assert!(
            !refused.to_string().contains("secret-word"),
            "a secret is not repeated"
        );
    }
}

#[tokio::test]
async fn a_name_that_reads_the_same_in_front_of_a_model_is_taken() {
    let world = World::new().await;
    for name in ["Upstream", "upstream", " UPSTREAM! ", "sandbox"] {
        let refused = added(&world, name, "http://127.0.0.1:9").await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::NameTaken, "{name}");
    }
    for name in ["", "  ", "!!", &"x".repeat(61)] {
        let refused = added(&world, name, "http://127.0.0.1:9").await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput, "“{name}”");
    }
    assert_eq!(
        added(&world, "网关", "http://127.0.0.1:9").await.unwrap().name,
        "网关"
    );
}

#[tokio::test]
async fn a_preset_nobody_knows_is_answered_with_those_there_are() {
    let world = World::new().await;
    let ask = AddGateway {
        preset: "opnai".into(),
        name: "Odd".into(),
        base_url: String::new(),
    };
    let refused = world.app().add_gateway(ask).await.unwrap_err();
    assert!(
        refused.message.contains("openai") && refused.message.contains("deepseek"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_unreachable_host_is_named_and_the_gateway_says_that_it_fails() {
    let world = World::new().await;
    let gateway = world
        .add_gateway_with_key("Gone", "http://127.0.0.1:9", "sk-gone")
        .await;
    let checked = world.app().check_key(&gateway.id, None).await.unwrap();
    let problem = checked.problem.unwrap();
    assert_eq!(
        (checked.ok, problem.code),
        (false, ProblemCode::GatewayUnreachable)
    );
    assert!(
        problem.message.contains("127.0.0.1:9") && problem.remedy.is_some(),
        "{problem}"
    );
    let gateways = world.app().list_gateways().unwrap();
    let shown = gateways.iter().find(|shown| shown.id == gateway.id).unwrap();
    assert_eq!(
        (shown.state, shown.last_problem.as_ref()),
        (GatewayState::Failing, Some(&problem))
    );
}

#[tokio::test]
async fn a_web_page_is_told_from_an_api() {
    let page = Replay::page(b"<!DOCTYPE html><html><body>Welcome to the console</body></html>");
    let other = Replay::page(b"{\"welcome\":true}");
    let world = World::new().await;
    for (name, url) in [("Page", page.url()), ("Other", other.url())] {
        let gateway = world.add_gateway_with_key(name, &url, "sk-page").await;
        let problem = world
            .app()
            .check_key(&gateway.id, None)
            .await
            .unwrap()
            .problem
            .unwrap();
        assert_eq!(problem.code, ProblemCode::NotAnApi, "{problem}");
        assert!(problem.remedy.unwrap().contains("/v1"));
        assert!(!problem.message.contains("Welcome"), "the page is not recited");
    }
}

#[tokio::test]
async fn a_moved_gateway_is_checked_anew_and_a_renamed_one_is_asked_by_its_new_name() {
    let world = World::new().await;
    let gateway = world
        .add_gateway_with_key("Gone", "http://127.0.0.1:9", "sk-first")
        .await;
    let update = UpdateGateway {
        id: gateway.id.clone(),
        name: "Found again".into(),
        base_url: format!("{}/chat/completions", world.upstream_url()),
    };
    let moved = world.app().update_gateway(update).await.unwrap();
    assert_eq!((moved.state, moved.last_problem), (GatewayState::Unchecked, None));
    assert!(world.app().check_key(&gateway.id, None).await.unwrap().ok);
    let answer = world.window().asks("found-again/sandbox-chat", "Hello").await;
    assert_eq!(answer.text(), nexdesk_sandbox::answer_to("Hello"));
}

#[tokio::test]
async fn a_removed_gateway_takes_its_keys_along_and_leaves_its_rows_in_usage() {
    let world = World::new().await;
    world.window().asks("upstream/sandbox-chat", "Hello").await;
    let gateways = world.app().list_gateways().unwrap();
    let upstream = gateways
        .iter()
        .find(|gateway| gateway.name == "Upstream")
        .unwrap();
    world.app().remove_gateway(&upstream.id).await.unwrap();
    assert!(world.app().ledger().keys(Some(&upstream.id)).unwrap().is_empty());
    assert_eq!(world.last_exchange().await.gateway.as_deref(), Some("Upstream"));
    let answer = world.window().asks("upstream/sandbox-chat", "Hello").await;
    assert_eq!(answer.problem.unwrap().code, ProblemCode::ModelNotFound);
}

#[tokio::test]
async fn a_newcomer_has_the_sandbox_and_it_is_not_offered_twice() {
    let world = World::new().await;
    let gateways = world.app().list_gateways().unwrap();
    let sandbox = gateways.iter().find(|gateway| gateway.sandbox).unwrap();
    assert_eq!((sandbox.state, sandbox.needs_key), (GatewayState::Ready, false));
    let presets: Vec<_> = world
        .app()
        .list_presets()
        .into_iter()
        .map(|preset| preset.id)
        .collect();
    assert!(presets.contains(&"nexhina".to_owned()) && !presets.contains(&"sandbox".to_owned()));
    let free = world.app().list_models().unwrap();
    assert!(
        free.iter()
            .any(|model| model.id == "sandbox/sandbox-chat" && model.free)
    );
}
