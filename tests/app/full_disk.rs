//! A disk that fills up in the middle of an answer: the person is told, and no word is lost.

use std::time::Duration;

use nexdesk_app::chat::MessageState;
use nexdesk_app::problem::ProblemCode;
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Setup, World, soon};

const QUESTION: &str = "A long essay, please";

/// A world whose disk is full since the middle of an answer, and that answer's conversation and id.
async fn filled_up() -> (World, String, String) {
    let world = Setup::default().pace(Duration::from_millis(1)).open().await;
    let mut coming = world.window().begins("upstream/sandbox-chat", QUESTION).await;
    coming.until(100).await;
    world.app().ledger().limit_pages(1).unwrap();
    let answer = coming.ended().await;
    assert!(
        answer.text() == answer_to(QUESTION),
        "the window still gets all of it"
    );
    assert_eq!(answer.problem.unwrap().code, ProblemCode::StorageFull);
    (world, answer.conversation, answer.id)
}

#[tokio::test]
async fn the_answer_is_shown_whole_while_the_disk_is_full_and_written_when_there_is_room_again() {
    let (mut world, conversation, id) = filled_up().await;
    let shown = world.window().message(&conversation, &id);
    assert!(shown.text == answer_to(QUESTION), "{:.200}", shown.text);
    assert_eq!(shown.state, MessageState::Complete);
    let opened = world.app().open_conversation(&conversation).unwrap();
    assert!(
        !opened.summary.streaming,
        "it is over, although it is not yet written"
    );

    world.app().ledger().limit_pages(1_000_000).unwrap();
    soon("the answer is written", async || {
        let row = world.app().ledger().message(&id).unwrap().unwrap();
        (row.text == answer_to(QUESTION)).then_some(())
    })
    .await;
    world.reopen();
    let kept = world.window().message(&conversation, &id);
    assert!(kept.text == answer_to(QUESTION), "{:.200}", kept.text);
    assert_eq!(
        (kept.state, kept.problem),
        (MessageState::Complete, None),
        "the trouble is over"
    );
}

#[tokio::test]
async fn closing_on_a_disk_that_got_room_at_the_last_moment_loses_nothing() {
    let (mut world, conversation, id) = filled_up().await;
    world.app().ledger().limit_pages(1_000_000).unwrap();
    world.reopen();
    let kept = world.window().message(&conversation, &id);
    assert!(kept.text == answer_to(QUESTION), "{:.200}", kept.text);
    assert_ne!(kept.state, MessageState::Streaming);
}

#[tokio::test]
async fn a_question_that_cannot_be_written_down_is_not_sent() {
    let world = World::new().await;
    world.app().ledger().limit_pages(1).unwrap();
    let (sink, _kept) = nexdesk_tests::collecting();
    let ask = nexdesk_app::chat::SendMessage {
        conversation: None,
        parent: None,
        text: "x".repeat(100_000),
        model: "upstream/sandbox-chat".into(),
        ..nexdesk_app::chat::SendMessage::default()
    };
    let refused = world.app().send_message(ask, sink).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::StorageFull);
    assert!(
        refused.to_string().contains("Free some space"),
        "what to do: {refused}"
    );
    assert!(
        world.chats_seen().is_empty(),
        "what is lost on this side costs nothing on the other"
    );
    world.app().ledger().limit_pages(1_000_000).unwrap();
}

#[tokio::test]
async fn a_tool_is_served_while_the_disk_is_full_and_its_row_is_written_later() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    world.app().ledger().limit_pages(1).unwrap();
    for _ in 0..20 {
        assert_eq!(
            cursor.streams("upstream/sandbox-chat", "Hello").await.text(),
            answer_to("Hello")
        );
    }
    world.app().ledger().limit_pages(1_000_000).unwrap();
    assert_eq!(world.exchanges().await.len(), 20);
}

#[tokio::test]
async fn a_file_and_a_waiting_message_that_cannot_be_written_down_are_refused_and_leave_nothing() {
    let world = World::new().await;
    let first = world.window().asks("upstream/sandbox-chat", "Hello").await;
    world.app().ledger().limit_pages(1).unwrap();
    let text = "lamp ".repeat(20_000);
    let file = world
        .app()
        .attach_file("lamps.txt", "", text.clone().into())
        .await;
    assert_eq!(file.unwrap_err().code, ProblemCode::StorageFull);
    let ask = nexdesk_app::chat::QueueMessage {
        conversation: first.conversation.clone(),
        text,
        attachments: Vec::new(),
        model: "upstream/sandbox-chat".into(),
    };
    let refused = world.app().queue_message(ask).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::StorageFull);
    world.app().ledger().limit_pages(1_000_000).unwrap();
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert!(opened.queue.is_empty());
}
