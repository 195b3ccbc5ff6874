//! What a token may spend. However its requests fall together, what is spent stays within the budget; and a tool that
//! is over it hears so in words.

use std::time::Duration;

use http::Method;
use http::header::CONTENT_TYPE;
use nexdesk_app::keys::Unpriced;
use nexdesk_ledger::{ModelRow, Outcome};
use nexdesk_pricing::Price;
use nexdesk_tests::{Cursor, Heard, Replay, World, question};
use serde_json::json;

use crate::limits::{CHAT, HELLO, limited, refused};

#[tokio::test]
async fn a_budget_that_is_used_up_refuses_until_midnight_and_survives_a_restart() {
    let mut world = World::new().await;
    let made = world.app().create_token("Limited").await.unwrap();
    let ask = question(CHAT, HELLO, false);
    let ask = |cap: u64| {
        let mut ask = ask.clone();
        ask["max_tokens"] = json!(cap);
        ask.to_string()
    };
    let cursor = Cursor::new(&world.relay(), &made.secret);
    cursor.posts(ask(2_000)).await;
    let cost = world.last_exchange().await.cost_nano.unwrap();
    assert!(cost > 0, "Upstream has prices");

    // What was spent while there was no limit counts: the day is the day.
    let mut limits = made.token.limits.clone();
    limits.day_nano = Some(cost + 1);
    let token = world
        .app()
        .set_token_limits(&made.token.id, limits)
        .await
        .unwrap();
    assert_eq!(token.budgets[0].spent_nano, cost);
    let said = refused(&cursor.posts(ask(2_000)).await, 402, "budget_exhausted");
    assert!(
        said.contains("for today") && said.contains("begins anew at"),
        "{said}"
    );
    let row = world.last_exchange().await;
    assert_eq!(
        (row.outcome, row.code.as_deref()),
        (Outcome::Failed, Some("budget_exhausted"))
    );
    assert_eq!(world.chats_seen().len(), 1, "the gateway was not asked");

    world.reopen();
    let cursor = Cursor::new(&world.relay(), &made.secret);
    assert_eq!(world.app().list_tokens().unwrap()[0].budgets[0].spent_nano, cost);
    refused(&cursor.posts(ask(2_000)).await, 402, "budget_exhausted");
    let midnight = world.app().list_tokens().unwrap()[0].budgets[0].until.unwrap();
    let ahead = midnight - world.clock().unix_ms();
    world
        .clock()
        .advance(Duration::from_millis(u64::try_from(ahead).unwrap()));
    refused(&cursor.posts(ask(2_000)).await, 402, "budget_exhausted");
    assert_eq!(
        world.app().list_tokens().unwrap()[0].budgets[0].spent_nano,
        0,
        "a new day"
    );
}

#[tokio::test]
async fn a_hundred_requests_at_once_never_spend_more_than_the_budget() {
    let world = World::new().await;
    let (cursor, token) = limited(&world, |_| ()).await;
    let mut ask = question(CHAT, HELLO, false);
    ask["max_tokens"] = json!(400);
    cursor.posts(ask.to_string()).await;
    let cost = world.last_exchange().await.cost_nano.unwrap();
    let limit = cost * 40;
    let mut limits = token.limits.clone();
    limits.total_nano = Some(limit);
    world.app().set_token_limits(&token.id, limits).await.unwrap();

    let asked = (0..100).map(|_| cursor.posts(ask.to_string()));
    let heard = futures::future::join_all(asked).await;
    let good = heard.iter().filter(|one| one.status == 200).count();
    let broke = heard.iter().filter(|one| one.status == 402).count();
    assert_eq!(good + broke, 100);
    assert!(good > 0 && broke > 0, "{good} {broke}");
    let rows = world.exchanges().await;
    let spent: i64 = rows.iter().filter_map(|row| row.cost_nano).sum();
    assert!(spent <= limit, "{spent} of {limit}");
    let budget = &world.app().list_tokens().unwrap()[0].budgets[0];
    assert_eq!((budget.spent_nano, budget.reserved_nano), (spent, 0));
}

#[tokio::test]
async fn a_stream_is_cut_with_an_error_where_its_budget_ends() {
    let world = World::new().await;
    // Four thousand words, whatever was asked for.
    let words: String = (0..4_000)
        .map(|_| "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" lighthouse\"}}]}\n\n")
        .collect();
    let end =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        format!("{words}{end}").as_bytes(),
    );
    let wordy = world
        .add_gateway_with_key("Wordy", &gateway.url(), "sk-wordy")
        .await;
    let row = ModelRow {
        gateway: wordy.id.clone(),
        name: "wordy".into(),
        kind: "chat".into(),
        price: Some(Price {
            output: 1_000_000_000,
            ..Price::default()
        }),
    };
    let now = world.clock().unix_ms();
    world
        .app()
        .ledger()
        .replace_models(&wordy.id, vec![row], now)
        .await
        .unwrap();
    world.app().relay().refresh().unwrap();
    // A dollar a million: three thousand tokens.
    let limit = 3_000_000;
    let (cursor, _) = limited(&world, |may| may.total_nano = Some(limit)).await;

    let cut = cursor.streams("wordy/wordy", HELLO).await;

    let told = (cut.status, cut.error_code());
    assert_eq!(told, (200, Some("budget_exhausted".into())));
    assert!(
        !cut.is_done() && cut.text().len() > 2_000 * 4,
        "{} letters",
        cut.text().len()
    );
    let row = world.last_exchange().await;
    assert_eq!(
        (row.outcome, row.code.as_deref()),
        (Outcome::Interrupted, Some("budget_exhausted"))
    );
    let spent = row.cost_nano.unwrap();
    // What the gateway had written when it was cut off is paid for: one piece of the stream at most.
    assert!((limit - 300_000..=limit + 300_000).contains(&spent), "{spent}");
    refused(
        &cursor.streams("wordy/wordy", HELLO).await,
        402,
        "budget_exhausted",
    );
    refused(&cursor.asks("wordy/wordy", HELLO).await, 402, "budget_exhausted");
}

#[tokio::test]
async fn a_model_without_a_price_needs_leave_where_there_is_a_budget() {
    let world = World::new().await;
    let (cursor, token) = limited(&world, |may| may.month_nano = Some(1_000_000_000)).await;
    let unlisted = "upstream/sandbox-no-such-price";
    let said = refused(&cursor.asks(unlisted, HELLO).await, 403, "price_unknown");
    assert!(said.contains("--unpriced allow"), "{said}");
    let mut limits = token.limits.clone();
    limits.unpriced = Unpriced::Allow;
    world.app().set_token_limits(&token.id, limits).await.unwrap();
    let heard = cursor.asks(unlisted, HELLO).await;
    assert_ne!(heard.status, 403, "the gateway has the word now: {heard:?}");
}

#[tokio::test]
async fn what_names_no_model_and_costs_nothing_is_held_to_no_list_and_no_budget() {
    let world = World::new().await;
    let (cursor, _) = limited(&world, |may| {
        may.models = vec!["sandbox-chat".into()];
        may.day_nano = Some(0);
    })
    .await;
    let looked = cursor.gets("/v1/files").await;
    assert!(
        ![402, 403].contains(&looked.status),
        "the gateway has the word: {looked:?}"
    );
    let counted = cursor.request(Method::POST, "/v1/responses/input_tokens");
    let counted = Heard::of(
        counted
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "input": HELLO }).to_string()),
    )
    .await;
    assert!(![402, 403].contains(&counted.status), "{counted:?}");

    let unknown = cursor.request(Method::POST, "/v1/dreams");
    let unknown = Heard::of(
        unknown
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "of": "lighthouses" }).to_string()),
    )
    .await;
    let said = refused(&unknown, 403, "model_not_allowed");
    assert!(said.contains("names no model"), "{said}");
    refused(&cursor.asks(CHAT, HELLO).await, 402, "budget_exhausted");
}
