//! Asking again and asking on: siblings beside an answer, and the rest of a broken one.

use std::time::Duration;

use nexdesk_app::chat::MessageState;
use nexdesk_app::problem::ProblemCode;
use nexdesk_sandbox::{answer_to, partial_text};
use nexdesk_tests::{World, collecting};

#[tokio::test]
async fn asking_again_puts_another_answer_beside_the_first() {
    let world = World::new().await;
    let window = world.window();
    let first = window.asks("upstream/sandbox-chat", "Hello").await;

    let second = window
        .retries(&first.id, "sandbox/sandbox-reasoning")
        .await
        .ended()
        .await;

    let opened = world.app().open_conversation(&first.conversation).unwrap();
    let find = |id: &str| opened.messages.iter().find(|message| message.id == id).unwrap();
    let (old, new) = (find(&first.id), find(&second.id));
    assert_eq!(old.parent, new.parent, "both answer the same message");
    assert_eq!(
        (old.text.clone(), new.text.clone()),
        (answer_to("Hello"), answer_to("Hello"))
    );
    assert_eq!(new.model.as_deref(), Some("sandbox/sandbox-reasoning"));
    assert_eq!(
        opened.leaf.as_deref(),
        Some(second.id.as_str()),
        "the new one is looked at"
    );
    world
        .app()
        .choose_leaf(&first.conversation, &first.id)
        .await
        .unwrap();
    assert_eq!(
        world.app().open_conversation(&first.conversation).unwrap().leaf,
        Some(first.id)
    );
}

#[tokio::test]
async fn asking_again_does_not_tell_the_model_its_first_answer() {
    let world = World::new().await;
    let window = world.window();
    let first = window.asks("upstream/sandbox-chat", "Hello").await;
    window
        .retries(&first.id, "upstream/sandbox-chat")
        .await
        .ended()
        .await;
    let sent: serde_json::Value = serde_json::from_slice(&world.chats_seen()[1].body).unwrap();
    assert_eq!(sent["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn continuing_adds_to_the_same_answer() {
    let mut world = World::new().await;
    let window = world.window();
    let broken = window.asks("upstream/sandbox-bad-cut", "Hello").await;
    let begun = partial_text("sandbox-bad-cut");
    assert_eq!(
        (broken.text(), broken.state),
        (begun.clone(), MessageState::Interrupted)
    );

    let rest = window.continues(&broken.id).await.ended().await;

    // The same model breaks off again, after the same words: what was said twice stands once.
    assert_eq!(
        (rest.id.as_str(), rest.text()),
        (broken.id.as_str(), String::new())
    );
    drop(window);
    world.reopen();
    let opened = world.app().open_conversation(&broken.conversation).unwrap();
    assert_eq!(opened.messages.len(), 2, "no new message");
    let kept = &opened.messages[1];
    assert_eq!(kept.text, begun, "both halves, joined without a seam");
    let sent: serde_json::Value = serde_json::from_slice(&world.chats_seen()[1].body).unwrap();
    let asked = sent["messages"].as_array().unwrap();
    assert_eq!(
        asked[1]["content"].as_str(),
        Some(begun.as_str()),
        "the model sees how far it had come"
    );
    assert!(
        asked[2]["content"]
            .as_str()
            .unwrap()
            .contains("Continue exactly where it stopped")
    );
}

#[tokio::test]
async fn an_answer_that_never_began_is_simply_asked_for_again() {
    let world = World::new().await;
    let window = world.window();
    let failed = window.asks("upstream/sandbox-bad-429-once", "Hello").await;
    assert_eq!(failed.state, MessageState::Failed);
    world.clock().advance(Duration::from_secs(120));
    let rest = window.continues(&failed.id).await.ended().await;
    assert_eq!(rest.state, MessageState::Complete);
    let kept = world.window().message(&failed.conversation, &failed.id);
    assert_eq!(
        (kept.text, kept.problem),
        (nexdesk_sandbox::full_text("sandbox-bad-429-once"), None)
    );
    let sent: serde_json::Value = serde_json::from_slice(&world.chats_seen()[1].body).unwrap();
    assert_eq!(
        sent["messages"].as_array().unwrap().len(),
        1,
        "nothing to go on from"
    );
}

#[tokio::test]
async fn an_answer_that_is_still_coming_can_be_neither_retried_nor_continued() {
    let world = World::new().await;
    let window = world.window();
    let mut coming = window
        .begins("upstream/sandbox-slow", "A long essay, please")
        .await;
    coming.until(5).await;
    let id = coming.sent.answer.id.clone();
    let (sink, _kept) = collecting();
    let refused = world
        .app()
        .retry_answer(&id, "upstream/sandbox-chat", sink)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
    let (sink, _kept) = collecting();
    assert_eq!(
        world.app().continue_answer(&id, sink).await.unwrap_err().code,
        ProblemCode::InvalidInput
    );
    world.app().stop_answer(&id);
    coming.ended().await;
}

#[tokio::test]
async fn what_is_gone_cannot_be_asked_again() {
    let world = World::new().await;
    let (sink, _kept) = collecting();
    let gone = world
        .app()
        .retry_answer("no-such-id", "upstream/sandbox-chat", sink)
        .await
        .unwrap_err();
    assert_eq!(gone.code, ProblemCode::NotFound);
}
