//! Answers that break off and are continued by themselves, joined without a seam.

use std::sync::atomic::{AtomicUsize, Ordering};

use nexdesk_app::chat::{ConversationSettings, MessageState};
use nexdesk_tests::{Framing, Recorder, Said, World};

use super::plain;

fn delta(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":{text}}}}}]}}\n\n")
}

/// A gateway that breaks off its first `breaks` answers, and then says the last words again before it goes on.
fn breaking(breaks: usize) -> Recorder {
    let asked = AtomicUsize::new(0);
    Recorder::start(&["m"], move |request| {
        if request.line() != "POST /v1/chat/completions" {
            return Said::with("404 Not Found", "Content-Type: application/json", "{}");
        }
        let at = asked.fetch_add(1, Ordering::SeqCst);
        let parts = [
            "The keeper lit the light",
            "lighthouse lamp. Then he",
            " slept well.",
        ];
        let text = delta(parts[at.min(2)]);
        if at < breaks {
            return Said::events(text).framed(Framing::Cut);
        }
        let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        Said::events(format!("{text}{end}"))
    })
}

#[tokio::test]
async fn where_it_is_allowed_an_answer_that_breaks_off_twice_comes_whole_and_the_window_sees_one_answer() {
    let gateway = breaking(2);
    let mut world = World::around(&gateway).await;
    let settings = ConversationSettings {
        auto_continue: true,
        ..plain()
    };
    world
        .app()
        .save_conversation_settings(None, settings)
        .await
        .unwrap();

    let answer = world.window().asks("recorder/m", "What did he do?").await;

    let whole = "The keeper lit the lighthouse lamp. Then he slept well.";
    assert_eq!(
        (answer.text().as_str(), answer.state),
        (whole, MessageState::Complete)
    );
    assert_eq!(gateway.requests().len(), 3);
    let last = gateway.last();
    let text = last.text();
    assert!(text.contains("Continue exactly where"), "{text}");
    world.reopen();
    let kept = world.window().message(&answer.conversation, &answer.id);
    assert_eq!((kept.text.as_str(), kept.state), (whole, MessageState::Complete));
}

#[tokio::test]
async fn where_it_is_not_allowed_the_person_is_asked_and_a_gateway_that_always_breaks_is_not_paid_for_ever() {
    let gateway = breaking(usize::MAX);
    let world = World::around(&gateway).await;
    let plainly = world.window().asks("recorder/m", "What did he do?").await;
    assert_eq!(
        (plainly.state, gateway.requests().len()),
        (MessageState::Interrupted, 1)
    );

    let settings = ConversationSettings {
        auto_continue: true,
        ..plain()
    };
    world
        .app()
        .save_conversation_settings(None, settings)
        .await
        .unwrap();
    let again = world.window().asks("recorder/m", "What did he do?").await;
    assert_eq!(again.state, MessageState::Interrupted);
    assert_eq!(gateway.requests().len(), 4, "once, and twice for the rest");
}
