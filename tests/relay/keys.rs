//! Several keys for one gateway: which is asked, which rests, and what a tool notices of it.

use std::time::Duration;

use nexdesk_app::keys::{KeyState, UpdateKey};
use nexdesk_ledger::Outcome;
use nexdesk_sandbox::full_text;
use nexdesk_tests::{Setup, World, soon};

/// Of the two keys the one that was asked first, and the other.
async fn states(world: &World, first: &str) -> (KeyState, KeyState) {
    let keys = world.keys().await;
    let state = |is_first: bool| {
        let key = keys.iter().find(|key| (key.name == first) == is_first);
        key.expect("both keys").state
    };
    (state(true), state(false))
}

#[tokio::test]
async fn a_key_over_its_limit_rests_and_the_next_one_is_asked() {
    let world = Setup::default().keys(&["first", "second"]).open().await;
    let cursor = world.cursor().await;
    // It refuses each key once, so after this both rest.
    let model = "upstream/sandbox-bad-429-once";

    let heard = cursor.streams(model, "Hello").await;

    assert_eq!(heard.status, 429);
    assert_eq!(heard.header("retry-after"), "2");
    let kept = world.last_exchange().await;
    let asked: Vec<_> = kept
        .attempts
        .iter()
        .map(|attempt| attempt.key.clone().unwrap())
        .collect();
    assert_eq!(
        (asked.len(), asked[0] != asked[1]),
        (2, true),
        "each key once: {asked:?}"
    );
    assert!(kept.attempts.iter().all(|attempt| attempt.status == Some(429)));

    let heard = cursor.streams(model, "Hello").await;
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (429, Some("rate_limited"))
    );
    let seconds: u64 = heard.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    assert_eq!(
        world.chats_seen().len(),
        2,
        "while both rest the gateway is left alone"
    );
    assert_eq!(
        states(&world, "first").await,
        (KeyState::Resting, KeyState::Resting)
    );

    world.clock().advance(Duration::from_secs(3));
    assert_eq!(
        cursor.streams(model, "Hello").await.text(),
        full_text("sandbox-bad-429-once")
    );
    assert_eq!(
        cursor.streams(model, "Hello").await.text(),
        full_text("sandbox-bad-429-once")
    );
    let keys = world.exchanges().await.into_iter().take(2).map(|row| row.key);
    let keys: Vec<_> = keys.collect();
    assert_ne!(keys[0], keys[1], "both serve again, in turn");
    assert_eq!(
        states(&world, "first").await,
        (KeyState::Healthy, KeyState::Healthy)
    );
}

#[tokio::test]
async fn when_the_first_key_is_over_its_limit_the_second_answers_and_both_tries_are_on_record() {
    let world = Setup::default()
        .keys(&["warm"])
        .spare_keys(&["fresh"])
        .open()
        .await;
    let (cursor, model) = (world.cursor().await, "upstream/sandbox-bad-429-once");
    // The warm key has been refused its one time; the fresh one still has that before it.
    assert_eq!(cursor.streams(model, "Hello").await.status, 429);
    world.clock().advance(Duration::from_secs(3));
    world.add_key("fresh").await;

    // Keys take turns, so one of two requests begins with the fresh key.
    for _ in 0..2 {
        let heard = cursor.streams(model, "Hello").await;
        assert_eq!(
            heard.text(),
            full_text("sandbox-bad-429-once"),
            "the caller notices nothing"
        );
    }

    let rows = world.exchanges().await;
    let tried_both = rows
        .iter()
        .find(|row| row.attempts.len() == 2)
        .expect("one began with the fresh key");
    let tried: Vec<_> = tried_both
        .attempts
        .iter()
        .map(|attempt| (attempt.key.as_deref(), attempt.status, attempt.code.as_deref()))
        .collect();
    assert_eq!(
        tried,
        [
            (Some("fresh"), Some(429), Some("rate_limited")),
            (Some("warm"), Some(200), None)
        ]
    );
    assert_eq!(
        (tried_both.outcome, tried_both.key.as_deref()),
        (Outcome::Ok, Some("warm"))
    );
    assert_eq!(
        states(&world, "fresh").await,
        (KeyState::Resting, KeyState::Healthy)
    );
}

#[tokio::test]
async fn a_resting_key_is_passed_over_until_its_rest_is_over() {
    let world = Setup::default()
        .keys(&["tired"])
        .spare_keys(&["rested"])
        .open()
        .await;
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-bad-429", "Hello").await;
    world.add_key("rested").await;

    let served = async |turns| -> Vec<String> {
        for _ in 0..turns {
            assert_eq!(cursor.streams("upstream/sandbox-chat", "Hello").await.status, 200);
        }
        let rows = world.exchanges().await.into_iter().take(turns);
        let mut keys: Vec<_> = rows.map(|row| row.key.unwrap().into()).collect();
        keys.sort_unstable();
        keys
    };

    assert_eq!(served(3).await, ["rested"; 3]);
    world.clock().advance(Duration::from_secs(3));
    assert_eq!(served(2).await, ["rested", "tired"], "now they take turns");
}

#[tokio::test]
async fn a_refused_key_is_laid_aside_its_person_is_told_and_the_caller_never_hears_of_it() {
    let world = Setup::default().keys(&["good"]).open().await;
    let cursor = world.cursor().await;
    world.add_key("stale").await;
    for turn in 0..4 {
        let heard = cursor.streams("upstream/sandbox-bad-job", "Hello").await;
        assert_eq!(
            (heard.status, heard.text()),
            (200, full_text("sandbox-bad-job")),
            "turn {turn}"
        );
    }
    let rows = world.exchanges().await;
    assert!(
        rows.iter()
            .all(|row| row.outcome == Outcome::Ok && row.key.as_deref() == Some("good"))
    );
    let refused: Vec<_> = rows
        .iter()
        .flat_map(|row| &row.attempts)
        .filter(|attempt| attempt.status == Some(401))
        .collect();
    assert_eq!(refused.len(), 1, "it was asked once and never again");
    assert_eq!(refused[0].code.as_deref(), Some("key_refused"));
    assert_eq!(
        states(&world, "stale").await,
        (KeyState::Refused, KeyState::Healthy)
    );
    let told = soon("its person is told", async || {
        let notices = world.app().status().unwrap().notices;
        notices.into_iter().find(|notice| notice.id.starts_with("key-"))
    })
    .await;
    assert!(told.problem.message.contains("“stale” of Upstream"), "{told:?}");
}

#[tokio::test]
async fn a_key_that_a_check_found_refused_is_not_asked_at_all() {
    let world = Setup::default()
        .keys(&["good"])
        .strange_keys(&["stale"])
        .open()
        .await;
    let cursor = world.cursor().await;
    for _ in 0..3 {
        assert_eq!(cursor.streams("upstream/sandbox-chat", "Hello").await.status, 200);
    }
    let rows = world.exchanges().await;
    assert!(rows.iter().all(|row| row.attempts.len() == 1));
}

#[tokio::test]
async fn a_spent_key_is_parked_until_its_person_checks_it_or_an_hour_has_passed() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let refused = cursor.streams("upstream/sandbox-bad-402", "Hello").await;
    assert_eq!(refused.status, 402);
    assert_eq!(world.keys().await[0].state, KeyState::Exhausted);
    let parked = cursor.streams("upstream/sandbox-chat", "Hello").await;
    assert_eq!(
        (parked.status, parked.error_code().as_deref()),
        (402, Some("quota_exhausted"))
    );
    assert_eq!(world.chats_seen().len(), 1, "the gateway was not asked again");

    world.clock().advance(Duration::from_secs(3600));
    assert_eq!(cursor.streams("upstream/sandbox-chat", "Hello").await.status, 200);
    assert_eq!(world.keys().await[0].state, KeyState::Healthy);

    cursor.streams("upstream/sandbox-bad-402", "Hello").await;
    let key = world.keys().await.remove(0);
    let checked = world.app().check_key(&key.gateway, Some(&key.id)).await.unwrap();
    assert!(checked.ok);
    assert_eq!(cursor.streams("upstream/sandbox-chat", "Hello").await.status, 200);
}

#[tokio::test]
async fn keys_share_by_weight_and_a_switched_off_one_is_left_alone() {
    let world = Setup::default().keys(&["big", "small"]).open().await;
    let cursor = world.cursor().await;
    let set = async |name: &str, weight: u32, enabled: bool| {
        let key = world.keys().await.into_iter().find(|key| key.name == name);
        let key = key.expect("it is there");
        let ask = UpdateKey {
            id: key.id,
            name: key.name,
            weight,
            enabled,
            reads_on: false,
        };
        world.app().update_key(ask).await.unwrap();
    };
    let served = async |turns: usize, name: &str| -> usize {
        for _ in 0..turns {
            assert_eq!(cursor.streams("upstream/sandbox-chat", "Hello").await.status, 200);
        }
        let rows = world.exchanges().await.into_iter().take(turns);
        rows.filter(|row| row.key.as_deref() == Some(name)).count()
    };
    set("big", 3, true).await;
    assert_eq!(served(8, "big").await, 6);
    set("big", 3, false).await;
    assert_eq!(served(3, "big").await, 0);
    set("small", 1, false).await;
    let heard = cursor.streams("upstream/sandbox-chat", "Hello").await;
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (503, Some("no_key"))
    );
}

#[tokio::test]
async fn a_mistake_of_the_caller_is_not_tried_on_every_key() {
    let world = Setup::default().keys(&["first", "second"]).open().await;
    let heard = world
        .cursor()
        .await
        .posts("{\"model\":\"sandbox-chat\",\"messages\":[]}")
        .await;
    assert_eq!(heard.status, 400);
    let kept = world.last_exchange().await;
    assert_eq!(
        (kept.attempts.len(), kept.code.as_deref()),
        (1, Some("invalid_input"))
    );
}

#[tokio::test]
async fn after_the_first_word_no_other_key_is_asked() {
    let world = Setup::default().keys(&["first", "second"]).open().await;
    world
        .cursor()
        .await
        .streams("upstream/sandbox-bad-cut", "Hello")
        .await;
    assert_eq!(
        world.chats_seen().len(),
        1,
        "two halves of two answers are worse than one half"
    );
}

#[tokio::test]
async fn an_error_before_the_first_word_goes_to_the_next_key() {
    let world = Setup::default().keys(&["first", "second"]).open().await;
    let heard = world
        .cursor()
        .await
        .streams("upstream/sandbox-bad-error-first", "Hello")
        .await;
    assert_eq!(heard.status, 502);
    let tried = world.last_exchange().await.attempts;
    assert_ne!(
        tried[0].key, tried[1].key,
        "everybody is asked once before anybody is asked again"
    );
}

#[tokio::test]
async fn a_gateway_without_a_key_says_so() {
    let world = World::new().await;
    world.add_gateway("Keyless", "http://127.0.0.1:9/v1").await;
    let heard = world.cursor().await.streams("keyless/anything", "Hello").await;
    assert_eq!(
        (heard.status, heard.error_code().as_deref()),
        (503, Some("no_key"))
    );
}
