//! A long conversation is summarised, sent on from the summary, and had back whole.

use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::World;
use serde_json::Value;

use super::last_sent;

const MODEL: &str = "upstream/sandbox-chat";

fn said(sent: &Value) -> Vec<&str> {
    let messages = sent["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| message["content"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn later_requests_begin_with_the_summary_and_undoing_it_brings_every_word_back() {
    let mut world = World::new().await;
    let window = world.window();
    let first = window.asks(MODEL, "Tell me about the first lamp").await;
    let conversation = first.conversation.clone();
    let second = window
        .sends(Some(&conversation), Some(&first.id), MODEL, "And the second lamp")
        .await
        .ended()
        .await;

    let compacted = world
        .app()
        .compact_conversation(&conversation, MODEL)
        .await
        .unwrap();

    let summary = compacted.compaction.expect("there is a summary");
    assert_eq!(
        summary.through, first.id,
        "the last question and its answer stay word for word"
    );
    assert!(!summary.text.is_empty() && summary.tokens > 0);
    let gone: Vec<bool> = compacted
        .messages
        .iter()
        .map(|message| message.compacted)
        .collect();
    assert_eq!(gone, [true, true, false, false], "the original is kept");
    assert_eq!(compacted.context_used, None, "what was reported no longer holds");

    world.reopen();
    let next = async |world: &World, text: &str| {
        let window = world.window();
        window
            .sends(Some(&conversation), Some(&second.id), MODEL, text)
            .await
            .ended()
            .await;
        last_sent(world)
    };
    let sent = next(&world, "And the third").await;
    let told = said(&sent);
    assert!(told[0].ends_with(&summary.text), "{:.80}", told[0]);
    assert_eq!((told[1], told[3]), ("And the second lamp", "And the third"));
    assert!(!told.contains(&"Tell me about the first lamp"));

    let whole = world.app().undo_compaction(&conversation).await.unwrap();
    assert!(whole.compaction.is_none() && whole.messages.iter().all(|message| !message.compacted));
    let sent = next(&world, "And the fourth").await;
    assert_eq!(said(&sent)[0], "Tell me about the first lamp");
}

#[tokio::test]
async fn a_summary_that_fails_changes_nothing_and_nothing_cannot_be_summarised() {
    let world = World::new().await;
    let first = world.window().asks(MODEL, "Hello").await;
    let failed = world
        .app()
        .compact_conversation(&first.conversation, "upstream/sandbox-bad-500")
        .await;
    assert!(failed.is_err());
    assert!(
        world
            .app()
            .open_conversation(&first.conversation)
            .unwrap()
            .compaction
            .is_none()
    );
    let broken = world.window().asks("upstream/sandbox-bad-500", "Hello").await;
    let nothing = world
        .app()
        .compact_conversation(&broken.conversation, MODEL)
        .await
        .unwrap_err();
    assert_eq!(nothing.code, ProblemCode::InvalidInput);
}
