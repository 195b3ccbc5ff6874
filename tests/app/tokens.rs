//! Local tokens: shown once, kept as a hash, gone when revoked.

use nexdesk_app::problem::ProblemCode;
use nexdesk_relay::token_hash;
use nexdesk_tests::World;

use crate::secrets::files_with;

#[tokio::test]
async fn a_token_is_shown_once_and_only_its_hash_is_kept() {
    let mut world = World::new().await;
    let made = world.app().create_token("Cursor 2").await.unwrap();
    assert!(made.secret.starts_with("nxd-") && made.secret.len() > 30);
    assert!(made.secret.ends_with(&made.token.last_four));

    let row = world.app().ledger().tokens().unwrap().remove(0);
    assert_eq!(row.hash, token_hash(&made.secret));
    let listed = format!("{:?}", world.app().list_tokens().unwrap());
    assert!(!listed.contains(&made.secret) && listed.contains("Cursor 2"));
    world.close();
    assert_eq!(files_with(&world.data_dir(), &made.secret), [""; 0]);
}

#[tokio::test]
async fn two_tokens_are_never_alike_and_two_names_neither() {
    let world = World::new().await;
    let one = world.app().create_token("Cursor").await.unwrap();
    let two = world.app().create_token("Codex").await.unwrap();
    assert_ne!(one.secret, two.secret);
    let refused = world.app().create_token(" cursor ").await;
    assert_eq!(refused.err().unwrap().code, ProblemCode::NameTaken);
    let refused = world.app().create_token("").await;
    assert_eq!(refused.err().unwrap().code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn a_revoked_token_is_gone_and_its_name_is_free_again() {
    let world = World::new().await;
    let token = world.app().create_token("Cursor").await.unwrap().token;
    world.app().revoke_token(&token.id).await.unwrap();
    assert!(world.app().list_tokens().unwrap().is_empty());
    assert!(world.app().revoke_token("no-such-id").await.is_err());
    world.app().create_token("Cursor").await.unwrap();
}

#[tokio::test]
async fn a_token_shows_what_it_spent_today_and_when_it_was_last_used() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-chat", "Hello").await;
    let spent = world.last_exchange().await.cost_nano;
    let token = world.app().list_tokens().unwrap().remove(0);
    assert_eq!(token.spent_today.nano, spent);
    assert!(token.last_used_at.is_some());
    let (today, tools) = world.app().today().unwrap();
    assert_eq!(
        (today.requests, today.failed, tools, today.cost.nano),
        (1, 0, 1, spent)
    );
}
