//! What an order comes to, over HTTP: who takes it, how often it leaves, what it costs, whatever happens in between.

use std::time::Duration;

use nexdesk_app::routes::{AddRoute, RouteTarget, Strategy};
use nexdesk_ledger::{Basis, ModelRow, Outcome};
use nexdesk_pricing::Price;
use nexdesk_tests::{Cursor, Setup, soon};
use serde_json::json;

use super::house::{House, film};
use super::studio::is_film;
use crate::limits::limited;

/// What Upstream says a film of Veo costs.
const VEO: i64 = 400_000_000;

#[tokio::test]
async fn an_order_that_one_key_or_gateway_turns_away_goes_to_the_next() {
    let house = House::new().await;
    let odd = house.world.add_key("odd").await; // Upstream does not know it
    let ids = [
        house.orders("sandbox-veo").await,
        house.orders("sandbox-veo").await,
    ];
    let mut tried = Vec::new();
    for id in &ids {
        let row = house.exchange_of(id).await;
        tried.extend(row.attempts.iter().map(|tried| tried.status.unwrap()));
    }
    tried.sort_unstable();
    assert_eq!(
        tried,
        [200, 200, 401],
        "odd had its turn once, and was laid aside"
    );
    assert_eq!(house.orders_seen().len(), 3);

    let nobody = house
        .world
        .add_gateway_with_key("Nobody", "http://127.0.0.1:9/v1", "sk-nobody")
        .await;
    let to = |gateway: &str| RouteTarget {
        gateway: Some(gateway.into()),
        model: "sandbox-veo".into(),
        weight: 1,
    };
    let ask = AddRoute {
        pattern: "sunrise".into(),
        token: None,
        strategy: Strategy::Order,
        targets: vec![to(&nobody.id), to(&odd.gateway)],
    };
    house.world.app().add_route(ask).await.unwrap();
    let id = house.orders("sunrise").await;
    let row = house.exchange_of(&id).await;
    let tried: Vec<_> = row
        .attempts
        .iter()
        .map(|tried| (tried.gateway.as_str(), tried.status))
        .collect();
    assert_eq!(tried, [("Nobody", None), ("Upstream", Some(200))]);
    assert_eq!(
        house
            .world
            .app()
            .ledger()
            .jobs("video", None, None, 9)
            .unwrap()
            .len(),
        3,
        "nothing is left of those who took none"
    );
}

#[tokio::test]
async fn an_order_in_doubt_is_answered_calmly_and_goes_to_nobody_else() {
    let patience = Duration::from_millis(300);
    let house = House::of(
        Setup::default()
            .keys(&["first", "second"])
            .patience(patience, patience),
    )
    .await;
    let heard = house
        .posts("/v1/videos", film("upstream/sandbox-veo-create-times-out"))
        .await;
    assert_eq!((heard.status, &heard.json()["status"]), (200, &json!("failed")));
    assert_eq!(heard.json()["error"]["code"], "may_have_been_created");
    assert_eq!(house.orders_seen().len(), 1);
    let row = house.world.last_exchange().await;
    assert_eq!(
        (row.outcome, row.code.as_deref()),
        (Outcome::Failed, Some("may_have_been_created"))
    );
}

#[tokio::test]
async fn a_restart_in_the_middle_goes_on_orders_nothing_again_and_settles_the_bill() {
    let mut house = House::new().await;
    let made = house.world.app().create_token("Zed").await.unwrap();
    house.cursor = Cursor::new(&house.world.relay(), &made.secret);
    let ids = [
        house.orders("sandbox-veo").await,
        house.orders("upstream/sandbox-vidu-fails").await,
    ];
    house.world.reopen();
    house.cursor = Cursor::new(&house.world.relay(), &made.secret);
    assert_eq!(house.ends(&ids[0]).await["status"], "completed");
    assert_eq!(house.ends(&ids[1]).await["status"], "failed");
    assert_eq!(house.orders_seen().len(), 2);
    let content = house.cursor.gets(&format!("/v1/videos/{}/content", ids[0])).await;
    assert!(is_film(&content.bytes()));
    let done = house.exchange_of(&ids[0]).await;
    assert_eq!((done.outcome, done.cost_nano), (Outcome::Ok, Some(VEO)));
    soon("what failed is given back", async || {
        let failed = house.exchange_of(&ids[1]).await;
        (failed.outcome == Outcome::Failed).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_film_is_paid_when_it_is_done_and_not_when_it_fails() {
    let house = House::new().await;
    let (cursor, token) = limited(&house.world, |limits| limits.total_nano = Some(VEO + VEO / 2)).await;
    let house = House { cursor, ..house };
    let relay = house.world.app().relay().clone();
    let standing = || {
        let standing = relay.budgets_of(&token.id)[0];
        (standing.settled.0, standing.reserved.0)
    };
    // By its gateway's name: the built-in sandbox would make it for nothing.
    let id = house.orders("upstream/sandbox-veo").await;
    assert_eq!(standing(), (0, VEO));
    let row = house.exchange_of(&id).await;
    assert_eq!(
        (row.outcome, row.cost_nano, row.job.as_deref()),
        (Outcome::Ok, Some(VEO), Some(id.as_str()))
    );
    let refused = house.posts("/v1/videos", film("upstream/sandbox-veo")).await;
    assert_eq!(
        (refused.status, refused.error_code().as_deref()),
        (402, Some("budget_exhausted"))
    );
    house.ends(&id).await;
    soon("it is settled", async || (standing() == (VEO, 0)).then_some(())).await;
    assert_eq!(
        house.world.app().ledger().job(&id).unwrap().unwrap().cost_nano,
        Some(VEO)
    );
    assert_eq!(house.orders_seen().len(), 1);
}

#[tokio::test]
async fn what_was_set_aside_for_a_film_that_fails_is_given_back() {
    let house = House::new().await;
    let model = "sandbox-seedance-fails";
    let upstream = house.world.keys().await[0].gateway.clone();
    let price = Price {
        second: Some(10_000_000),
        ..Price::default()
    };
    let row = ModelRow {
        gateway: upstream.clone(),
        name: model.into(),
        kind: "video".into(),
        price: Some(price),
    };
    house
        .world
        .app()
        .ledger()
        .replace_models(&upstream, vec![row], 0)
        .await
        .unwrap();
    house.world.app().relay().refresh().unwrap();
    let (cursor, token) = limited(&house.world, |limits| limits.total_nano = Some(50_000_000)).await;
    let house = House { cursor, ..house };
    let relay = house.world.app().relay().clone();
    let standing = || {
        let standing = relay.budgets_of(&token.id)[0];
        (standing.settled.0, standing.reserved.0)
    };
    let id = house.orders(model).await;
    assert_eq!(standing(), (0, 40_000_000), "four seconds");
    let shown = house.ends(&id).await;
    assert!(
        shown["error"]["message"].as_str().unwrap().contains("on purpose"),
        "{shown}"
    );
    soon("it is given back", async || (standing() == (0, 0)).then_some(())).await;
    let row = house.exchange_of(&id).await;
    assert_eq!((row.outcome, row.cost_nano), (Outcome::Failed, Some(0)));
    assert!(row.code.is_some());
}

#[tokio::test]
async fn a_new_apis_own_ratios_make_the_price_of_a_film() {
    let house = House::new().await;
    let id = house.orders("sandbox-task").await;
    let row = house.exchange_of(&id).await;
    assert_eq!(
        row.cost_nano,
        Some(4 * 300_000_000),
        "by the seconds it names: {:?}",
        row.price
    );
}

#[tokio::test]
async fn a_film_that_is_billed_by_the_token_is_settled_by_what_the_gateway_counted() {
    let house = House::new().await;
    let model = "sandbox-seedance";
    let upstream = house.world.keys().await[0].gateway.clone();
    let price = Price {
        output: 1_000_000_000,
        ..Price::default()
    };
    let row = ModelRow {
        gateway: upstream.clone(),
        name: model.into(),
        kind: "video".into(),
        price: Some(price),
    };
    house
        .world
        .app()
        .ledger()
        .replace_models(&upstream, vec![row], 0)
        .await
        .unwrap();
    house.world.app().relay().refresh().unwrap();
    let id = house.orders(model).await;
    assert_eq!(house.ends(&id).await["status"], "completed");
    let row = soon("it was counted", async || {
        let row = house.exchange_of(&id).await;
        row.output.is_some().then_some(row)
    })
    .await;
    let counted = house
        .world
        .app()
        .ledger()
        .job(&id)
        .unwrap()
        .unwrap()
        .billing
        .unwrap();
    let tokens = counted["completion_tokens"].as_u64().unwrap();
    assert_eq!((row.output, row.tokens_basis), (Some(tokens), Basis::Reported));
    assert_eq!(row.cost_nano, Some(i64::try_from(tokens).unwrap() * 1000));
}
