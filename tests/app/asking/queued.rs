//! Messages that wait for an answer: kept over a restart, sent once.

use nexdesk_app::chat::{QueueMessage, SendMessage};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::{World, collecting};

use super::asking;

const MODEL: &str = "upstream/sandbox-chat";

fn waiting(conversation: &str, text: &str) -> QueueMessage {
    QueueMessage {
        conversation: conversation.into(),
        text: text.into(),
        attachments: Vec::new(),
        model: MODEL.into(),
    }
}

#[tokio::test]
async fn what_waits_survives_a_restart_in_its_order_and_leaves_as_it_is_sent_once() {
    let mut world = World::new().await;
    let first = world.window().asks(MODEL, "Hello").await;
    let app = world.app();
    app.save_draft(Some(&first.conversation), "and this".into(), Vec::new())
        .await;
    let one = app
        .queue_message(waiting(&first.conversation, "and this"))
        .await
        .unwrap();
    let two = app
        .queue_message(waiting(&first.conversation, "then that"))
        .await
        .unwrap();
    let three = app
        .queue_message(waiting(&first.conversation, "never"))
        .await
        .unwrap();
    app.unqueue_message(&three.id).await.unwrap();

    world.reopen();
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert_eq!(opened.queue, [one.clone(), two.clone()]);
    assert_eq!(opened.draft, "", "what waits is no draft");

    let ask = || SendMessage {
        conversation: Some(first.conversation.clone()),
        parent: Some(first.id.clone()),
        queued: Some(one.id.clone()),
        ..asking("sandbox/sandbox-chat", &one.text)
    };
    let (sink, mut batches) = collecting();
    world.app().send_message(ask(), sink).await.unwrap();
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert_eq!(opened.queue, [two]);
    let (sink, _kept) = collecting();
    let again = world.app().send_message(ask(), sink).await.unwrap_err();
    assert_eq!(again.code, ProblemCode::NotFound, "two windows send it once");
    while batches.recv().await.is_some() {}
}

#[tokio::test]
async fn nothing_cannot_wait_and_neither_can_anything_wait_nowhere() {
    let world = World::new().await;
    let first = world.window().asks(MODEL, "Hello").await;
    let empty = world
        .app()
        .queue_message(waiting(&first.conversation, " "))
        .await
        .unwrap_err();
    assert_eq!(empty.code, ProblemCode::InvalidInput);
    let nowhere = world
        .app()
        .queue_message(waiting("gone", "Hello"))
        .await
        .unwrap_err();
    assert_eq!(nowhere.code, ProblemCode::NotFound);
}
