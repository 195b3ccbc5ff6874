//! The two doors: one relay, one ledger, whichever way somebody came in.

use std::net::TcpListener;

use nexdesk_app::status::RelayState;
use nexdesk_ledger::Outcome;
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Setup, World};

#[tokio::test]
async fn both_doors_give_the_same_text_and_both_rows_stand_in_one_ledger() {
    let world = World::new().await;
    let question = "Explain lighthouses with a table, 谢谢";
    let heard = world
        .cursor()
        .await
        .streams("upstream/sandbox-chat", question)
        .await;
    let answer = world.window().asks("upstream/sandbox-chat", question).await;

    assert_eq!(heard.text(), answer_to(question));
    assert_eq!(answer.text(), heard.text());
    let rows = world.exchanges().await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.caller.as_str(), row.door.as_ref(), row.outcome))
        .collect();
    assert_eq!(
        told,
        [("window", "window", Outcome::Ok), ("Cursor", "http", Outcome::Ok)]
    );
    assert_eq!(
        (rows[0].output, rows[0].cost_nano),
        (rows[1].output, rows[1].cost_nano)
    );
    assert_eq!(rows[0].message.as_deref(), Some(answer.id.as_str()));
    assert_eq!(
        heard.header("x-nexdesk-request-id"),
        &*rows[1].id,
        "the caller can find its row"
    );
    assert_eq!(
        world.app().list_exchanges(None, 10).unwrap().total,
        2,
        "as Usage shows them"
    );
}

#[tokio::test]
async fn a_taken_port_moves_the_relay_to_the_next_free_one_and_says_so() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().port();
    let world = Setup::default().port(taken).open().await;

    let relay = world.app().status().unwrap().relay;

    assert_eq!(relay.state, RelayState::Moved);
    assert!(
        relay.note.unwrap().contains(&taken.to_string()),
        "the note names the port that was wanted"
    );
    let port: u16 = world.relay().rsplit(':').next().unwrap().parse().unwrap();
    assert_ne!(port, taken);
    let heard = world.cursor().await.streams("sandbox-chat", "Hello").await;
    assert_eq!(heard.status, 200, "and it answers there");
}

#[tokio::test]
async fn a_free_port_is_used_as_it_was_asked_for() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let world = Setup::default().port(free).open().await;
    let relay = world.app().status().unwrap().relay;
    assert_eq!((relay.state, relay.note), (RelayState::Running, None));
    assert_eq!(relay.url, Some(format!("http://127.0.0.1:{free}/v1")));
}

#[tokio::test]
async fn two_hundred_answers_at_once_are_all_whole() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let asked = (0..200).map(|number| {
        let cursor = cursor.clone();
        async move {
            let question = format!("A haiku about boat {number}");
            (cursor.streams("upstream/sandbox-chat", &question).await, question)
        }
    });
    for (heard, question) in futures::future::join_all(asked).await {
        assert_eq!(heard.text(), answer_to(&question));
    }
    let rows = world.exchanges().await;
    assert_eq!(rows.len(), 200);
    assert!(rows.iter().all(|row| row.outcome == Outcome::Ok));
}
