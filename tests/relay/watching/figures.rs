//! `GET /metrics`, and the few figures of the relay's own panel.

use http::Method;
use nexdesk_app::keys::Gateway;
use nexdesk_app::routes::{AddRoute, RouteTarget, Strategy};
use nexdesk_app::watching::Watch;
use nexdesk_tests::{Cursor, Heard, Replay, World};

use super::OK;

async fn scrape(cursor: &Cursor, token: &str) -> Heard {
    Heard::of(cursor.bare(Method::GET, "/metrics").bearer_auth(token)).await
}

/// The value of the one line that begins so.
fn value(text: &str, line: &str) -> f64 {
    let found: Vec<&str> = text.lines().filter_map(|one| one.strip_prefix(line)).collect();
    assert_eq!(found.len(), 1, "{line} in\n{text}");
    found[0].trim().parse().unwrap()
}

#[tokio::test]
async fn the_figures_have_a_token_of_their_own_and_without_it_there_is_nothing() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let unknown = cursor.gets("/nothing").await;
    assert_eq!(
        scrape(&cursor, "nxm-none").await.status,
        404,
        "before there is one"
    );
    let secret = world.app().create_metrics_token().await.unwrap();
    assert_eq!(scrape(&cursor, &secret).await.status, 200);
    let with_a_tools = cursor.gets("/metrics").await;
    for refused in [
        &with_a_tools,
        &scrape(&cursor, "nxm-wrong").await,
        &Heard::of(cursor.bare(Method::GET, "/metrics")).await,
    ] {
        assert_eq!(refused.status, 404);
        let plain = String::from_utf8(unknown.bytes())
            .unwrap()
            .replace("/nothing", "/metrics");
        assert_eq!(
            String::from_utf8(refused.bytes()).unwrap(),
            plain,
            "as any unknown path"
        );
    }
    let posted = Heard::of(cursor.bare(Method::POST, "/metrics").bearer_auth(&secret)).await;
    assert_eq!(posted.status, 404);
    let as_a_tool = cursor.with_token(&secret).gets("/v1/models").await;
    assert_eq!(as_a_tool.status, 401, "it opens nothing else");
    let stored = std::fs::read(world.data_dir().join("nexdesk.db")).unwrap();
    assert!(
        !stored
            .windows(secret.len())
            .any(|piece| piece == secret.as_bytes()),
        "only its hash is kept"
    );

    let newer = world.app().create_metrics_token().await.unwrap();
    assert_eq!(
        (
            scrape(&cursor, &secret).await.status,
            scrape(&cursor, &newer).await.status
        ),
        (404, 200)
    );
    world.app().remove_metrics_token().await.unwrap();
    assert_eq!(scrape(&cursor, &newer).await.status, 404);
}

async fn some_requests(world: &World) -> Cursor {
    let cursor = world.cursor().await;
    for _ in 0..3 {
        cursor
            .streams("upstream/sandbox-chat", "What a secret question")
            .await;
    }
    cursor.asks("upstream/sandbox-bad-404", "Hello").await;
    cursor.asks("nobody/has-this", "Hello").await;
    cursor
}

async fn figures(cursor: &Cursor, token: &str) -> String {
    let heard = scrape(cursor, token).await;
    assert!(
        heard
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    String::from_utf8(heard.bytes()).unwrap()
}

#[tokio::test]
async fn the_figures_say_what_happened() {
    let world = World::new().await;
    let token = world.app().create_metrics_token().await.unwrap();
    let cursor = some_requests(&world).await;
    let text = figures(&cursor, &token).await;
    let of = |labels: &str| value(&text, &format!("nexdesk_requests_total{{{labels}}}"));
    let chat = |gateway: &str, outcome: &str, status: u16| {
        of(&format!(
            "interface=\"chat\",gateway=\"{gateway}\",outcome=\"{outcome}\",status=\"{status}\""
        ))
    };
    assert_eq!(chat("Upstream", "ok", 200), 3.0);
    assert_eq!(chat("Upstream", "failed", 404), 1.0);
    assert_eq!(chat("", "failed", 404), 1.0);
    assert_eq!(
        value(&text, "nexdesk_refusals_total{code=\"model_not_found\"}"),
        1.0
    );
    let times = "interface=\"chat\",gateway=\"Upstream\"";
    assert_eq!(
        value(&text, &format!("nexdesk_duration_seconds_count{{{times}}}")),
        4.0
    );
    let all = format!("nexdesk_duration_seconds_bucket{{le=\"+Inf\",{times}}}");
    assert_eq!(value(&text, &all), 4.0);
    assert_eq!(
        value(&text, &format!("nexdesk_first_token_seconds_count{{{times}}}")),
        3.0
    );
    assert_eq!(value(&text, "nexdesk_active_streams"), 0.0);
    assert_eq!(
        value(&text, "nexdesk_keys{gateway=\"Upstream\",state=\"ready\"}"),
        1.0
    );
    value(&text, "nexdesk_ledger_queue");
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_figures_agree_with_the_ledger_and_name_nothing_private() {
    let world = World::new().await;
    let token = world.app().create_metrics_token().await.unwrap();
    let cursor = some_requests(&world).await;
    let usage = world.exchanges().await;
    let sum = |of: fn(&nexdesk_ledger::ExchangeRow) -> u64| usage.iter().map(of).sum::<u64>() as f64;
    let text = figures(&cursor, &token).await;
    let tokens = |kind: &str| {
        value(
            &text,
            &format!("nexdesk_tokens_total{{gateway=\"Upstream\",kind=\"{kind}\"}}"),
        )
    };
    assert_eq!(tokens("input"), sum(|row| row.input.unwrap_or(0)));
    assert_eq!(tokens("output"), sum(|row| row.output.unwrap_or(0)));
    let cost = value(&text, "nexdesk_cost_nano_usd_total{gateway=\"Upstream\"}");
    assert_eq!(cost, sum(|row| row.cost_nano.unwrap_or(0).unsigned_abs()));
    for private in [
        "secret question",
        "nxd-",
        "sk-",
        "nxm-",
        "sandbox-chat",
        "Cursor",
        "has-this",
    ] {
        assert!(!text.contains(private), "{private}");
    }
}

#[tokio::test]
async fn models_are_told_apart_if_wanted_and_a_million_of_them_fill_no_memory() {
    let world = World::new().await;
    let token = world.app().create_metrics_token().await.unwrap();
    let watch = Watch {
        metrics_by_model: true,
        ..Watch::default()
    };
    world.app().watch(watch).await;
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-chat", "Hello").await;
    for number in 0..300 {
        cursor.asks(&format!("nobody/{number}"), "Hello").await;
    }
    let text = String::from_utf8(scrape(&cursor, &token).await.bytes()).unwrap();
    assert!(
        value(
            &text,
            "nexdesk_tokens_total{gateway=\"Upstream\",model=\"upstream/sandbox-chat\",kind=\"output\"}"
        ) > 0.0
    );
    assert!(text.contains("model=\"other\""));
    let models = text
        .lines()
        .filter(|line| line.starts_with("nexdesk_cost_nano_usd_total"))
        .count();
    assert!(models <= 205, "{models}");
}

#[tokio::test]
async fn retries_and_failovers_are_counted_and_the_delay_is_known() {
    let failing = Replay::of(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json",
        b"{\"error\":{\"message\":\"busy\"}}",
    );
    let answering = Replay::of(
        OK,
        b"{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}",
    );
    let world = World::new().await;
    assert_eq!(world.app().relay_figures().added_us, None);
    let first = world
        .add_gateway_with_key("First", &failing.url(), "sk-one")
        .await;
    let second = world
        .add_gateway_with_key("Second", &answering.url(), "sk-two")
        .await;
    let target = |gateway: Gateway| RouteTarget {
        gateway: Some(gateway.id),
        model: "m".into(),
        weight: 1,
    };
    let route = AddRoute {
        pattern: "both".into(),
        targets: [first, second].map(target).to_vec(),
        strategy: Strategy::Order,
        token: None,
    };
    world.app().add_route(route).await.unwrap();
    assert_eq!(world.cursor().await.asks("both", "Hello").await.status, 200);
    let row = world.last_exchange().await;
    let moved = row
        .attempts
        .windows(2)
        .filter(|pair| pair[0].gateway != pair[1].gateway)
        .count() as u64;
    let figures = world.app().relay_figures();
    assert_eq!((figures.ended, figures.failed_over), (1, moved));
    assert_eq!(
        figures.retried + figures.failed_over,
        row.attempts.len() as u64 - 1
    );
    assert!(moved > 0 && figures.added_us.is_some(), "{figures:?}");
}
