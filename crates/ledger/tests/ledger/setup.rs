//! Gateways, keys, models and local tokens; and that no secret has a place to stand.

use nexdesk_ledger::{Ledger, LedgerError, ModelRow, TokenLimits, TokenRow, new_id};
use rusqlite::Connection;

use crate::support::*;

#[tokio::test]
async fn a_gateway_is_stored_changed_and_removed_with_its_keys_and_models() {
    let ledger = Ledger::in_memory().unwrap();
    let mut row = gateway("Öl");
    ledger.put_gateway(row.clone()).await.unwrap();
    ledger.put_key(key(&row.id, "work")).await.unwrap();
    let model = ModelRow {
        gateway: row.id.clone(),
        name: "small".into(),
        kind: "chat".into(),
        price: Some(nexdesk_pricing::Price::FREE),
    };
    ledger
        .replace_models(&row.id, vec![model.clone()], NOW + 1)
        .await
        .unwrap();
    assert_eq!(ledger.models(Some(&row.id)).unwrap(), [model]);

    row = ledger.gateway(&row.id).unwrap().unwrap();
    assert_eq!(row.models_fetched_at, Some(NOW + 1));
    row.name = "öl".into();
    row.last_problem = Some("{\"code\":\"refused\"}".into());
    ledger.put_gateway(row.clone()).await.unwrap();
    assert_eq!(
        ledger.gateways().unwrap(),
        [row.clone()],
        "its own name in another case is free to take"
    );

    let taken = ledger.put_gateway(gateway("ÖL")).await;
    assert!(matches!(taken, Err(LedgerError::NameTaken { name }) if name == "ÖL"));

    ledger.remove_gateway(&row.id).await.unwrap();
    assert!(ledger.gateways().unwrap().is_empty());
    assert!(ledger.keys(None).unwrap().is_empty());
    assert!(ledger.models(None).unwrap().is_empty());
}

#[tokio::test]
async fn fetched_models_replace_those_of_their_gateway_alone() {
    let ledger = Ledger::in_memory().unwrap();
    let (one, two) = (gateway("one"), gateway("two"));
    let model = |gateway: &str, name: &str| ModelRow {
        gateway: gateway.into(),
        name: name.into(),
        kind: "chat".into(),
        price: None,
    };
    for row in [&one, &two] {
        ledger.put_gateway(row.clone()).await.unwrap();
        ledger
            .replace_models(&row.id, vec![model(&row.id, "old"), model(&row.id, "old")], NOW)
            .await
            .unwrap();
    }

    ledger
        .replace_models(&one.id, vec![model(&one.id, "new")], NOW)
        .await
        .unwrap();

    assert_eq!(ledger.models(Some(&one.id)).unwrap(), [model(&one.id, "new")]);
    assert_eq!(ledger.models(Some(&two.id)).unwrap(), [model(&two.id, "old")]);
    let unknown = ledger.replace_models("nobody", vec![], NOW).await;
    assert!(matches!(unknown, Err(LedgerError::NotFound)));
}

#[tokio::test]
async fn a_revoked_token_is_live_no_more() {
    let ledger = Ledger::in_memory().unwrap();
    let token = |name: &str, byte: u8| TokenRow {
        id: new_id(),
        name: name.into(),
        hash: vec![byte; 32],
        last_four: "beef".into(),
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
        paused_at: None,
        limits: TokenLimits::default(),
    };
    let (cursor, codex) = (token("cursor", 1), token("codex", 2));
    ledger.add_token(cursor.clone()).await.unwrap();
    ledger.add_token(codex.clone()).await.unwrap();
    ledger.tell_token_used(&codex.id, NOW + 9);

    ledger.revoke_token(&cursor.id, NOW).await.unwrap();

    assert_eq!(
        ledger.tokens().unwrap(),
        [TokenRow {
            last_used_at: Some(NOW + 9),
            ..codex
        }]
    );
    assert!(matches!(
        ledger.revoke_token("nobody", NOW).await,
        Err(LedgerError::NotFound)
    ));
}

#[tokio::test]
async fn no_column_could_hold_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let db = Connection::open(dir.path().join("nexdesk.db")).unwrap();
    let columns = |sql: &str| -> Vec<String> {
        db.prepare(sql)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };

    assert_eq!(
        columns("SELECT name FROM pragma_table_info('keys')"),
        [
            "id",
            "gateway",
            "name",
            "last_four",
            "state",
            "rests_until",
            "created_at",
            "last_used_at",
            "weight",
            "enabled",
            "reads_on"
        ]
    );
    let named_like_one = columns(
        "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
            AND (c.name IN ('key', 'token', 'value') OR c.name LIKE '%secret%' OR c.name LIKE '%password%'
                OR c.name LIKE '%api_key%' OR c.name LIKE '%bearer%' OR c.name LIKE '%authorization%')",
    );
    assert!(named_like_one.is_empty(), "{named_like_one:?}");

    // The two columns nearest to a key are too short for one, whoever writes to them.
    let owner = gateway("Owner");
    ledger.put_gateway(owner.clone()).await.unwrap();
    let mut careless = key(&owner.id, "careless");
    careless.last_four = "sk-planted-4242424242".into();
    let refused = ledger.put_key(careless).await.unwrap_err();
    assert!(!refused.to_string().contains("planted"), "{refused}");
    let plain = b"nxd-planted-token".to_vec();
    let token = TokenRow {
        id: new_id(),
        name: "careless".into(),
        hash: plain,
        last_four: "4242".into(),
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
        paused_at: None,
        limits: TokenLimits::default(),
    };
    ledger.add_token(token).await.unwrap_err();
}
