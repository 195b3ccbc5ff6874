//! Routes, who made what, and what was learned of upstreams.

use nexdesk_ledger::{CompatRow, Ledger, LedgerError, ObjectRow, RouteRow, RouteTarget, Strategy};

use crate::support::*;

fn route(id: &str) -> RouteRow {
    RouteRow {
        id: id.into(),
        pattern: format!("{id}*"),
        token: Some("cursor".into()),
        strategy: Strategy::Cheapest,
        targets: vec![RouteTarget {
            gateway: None,
            model: "gpt-5".into(),
            weight: 3,
        }],
        enabled: true,
    }
}

fn order(ledger: &Ledger) -> Vec<String> {
    ledger
        .routes()
        .unwrap()
        .into_iter()
        .map(|route| route.id)
        .collect()
}

#[tokio::test]
async fn routes_keep_the_order_their_person_gives_them() {
    let ledger = Ledger::in_memory().unwrap();
    for id in ["a", "b", "c", "d"] {
        ledger.put_route(route(id)).await.unwrap();
    }
    assert_eq!(order(&ledger), ["a", "b", "c", "d"]);
    assert_eq!(ledger.routes().unwrap()[0], route("a"));

    ledger.order_routes(vec!["c".into(), "a".into()]).await.unwrap();
    assert_eq!(order(&ledger), ["c", "a", "b", "d"]);

    let changed = RouteRow {
        enabled: false,
        ..route("a")
    };
    ledger.put_route(changed.clone()).await.unwrap();
    assert_eq!(ledger.routes().unwrap()[1], changed, "a change does not move it");

    ledger.remove_route("c").await.unwrap();
    ledger.put_route(route("e")).await.unwrap();
    assert_eq!(order(&ledger), ["a", "b", "d", "e"]);
    assert!(matches!(
        ledger.remove_route("c").await,
        Err(LedgerError::NotFound)
    ));
}

#[tokio::test]
async fn a_key_keeps_its_share_and_whether_it_is_on() {
    let ledger = Ledger::in_memory().unwrap();
    let owner = gateway("one");
    ledger.put_gateway(owner.clone()).await.unwrap();
    let mut row = key(&owner.id, "work");
    ledger.put_key(row.clone()).await.unwrap();
    assert_eq!(ledger.keys(None).unwrap(), [row.clone()]);
    (row.weight, row.enabled, row.reads_on) = (5, false, true);
    ledger.put_key(row.clone()).await.unwrap();
    assert_eq!(ledger.keys(None).unwrap(), [row]);
}

#[tokio::test]
async fn what_a_gateway_made_is_remembered_until_it_is_old_or_the_gateway_is_gone() {
    let ledger = Ledger::in_memory().unwrap();
    let owner = gateway("one");
    ledger.put_gateway(owner.clone()).await.unwrap();
    let made = |id: &str, gateway: &str, at: i64| ObjectRow {
        id: id.into(),
        gateway: gateway.into(),
        key: Some("k".into()),
        kind: "file".into(),
        created_at: at,
    };
    ledger.tell_object(made("file-old", &owner.id, 10));
    ledger.tell_object(made("file-new", &owner.id, 20));
    ledger.tell_object(made("file-lost", "nobody", 20));
    ledger.tell_objects_forgotten(15);
    ledger.flush().await.unwrap();
    assert_eq!(ledger.object("file-old").unwrap(), None);
    assert_eq!(
        ledger.object("file-new").unwrap(),
        Some(made("file-new", &owner.id, 20))
    );
    assert_eq!(
        ledger.object("file-lost").unwrap(),
        None,
        "its gateway was gone before it was written"
    );
    ledger.remove_gateway(&owner.id).await.unwrap();
    assert_eq!(ledger.object("file-new").unwrap(), None);
}

#[tokio::test]
async fn what_was_learned_of_an_upstream_can_be_forgotten() {
    let ledger = Ledger::in_memory().unwrap();
    let owner = gateway("one");
    ledger.put_gateway(owner.clone()).await.unwrap();
    let row = CompatRow {
        gateway: owner.id.clone(),
        model: "small".into(),
        parameter: "stream_options.include_usage".into(),
        becomes: None,
        said: "no".into(),
        learned_at: NOW,
    };
    ledger.tell_compat(row.clone());
    ledger.tell_compat(row.clone());
    ledger.flush().await.unwrap();
    assert_eq!(ledger.compat().unwrap(), std::slice::from_ref(&row));
    let forget = async |model: &str| ledger.remove_compat(&owner.id, model, &row.parameter).await;
    assert!(matches!(forget("other").await, Err(LedgerError::NotFound)));
    forget("small").await.unwrap();
    assert!(ledger.compat().unwrap().is_empty());
}
